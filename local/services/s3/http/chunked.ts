import type { HttpRequest } from '../../aws';
import { incompleteBody } from '../errors';

/**
 * Owns the `aws-chunked` content encoding, in which SDKs send bodies whose signature or checksum follows the data
 * (API reference, "Signature calculations … chunked upload"). The chunks' own signatures are not verified: the
 * request's is, and nobody stands between the caller and 127.0.0.1.
 */
export function decodeBody({ headers, body }: HttpRequest): { headers: Record<string, string>; body: Uint8Array } {
  const encodings = (headers['content-encoding'] ?? '')
    .split(',')
    .map((one) => one.trim())
    .filter(Boolean);
  const isStreaming = headers['x-amz-content-sha256']?.startsWith('STREAMING-') ?? false;
  if (!isStreaming && !encodings.includes('aws-chunked')) return { headers, body };
  const { content, trailer } = decode(Buffer.from(body.buffer, body.byteOffset, body.byteLength));
  const length = headers['x-amz-decoded-content-length'];
  if (length !== undefined && Number(length) !== content.length) throw incompleteBody();
  const { 'content-encoding': _, ...rest } = headers;
  const left = encodings.filter((one) => one !== 'aws-chunked').join(', ');
  return { headers: { ...rest, ...trailer, ...(left ? { 'content-encoding': left } : {}) }, body: content };
}

function decode(frames: Buffer): { content: Uint8Array; trailer: Record<string, string> } {
  const chunks: Buffer[] = [];
  for (let at = 0; ; ) {
    const end = frames.indexOf('\r\n', at);
    const size = /^([0-9a-f]{1,8})(;.*)?$/i.exec(frames.toString('latin1', at, end))?.[1];
    if (end < 0 || size === undefined) throw incompleteBody();
    const start = end + 2;
    const next = start + Number.parseInt(size, 16);
    if (next === start)
      return { content: Buffer.concat(chunks), trailer: readTrailer(frames.toString('latin1', start)) };
    if (frames.toString('latin1', next, next + 2) !== '\r\n') throw incompleteBody();
    chunks.push(frames.subarray(start, next));
    at = next + 2;
  }
}

/** The checksums among the trailing headers; no other header may come late. */
function readTrailer(text: string): Record<string, string> {
  const lines = [...text.matchAll(/^(x-amz-checksum-[a-z0-9]+)\s*:\s*(.*?)\s*$/gim)];
  return Object.fromEntries(lines.map(([, name = '', value = '']) => [name.toLowerCase(), value]));
}
