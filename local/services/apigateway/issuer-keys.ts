import { createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto';
import { isObject } from '../../asl/json';

/** The issuer cannot be asked, or answers something that is no OpenID Connect discovery; the message says what. */
export class IssuerError extends Error {
  override readonly name = 'IssuerError';
}

/** API Gateway keeps an issuer's keys for two hours; a key that is not among them is asked for again, but not at once. */
const KEPT_MS = 2 * 3_600_000;
const ASKED_AGAIN_MS = 60_000;
const TIMEOUT_MS = 5_000;

/**
 * Owns the public keys of one issuer of tokens: found by OpenID Connect discovery, asked for when they are needed and kept
 * for a while.
 */
export class IssuerKeys {
  #keys: Promise<ReadonlyMap<string, KeyObject>> | undefined;
  #askedAt = 0;

  constructor(
    private readonly issuer: string,
    private readonly now: () => number,
  ) {}

  /** The RSA key of this id; undefined when the issuer has none. @throws IssuerError */
  async get(kid: string): Promise<KeyObject | undefined> {
    const key = (await this.#all(KEPT_MS)).get(kid);
    return key ?? (await this.#all(ASKED_AGAIN_MS)).get(kid);
  }

  #all(maximumAgeMs: number): Promise<ReadonlyMap<string, KeyObject>> {
    const now = this.now();
    if (this.#keys && now - this.#askedAt < maximumAgeMs) return this.#keys;
    this.#askedAt = now;
    const asked = this.#ask();
    this.#keys = asked;
    // A failure is not kept.
    asked.catch(() => {
      if (this.#keys === asked) this.#keys = undefined;
    });
    return asked;
  }

  async #ask(): Promise<ReadonlyMap<string, KeyObject>> {
    const discovery = await fetchObject(`${this.issuer.replace(/\/$/, '')}/.well-known/openid-configuration`);
    if (typeof discovery.jwks_uri !== 'string') throw new IssuerError('The discovery document names no jwks_uri.');
    const { keys } = await fetchObject(discovery.jwks_uri);
    if (!Array.isArray(keys)) throw new IssuerError('The key set holds no keys.');
    return new Map(keys.flatMap((key) => usable(key)));
  }
}

/** Only RSA keys, as API Gateway's HTTP APIs; others, and what is no key at all, are passed over. */
function usable(jwk: unknown): [string, KeyObject][] {
  if (!isObject(jwk) || jwk.kty !== 'RSA' || typeof jwk.kid !== 'string') return [];
  try {
    return [[jwk.kid, createPublicKey({ key: jwk as JsonWebKey, format: 'jwk' })]];
  } catch {
    return [];
  }
}

async function fetchObject(url: string): Promise<Record<string, unknown>> {
  try {
    const response = await fetch(url, { redirect: 'error', signal: AbortSignal.timeout(TIMEOUT_MS) });
    const body: unknown = response.ok ? await response.json() : undefined;
    if (isObject(body)) return body;
    throw new Error(response.ok ? 'it is no JSON object' : `it answered ${response.status}`);
  } catch (cause) {
    throw new IssuerError(`${url} cannot be read: ${(cause as Error).message}`, { cause });
  }
}
