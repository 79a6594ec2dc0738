import { createHmac, createSecretKey, hash, type KeyObject, timingSafeEqual } from 'node:crypto';
import { Memo } from '../asl/memo';
import type { Identity } from './identity';

/**
 * Owns AWS Signature Version 4: its check, in its header form and as a presigned URL, and the signing of requests to
 * others (docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html).
 *
 * There is no check of clock skew: Lambdas sign with the virtual clock, which may be weeks ahead, and everybody else
 * with the machine's; what the signature protects here is that only a holder of the key can call, no web page can.
 * A presigned URL does expire: X-Amz-Expires seconds after its X-Amz-Date by the virtual clock (`options.now`), with one
 * second's tolerance, since dates of signatures have no milliseconds. A date in the future is accepted.
 *
 * The signatures of single chunks (STREAMING-AWS4-HMAC-SHA256-PAYLOAD) are not checked, that of their request is.
 * The region of a credential scope may be any: a local cloud has but one.
 */
export interface SignedRequest {
  method: string;
  /** Path and query as sent. */
  url: URL;
  /** The same before a URL resolved '.' and '..': what S3 signs. */
  target?: string;
  /** Names in lower case. */
  headers: Record<string, string>;
  body: Uint8Array;
}

export interface CredentialScope {
  accessKeyId: string;
  /** 'yyyymmdd' */
  date: string;
  region: string;
  /** The signing name: 'states', 's3', 'execute-api', … */
  service: string;
}

export interface VerifyOptions {
  /** The signing name that the signature must be for; any when left out. */
  service?: string;
  /** The virtual time, ms since the epoch: when a presigned URL has expired. Not checked when left out. */
  now?: number;
  /** What `readSignature` answers of the request, where that is known. */
  signature?: Signature | undefined;
}

/** Who signed a request for what: read, not verified. */
export interface Signature {
  scope: CredentialScope;
  /** As in X-Amz-Date: 'yyyymmddThhmmssZ'. */
  date: string;
  /** Names in lower case, with ';' between them. */
  signedHeaders: string;
  signature: string;
  /** Seconds; only of a presigned URL. */
  expires?: number;
}

const REFUSALS = {
  MissingAuthenticationToken: 'Missing Authentication Token',
  IncompleteSignature: 'The request signature does not conform to AWS standards.',
  UnrecognizedClientException: 'The security token included in the request is invalid.',
  SignatureDoesNotMatch:
    'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.',
  XAmzContentSHA256Mismatch: "The provided 'x-amz-content-sha256' header does not match what was computed.",
  AccessDenied: 'Request has expired',
};

const refuse = (code: keyof typeof REFUSALS) => ({ code, message: REFUSALS[code] });

/** True when the request carries a well-formed Authorization header, whoever signed it; otherwise as `verifySignature`. */
export function hasAuthorization(
  request: SignedRequest,
  signature = readSignature(request),
): true | { code: string; message: string } {
  const { authorization } = request.headers;
  if (authorization === undefined) return refuse('MissingAuthenticationToken');
  const wellFormed = authorization.startsWith('AWS4-HMAC-SHA256 ') && signature;
  return wellFormed ? true : refuse('IncompleteSignature');
}

/**
 * True when the request is signed with the identity's key. Otherwise AWS's reason, named as IAM's common errors:
 * MissingAuthenticationToken, IncompleteSignature, UnrecognizedClientException, SignatureDoesNotMatch,
 * XAmzContentSHA256Mismatch, AccessDenied (an expired URL). Services spell some of them differently on the wire.
 */
export function verifySignature(
  request: SignedRequest,
  identity: Identity,
  options: VerifyOptions = {},
): true | { code: string; message: string } {
  const signed = options.signature ?? readSignature(request);
  if (!signed) {
    const claimsOne = request.headers.authorization !== undefined || request.url.searchParams.has('X-Amz-Signature');
    return refuse(claimsOne ? 'IncompleteSignature' : 'MissingAuthenticationToken');
  }
  const { scope, date, expires } = signed;
  if (scope.accessKeyId !== identity.accessKeyId) return refuse('UnrecognizedClientException');
  if (!signed.signedHeaders.split(';').includes('host') || scope.date !== date.slice(0, 8))
    return refuse('IncompleteSignature');
  if (options.service !== undefined && scope.service !== options.service) return refuse('SignatureDoesNotMatch');

  const payloadHash = hashOfPayload(request, signed);
  if (!payloadHash) return refuse('XAmzContentSHA256Mismatch');
  const expected = computeSignature(request, signed, payloadHash, identity.secretAccessKey);
  const given = Buffer.from(signed.signature, 'hex');
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return refuse('SignatureDoesNotMatch');

  if (expires !== undefined && options.now !== undefined && options.now > parseDate(date) + (expires + 1) * 1000) {
    return refuse('AccessDenied');
  }
  return true;
}

