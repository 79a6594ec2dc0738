import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'libsql';

/**
 * Owns the database file: that it is opened right or refused with one sentence that names it (promise F).
 *
 * D1  One process at a time: the file is locked from the first read until it is closed.
 * D2  A file of another format version, or one that fails SQLite's own check, is refused and left as it is.
 */

/** Raised when the layout of what is stored changes. Kept in SQLite's `user_version`; 0 is a new file. */
export const FORMAT_VERSION = 1;

/** The data directory cannot be used; the message is for the person who started the local cloud. */
export class StoreError extends Error {
  override readonly name = 'StoreError';
}

/** Opens (or makes) `store.db` in `dir`, locked for this process; in memory without `dir`. Throws `StoreError`. */
export function openDatabase(dir: string | undefined): Database.Database {
  if (dir === undefined) return new Database(':memory:');
  const file = join(dir, 'store.db');
  let db: Database.Database | undefined;
  try {
    mkdirSync(dir, { recursive: true, mode: 0o700 });
    db = new Database(file);
    db.exec('PRAGMA locking_mode = EXCLUSIVE');
    checkVersion(db, file);
    db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL');
    checkIntegrity(db, file);
    return db;
  } catch (error) {
    if (db) closeDatabase(db);
    throw storeError(error, file);
  }
}

/** Lets go of the file. `close` alone keeps its lock for as long as a prepared statement is not collected. */
export function closeDatabase(db: Database.Database): void {
  try {
    db.exec('PRAGMA journal_mode = DELETE; PRAGMA locking_mode = NORMAL; SELECT count(*) FROM sqlite_master');
  } catch {
    // It was not ours, or cannot be written any more; there is nothing left to do for it.
  }
  db.close();
}

/** Says in one sentence what an error of SQLite means for the person who runs the local cloud. */
export function storeError(error: unknown, file: string): StoreError {
  if (error instanceof StoreError) return error;
  const { code, message } = error as { code?: string; message: string };
  return new StoreError(`${SENTENCES[primaryCode(code)]?.(file) ?? `${file} cannot be used: ${message}`}`, {
    cause: error,
  });
}

const SENTENCES: Record<string, (file: string) => string> = {
  SQLITE_BUSY: (file) => `${file} is in use by another process: only one local cloud can run on a data directory.`,
  SQLITE_NOTADB: (file) => `${file} is not a Stepwright store, or it is damaged: restore it from a copy or remove it.`,
  SQLITE_CORRUPT: (file) => `${file} is damaged: restore it from a copy or remove it.`,
  SQLITE_FULL: (file) => `The disk is full: ${file} could not be written, so the local cloud stops here.`,
  SQLITE_IOERR: (file) => `The disk failed while ${file} was read or written, so the local cloud stops here.`,
  SQLITE_READONLY: (file) => `${file} cannot be written: check its permissions.`,
};

/** 'SQLITE_IOERR_FSYNC' is a kind of 'SQLITE_IOERR'. */
function primaryCode(code = ''): string {
  return code.split('_').slice(0, 2).join('_');
}

function checkVersion(db: Database.Database, file: string): void {
  const { user_version: version } = db.prepare('PRAGMA user_version').get() as { user_version: number };
  if (version === FORMAT_VERSION) return;
  const { tables } = db.prepare('SELECT count(*) AS tables FROM sqlite_master').get() as { tables: number };
  if (version === 0 && tables === 0) {
    db.exec(`PRAGMA user_version = ${FORMAT_VERSION}`);
    return;
  }
  throw new StoreError(
    `${file} has format ${version}, this version of Stepwright reads format ${FORMAT_VERSION}: ` +
      'use the version that wrote it, or another data directory.',
  );
}

function checkIntegrity(db: Database.Database, file: string): void {
  const findings = db.prepare('PRAGMA quick_check(1)').all() as Array<{ quick_check: string }>;
  const finding = findings[0]?.quick_check;
  if (finding === 'ok') return;
  throw new StoreError(`${file} is damaged (${finding}): restore it from a copy or remove it.`);
}
