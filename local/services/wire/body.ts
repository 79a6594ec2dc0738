import type { IncomingMessage } from 'node:http';
import { AwsError } from '../aws';

/** The whole body of a request. Rejects with RequestEntityTooLarge (413) as soon as it exceeds `limit` bytes. */
export async function readBody(message: IncomingMessage, limit: number): Promise<Buffer> {
  const tooLarge = new AwsError('RequestEntityTooLarge', 'The request body is too large.', 413);
  if (Number(message.headers['content-length'] ?? 0) > limit) throw tooLarge;
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of message as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > limit) throw tooLarge;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, size);
}
