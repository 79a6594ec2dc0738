import { closeSync, existsSync, openSync, readFileSync, readSync, statSync } from 'node:fs';
import { damagedPage, type Mark, PageSums } from './page-sums';
import { type LogContent, readLog } from './write-ahead-log';

/** A store as it lies on disk, sound as far as its sums can tell. `isNew`: nothing was ever stored in it. */
export interface SoundStore {
  readonly isNew: boolean;
  readonly sums: PageSums;
  readonly log: LogContent | undefined;
}

/** Why a store is not opened: a sentence's end, after the file's name. */
export class Unsound extends Error {
  override readonly name = 'Unsound';
}

/**
 * Looks at `store.db`, its log and its sums before SQLite does, since SQLite drops what it finds damaged in a log without
 * a word. Call while no other process can have the store open; changes nothing but for a store that is new.
 * @throws Unsound
 */
export function inspectStore(file: string, formatVersion: number): SoundStore {
  const sumsFile = sumsFileOf(file);
  const sums = PageSums.open(sumsFile);
  if (sums === 'damaged') throw new Unsound(damaged('its store.sums does not hold what was written to it'));
  try {
    const log = inspectDatabase(file, formatVersion, sums);
    if (log === 'new') {
      sums?.close();
      return { isNew: true, sums: PageSums.create(sumsFile), log: undefined };
    }
    return { isNew: false, sums: sums as PageSums, log };
  } catch (error) {
    sums?.close();
    throw error;
  }
}

export function sumsFileOf(file: string): string {
  return file.replace(/\.db$/, '.sums');
}

export function logFileOf(file: string): string {
  return `${file}-wal`;
}

function inspectDatabase(
  file: string,
  formatVersion: number,
  sums: PageSums | undefined,
): LogContent | undefined | 'new' {
  const isUnused = !sums || (sums.sums.count === 0 && !sums.mark);
  if (!existsSync(file) || statSync(file).size === 0) {
    if (isUnused) return 'new';
    throw new Unsound(damaged('it is missing or empty, though store.sums tells of its content'));
  }
  const database = openSync(file, 'r');
  try {
    const { pageSize, version, isEmpty } = readHeader(database);
    if (isUnused && isEmpty) return 'new';
    if (version !== formatVersion) {
      throw new Unsound(
        `has format ${version}, this version of Stepwright reads format ${formatVersion}: ` +
          'use the version that wrote it, or another data directory.',
      );
    }
    if (!sums) throw new Unsound(damaged('its store.sums is missing'));
    const log = existsSync(logFileOf(file)) ? readLog(readFileSync(logFileOf(file)), pageSize) : undefined;
    if (log === 'damaged' || !holds(log, sums.mark)) {
      throw new Unsound(damaged('its log, store.db-wal, lacks changes that were acknowledged'));
    }
    const page = damagedPage(database, {
      pageSize,
      size: statSync(file).size,
      sums: sums.sums,
      inLog: (one) => log?.pages.has(one) ?? false,
    });
    if (page !== undefined) throw new Unsound(damaged(`page ${page} is not as it was written`));
    return log;
  } finally {
    closeSync(database);
  }
}

/** The file's header: https://www.sqlite.org/fileformat2.html#the_database_header */
function readHeader(database: number): { pageSize: number; version: number; isEmpty: boolean } {
  const header = Buffer.alloc(108);
  const length = readSync(database, header, 0, header.length, 0);
  const pageSize = header.readUInt16BE(16) === 1 ? 65_536 : header.readUInt16BE(16);
  const isSqlite = length === header.length && header.subarray(0, 16).toString('latin1') === 'SQLite format 3\0';
  if (!isSqlite || pageSize < 512 || (pageSize & (pageSize - 1)) !== 0) {
    throw new Unsound('is not a Stepwright store, or it is damaged: restore it from a copy or remove it.');
  }
  // The first page is the table of tables; its cells are counted behind its type.
  return { pageSize, version: header.readUInt32BE(60), isEmpty: header.readUInt16BE(103) === 0 };
}

/** Whether the log still has all that was acknowledged in it, or is a later one: then the database file has it. */
function holds(log: LogContent | undefined, mark: Mark | undefined): boolean {
  if (!mark) return true;
  if (!log) return false;
  const later = (log.salts[0] - mark.salts[0]) | 0;
  if (later === 0) return log.salts[1] === mark.salts[1] && log.frames >= mark.frames;
  return later > 0;
}

function damaged(how: string): string {
  return `is damaged (${how}): restore the directory from a copy or remove it.`;
}
