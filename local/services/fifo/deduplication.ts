import type { Store } from '../../runtime/store';

/** Of the message that came first. */
export interface FirstSent {
  readonly messageId: string;
  readonly sequenceNumber: string;
}

/**
 * Owns what FIFO queues or topics were sent within the last five minutes of virtual time: what comes once more by the same
 * deduplication id is accepted and not delivered, also when the first is received and deleted already
 * (docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/using-messagededuplicationid-property.html). Durable
 * with the message itself.
 */
export class Deduplication {
  readonly #store: Store;
  readonly #table: string;

  /** @param table its name, of the service's own */
  constructor(store: Store, table: string) {
    this.#store = store;
    this.#table = table;
    store.schema(`
      CREATE TABLE IF NOT EXISTS ${table} (
        owner TEXT NOT NULL, scope TEXT NOT NULL, id TEXT NOT NULL, message_id TEXT NOT NULL, sequence_number TEXT NOT NULL,
        ends_at INTEGER NOT NULL, PRIMARY KEY (owner, scope, id)) WITHOUT ROWID;
      CREATE INDEX IF NOT EXISTS ${table}_ends ON ${table} (ends_at);
    `);
  }

  /**
   * @param owner the queue or topic
   * @param scope within which ids are compared: a message group, or '' for all of them
   */
  find(owner: string, scope: string, id: string, now: number): FirstSent | undefined {
    this.#store.run(`DELETE FROM ${this.#table} WHERE ends_at <= ?`, now);
    const found = this.#store.get<{ message_id: string; sequence_number: string }>(
      `SELECT message_id, sequence_number FROM ${this.#table} WHERE owner = ? AND scope = ? AND id = ?`,
      owner,
      scope,
      id,
    );
    return found && { messageId: found.message_id, sequenceNumber: found.sequence_number };
  }

  remember(owner: string, scope: string, id: string, sent: FirstSent, now: number): void {
    const { messageId, sequenceNumber } = sent;
    const insert = `INSERT INTO ${this.#table} (owner, scope, id, message_id, sequence_number, ends_at) VALUES (?, ?, ?, ?, ?, ?)`;
    this.#store.run(insert, owner, scope, id, messageId, sequenceNumber, now + INTERVAL_MS);
  }

  /** For when the queue or topic is deleted. */
  forget(owner: string): void {
    this.#store.run(`DELETE FROM ${this.#table} WHERE owner = ?`, owner);
  }
}

/** For five minutes, ids of messages and of attempts to receive some are known again. */
export const INTERVAL_MS = 5 * 60_000;
