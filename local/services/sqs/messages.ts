import { randomUUID } from 'node:crypto';
import type { Store } from '../../runtime/store';
import type { StoredAttribute } from './attributes';

/** A message as it was sent. */
export interface Message {
  readonly id: string;
  readonly body: string;
  readonly attributes: Record<string, StoredAttribute>;
  readonly sentAt: number;
  /** The queue that it came from, when it was moved to a dead-letter queue. */
  readonly sourceArn?: string;
}

export interface Received {
  readonly message: Message;
  readonly receipt: string;
  readonly receives: number;
  readonly firstReceivedAt: number;
}

interface Row {
  seq: number;
  body: string;
  receives: number;
  first_received_at: number | null;
}

/**
 * Owns the messages of all queues, in a table of its own. Times are virtual ms. A receipt names a message and its how-manieth
 * receipt this was: once the message was received again, older receipts change nothing any more.
 */
export class Messages {
  constructor(private readonly store: Store) {
    store.schema(`
      CREATE TABLE IF NOT EXISTS sqs_message (
        seq INTEGER PRIMARY KEY AUTOINCREMENT, queue TEXT NOT NULL, body TEXT NOT NULL, visible_at INTEGER NOT NULL,
        expires_at INTEGER NOT NULL, receives INTEGER NOT NULL DEFAULT 0, first_received_at INTEGER);
      CREATE INDEX IF NOT EXISTS sqs_message_visible ON sqs_message (queue, visible_at, seq);
    `);
  }

  add(queue: string, message: Omit<Message, 'id'>, visibleAt: number, expiresAt: number): Message {
    const stored = { id: randomUUID(), ...message };
    const insert = 'INSERT INTO sqs_message (queue, body, visible_at, expires_at) VALUES (?, ?, ?, ?)';
    this.store.run(insert, queue, JSON.stringify(stored), visibleAt, expiresAt);
    return stored;
  }

  /** Takes up to `most` visible messages and hides them until `hiddenUntil`. */
  take(queue: string, most: number, now: number, hiddenUntil: number): Received[] {
    this.#dropExpired(queue, now);
    const rows = this.store.all<Row>(
      'SELECT seq, body, receives, first_received_at FROM sqs_message WHERE queue = ? AND visible_at <= ? ORDER BY visible_at, seq LIMIT ?',
      queue,
      now,
      most,
    );
    return rows.map(({ seq, body, receives, first_received_at }) => {
      const firstReceivedAt = first_received_at ?? now;
      const update = 'UPDATE sqs_message SET visible_at = ?, receives = ?, first_received_at = ? WHERE seq = ?';
      this.store.run(update, hiddenUntil, receives + 1, firstReceivedAt, seq);
      return {
        message: JSON.parse(body),
        receipt: encodeReceipt(seq, receives + 1),
        receives: receives + 1,
        firstReceivedAt,
      };
    });
  }

  /** Moves a message that was just taken to another queue, where it starts anew but for its age. */
  move(queue: string, received: Received, sourceArn: string, now: number): void {
    const [seq] = decodeReceipt(received.receipt) as [number, number];
    const body = JSON.stringify({ ...received.message, sourceArn });
    const update =
      'UPDATE sqs_message SET queue = ?, body = ?, visible_at = ?, receives = 0, first_received_at = NULL WHERE seq = ?';
    this.store.run(update, queue, body, now, seq);
  }

  /** False when the receipt is none, or not the message's latest. */
  delete(queue: string, receipt: string): boolean {
    return this.#byReceipt(queue, receipt, (seq) => this.store.run('DELETE FROM sqs_message WHERE seq = ?', seq));
  }

  /** Hides a message that is in flight until another time. False as for `delete`. */
  hide(queue: string, receipt: string, until: number): boolean {
    return this.#byReceipt(queue, receipt, (seq) =>
      this.store.run('UPDATE sqs_message SET visible_at = ? WHERE seq = ?', until, seq),
    );
  }

  purge(queue: string): void {
    this.store.run('DELETE FROM sqs_message WHERE queue = ?', queue);
  }

  /** When the next message of a queue becomes visible; undefined when it has none. */
  nextVisible(queue: string): number | undefined {
    const found = this.store.get<{ at: number | null }>(
      'SELECT min(visible_at) AS at FROM sqs_message WHERE queue = ?',
      queue,
    );
    return found?.at ?? undefined;
  }

  /** Messages that are visible, in flight (received, hidden) and delayed (never received, hidden). */
  count(queue: string, now: number): { visible: number; inFlight: number; delayed: number } {
    this.#dropExpired(queue, now);
    const found = this.store.get<Record<'visible' | 'inFlight' | 'delayed', number>>(
      `SELECT count(*) FILTER (WHERE visible_at <= ?1) AS visible,
              count(*) FILTER (WHERE visible_at > ?1 AND receives > 0) AS inFlight,
              count(*) FILTER (WHERE visible_at > ?1 AND receives = 0) AS delayed
       FROM sqs_message WHERE queue = ?2`,
      now,
      queue,
    );
    return found ?? { visible: 0, inFlight: 0, delayed: 0 };
  }

  #dropExpired(queue: string, now: number): void {
    this.store.run('DELETE FROM sqs_message WHERE queue = ? AND expires_at <= ?', queue, now);
  }

  #byReceipt(queue: string, receipt: string, change: (seq: number) => void): boolean {
    const decoded = decodeReceipt(receipt);
    if (!decoded) return false;
    const [seq, receives] = decoded;
    const select = 'SELECT seq FROM sqs_message WHERE seq = ? AND queue = ? AND receives = ?';
    if (!this.store.get(select, seq, queue, receives)) return false;
    change(seq);
    return true;
  }
}

/** Whether a text has a receipt's form at all. */
export function isReceipt(text: unknown): text is string {
  return typeof text === 'string' && decodeReceipt(text) !== undefined;
}

function encodeReceipt(seq: number, receives: number): string {
  return Buffer.from(`receipt ${seq} ${receives}`).toString('base64');
}

function decodeReceipt(receipt: string): [seq: number, receives: number] | undefined {
  const match = /^receipt (\d+) (\d+)$/.exec(Buffer.from(receipt, 'base64').toString());
  return match ? [Number(match[1]), Number(match[2])] : undefined;
}
