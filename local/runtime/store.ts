import { join } from 'node:path';
import type Database from 'libsql';
import { Collection } from './collection';
import { type OpenedDatabase, openDatabase, type StoreError, storeError } from './database';
import { failPoint } from './fail-point';
import type { Work } from './work';

export { Collection } from './collection';
export { StoreError } from './database';

/**
 * Owns the one database of a local cloud, and when what was written is durable.
 *
 * S1  A write is executed at once inside the open transaction, so every later read in this process sees it.
 * S2  The transaction is committed at the end of the turn of the event loop, then synced while the loop goes on; what is
 *     written meanwhile is the next transaction. Writes of one transaction are durable together or not at all.
 *     `written()` resolves after the commit: the process's end loses nothing then. `durable()` resolves after the sync,
 *     when the machine's end loses nothing either; acknowledge nothing before.
 *     A `whole` unit is one transaction, however many turns it takes.
 * S3  A commit or sync that fails is final: the store refuses everything after it, since memory is now ahead of the disk.
 */
export class Store {
  readonly #db: Database.Database;
  readonly #opened: OpenedDatabase;
  readonly #file: string;
  readonly #begin: Database.Statement;
  readonly #end: Database.Statement;
  readonly #statements = new Map<string, Database.Statement>();
  readonly #failureListeners: Array<(failure: StoreError) => void> = [];
  readonly #commitListeners: Array<() => void> = [];
  /** Forgets what is to be done should the process end without closing the store. */
  #forgetExit = () => {};
  /** The transaction that takes writes, and the one before it, which is being synced. */
  #open: Transaction | undefined;
  #syncing: Transaction | undefined;
  /** Nothing is committed meanwhile: a `whole` unit is under way. */
  #held = false;
  #failure: StoreError | undefined;
  #closed = false;

  private constructor(
    opened: OpenedDatabase,
    file: string,
    private readonly work: Work | undefined,
  ) {
    const { db } = opened;
    this.#opened = opened;
    this.#db = db;
    this.#file = file;
    this.#begin = db.prepare('BEGIN IMMEDIATE');
    this.#end = db.prepare('COMMIT');
    if (opened.guard) this.#settleAtExit();
  }

  /**
   * Opens (or makes) the store in `dir`, or in memory when no directory is given. What is not durable yet counts as
   * `work`: time does not jump before it is. Throws `StoreError`.
   */
  static open(dir?: string, work?: Work): Store {
    return new Store(openDatabase(dir), dir === undefined ? 'the store in memory' : join(dir, 'store.db'), work);
  }

  /** Runs SQL that changes something, inside the open transaction; answers the rowid of what it inserted. */
  run(sql: string, ...values: unknown[]): number {
    const statement = this.#prepare(sql);
    this.#openTransaction();
    try {
      failPoint?.('before-write');
      const { lastInsertRowid } = statement.run(values);
      failPoint?.('after-write');
      return Number(lastInsertRowid);
    } catch (error) {
      if (!isConstraint(error)) this.#fail(error);
      throw this.#failure ?? error;
    }
  }

  all<T>(sql: string, ...values: unknown[]): T[] {
    return this.#prepare(sql).all(values) as T[];
  }

  get<T>(sql: string, ...values: unknown[]): T | undefined {
    return this.#prepare(sql).get(values) as T | undefined;
  }

