import { createHash, createHmac, type Hash, type Hmac } from 'node:crypto';
import { SignatureV4 } from '@smithy/signature-v4';

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly region: string;
}

export interface Answer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: the body is whatever the API answers; the caller checks it.
  readonly body: any;
}

/** Sends JSON to an IAM-authorised HTTP API, and reads the JSON that it answers. */
export async function signedFetch(credentials: Credentials, method: string, url: URL, body?: unknown): Promise<Answer> {
  const response = await sendSigned(credentials, method, url, body === undefined ? undefined : JSON.stringify(body));
  const answer = await response.text();
  return { status: response.status, body: answer === '' ? undefined : JSON.parse(answer) };
}

/** Sends a text as JSON to an IAM-authorised HTTP API, signed as `curl --aws-sigv4` would, with `more` headers. */
export async function sendSigned(
  credentials: Credentials,
  method: string,
  url: URL,
  text: string | undefined,
  more: Record<string, string> = {},
): Promise<Response> {
  const signer = new SignatureV4({
    service: 'execute-api',
    region: credentials.region,
    credentials,
    sha256: NodeSha256,
  });
  const request = await signer.sign({
    method,
    protocol: url.protocol,
    hostname: url.hostname,
    path: url.pathname,
    query: Object.fromEntries(url.searchParams),
    headers: { ...more, host: url.host, ...(text !== undefined && { 'content-type': 'application/json' }) },
    body: text,
  });
  return fetch(url, { method, headers: request.headers, ...(text !== undefined && { body: text }) });
}

/** Node's SHA-256 in the form that the signer asks for. */
class NodeSha256 {
  readonly #hash: Hash | Hmac;

  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.#hash = secret === undefined ? createHash('sha256') : createHmac('sha256', toBuffer(secret));
  }

  update(data: string | ArrayBuffer | ArrayBufferView): void {
    this.#hash.update(toBuffer(data));
  }

  async digest(): Promise<Uint8Array> {
    return this.#hash.digest();
  }
}

function toBuffer(data: string | ArrayBuffer | ArrayBufferView): Buffer {
  if (typeof data === 'string') return Buffer.from(data, 'utf8');
  return ArrayBuffer.isView(data) ? Buffer.from(data.buffer, data.byteOffset, data.byteLength) : Buffer.from(data);
}
