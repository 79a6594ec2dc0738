import {
  closeSync,
  cpSync,
  existsSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Store, StoreError } from '../../local/runtime/store';
import { randomFrom } from './random';
import { Breaches, type Finding } from './report';

/** What a store's files may suffer; each changes one file in place. */
const DAMAGES: Record<string, (file: string, random: () => number) => void> = {
  'flipped bit': (file, random) => {
    const bytes = readFileSync(file);
    const at = Math.floor(random() * bytes.length);
    bytes[at] = (bytes[at] as number) ^ (1 << Math.floor(random() * 8));
    writeFileSync(file, bytes);
  },
  truncation: (file, random) => truncateSync(file, Math.floor(random() * statSync(file).size)),
  'page of zeros': (file, random) => overwrite(file, random, Buffer.alloc(4096)),
  'torn page': (file, random) => overwrite(file, random, Buffer.alloc(512, 0xa5)),
  loss: (file) => rmSync(file),
};

const FILES = ['store.db', 'store.db-wal', 'store.sums'];
const CLEAR = /store\.db (is damaged|is not a Stepwright store|has format)/;

export interface DamageOptions {
  /** How often each damage is done to each file. */
  readonly rounds: number;
  readonly seed: number;
}

/**
 * Damages copies of a store that a killed process left, and of one that was closed, in every way at random places: each is opened with
 * all that was in it, or refused with a sentence that names the file.
 */
export async function damageStores({ rounds, seed }: DamageOptions): Promise<Finding> {
  const random = randomFrom(seed);
  const breaches = new Breaches();
  const counts = { damages: 0, refused: 0, 'opened right': 0 };
  const root = mkdtempSync(join(tmpdir(), 'stepwright-damage-'));
  for (const way of ['killed', 'closed'] as const) {
    const original = join(root, way);
    const content = await fill(original, way);
    for (const [damage, apply] of Object.entries(DAMAGES)) {
      for (const name of FILES) {
        for (let round = 0; round < rounds; round += 1) {
          const copy = join(root, 'copy');
          cpSync(original, copy, { recursive: true });
          if (existsSync(join(copy, name))) {
            apply(join(copy, name), random);
            counts.damages += 1;
            const outcome = await open(copy);
            if (outcome instanceof Error) {
              counts.refused += 1;
              const isClear = outcome instanceof StoreError && CLEAR.test(outcome.message);
              breaches.expect(isClear, () => `${damage} of a ${way} ${name}: ${outcome.stack}`);
            } else {
              counts['opened right'] += 1;
              breaches.expect(outcome === content, () => `${damage} of a ${way} ${name}: opened with other content`);
            }
          }
          rmSync(copy, { recursive: true });
        }
      }
    }
  }
  breaches.expect(counts.refused > 0, () => 'no damage was ever refused: the run shows nothing');
  rmSync(root, { recursive: true });
  return { scenario: 'damaged stores', figures: counts, breaches: breaches.all() };
}

/** A store with content in the database file and in its log, left by a process that was killed or closed it. */
async function fill(directory: string, way: 'killed' | 'closed'): Promise<string> {
  const working = `${directory}-working`;
  const store = Store.open(working);
  const notes = store.collection<string>('notes');
  for (let commit = 0; commit < 500; commit += 1) {
    for (let row = 0; row < 5; row += 1)
      void notes.put(`note ${(commit * 7 + row * 31) % 400}`, `${commit} `.repeat(60));
    await store.durable();
  }
  const content = dump(store);
  // As `kill -9` would leave it: nothing is written after this.
  if (way === 'killed') cpSync(working, directory, { recursive: true });
  await store.close();
  if (way === 'closed') cpSync(working, directory, { recursive: true });
  return content;
}

async function open(directory: string): Promise<string | Error> {
  let store: Store | undefined;
  try {
    store = Store.open(directory);
    store.collection('notes');
    return dump(store);
  } catch (error) {
    return error as Error;
  } finally {
    await store?.close();
  }
}

function dump(store: Store): string {
  return JSON.stringify(store.all<{ key: string; body: string }>('SELECT key, body FROM doc_notes ORDER BY key'));
}

function overwrite(file: string, random: () => number, content: Buffer): void {
  const { size } = statSync(file);
  const descriptor = openSync(file, 'r+');
  writeSync(descriptor, content, 0, content.length, Math.floor(random() * Math.max(1, size - content.length)));
  closeSync(descriptor);
}
