import { randomUUID } from 'node:crypto';
import type { Store } from '../../runtime/store';
import { AwsError } from '../aws';
import { decodeReceipt, type Message, Messages, type Received, type Row } from './messages';

/**
 * Owns the messages of all FIFO queues, in a table of its own.
 *
 * F1  Within a message group order is strict: while one of its messages is in flight, or an earlier one is delayed, none of
 *     the group is received.
 * F2  One receipt takes as many messages of a group as it may before it goes on to the next, oldest group first.
 * F3  A receipt that is over, because the message came back, deletes nothing and says so.
 */
export class FifoMessages extends Messages {
  constructor(store: Store) {
    super(store, 'sqs_fifo_message', SCHEMA);
  }

  override add(queue: string, message: Omit<Message, 'id'>, visibleAt: number, expiresAt: number): Added {
    const stored = { id: randomUUID(), ...message };
    return { ...stored, sequenceNumber: this.#insert(queue, stored, visibleAt, expiresAt) };
  }

  /** At the end of the other queue, where its age begins anew, too. */
  override move(
    queue: string,
    { receipt, message }: Received,
    sourceArn: string,
    now: number,
    retentionMs: number,
  ): void {
    const [seq] = decodeReceipt(receipt) as [number, number];
    this.store.run('DELETE FROM sqs_fifo_message WHERE seq = ?', seq);
    this.#insert(queue, { ...message, sourceArn }, now, now + retentionMs);
  }

  /** @throws AwsError InvalidParameterValue when the message came back */
  override delete(queue: string, receipt: string, now: number): boolean {
    if (super.delete(queue, receipt, now)) return true;
    const [seq] = decodeReceipt(receipt) ?? [];
    if (!this.store.get('SELECT seq FROM sqs_fifo_message WHERE seq = ? AND queue = ?', seq, queue)) return false;
    const message = `Value ${receipt} for parameter ReceiptHandle is invalid. Reason: The receipt handle has expired.`;
    throw new AwsError('InvalidParameterValue', message);
  }

  /**
   * What was taken once before, with the same receipts, hidden anew: undefined when any of it was deleted, was hidden until
   * another time or came back.
   * @param hiddenUntil as it was then
   */
  takeAgain(
    queue: string,
    receipts: readonly string[],
    hiddenUntil: number,
    now: number,
    until: number,
  ): Received[] | undefined {
    const rows = receipts.map((receipt) => {
      const [seq, receives] = decodeReceipt(receipt) as [number, number];
      return this.store.get<Row>(
        `SELECT seq, body, receives, first_received_at FROM sqs_fifo_message
         WHERE seq = ? AND queue = ? AND receives = ? AND visible_at = ? AND visible_at > ? AND expires_at > ?`,
        seq,
        queue,
        receives,
        hiddenUntil,
        now,
        now,
      );
    });
    if (rows.includes(undefined)) return undefined;
    return (rows as Row[]).map((row) => {
      this.store.run('UPDATE sqs_fifo_message SET visible_at = ? WHERE seq = ?', until, row.seq);
      return this.received(row);
    });
  }

  /** The queue's delay has changed, which holds for what was sent before, too. */
  delayAll(queue: string, delayMs: number): void {
    const update = 'UPDATE sqs_fifo_message SET visible_at = sent_at + ? WHERE queue = ? AND receives = 0';
    this.store.run(update, delayMs, queue);
  }

  /** A group may go on when a message of it comes back, or is in flight and expires. */
  override nextReceivable(queue: string, now: number): number | undefined {
    const found = this.store.get<{ at: number | null }>(
      'SELECT min(min(visible_at, expires_at)) AS at FROM sqs_fifo_message WHERE queue = ? AND visible_at > ?',
      queue,
      now,
    );
    return found?.at ?? undefined;
  }

  protected override receivable(queue: string, most: number, now: number): Row[] {
    const rows: Row[] = [];
    const groups: string[] = [];
    while (rows.length < most) {
      const next = this.store.get<{ message_group: string }>(NEXT_GROUP, queue, now, JSON.stringify(groups));
      if (!next) break;
      groups.push(next.message_group);
      rows.push(...this.store.all<Row>(OF_GROUP, queue, next.message_group, now, most - rows.length));
    }
    return rows;
  }

  protected override received(row: Row): Received {
    return { ...super.received(row), sequenceNumber: sequenceNumber(row.seq) };
  }

  protected override isCurrent(row: { receives: number; visible_at: number }, receives: number, now: number): boolean {
    return row.receives === receives && row.visible_at > now;
  }

  /** Answers its sequence number. */
  #insert(queue: string, message: Message, visibleAt: number, expiresAt: number): string {
    const insert =
      'INSERT INTO sqs_fifo_message (queue, message_group, body, sent_at, visible_at, expires_at) VALUES (?, ?, ?, ?, ?, ?)';
    const { groupId, sentAt } = message;
    return sequenceNumber(
      this.store.run(insert, queue, groupId, JSON.stringify(message), sentAt, visibleAt, expiresAt),
    );
  }
}

type Added = Message & { readonly sequenceNumber: string };

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS sqs_fifo_message (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, queue TEXT NOT NULL, message_group TEXT NOT NULL, body TEXT NOT NULL,
    sent_at INTEGER NOT NULL, visible_at INTEGER NOT NULL, expires_at INTEGER NOT NULL,
    receives INTEGER NOT NULL DEFAULT 0, first_received_at INTEGER);
  CREATE INDEX IF NOT EXISTS sqs_fifo_message_order ON sqs_fifo_message (queue, seq);
  CREATE INDEX IF NOT EXISTS sqs_fifo_message_group ON sqs_fifo_message (queue, message_group, seq);
  CREATE INDEX IF NOT EXISTS sqs_fifo_message_hidden ON sqs_fifo_message (queue, message_group, visible_at);
`;

/** The group of the oldest message that may be received, of the groups that are not in the list. */
const NEXT_GROUP = `
  SELECT message_group FROM sqs_fifo_message AS message INDEXED BY sqs_fifo_message_order
  WHERE queue = ?1 AND visible_at <= ?2 AND message_group NOT IN (SELECT value FROM json_each(?3))
    AND NOT EXISTS (
      SELECT 1 FROM sqs_fifo_message AS other INDEXED BY sqs_fifo_message_hidden
      WHERE other.queue = ?1 AND other.message_group = message.message_group AND other.visible_at > ?2
        AND (other.receives > 0 OR other.seq < message.seq))
  ORDER BY seq LIMIT 1`;

const OF_GROUP = `
  SELECT seq, body, receives, first_received_at FROM sqs_fifo_message INDEXED BY sqs_fifo_message_group
  WHERE queue = ? AND message_group = ? AND visible_at <= ? ORDER BY seq LIMIT ?`;

/** Twenty digits, as AWS's are; a later message's is larger, with gaps. */
function sequenceNumber(seq: number): string {
  return (FIRST_SEQUENCE_NUMBER + BigInt(seq) * 256n).toString();
}

const FIRST_SEQUENCE_NUMBER = 18_850_000_000_000_000_000n;
