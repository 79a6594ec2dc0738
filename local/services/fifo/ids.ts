import { createHash } from 'node:crypto';

/** Whether a queue or topic is one that keeps order, by its name or ARN. It cannot change. */
export function isFifo(name: string): boolean {
  return name.endsWith('.fifo');
}

/** The deduplication id of a message without one, where its content says what it is. */
export function contentId(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** Whether a text can be the id of a message group, of a message for deduplication, or of an attempt to receive. */
export function isFifoId(text: unknown): text is string {
  return typeof text === 'string' && /^[\x21-\x7e]{1,128}$/.test(text);
}
