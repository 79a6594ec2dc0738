import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ProcessOptions } from '../process';
import { pick } from '../random';

const LOG = 'store.db-wal';
const FILES = ['store.db', LOG, 'store.sums'];
/** Of the log. */
const HEADER_BYTES = 32;
/** What a disk writes whole or not at all. */
const SECTOR_BYTES = 512;

/**
 * Owns the disk under a data directory whose power can be cut: beside what the system shows, which outlives a `kill -9`, it knows what was
 * synced, which is all that outlives the machine's end.
 */
export class PowerlessDisk {
  /** @param durable where what was synced is, by the files' names; the process keeps it (`durable-files.cjs`) */
  constructor(
    private readonly directory: string,
    private readonly durable: string,
    private readonly random: () => number,
  ) {
    mkdirSync(durable);
  }

  /** For a process that lives on this disk: all that is there when it starts is durable. */
  options(): { node: string[]; env: Record<string, string> } & Omit<ProcessOptions, 'command'> {
    for (const name of FILES) {
      rmSync(join(this.durable, name), { force: true });
      if (existsSync(join(this.directory, name))) copyFileSync(join(this.directory, name), join(this.durable, name));
    }
    return {
      node: ['--require', join(__dirname, 'durable-files.cjs')],
      env: { CHAOS_DURABLE: this.durable },
    };
  }

  /** The process is dead. Of what it wrote and did not sync the disk has nothing, all, or any part. */
  cutPower(): void {
    for (const name of FILES) {
      const written = read(join(this.directory, name));
      const synced = certain(read(join(this.durable, name)), written, name === LOG);
      // That a file was removed, or made shorter, is known as a whole or not at all.
      const isShorter = !written || written.length < (synced?.length ?? 0);
      const choices = isShorter ? [synced, written] : [synced, written, this.#partly(synced, written)];
      const left = pick(choices, this.random);
      if (left) writeFileSync(join(this.directory, name), left);
      else rmSync(join(this.directory, name), { force: true });
    }
  }

  /** Of each sector what was synced or what was written after; the file may have grown for what was not written. */
  #partly(synced: Buffer = Buffer.alloc(0), written: Buffer): Buffer {
    const left = Buffer.alloc(pick([synced, written], this.random).length);
    for (let at = 0; at < left.length; at += SECTOR_BYTES) {
      left.set(pick([synced, written], this.random).subarray(at, Math.min(at + SECTOR_BYTES, left.length)), at);
    }
    return left;
  }
}

/**
 * What the disk has of a file at least. SQLite syncs the header of a new generation of the log before it writes the first of its
 * frames over those of the last one.
 */
function certain(synced: Buffer | undefined, written: Buffer | undefined, isLog: boolean): Buffer | undefined {
  if (!isLog || !synced?.length || !written?.length) return synced;
  return Buffer.concat([written.subarray(0, HEADER_BYTES), synced.subarray(HEADER_BYTES)]);
}

function read(file: string): Buffer | undefined {
  return existsSync(file) ? readFileSync(file) : undefined;
}