  /** Creates tables and indexes; idempotent SQL, run before anything else is written. */
  schema(sql: string): void {
    this.#db.exec(sql);
    if (!this.#open) this.#opened.guard?.committed();
  }

  /** Resolves when everything written until now is in the log; rejects if it cannot be. */
  written(): Promise<void> {
    if (this.#failure) return Promise.reject(this.#failure);
    if (this.#held) return Promise.resolve();
    return this.#open?.written.promise ?? Promise.resolve();
  }

  /** Resolves when everything written until now is on disk; rejects if it cannot be. */
  durable(): Promise<void> {
    if (this.#failure) return Promise.reject(this.#failure);
    if (this.#held) return Promise.resolve();
    return (this.#open ?? this.#syncing)?.durable.promise ?? Promise.resolve();
  }

  /**
   * Runs `unit` and commits all that is written meanwhile in one transaction: durable when this resolves, as if never written
   * when it rejects. `written()` and `durable()` promise nothing until then, so nobody outside may be answered; and whoever keeps in memory
   * what a unit wrote is ahead of the disk when it rejects, and has to end.
   */
  async whole<T>(unit: () => Promise<T>): Promise<T> {
    while (this.#open ?? this.#syncing) await this.durable();
    this.#held = true;
    // A log that holds frames which are not committed could not be followed after a rollback.
    this.#db.exec('PRAGMA cache_spill = OFF');
    try {
      const answer = await unit();
      this.#held = false;
      if (this.#open) this.#commit();
      await this.durable();
      return answer;
    } catch (error) {
      this.#held = false;
      if (!this.#failure) this.#rollBack();
      throw error;
    } finally {
      if (!this.#failure) this.#db.exec('PRAGMA cache_spill = ON');
    }
  }

  /** Calls `listener` if the store fails for good (S3): the process should say why and end. */
  onFailure(listener: (failure: StoreError) => void): void {
    this.#failureListeners.push(listener);
  }

  /** Calls `listener` at the end of each transaction; what it writes belongs to it. */
  beforeCommit(listener: () => void): void {
    this.#commitListeners.push(listener);
  }

  /** A durable map of JSON documents by key, for services whose state is small. `keep`: see `Collection`. */
  collection<T>(name: string, keep?: number): Collection<T> {
    return new Collection<T>(this, name, keep);
  }

  /** Commits what is open and lets go of the file. */
  async close(): Promise<void> {
    await this.durable().catch(() => {});
    if (this.#closed) return;
    this.#closed = true;
    this.#forgetExit();
    if (this.#settle()) this.#opened.close();
    else this.#opened.abandon();
  }

  /** SQLite lets go of the file even when the process ends by an error. */
  #settleAtExit(): void {
    const settle = () => {
      if (!this.#settle()) this.#opened.abandon();
    };
    process.on('exit', settle);
    this.#forgetExit = () => process.off('exit', settle);
  }

  /** Leaves nothing for SQLite to do when it lets go of the file. Answers whether it could. */
  #settle(): boolean {
    try {
      if (this.#db.inTransaction) this.#db.exec('ROLLBACK');
      return this.#opened.guard?.checkpoint() ?? true;
    } catch {
      // What was acknowledged is in the log, and found there when the store is opened next.
      return false;
    }
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

  #openTransaction(): void {
    if (this.#open) return;
    this.#begin.run();
    this.#open = { written: deferred(), durable: deferred() };
    const end = this.work?.begin();
    if (end) this.#open.durable.promise.then(end, end);
    // One sync at a time: the next transaction stays open for as long as this one's is under way.
    if (!this.#syncing && !this.#held) setImmediate(() => this.#commit());
  }

  #rollBack(): void {
    const transaction = this.#open;
    if (!transaction) return;
    this.#open = undefined;
    try {
      this.#db.exec('ROLLBACK');
      transaction.written.resolve();
      transaction.durable.resolve();
    } catch (error) {
      transaction.written.reject(this.#fail(error));
      transaction.durable.reject(this.#fail(error));
    }
  }

  #commit(): void {
    const transaction = this.#open as Transaction;
    const { guard } = this.#opened;
    try {
      if (this.#failure) throw this.#failure;
      for (const listener of this.#commitListeners) listener();
      this.#open = undefined;
      failPoint?.('before-commit');
      this.#end.run();
      failPoint?.('after-commit');
      guard?.committed();
      if (guard?.isCheckpointDue) guard.checkpoint();
    } catch (error) {
      this.#open = undefined;
      transaction.written.reject(this.#fail(error));
      transaction.durable.reject(this.#fail(error));
      return;
    }
    transaction.written.resolve();
    if (guard) {
      this.#syncing = transaction;
      guard.sync((error) => this.#synced(transaction, error));
    } else {
      transaction.durable.resolve();
    }
  }

  #synced(transaction: Transaction, error: Error | null): void {
    this.#syncing = undefined;
    if (error) transaction.durable.reject(this.#fail(error));
    else transaction.durable.resolve();
    // Those who wait for this one hear of it first; what comes in this turn still joins the next.
    if (this.#open) setImmediate(() => this.#commit());
  }

  #fail(error: unknown): StoreError {
    if (!this.#failure) {
      this.#failure = storeError(error, this.#file);
      for (const listener of this.#failureListeners) listener(this.#failure);
    }
    return this.#failure;
  }
}

interface Transaction {
  readonly written: Deferred;
  readonly durable: Deferred;
}

interface Deferred {
  readonly promise: Promise<void>;
  readonly resolve: () => void;
  readonly reject: (failure: StoreError) => void;
}

function deferred(): Deferred {
  let settle: Pick<Deferred, 'resolve' | 'reject'> | undefined;
  const promise = new Promise<void>((resolve, reject) => {
    settle = { resolve, reject };
  });
  // Who does not ask need not hear.
  promise.catch(() => {});
  return { promise, ...(settle as Pick<Deferred, 'resolve' | 'reject'>) };
}

/** A statement that broke a rule of the schema changed nothing: its caller's business, not the store's end. */
function isConstraint(error: unknown): boolean {
  return String((error as { code?: string }).code).startsWith('SQLITE_CONSTRAINT');
}
