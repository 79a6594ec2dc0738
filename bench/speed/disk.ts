import { closeSync, fdatasync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';
import { median } from './measure';

/** As many bytes as a start writes to the log: five pages and their headers. */
const WRITTEN = 5 * (4096 + 24);
const SYNCS = 300;

/** Between two syncs of one caller its next requests are made, in ms: disk and processor rest, and take longer to begin again. */
const REST = 1;

/** How long the disk under `directory` takes to make a small write durable, in ms: what no start of one caller is acknowledged before. */
export async function measureSync(directory: string): Promise<number> {
  const file = openSync(join(directory, 'sync'), 'w');
  const bytes = Buffer.alloc(WRITTEN, 1);
  // Like the log after its first checkpoint, the file has its length before.
  for (let i = 0; i < SYNCS; i += 1) writeSync(file, bytes, 0, WRITTEN, i * WRITTEN);
  const sync = promisify(fdatasync);
  await sync(file);
  const times: number[] = [];
  for (let i = 0; i < SYNCS; i += 1) {
    writeSync(file, bytes, 0, WRITTEN, i * WRITTEN);
    const began = performance.now();
    await sync(file);
    times.push(performance.now() - began);
    await setTimeout(REST);
  }
  closeSync(file);
  return median(times);
}
