import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'libsql';
import { StoreGuard } from './store-guard';
import { inspectStore, type SoundStore, Unsound } from './store-inspection';

/**
 * Owns the database file: that it is opened right or refused with one sentence that names it (promise F).
 *
 * D1  One process at a time: `store.lock` is locked before anything is read, until all is closed.
 * D2  A store of another format version, or one that is not as it was written, is refused and left as it is.
 * D3  The log is moved into the database file by the guard, or not at all. SQLite would move it when it closes the file,
 *     without sums for what it moves: one whose log the guard could not move is never closed, and found so by the next.
 */

/** Raised when the layout of what is stored changes. Kept in SQLite's `user_version`; 0 is a new file. */
export const FORMAT_VERSION = 3;

/** The data directory cannot be used; the message is for the person who started the local cloud. */
export class StoreError extends Error {
  override readonly name = 'StoreError';
}

/** A database that is open; in memory it has no guard. */
export interface OpenedDatabase {
  readonly db: Database.Database;
  readonly guard?: StoreGuard;
  /** Lets go of the files; call when the guard has made a checkpoint and nothing was written since. */
  close(): void;
  /** Leaves the files as they are (D3), for as long as this process lives. */
  abandon(): void;
}

/** Opens (or makes) `store.db` in `dir`, locked for this process; in memory without `dir`. Throws `StoreError`. */
export function openDatabase(dir: string | undefined): OpenedDatabase {
  if (dir === undefined) {
    const db = new Database(':memory:');
    return { db, close: () => db.close(), abandon: () => {} };
  }
  const file = join(dir, 'store.db');
  const undo: Array<() => void> = [];
  const close = () => {
    for (const step of undo.splice(0).reverse()) step();
  };
  try {
    mkdirSync(dir, { recursive: true, mode: 0o700 });
    undo.push(lock(join(dir, 'store.lock')));
    const sound = inspectStore(file, FORMAT_VERSION);
    undo.push(() => sound.sums.close());
    const db = openSound(file, sound);
    const guard = guardOf(db, file, sound);
    undo.push(() => guard.close());
    undo.push(() => closeDatabase(db));
    return { db, guard, close, abandon: () => abandon(db) };
  } catch (error) {
    close();
    throw storeError(error, file);
  }
}

/** Locks a file for this process; answers what lets it go. SQLite's own lock works on every system, and ends with the process. */
function lock(file: string): () => void {
  const db = new Database(file);
  try {
    db.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
  } catch (error) {
    db.close();
    throw error;
  }
  return () => {
    db.exec('ROLLBACK');
    db.close();
  };
}

function openSound(file: string, { isNew }: SoundStore): Database.Database {
  const db = new Database(file);
  try {
    // A commit writes the log; the guard syncs it, without keeping the thread.
    db.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL');
    db.exec('PRAGMA wal_autocheckpoint = 0; SELECT count(*) FROM sqlite_master');
    if (isNew) db.exec(`PRAGMA user_version = ${FORMAT_VERSION}`);
    return db;
  } catch (error) {
    abandon(db);
    throw error;
  }
}

function guardOf(db: Database.Database, file: string, sound: SoundStore): StoreGuard {
  try {
    return new StoreGuard(db, file, sound);
  } catch (error) {
    abandon(db);
    throw error;
  }
}

const abandoned: Database.Database[] = [];

/** Keeps SQLite from closing the file (D3): by collecting what is not used any more, and at an orderly end of the process. */
function abandon(db: Database.Database): void {
  abandoned.push(db);
  if (abandoned.length === 1) process.on('exit', (code) => process.exit(code));
}

/** Lets go of the file. `close` alone keeps its lock for as long as a prepared statement is not collected. */
function closeDatabase(db: Database.Database): void {
  try {
    db.exec('PRAGMA journal_mode = DELETE; PRAGMA locking_mode = NORMAL; SELECT count(*) FROM sqlite_master');
  } catch {
    // It cannot be written any more; there is nothing left to do for it.
  }
  db.close();
}

/** Says in one sentence what an error of SQLite means for the person who runs the local cloud. */
export function storeError(error: unknown, file: string): StoreError {
  if (error instanceof StoreError) return error;
  const { code, message } = error as { code?: string; message: string };
  const sentence = error instanceof Unsound ? `${file} ${message}` : SENTENCES[primaryCode(code)]?.(file);
  return new StoreError(sentence ?? `${file} cannot be used: ${message}`, { cause: error });
}

const full = (file: string) => `The disk is full: ${file} could not be written, so the local cloud stops here.`;
const failed = (file: string) => `The disk failed while ${file} was read or written, so the local cloud stops here.`;
const readOnly = (file: string) => `${file} cannot be written: check its permissions.`;

/** By SQLite's code, or Node's. */
const SENTENCES: Record<string, (file: string) => string> = {
  SQLITE_BUSY: (file) => `${file} is in use by another process: only one local cloud can run on a data directory.`,
  SQLITE_NOTADB: (file) => `${file} is not a Stepwright store, or it is damaged: restore it from a copy or remove it.`,
  SQLITE_CORRUPT: (file) => `${file} is damaged: restore it from a copy or remove it.`,
  SQLITE_FULL: full,
  SQLITE_IOERR: failed,
  SQLITE_READONLY: readOnly,
  ENOSPC: full,
  EDQUOT: full,
  EFBIG: full,
  EIO: failed,
  EACCES: readOnly,
  EPERM: readOnly,
  EROFS: readOnly,
};

/** 'SQLITE_IOERR_FSYNC' is a kind of 'SQLITE_IOERR'. */
function primaryCode(code = ''): string {
  return code.split('_').slice(0, 2).join('_');
}
