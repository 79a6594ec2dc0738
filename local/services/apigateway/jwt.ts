import { verify } from 'node:crypto';
import { isObject } from '../../asl/json';
import { IssuerError, type IssuerKeys } from './issuer-keys';
import type { HttpRouteSpec } from './spec';

/**
 * Owns what an HTTP API's JWT authorizer makes of a token: algorithm and signature, then the claims, then the scopes of
 * the route. Only RSA-based algorithms, as on AWS: what another one signed is refused here, too.
 * See https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-jwt-authorizer.html
 */
export type JwtAuthorization = Extract<HttpRouteSpec['authorization'], { type: 'JWT' }>;

export type JwtVerdict =
  | { readonly claims: Readonly<Record<string, string>>; readonly scopes: readonly string[] | null }
  /** 401 or 403, and what the header www-authenticate says. */
  | { readonly status: 401 | 403; readonly challenge: string };

const HASHES: Readonly<Record<string, string>> = { RS256: 'sha256', RS384: 'sha384', RS512: 'sha512' };

/**
 * @param token as the identity source gave it, with or without `Bearer`; undefined when there was none
 * @param now ms since the epoch
 */
export async function authorizeJwt(
  token: string | undefined,
  { issuer, audience, scopes }: JwtAuthorization,
  keys: IssuerKeys,
  now: number,
): Promise<JwtVerdict> {
  if (token === undefined || token === '') return { status: 401, challenge: 'Bearer' };
  const refuse = (description: string): JwtVerdict => ({
    status: 401,
    challenge: `Bearer scope="${scopes.join(' ')}" error="invalid_token" error_description="${description}"`,
  });
  const parts = decode(token.replace(/^Bearer /i, ''));
  if (!parts) return refuse('the token is malformed');
  const { header, claims } = parts;
  const hash = HASHES[String(header.alg)];
  if (!hash) return refuse('the token is signed with an unsupported algorithm');
  if (typeof header.kid !== 'string') return refuse('the token has no key id');
  try {
    const key = await keys.get(header.kid);
    if (!key) return refuse('unable to find the signing key');
    if (!verify(hash, parts.signed, key, parts.signature)) return refuse('the token has an invalid signature');
  } catch (error) {
    if (!(error instanceof IssuerError)) throw error;
    process.emitWarning(`A token cannot be checked: ${error.message}`);
    return refuse('OIDC discovery endpoint communication error');
  }
  const wrong = wrongClaim(claims, issuer, audience, now / 1000);
  if (wrong) return refuse(wrong);
  const granted = scopesOf(claims);
  if (scopes.length > 0 && !scopes.some((scope) => granted.includes(scope))) {
    const challenge = `Bearer scope="${scopes.join(' ')}" error="insufficient_scope" error_description="the token does not have a required scope"`;
    return { status: 403, challenge };
  }
  return { claims: asTexts(claims), scopes: scopes.length > 0 ? granted : null };
}

interface Decoded {
  readonly header: Record<string, unknown>;
  readonly claims: Record<string, unknown>;
  readonly signed: Buffer;
  readonly signature: Buffer;
}

function decode(token: string): Decoded | undefined {
  const texts = token.split('.');
  if (texts.length !== 3 || !texts.every((text) => /^[\w-]+$/.test(text))) return undefined;
  const [header, claims, signature] = texts as [string, string, string];
  try {
    const [first, second] = [header, claims].map((text): unknown =>
      JSON.parse(Buffer.from(text, 'base64url').toString('utf8')),
    );
    if (!isObject(first) || !isObject(second)) return undefined;
    return {
      header: first,
      claims: second,
      signed: Buffer.from(`${header}.${claims}`),
      signature: Buffer.from(signature, 'base64url'),
    };
  } catch {
    return undefined;
  }
}

/** What is wrong with the claims; `client_id` counts only without `aud`, and times that are missing are no limits but `exp`. */
function wrongClaim(
  { iss, aud, client_id, exp, nbf, iat }: Record<string, unknown>,
  issuer: string,
  audience: readonly string[],
  seconds: number,
): string | undefined {
  if (iss !== issuer) return 'the token does not have a valid issuer';
  const named = [aud ?? client_id].flat();
  if (!named.some((name) => typeof name === 'string' && audience.includes(name))) {
    return 'the token does not have a valid audience';
  }
  if (typeof exp !== 'number' || exp <= seconds) return 'the token has expired';
  if (nbf !== undefined && !(typeof nbf === 'number' && nbf <= seconds)) return 'the token is not valid yet';
  if (iat !== undefined && !(typeof iat === 'number' && iat <= seconds)) return 'the token was issued in the future';
  return undefined;
}

/** `scope` as a text with spaces, `scp` as that or as a list. */
function scopesOf({ scope, scp }: Record<string, unknown>): string[] {
  return [scope, scp].flatMap((value) =>
    typeof value === 'string' ? value.split(' ').filter(Boolean) : Array.isArray(value) ? value.map(String) : [],
  );
}

/** Functions get each claim as a text, a list as '[a b]'. */
function asTexts(claims: Record<string, unknown>): Record<string, string> {
  const text = (value: unknown) =>
    Array.isArray(value) ? `[${value.join(' ')}]` : isObject(value) ? JSON.stringify(value) : String(value);
  return Object.fromEntries(Object.entries(claims).map(([name, value]) => [name, text(value)]));
}
