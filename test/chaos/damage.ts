import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import {
  closeSync,
  cpSync,
  existsSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { Stuck, within } from './patience';
import { owned } from './process';
import { upTo } from './random';
import type { Scenario, Trial } from './trial';

export interface DamageOptions {
  /** How often each damage is done to each file. */
  readonly rounds: number;
}

export const damage: Scenario = {
  name: 'damage',
  title: 'damaged stores',
  letters: 'F',
  seconds: 30,
  scales: 'damages',
  seed: 'all',
  run: (trial, { size }) => damageStores(trial, { rounds: upTo(20 * size) }),
};

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

/**
 * Damages copies of a store that a killed process left, and of one that was closed, in every way at random places: each is opened with
 * all that was in it, or refused with a sentence that names the file.
 */
export async function damageStores(trial: Trial, { rounds }: DamageOptions): Promise<void> {
  const stores = new StoreProcess();
  trial.onEnd(() => stores.end());
  const { figures } = trial;
  Object.assign(figures, { damages: 0, refused: 0, 'opened right': 0 });
  const count = (name: string) => {
    figures[name] = (figures[name] ?? 0) + 1;
  };
  const fill = { working: trial.path('working'), killed: trial.path('killed'), closed: trial.path('closed') };
  const { content, died } = await stores.ask({ fill });
  if (content === undefined) return trial.flaws.breach('F', `no store could be written: ${died}`);
  for (const way of ['killed', 'closed'] as const) {
    const original = trial.path(way);
    for (const [kind, apply] of Object.entries(DAMAGES)) {
      for (const name of FILES) {
        for (let round = 0; round < rounds; round += 1) {
          const copy = trial.path(`${way} ${name} ${kind} ${round}`);
          cpSync(original, copy, { recursive: true });
          const isThere = existsSync(join(copy, name));
          if (isThere) apply(join(copy, name), trial.random);
          if (isThere) count('damages');
          const wrong = isThere ? outcomeFlaw(await stores.ask({ open: copy }), content, count) : undefined;
          if (wrong) trial.flaws.breach('F', `${kind} of a ${way} ${name}: ${wrong}`);
          // A copy that shows a breach is worth keeping.
          else rmSync(copy, { recursive: true });
        }
      }
    }
  }
  if (figures.refused === 0) trial.flaws.incomplete('no damage was ever refused');
}

/** What is wrong about how a damaged store was opened. */
export function outcomeFlaw(
  { content, refused, isStoreError, died }: StoreAnswer,
  original: string,
  count: (outcome: 'refused' | 'opened right') => void,
): string | undefined {
  if (died !== undefined) return died;
  if (refused !== undefined) {
    count('refused');
    return isStoreError && CLEAR.test(refused) ? undefined : `refused without a clear sentence: ${refused}`;
  }
  if (content !== original) return 'opened with other content';
  count('opened right');
  return undefined;
}

export interface StoreQuestion {
  /** Directories to make: where a store is written, and what it is copied to before and after it is closed. */
  readonly fill?: Readonly<Record<'working' | 'killed' | 'closed', string>>;
  readonly open?: string;
}

/** One of `content`, `refused` and `died`. */
export interface StoreAnswer {
  readonly content?: string;
  readonly refused?: string;
  readonly isStoreError?: boolean;
  readonly died?: string;
}

/** Owns a process that opens stores (`damage-child.ts`); when it dies of one, the next is opened by another. */
class StoreProcess {
  #child: ChildProcess | undefined;

  async ask(question: StoreQuestion): Promise<StoreAnswer> {
    const child = this.#child ?? this.#begin();
    let stderr = '';
    const hear = (chunk: string) => {
      stderr += chunk;
    };
    child.stderr?.on('data', hear);
    const answered = once(child, 'message').then(([answer]) => answer as StoreAnswer);
    const ended = once(child, 'close').then(([code, signal]) => ({
      died: `the process that opened it died with ${signal ?? code}: ${stderr}`,
    }));
    child.send(question);
    try {
      return await within({ what: 'a store to be opened', letters: 'F' }, Promise.race([answered, ended]));
    } catch (error) {
      this.end();
      if (error instanceof Stuck) return { died: error.message };
      throw error;
    } finally {
      child.stderr?.off('data', hear);
      if (!child.connected) this.#child = undefined;
    }
  }

  end(): void {
    this.#child?.kill('SIGKILL');
    this.#child = undefined;
  }

  #begin(): ChildProcess {
    const child = fork(join(__dirname, 'damage-child.ts'), {
      cwd: join(__dirname, '../..'),
      execArgv: ['--import', 'tsx'],
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    child.stderr?.setEncoding('utf8');
    child.setMaxListeners(0);
    this.#child = owned(child);
    return child;
  }
}

function overwrite(file: string, random: () => number, content: Buffer): void {
  const { size } = statSync(file);
  const descriptor = openSync(file, 'r+');
  writeSync(descriptor, content, 0, content.length, Math.floor(random() * Math.max(1, size - content.length)));
  closeSync(descriptor);
}
