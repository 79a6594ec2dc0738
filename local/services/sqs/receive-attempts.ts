import type { Store } from '../../runtime/store';
import { AwsError } from '../aws';
import { INTERVAL_MS } from '../fifo/deduplication';
import { isFifoId } from '../fifo/ids';
import type { FifoMessages } from './fifo-messages';
import type { Received } from './messages';

/**
 * Owns what attempts to receive from FIFO queues have got, for five minutes: an attempt that is made again, because its
 * answer was lost, gets the same messages with the same receipts, and they are hidden anew. Once one of them was deleted,
 * was hidden otherwise or came back, it is an attempt like any other.
 */
export class ReceiveAttempts {
  constructor(
    private readonly store: Store,
    private readonly messages: FifoMessages,
  ) {
    store.schema(`
      CREATE TABLE IF NOT EXISTS sqs_receive_attempt (
        queue TEXT NOT NULL, id TEXT NOT NULL, receipts TEXT NOT NULL, hidden_until INTEGER NOT NULL,
        ends_at INTEGER NOT NULL, PRIMARY KEY (queue, id)) WITHOUT ROWID
    `);
  }

  /** What the attempt got before; undefined when it must receive by itself. */
  repeat(queue: string, id: string, now: number, until: number): Received[] | undefined {
    this.store.run('DELETE FROM sqs_receive_attempt WHERE queue = ? AND ends_at <= ?', queue, now);
    const found = this.store.get<{ receipts: string; hidden_until: number }>(
      'SELECT receipts, hidden_until FROM sqs_receive_attempt WHERE queue = ? AND id = ?',
      queue,
      id,
    );
    if (!found) return undefined;
    const again = this.messages.takeAgain(queue, JSON.parse(found.receipts), found.hidden_until, now, until);
    if (again) {
      const update = 'UPDATE sqs_receive_attempt SET hidden_until = ? WHERE queue = ? AND id = ?';
      this.store.run(update, until, queue, id);
    }
    return again;
  }

  remember(queue: string, id: string, received: readonly Received[], now: number, hiddenUntil: number): void {
    const receipts = JSON.stringify(received.map(({ receipt }) => receipt));
    const insert =
      'INSERT OR REPLACE INTO sqs_receive_attempt (queue, id, receipts, hidden_until, ends_at) VALUES (?, ?, ?, ?, ?)';
    this.store.run(insert, queue, id, receipts, hiddenUntil, now + INTERVAL_MS);
  }

  /** For when the queue is deleted. */
  forget(queue: string): void {
    this.store.run('DELETE FROM sqs_receive_attempt WHERE queue = ?', queue);
  }
}

/** @throws AwsError InvalidParameterValue */
export function requireAttemptId(id: unknown): void {
  if (id === undefined || id === null || isFifoId(id)) return;
  const reason =
    'ReceiveRequestAttemptId can only include alphanumeric and punctuation characters. 1 to 128 in length.';
  const message = `Value ${id} for parameter ReceiveRequestAttemptId is invalid. Reason: ${reason}`;
  throw new AwsError('InvalidParameterValue', message);
}
