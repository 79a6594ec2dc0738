import { readSync } from 'node:fs';

/**
 * Owns how SQLite's write-ahead log is read: https://www.sqlite.org/fileformat2.html#the_write_ahead_log.
 *
 * A log is a header and frames, each one page. Frames count when a later one, or they themselves, commit; those of an
 * earlier generation of the log may lie behind the last one, and have other salts.
 */
export interface LogContent {
  /** Which generation of the log it is; the first salt grows by one with each. */
  readonly salts: Salts;
  /** How many frames are committed. */
  readonly frames: number;
  /** By page, the last committed frame that holds it, counted from 0. */
  readonly pages: Map<number, number>;
}

export type Salts = readonly [number, number];

const HEADER_BYTES = 32;
const FRAME_HEADER_BYTES = 24;

/** What a log holds that was read whole; undefined when it holds nothing. 'damaged' when its header is not sound. */
export function readLog(bytes: Buffer, pageSize: number): LogContent | undefined | 'damaged' {
  if (bytes.length === 0) return undefined;
  if (bytes.length < HEADER_BYTES) return 'damaged';
  const magic = bytes.readUInt32BE(0);
  const sum = new Checksum(magic === 0x377f0683 ? 'big' : 'little');
  sum.add(bytes, 0, 24);
  const isSound = (magic & ~1) === 0x377f0682 && bytes.readUInt32BE(8) === pageSize && sum.equals(bytes, 24);
  if (!isSound) return 'damaged';
  const salts: Salts = [bytes.readUInt32BE(16), bytes.readUInt32BE(20)];
  const pages = new Map<number, number>();
  const open = new Map<number, number>();
  let frames = 0;
  const frameBytes = FRAME_HEADER_BYTES + pageSize;
  for (let frame = 0, at = HEADER_BYTES; at + frameBytes <= bytes.length; frame += 1, at += frameBytes) {
    if (bytes.readUInt32BE(at + 8) !== salts[0] || bytes.readUInt32BE(at + 12) !== salts[1]) break;
    sum.add(bytes, at, 8);
    sum.add(bytes, at + FRAME_HEADER_BYTES, pageSize);
    if (!sum.equals(bytes, at + 16)) break;
    open.set(bytes.readUInt32BE(at), frame);
    if (bytes.readUInt32BE(at + 4) === 0) continue;
    for (const [page, holder] of open) pages.set(page, holder);
    open.clear();
    frames = frame + 1;
  }
  return { salts, frames, pages };
}

/**
 * Follows a log that this process writes: which pages were committed, and in which frames, since the last `forget`. Call
 * `advance` outside of transactions only: SQLite may rewrite the frames of one that is open.
 */
export class LogFollower {
  readonly pages = new Map<number, number>();
  readonly #header = Buffer.alloc(HEADER_BYTES);
  #salts: Salts = [0, 0];
  #frames = 0;
  /** Whether the next write may begin a new generation. */
  #mayRestart = true;

  constructor(
    private readonly file: number,
    private readonly pageSize: number,
    start: LogContent | undefined,
  ) {
    if (!start) return;
    this.#salts = start.salts;
    this.#frames = start.frames;
    for (const [page, frame] of start.pages) this.pages.set(page, frame);
  }

  get salts(): Salts {
    return this.#salts;
  }

  /** Committed frames of this generation. */
  get frames(): number {
    return this.#frames;
  }

  advance(): void {
    if (this.#mayRestart) this.#restart();
    const header = this.#header;
    for (;;) {
      const at = HEADER_BYTES + this.#frames * (FRAME_HEADER_BYTES + this.pageSize);
      if (readSync(this.file, header, 0, FRAME_HEADER_BYTES, at) < FRAME_HEADER_BYTES) return;
      if (header.readUInt32BE(8) !== this.#salts[0] || header.readUInt32BE(12) !== this.#salts[1]) return;
      this.pages.set(header.readUInt32BE(0), this.#frames);
      this.#frames += 1;
    }
  }

  /** Reads the page that a frame holds into `into`. */
  read(frame: number, into: Buffer): void {
    const at = HEADER_BYTES + frame * (FRAME_HEADER_BYTES + this.pageSize) + FRAME_HEADER_BYTES;
    const bytes = readSync(this.file, into, 0, this.pageSize, at);
    if (bytes < this.pageSize) throw new Error(`The write-ahead log ends within frame ${frame}.`);
  }

  /** All that was committed is in the database file now: nothing in the log is needed, and the next write begins a new one. */
  forget(): void {
    this.pages.clear();
    this.#frames = 0;
    this.#mayRestart = true;
  }

  #restart(): void {
    const header = this.#header;
    if (readSync(this.file, header, 0, HEADER_BYTES, 0) < HEADER_BYTES) return;
    const salts: Salts = [header.readUInt32BE(16), header.readUInt32BE(20)];
    if (salts[0] === this.#salts[0] && salts[1] === this.#salts[1]) return;
    this.#salts = salts;
    this.#frames = 0;
    this.#mayRestart = false;
  }
}

/** The running checksum of a log, over words of the byte order that its header names. */
class Checksum {
  readonly #isLittle: boolean;
  #first = 0;
  #second = 0;

  constructor(order: 'big' | 'little') {
    this.#isLittle = order === 'little';
  }

  /** @param length a multiple of 8 */
  add(bytes: Buffer, from: number, length: number): void {
    const view = new DataView(bytes.buffer, bytes.byteOffset + from, length);
    for (let at = 0; at < length; at += 8) {
      this.#first = (this.#first + view.getUint32(at, this.#isLittle) + this.#second) | 0;
      this.#second = (this.#second + view.getUint32(at + 4, this.#isLittle) + this.#first) | 0;
    }
  }

  equals(bytes: Buffer, at: number): boolean {
    return bytes.readInt32BE(at) === this.#first && bytes.readInt32BE(at + 4) === this.#second;
  }
}
