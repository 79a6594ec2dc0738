import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  hkdfSync,
  randomBytes,
  timingSafeEqual,
} from 'node:crypto';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { requireEnv } from '../shared/env';
import { LoansBusy } from './errors';

/**
 * Owns the library's secret and all that is made from it.
 *
 * K1 A link is 32 bytes that nobody can guess: an HMAC of the loan's random id. It can be made again for every mail, so
 *    it is stored nowhere; the table holds its SHA-256 hash, from which it cannot be found.
 * K2 A page's nonce is made for one loan, page and period, and for an hour.
 * K3 A task token is readable only with the secret: what a table, its backup or its export shows is sealed.
 */
export class LoanKeys {
  readonly #link: Buffer;
  readonly #nonce: Buffer;
  readonly #seal: Buffer;

  constructor(secret: string) {
    const key = (purpose: string) =>
      Buffer.from(hkdfSync('sha256', secret, '', `stepwright library loan ${purpose} v1`, 32));
    this.#link = key('link');
    this.#nonce = key('nonce');
    this.#seal = key('seal');
  }

  /** The secret part of the loan's link: 43 characters of base64url (K1). */
  linkToken(loanId: string): string {
    return createHmac('sha256', this.#link).update(loanId).digest('base64url');
  }

  nonce(page: NonceFor, expiresMs: number): string {
    const proof = createHmac('sha256', this.#nonce).update(
      `${page.loanId}\n${page.page}\n${page.period}\n${expiresMs}`,
    );
    return `${expiresMs}.${proof.digest('base64url')}`;
  }

  /** Whether the nonce was made for this page and is not too old (K2). */
  checkNonce(page: NonceFor, nonce: string, now: number): boolean {
    const expiresMs = Number(nonce.split('.')[0]);
    if (!Number.isSafeInteger(expiresMs) || expiresMs < now) return false;
    const given = Buffer.from(nonce);
    const right = Buffer.from(this.nonce(page, expiresMs));
    return given.length === right.length && timingSafeEqual(given, right);
  }

  /** Seals a task token for its loan (K3): AES-256-GCM, as base64url of nonce, tag and text. */
  seal(loanId: string, taskToken: string): string {
    const iv = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', this.#seal, iv).setAAD(Buffer.from(loanId));
    const sealed = Buffer.concat([cipher.update(taskToken, 'utf8'), cipher.final()]);
    return Buffer.concat([iv, cipher.getAuthTag(), sealed]).toString('base64url');
  }

  /** @throws Error when it was sealed with another secret or for another loan */
  unseal(loanId: string, sealedToken: string): string {
    const bytes = Buffer.from(sealedToken, 'base64url');
    const decipher = createDecipheriv('aes-256-gcm', this.#seal, bytes.subarray(0, 12)).setAAD(Buffer.from(loanId));
    decipher.setAuthTag(bytes.subarray(12, 28));
    return Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]).toString('utf8');
  }
}

export interface NonceFor {
  readonly loanId: string;
  readonly page: string;
  readonly period: number;
}

/** What the table knows of a link. */
export function hashLink(linkToken: string): string {
  return createHash('sha256').update(linkToken).digest('hex');
}

let loaded: Promise<LoanKeys> | undefined;

/** The keys of this library, read once for the life of the function; a failed attempt is not remembered. */
export function loanKeys(): Promise<LoanKeys> {
  loaded ??= load().catch((error) => {
    loaded = undefined;
    throw error;
  });
  return loaded;
}

/** @throws LoansBusy when the secret cannot be read now */
async function load(): Promise<LoanKeys> {
  const { LINK_SECRET_ARN } = requireEnv('LINK_SECRET_ARN');
  const { SecretString } = await new SecretsManagerClient()
    .send(new GetSecretValueCommand({ SecretId: LINK_SECRET_ARN }))
    .catch((cause) => {
      throw new LoansBusy('The secret cannot be read', { cause });
    });
  if (!SecretString || SecretString.length < 32) throw new Error('The library has no usable secret');
  return new LoanKeys(SecretString);
}
