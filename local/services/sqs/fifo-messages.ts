import { randomUUID } from 'node:crypto';
import type { Store } from '../../runtime/store';
import { AwsError } from '../aws';
import { decodeReceipt, type Message, Messages, type Received, type Row } from './messages';

/**
 * Owns the messages of all FIFO queues, in a table of its own.
 *
 * F1  Within a message group order is strict: while one of its messages is in flight, none of the group is received. Those
 *     that were never received become visible in the order in which they came, since the delay is the queue's alone.
 * F2  One receipt takes as many messages of a group as it may before it goes on to the next, oldest group first.
 * F3  A receipt that is over, because the message came back, deletes nothing and says so.
 */
export class FifoMessages extends Messages {
  constructor(store: Store) {
    super(store, 'sqs_fifo_message', SCHEMA);
  }

  override add(queue: string, message: Omit<Message, 'id'>, visibleAt: number, expiresAt: number): Added {
    const stored = { id: randomUUID(), ...message };
    return { ...stored, sequenceNumber: this.#insert(queue, stored, stored.sentAt, visibleAt, expiresAt) };
  }

  /**
   * At the end of the other queue, where its age begins anew, too. Its id is its deduplication id there, as on AWS: of two messages
   * that share one, none takes the other's place.
   */
  override move(
    queue: string,
    { receipt, message }: Received,
    sourceArn: string,
    now: number,
    retentionMs: number,
  ): void {
    const [seq] = decodeReceipt(receipt) as [number, number];
    this.store.run('DELETE FROM sqs_fifo_message WHERE seq = ?', seq);
    this.#insert(queue, { ...message, deduplicationId: message.id, sourceArn }, now, now, now + retentionMs);
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
    for (let head = 0; rows.length < most; ) {
      const passed = JSON.stringify(groups);
      const next = this.store.get<{ seq: number; message_group: string }>(NEXT_GROUP, queue, head, now, passed);
      if (!next) break;
      head = next.seq;
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
  #insert(queue: string, message: Message, arrivedAt: number, visibleAt: number, expiresAt: number): string {
    const insert =
      'INSERT INTO sqs_fifo_message (queue, message_group, body, sent_at, visible_at, expires_at) VALUES (?, ?, ?, ?, ?, ?)';
    const body = JSON.stringify(message);
    return sequenceNumber(this.store.run(insert, queue, message.groupId, body, arrivedAt, visibleAt, expiresAt));
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
  CREATE INDEX IF NOT EXISTS sqs_fifo_message_received ON sqs_fifo_message (queue, visible_at) WHERE receives > 0;
  CREATE INDEX IF NOT EXISTS sqs_fifo_message_expiry ON sqs_fifo_message (queue, expires_at);
`;

/** Of the groups that may go on and are not in the list, the one with the oldest message behind the one given. */
const NEXT_GROUP = `
  SELECT seq, message_group FROM sqs_fifo_message INDEXED BY sqs_fifo_message_order
  WHERE queue = ?1 AND seq > ?2 AND visible_at <= ?3
    AND message_group NOT IN (SELECT value FROM json_each(?4))
    AND message_group NOT IN (
      SELECT message_group FROM sqs_fifo_message INDEXED BY sqs_fifo_message_received
      WHERE queue = ?1 AND visible_at > ?3 AND receives > 0)
  ORDER BY seq LIMIT 1`;

const OF_GROUP = `
  SELECT seq, body, receives, first_received_at FROM sqs_fifo_message INDEXED BY sqs_fifo_message_group
  WHERE queue = ? AND message_group = ? AND visible_at <= ? ORDER BY seq LIMIT ?`;

/** Twenty digits, as AWS's are; a later message's is larger, with gaps. */
function sequenceNumber(seq: number): string {
  return (FIRST_SEQUENCE_NUMBER + BigInt(seq) * 256n).toString();
}

const FIRST_SEQUENCE_NUMBER = 18_850_000_000_000_000_000n;
