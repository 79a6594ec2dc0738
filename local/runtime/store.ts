import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'libsql';

/**
 * Owns the one database file of a local cloud, and when what was written is durable.
 *
 * S1  A write is executed at once inside the open transaction, so every later read in this process sees it.
 * S2  The transaction is committed and synced at the end of the turn of the event loop: writes of one turn share one
 *     fsync and are durable together or not at all. `durable()` resolves after that; acknowledge nothing before.
 * S3  A commit that fails is final: the store refuses everything after it, since memory is now ahead of the disk.
 */
export class Store {
  readonly #db: Database.Database;
  #commit: Promise<void> | undefined;
  #failure: Error | undefined;
  readonly #statements = new Map<string, Database.Statement>();

  private constructor(db: Database.Database) {
    this.#db = db;
  }

  /** Opens (or makes) the store in `dir`, or in memory when no directory is given. */
  static open(dir?: string): Store {
    if (dir) mkdirSync(dir, { recursive: true, mode: 0o700 });
    const db = new Database(dir ? join(dir, 'store.db') : ':memory:');
    if (dir) db.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;');
    return new Store(db);
  }

  /** Runs SQL that changes something, inside the open transaction. */
  run(sql: string, ...values: unknown[]): void {
    this.#begin();
    this.#prepare(sql).run(...values);
  }

  all<T>(sql: string, ...values: unknown[]): T[] {
    return this.#prepare(sql).all(...values) as T[];
  }

  get<T>(sql: string, ...values: unknown[]): T | undefined {
    return this.#prepare(sql).get(...values) as T | undefined;
  }

  /** Creates tables and indexes; idempotent SQL, run before anything else is written. */
  schema(sql: string): void {
    this.#db.exec(sql);
  }

  /** Resolves when everything written until now is on disk; rejects if it cannot be. */
  durable(): Promise<void> {
    if (this.#failure) return Promise.reject(this.#failure);
    return this.#commit ?? Promise.resolve();
  }

  /** A durable map of JSON documents by key, for services whose state is small. */
  collection<T>(name: string): Collection<T> {
    return new Collection<T>(this, name);
  }

  async close(): Promise<void> {
    await this.durable().catch(() => {});
    this.#db.close();
  }

  #prepare(sql: string): Database.Statement {
    if (this.#failure) throw this.#failure;
    let statement = this.#statements.get(sql);
    if (!statement) {
      statement = this.#db.prepare(sql);
      this.#statements.set(sql, statement);
    }
    return statement;
  }

  #begin(): void {
    if (this.#failure) throw this.#failure;
    if (this.#commit) return;
    this.#db.exec('BEGIN IMMEDIATE');
    this.#commit = new Promise((resolve, reject) => {
      setImmediate(() => {
        this.#commit = undefined;
        try {
          this.#db.exec('COMMIT');
          resolve();
        } catch (error) {
          this.#failure = error as Error;
          reject(error);
        }
      });
    });
    this.#commit.catch(() => {});
  }
}

/** Documents of one kind, by key, listed in the order of their keys. */
export class Collection<T> {
  readonly #table: string;

  constructor(
    private readonly store: Store,
    name: string,
  ) {
    if (!/^[a-z_]+$/.test(name)) throw new Error(`Not a collection's name: ${name}`);
    this.#table = `doc_${name}`;
    store.schema(`CREATE TABLE IF NOT EXISTS ${this.#table} (key TEXT PRIMARY KEY, body TEXT NOT NULL) WITHOUT ROWID`);
  }

  get(key: string): T | undefined {
    const row = this.store.get<{ body: string }>(`SELECT body FROM ${this.#table} WHERE key = ?`, key);
    return row && (JSON.parse(row.body) as T);
  }

  /** Stores `value`; durable when the promise resolves, readable at once. */
  put(key: string, value: T): Promise<void> {
    this.store.run(
      `INSERT INTO ${this.#table} (key, body) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET body = excluded.body`,
      key,
      JSON.stringify(value),
    );
    return this.store.durable();
  }

  delete(key: string): Promise<void> {
    this.store.run(`DELETE FROM ${this.#table} WHERE key = ?`, key);
    return this.store.durable();
  }

  /** All documents whose key starts with `prefix`, in the order of their keys. */
  list(prefix = ''): Array<{ key: string; value: T }> {
    return this.store
      .all<{ key: string; body: string }>(
        `SELECT key, body FROM ${this.#table} WHERE key >= ? AND key < ? ORDER BY key`,
        prefix,
        `${prefix}\u{10FFFF}`,
      )
      .map((row) => ({ key: row.key, value: JSON.parse(row.body) as T }));
  }
}
