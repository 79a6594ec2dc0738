import { statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { OrdersRun } from './orders/run';
import { patience } from './patience';
import { type ProcessOptions, Refused } from './process';
import { shuffled, upTo } from './random';
import type { Scenario, Trial } from './trial';

export interface DiskOptions {
  /** How often each fault of the disk is met. */
  readonly rounds: number;
  /** All of them, by default. */
  readonly faults?: readonly Fault[];
  /** See `OrderLoad`. */
  readonly mostRunning?: number;
}

export const disk: Scenario = {
  name: 'disk',
  title: 'a disk that fails',
  letters: 'AF',
  seconds: 40,
  scales: 'faults',
  seed: 'draws',
  run: (trial, { size }) => failDisk(trial, { rounds: upTo(5 * size) }),
};

type Fault = 'no space' | 'a sync that fails';

/** What the disk does to a life of the process, and the sentence with which it ends. */
const FAULTS: Record<Fault, { options: (run: OrdersRun) => Omit<ProcessOptions, 'command'>; sentence: RegExp }> = {
  // Files are cut at a size beyond what they have: a write of the log, a checkpoint or the sums meets it first.
  'no space': {
    options: ({ directory, random }) => ({ largestFile: largestIn(directory) + 8192 + Math.floor(random() * 300_000) }),
    sentence: /^stepwright: The disk (is full|failed)[^\n]*\n$/,
  },
  'a sync that fails': {
    options: ({ random }) => ({
      node: ['--require', join(__dirname, 'failing-disk.cjs')],
      env: { CHAOS_SYNC: String(1 + Math.floor(random() * 40)) },
    }),
    sentence: /^stepwright: The disk failed[^\n]*\n$/,
  },
};

/** In so many seconds a process under load meets the fault. */
const MEETS = 60;

/**
 * Lets the disk under `stepwright sfn` run full or fail while it is under load: it ends with a sentence, having
 * acknowledged nothing that is not there when it is started again with a sound disk.
 */
export async function failDisk(trial: Trial, { rounds, mostRunning, faults }: DiskOptions): Promise<void> {
  const run = await OrdersRun.begin(trial, mostRunning);
  const kinds = faults ?? (Object.keys(FAULTS) as Fault[]);
  const met = shuffled(
    kinds.flatMap((name) => Array<Fault>(rounds).fill(name)),
    trial.random,
  );
  trial.figures.faults = 0;
  for (const name of met) {
    await run.liveAndKill(await run.launch());
    const ending = await liveWith(run, name);
    trial.expect('F', ending === undefined, () => `${name}: ${ending}`);
    trial.figures.faults += 1;
    if (trial.flaws.isBroken) break;
  }
  await run.verify();
}

/** One life on a failing disk; answers how it ended if not as it should. */
async function liveWith(run: OrdersRun, name: Fault): Promise<string | undefined> {
  const fault = FAULTS[name];
  const server = await run.launch({ ...fault.options(run), mayEnd: 'anyhow' }).catch((error: unknown) => {
    if (error instanceof Refused) return error;
    throw error;
  });
  if (server instanceof Refused) return fault.sentence.test(server.stderr) ? undefined : server.message;
  const enough = delay(patience(MEETS), undefined, { ref: false });
  // It may still answer that it failed.
  await run.load.drive(server.url, Promise.race([server.ended, enough]), 'InternalFailure');
  const isOver = await Promise.race([server.ended.then(() => true), enough]);
  if (!isOver) {
    await server.kill();
    return 'the process went on';
  }
  const isRight = server.child.exitCode === 1 && fault.sentence.test(server.stderr());
  return isRight ? undefined : `it ended with ${server.child.signalCode ?? server.child.exitCode}: ${server.stderr()}`;
}

function largestIn(directory: string): number {
  const sizes = ['store.db', 'store.db-wal', 'store.sums'].map(
    (name) => statSync(join(directory, name), { throwIfNoEntry: false })?.size,
  );
  return Math.max(...sizes.map((size) => size ?? 0));
}