export interface SigningKeys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
}

/**
 * The headers of `request` and those that sign it for `service` in `region` at `now` (ms since the epoch). All headers
 * given are signed; `host` must be among them.
 */
export function signRequest(
  request: SignedRequest,
  keys: SigningKeys,
  { service, region, now }: { service: string; region: string; now: number },
): Record<string, string> {
  const date = new Date(now).toISOString().replace(/[-:]|\.\d+/g, '');
  const payloadHash = sha256(request.body);
  const headers: Record<string, string> = {
    ...request.headers,
    'x-amz-date': date,
    ...(keys.sessionToken !== undefined && { 'x-amz-security-token': keys.sessionToken }),
    ...(service === 's3' && { 'x-amz-content-sha256': payloadHash }),
  };
  const scope = { accessKeyId: keys.accessKeyId, date: date.slice(0, 8), region, service };
  const signedHeaders = Object.keys(headers).sort().join(';');
  const signed = { scope, date, signedHeaders };
  const signature = computeSignature({ ...request, headers }, signed, payloadHash, keys.secretAccessKey);
  const credential = `Credential=${keys.accessKeyId}/${scopeText(scope)}`;
  const authorization = `${credential}, SignedHeaders=${signedHeaders}, Signature=${signature.toString('hex')}`;
  return { ...headers, authorization: `AWS4-HMAC-SHA256 ${authorization}` };
}

const SCHEME = /^AWS4-HMAC-SHA256\s/;
const CREDENTIAL = /(?:^AWS4-HMAC-SHA256\s|,)\s*Credential=([^,]*)/;
const SIGNED_HEADERS = /(?:^AWS4-HMAC-SHA256\s|,)\s*SignedHeaders=([^,]*)/;
const SIGNATURE = /(?:^AWS4-HMAC-SHA256\s|,)\s*Signature=([^,]*)/;

/** The signature of a request, not verified; undefined when it carries no (well-formed) one of SigV4. */
export function readSignature({ url, headers }: Pick<SignedRequest, 'url' | 'headers'>): Signature | undefined {
  const { authorization = '' } = headers;
  if (SCHEME.test(authorization)) {
    const date = headers['x-amz-date'] ?? '';
    const before = claimsBefore.get(authorization.slice(0, -SIGNATURE_LENGTH));
    if (before.signature === '') return signatureOf(before, date, authorization.slice(-SIGNATURE_LENGTH));
    const claims = claimsOf(authorization);
    return signatureOf(claims, date, claims.signature ?? '');
  }
  const query = (name: string) => url.searchParams.get(`X-Amz-${name}`) ?? '';
  const claims = { scope: scopeOf(query('Credential')), signedHeaders: query('SignedHeaders').toLowerCase() };
  const signature = signatureOf(claims, query('Date'), query('Signature'));
  return signature && { ...signature, expires: Number(query('Expires')) || 0 };
}

/** What is said of a signature, well-formed or not. */
interface Claims {
  readonly scope: CredentialScope | undefined;
  readonly signedHeaders: string;
  /** Undefined where there is none. */
  readonly signature?: string | undefined;
}

const SIGNATURE_LENGTH = 64;

/** By what stands before a signature at the end of the header, as SDKs write it: the same in many requests. */
const claimsBefore = new Memo(claimsOf, 64);

function claimsOf(authorization: string): Claims {
  const part = (pattern: RegExp) => pattern.exec(authorization)?.[1]?.trim();
  const signedHeaders = part(SIGNED_HEADERS) ?? '';
  return {
    scope: scopeOf(part(CREDENTIAL) ?? ''),
    signedHeaders: signedHeaders.toLowerCase(),
    signature: part(SIGNATURE),
  };
}

function scopeOf(credential: string): CredentialScope | undefined {
  const parts = /^([^/]+)\/(\d{8})\/([^/]+)\/([^/]+)\/aws4_request$/.exec(credential);
  if (!parts) return undefined;
  const [, accessKeyId, date, region, service] = parts as unknown as [string, string, string, string, string];
  return { accessKeyId, date, region, service };
}

