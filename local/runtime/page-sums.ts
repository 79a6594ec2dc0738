import {
  closeSync,
  existsSync,
  fdatasyncSync,
  fsyncSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { crc32 } from 'node:zlib';

/**
 * Owns `store.sums`: a CRC of each page of the database file, and the mark: how much of the write-ahead log was
 * acknowledged. SQLite keeps neither, so a flipped bit in a page, or a log that lost its end, would go unnoticed.
 *
 * P1  The sum of a page is on disk before the page is: what is in the database file and not in the log has its sum.
 * P2  The mark never names more than is durable, and names all that was acknowledged. It is not synced, since only the
 *     machine's end loses it, and then an older one is true as well: for as long as the log has what that one names. So
 *     before the log is written over or removed, the disk knows that nothing is marked.
 *
 * The file is the mark, then batches, each as it was appended: the number of its entries, a CRC over them, and for each
 * the page and its sum. A later entry replaces an earlier one; a batch that is cut off was never relied on (P1). Zeros
 * are room for more.
 */
export class PageSums {
  readonly #slot = Buffer.alloc(MARK_BYTES);
  #end: number;
  #length = 0;

  private constructor(
    private readonly path: string,
    private descriptor: number,
    readonly sums: Sums,
    /** Undefined when nothing in the log was acknowledged, or it is in the database file too. */
    readonly mark: Mark | undefined,
    end: number,
  ) {
    this.#end = end;
  }

  /** Undefined when there is no such file; 'damaged' when its mark is not sound. Changes nothing. */
  static open(path: string): PageSums | undefined | 'damaged' {
    if (!existsSync(path)) return undefined;
    const bytes = readFileSync(path);
    const mark = readMark(bytes);
    if (mark === 'damaged') return 'damaged';
    const { sums, end } = readBatches(bytes);
    const found = new PageSums(path, openSync(path, 'r+'), sums, mark, end);
    found.#length = bytes.length;
    return found;
  }

  static create(path: string): PageSums {
    const descriptor = openSync(path, 'w+', 0o600);
    const made = new PageSums(path, descriptor, new Sums(), undefined, MARK_BYTES);
    made.setMark(undefined);
    made.#reserve();
    fsyncSync(descriptor);
    return made;
  }

  /** Says how much of the log is acknowledged from now on (P2). */
  setMark(mark: Mark | undefined): void {
    writeMark(this.#slot, mark);
    writeSync(this.descriptor, this.#slot, 0, MARK_BYTES, 0);
  }

  /** Says that nothing in the log is needed any more; it is on disk when it returns. */
  unmark(): void {
    this.setMark(undefined);
    fdatasyncSync(this.descriptor);
  }

  /** Adds sums; they are on disk when it returns. */
  append(entries: ReadonlyArray<readonly [page: number, sum: number]>): void {
    if (entries.length === 0) return;
    for (const [page, sum] of entries) this.sums.set(page, sum);
    const batch = batchOf(entries);
    writeSync(this.descriptor, batch, 0, batch.length, this.#end);
    this.#end += batch.length;
    this.#reserve();
    fdatasyncSync(this.descriptor);
    if (this.#end > LEAST_COMPACTED && this.#end > 4 * this.sums.count * ENTRY_BYTES) this.#compact();
  }

  close(): void {
    closeSync(this.descriptor);
  }

  /** Writes the file anew, without what was replaced. */
  #compact(): void {
    const draft = `${this.path}.new`;
    const descriptor = openSync(draft, 'w+', 0o600);
    const batch = batchOf([...this.sums.entries()]);
    writeSync(descriptor, this.#slot, 0, MARK_BYTES, 0);
    writeSync(descriptor, batch, 0, batch.length, MARK_BYTES);
    fsyncSync(descriptor);
    renameSync(draft, this.path);
    const folder = openSync(dirname(this.path), 'r');
    fsyncSync(folder);
    closeSync(folder);
    closeSync(this.descriptor);
    this.descriptor = descriptor;
    this.#end = MARK_BYTES + batch.length;
    this.#length = this.#end;
    this.#reserve();
  }

  /** Keeps room for the next batches: sums can be written when the disk is full. */
  #reserve(): void {
    if (this.#length >= this.#end + RESERVE_BYTES) return;
    const from = Math.max(this.#length, this.#end);
    const zeros = Buffer.alloc(this.#end + 2 * RESERVE_BYTES - from);
    writeSync(this.descriptor, zeros, 0, zeros.length, from);
    this.#length = from + zeros.length;
  }
}

/** The log's generation, and how many of its frames were acknowledged. */
export interface Mark {
  readonly salts: readonly [number, number];
  readonly frames: number;
}

/** Sums by page, pages counted from 1. A page that has none was never written: it is zeros. */
export class Sums {
  #sums = new Uint32Array(0);
  count = 0;

  set(page: number, sum: number): void {
    if (page >= this.#sums.length) {
      const grown = new Uint32Array(Math.max(1024, page + 1, this.#sums.length * 2));
      grown.set(this.#sums);
      this.#sums = grown;
    }
    this.#sums[page] = sum;
    this.count = Math.max(this.count, page);
  }

  get(page: number): number | undefined {
    return this.#sums[page] || undefined;
  }

  *entries(): Generator<[page: number, sum: number]> {
    for (let page = 1; page <= this.count; page += 1) {
      const sum = this.get(page);
      if (sum !== undefined) yield [page, sum];
    }
  }
}

/** The sum of a page's content, never 0. What SQLite changes in the first page to say how it is opened does not count. */
export function pageSum(page: number, content: Buffer): number {
  if (page !== 1) return crc32(content) || 1;
  const copy = Buffer.from(content);
  for (const [from, to] of OPENING) copy.fill(0, from, to);
  return crc32(copy) || 1;
}

/** Of the file's header: versions for reading and writing, change counter, what the counter is valid for, library. */
const OPENING = [
  [18, 20],
  [24, 28],
  [92, 100],
] as const;

/** The first page of a database file that does not have the sum it should have; undefined when all have. */
export function damagedPage(
  database: number,
  { pageSize, size, sums, inLog }: { pageSize: number; size: number; sums: Sums; inLog: (page: number) => boolean },
): number | undefined {
  const zeros = crc32(Buffer.alloc(pageSize)) || 1;
  const chunk = Buffer.alloc(PAGES_AT_ONCE * pageSize);
  const pages = Math.max(Math.ceil(size / pageSize), sums.count);
  for (let first = 1; first <= pages; first += PAGES_AT_ONCE) {
    const bytes = readSync(database, chunk, 0, chunk.length, (first - 1) * pageSize);
    for (let page = first; page < first + PAGES_AT_ONCE && page <= pages; page += 1) {
      if (inLog(page)) continue;
      const from = (page - first) * pageSize;
      if (from + pageSize > bytes) return page;
      if (pageSum(page, chunk.subarray(from, from + pageSize)) !== (sums.get(page) ?? zeros)) return page;
    }
  }
  return undefined;
}

const MAGIC = Buffer.from('SWSUMS1\n');
const MARK_BYTES = 32;
const BATCH_HEADER_BYTES = 8;
const ENTRY_BYTES = 8;
const PAGES_AT_ONCE = 256;
const LEAST_COMPACTED = 1024 * 1024;
const RESERVE_BYTES = 32 * 1024;

/** Magic (8), salts (4, 4), frames (4), a CRC of all that (4). */
function writeMark(slot: Buffer, mark: Mark | undefined): void {
  MAGIC.copy(slot);
  slot.writeUInt32BE(mark?.salts[0] ?? 0, 8);
  slot.writeUInt32BE(mark?.salts[1] ?? 0, 12);
  slot.writeUInt32BE(mark?.frames ?? 0, 16);
  slot.writeUInt32BE(crc32(slot.subarray(0, 20)), 20);
}

function readMark(bytes: Buffer): Mark | undefined | 'damaged' {
  if (bytes.length < MARK_BYTES || !bytes.subarray(0, 8).equals(MAGIC)) return 'damaged';
  if (bytes.readUInt32BE(20) !== crc32(bytes.subarray(0, 20))) return 'damaged';
  const frames = bytes.readUInt32BE(16);
  return frames === 0 ? undefined : { salts: [bytes.readUInt32BE(8), bytes.readUInt32BE(12)], frames };
}

function batchOf(entries: ReadonlyArray<readonly [number, number]>): Buffer {
  const batch = Buffer.alloc(BATCH_HEADER_BYTES + entries.length * ENTRY_BYTES);
  batch.writeUInt32BE(entries.length, 0);
  for (const [index, [page, sum]] of entries.entries()) {
    const at = BATCH_HEADER_BYTES + index * ENTRY_BYTES;
    batch.writeUInt32BE(page, at);
    batch.writeUInt32BE(sum, at + 4);
  }
  batch.writeUInt32BE(crc32(batch.subarray(BATCH_HEADER_BYTES)), 4);
  return batch;
}

/** All sound batches from the start; what comes after is overwritten by the next. */
function readBatches(bytes: Buffer): { sums: Sums; end: number } {
  const sums = new Sums();
  let end = MARK_BYTES;
  while (end + BATCH_HEADER_BYTES <= bytes.length) {
    const count = bytes.readUInt32BE(end);
    const from = end + BATCH_HEADER_BYTES;
    const to = from + count * ENTRY_BYTES;
    if (count === 0 || to > bytes.length || bytes.readUInt32BE(end + 4) !== crc32(bytes.subarray(from, to))) break;
    for (let at = from; at < to; at += ENTRY_BYTES) sums.set(bytes.readUInt32BE(at), bytes.readUInt32BE(at + 4));
    end = to;
  }
  return { sums, end };
}
