import { randomUUID } from 'node:crypto';
import type { Store } from '../../runtime/store';
import type { StoredAttribute } from './attributes';

/** A message as it was sent. */
export interface Message {
  readonly id: string;
  readonly body: string;
  readonly attributes: Record<string, StoredAttribute>;
  readonly sentAt: number;
  readonly groupId?: string;
  /** Of a message in a FIFO queue. */
  readonly deduplicationId?: string;
  /** The queue that it came from, when it was moved to a dead-letter queue. */
  readonly sourceArn?: string;
}

/** As it was taken into a queue; with a sequence number in a FIFO queue. */
export type Sent = Message & { readonly sequenceNumber?: string };

export interface Received {
  readonly message: Message;
  /** Of a message in a FIFO queue. */
  readonly sequenceNumber?: string;
  readonly receipt: string;
  readonly receives: number;
  readonly firstReceivedAt: number;
}

export interface Row {
  seq: number;
  body: string;
  receives: number;
  first_received_at: number | null;
}

/**
 * Owns the messages of all standard queues, in a table of its own. Times are virtual ms. A receipt names a message and its how-manieth
 * receipt this was: once the message was received again, older receipts change nothing any more.
 */
export class Messages {
  /** @param table of `schema`, which may have more columns than these */
  constructor(
    protected readonly store: Store,
    protected readonly table: string = 'sqs_message',
    schema: string = SCHEMA,
  ) {
    store.schema(schema);
  }

  add(queue: string, message: Omit<Message, 'id'>, visibleAt: number, expiresAt: number): Sent {
    const stored = { id: randomUUID(), ...message };
    const insert = `INSERT INTO ${this.table} (queue, body, visible_at, expires_at) VALUES (?, ?, ?, ?)`;
    this.store.run(insert, queue, JSON.stringify(stored), visibleAt, expiresAt);
    return stored;
  }

  /** Takes up to `most` messages that may be received, and hides them until `hiddenUntil`. */
  take(queue: string, most: number, now: number, hiddenUntil: number): Received[] {
    this.#dropExpired(queue, now);
    return this.receivable(queue, most, now).map((row) => {
      const receives = row.receives + 1;
      const first_received_at = row.first_received_at ?? now;
      const update = `UPDATE ${this.table} SET visible_at = ?, receives = ?, first_received_at = ? WHERE seq = ?`;
      this.store.run(update, hiddenUntil, receives, first_received_at, row.seq);
      return this.received({ ...row, receives, first_received_at });
    });
  }

  protected receivable(queue: string, most: number, now: number): Row[] {
    return this.store.all<Row>(
      `SELECT seq, body, receives, first_received_at FROM ${this.table} WHERE queue = ? AND visible_at <= ? ORDER BY visible_at, seq LIMIT ?`,
      queue,
      now,
      most,
    );
  }

  protected received({ seq, body, receives, first_received_at }: Row): Received {
    return {
      message: JSON.parse(body),
      receipt: encodeReceipt(seq, receives),
      receives,
      firstReceivedAt: first_received_at as number,
    };
  }

  /** Moves a message that was just taken to another queue, where it starts anew but for its age. */
  move(queue: string, received: Received, sourceArn: string, now: number, _retentionMs: number): void {
    const [seq] = decodeReceipt(received.receipt) as [number, number];
    const body = JSON.stringify({ ...received.message, sourceArn });
    const update = `UPDATE ${this.table} SET queue = ?, body = ?, visible_at = ?, receives = 0, first_received_at = NULL WHERE seq = ?`;
    this.store.run(update, queue, body, now, seq);
  }

  /** False when the receipt is none, or not the message's latest. */
  delete(queue: string, receipt: string, now: number): boolean {
    const remove = `DELETE FROM ${this.table} WHERE seq = ?`;
    return this.#byReceipt(queue, receipt, now, (seq) => this.store.run(remove, seq));
  }

  /** Hides a message that is in flight until another time. False as for `delete`. */
  hide(queue: string, receipt: string, now: number, until: number): boolean {
    const update = `UPDATE ${this.table} SET visible_at = ? WHERE seq = ?`;
    return this.#byReceipt(queue, receipt, now, (seq) => this.store.run(update, until, seq));
  }

  purge(queue: string): void {
    this.store.run(`DELETE FROM ${this.table} WHERE queue = ?`, queue);
  }

  /** When a message of a queue of which none may be received now may next be; undefined when it has none. */
  nextReceivable(queue: string, _now: number): number | undefined {
    const found = this.store.get<{ at: number | null }>(
      `SELECT min(visible_at) AS at FROM ${this.table} WHERE queue = ?`,
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
       FROM ${this.table} WHERE queue = ?2`,
      now,
      queue,
    );
    return found ?? { visible: 0, inFlight: 0, delayed: 0 };
  }

  #dropExpired(queue: string, now: number): void {
    // Mostly there is none, and nothing to be made durable.
    const select = `SELECT 1 FROM ${this.table} WHERE queue = ? AND expires_at <= ? LIMIT 1`;
    if (!this.store.get(select, queue, now)) return;
    this.store.run(`DELETE FROM ${this.table} WHERE queue = ? AND expires_at <= ?`, queue, now);
  }

  /** Whether a receipt with this count is still good for the message. */
  protected isCurrent(row: { receives: number; visible_at: number }, receives: number, _now: number): boolean {
    return row.receives === receives;
  }

  #byReceipt(queue: string, receipt: string, now: number, change: (seq: number) => void): boolean {
    const decoded = decodeReceipt(receipt);
    if (!decoded) return false;
    const [seq, receives] = decoded;
    const select = `SELECT receives, visible_at FROM ${this.table} WHERE seq = ? AND queue = ?`;
    const row = this.store.get<{ receives: number; visible_at: number }>(select, seq, queue);
    if (!row || !this.isCurrent(row, receives, now)) return false;
    change(seq);
    return true;
  }
}

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS sqs_message (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, queue TEXT NOT NULL, body TEXT NOT NULL, visible_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL, receives INTEGER NOT NULL DEFAULT 0, first_received_at INTEGER);
  CREATE INDEX IF NOT EXISTS sqs_message_visible ON sqs_message (queue, visible_at, seq);
  CREATE INDEX IF NOT EXISTS sqs_message_expiry ON sqs_message (queue, expires_at);
`;

/** Whether a text has a receipt's form at all. */
export function isReceipt(text: unknown): text is string {
  return typeof text === 'string' && decodeReceipt(text) !== undefined;
}

function encodeReceipt(seq: number, receives: number): string {
  return Buffer.from(`receipt ${seq} ${receives}`).toString('base64');
}

export function decodeReceipt(receipt: string): [seq: number, receives: number] | undefined {
  const match = /^receipt (\d+) (\d+)$/.exec(Buffer.from(receipt, 'base64').toString());
  return match ? [Number(match[1]), Number(match[2])] : undefined;
}