function signatureOf({ scope, signedHeaders }: Claims, date: string, signature: string): Signature | undefined {
  if (!scope || !signedHeaders || !/^[0-9a-f]{64}$/.test(signature) || !/^\d{8}T\d{6}Z$/.test(date)) return undefined;
  return { scope, date, signedHeaders, signature };
}

/** The hash that goes into the signature; undefined when the one that the caller states is not that of the body. */
function hashOfPayload(request: SignedRequest, { scope, expires }: Signature): string | undefined {
  const query = request.url.searchParams;
  const stated = request.headers['x-amz-content-sha256'] ?? query.get('X-Amz-Content-Sha256') ?? undefined;
  if (stated === 'UNSIGNED-PAYLOAD' || stated?.startsWith('STREAMING-')) return stated;
  if (stated === undefined && expires !== undefined && scope.service === 's3') return 'UNSIGNED-PAYLOAD';
  const actual = sha256(request.body);
  return stated === undefined || stated === actual ? actual : undefined;
}

function computeSignature(
  request: SignedRequest,
  signed: Pick<Signature, 'scope' | 'date' | 'signedHeaders'>,
  payloadHash: string,
  secretAccessKey: string,
): Buffer {
  const scope = scopeText(signed.scope);
  const canonical = sha256(canonicalRequest(request, signed, payloadHash));
  return hmac(
    signingKeys.get(`${scope}/${secretAccessKey}`),
    `AWS4-HMAC-SHA256\n${signed.date}\n${scope}\n${canonical}`,
  );
}

/** By the scope and the secret: the same for a day. */
const signingKeys = new Memo((text) => {
  const [date = '', region = '', service = '', end = '', ...secret] = text.split('/');
  const parts = [date, region, service, end];
  const key = parts.reduce<string | Buffer>((secret, part) => hmac(secret, part), `AWS4${secret.join('/')}`);
  return createSecretKey(key as Buffer);
}, 64);

const scopeText = ({ date, region, service }: CredentialScope) => `${date}/${region}/${service}/aws4_request`;

function canonicalRequest(
  { method, url, target, headers }: SignedRequest,
  { scope, signedHeaders }: Pick<Signature, 'scope' | 'signedHeaders'>,
  payload: string,
) {
  // S3 signs the path as it is sent, every other service encodes it once more.
  const path = scope.service === 's3' ? reencode(pathOf(target) ?? url.pathname) : encode(url.pathname);
  const lines = signedHeaders.split(';').map((name) => `${name}:${squeezed(headers[name] ?? '')}\n`);
  return `${method}\n${path || '/'}\n${canonicalQuery(url.search)}\n${lines.join('')}\n${signedHeaders}\n${payload}`;
}

/** Without blanks around it, and one blank for several within. */
function squeezed(value: string): string {
  const trimmed = value.trim();
  return /\s\s|[^\S ]/.test(trimmed) ? trimmed.replace(/\s+/g, ' ') : trimmed;
}

function canonicalQuery(search: string): string {
  if (search === '') return '';
  return search
    .slice(1)
    .split('&')
    .filter((pair) => pair !== '' && !pair.startsWith('X-Amz-Signature='))
    .map((pair) => pair.split(/=(.*)/s))
    .map(([name = '', value = '']) => [reencode(name), reencode(value)] as const)
    .sort(([a, x], [b, y]) => (a === b ? compare(x, y) : compare(a, b)))
    .map(([name, value]) => `${name.replaceAll('/', '%2F')}=${value.replaceAll('/', '%2F')}`)
    .join('&');
}

function pathOf(target: string | undefined): string | undefined {
  return target?.replace(/[?#].*$/s, '');
}

/** RFC 3986 percent-encoding of everything but unreserved characters and '/'. */
function encode(text: string): string {
  // The path of most requests.
  if (text === '/') return text;
  const percent = (character: string) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
  return encodeURIComponent(text)
    .replace(/[!'()*]/g, percent)
    .replaceAll('%2F', '/');
}

function reencode(text: string): string {
  try {
    return text
      .split('/')
      .map((part) => encode(decodeURIComponent(part)).replaceAll('/', '%2F'))
      .join('/');
  } catch {
    return text;
  }
}

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
const sha256 = (data: string | Uint8Array) => hash('sha256', data);
const hmac = (key: string | Buffer | KeyObject, data: string) => createHmac('sha256', key).update(data).digest();

function parseDate(date: string): number {
  return Date.parse(date.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));
}
