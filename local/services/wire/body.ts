import type { IncomingMessage } from 'node:http';
import { AwsError } from '../aws';

/** The whole body of a request. Rejects with RequestEntityTooLarge (413) as soon as it exceeds `limit` bytes. */
export function readBody(message: IncomingMessage, limit: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const refuse = () => {
      message.pause();
      reject(new AwsError('RequestEntityTooLarge', 'The request body is too large.', 413));
    };
    if (Number(message.headers['content-length'] ?? 0) > limit) return refuse();
    message.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > limit) refuse();
      else chunks.push(chunk);
    });
    message.on('end', () => resolve(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks, size)));
    message.on('error', reject);
    message.on('close', () => {
      if (!message.complete) reject(new Error('The client went away.'));
    });
  });
}
