import { statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { OrdersRun } from './orders/run';
import { patience } from './patience';
import { PowerlessDisk } from './power/disk';
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

interface DiskFault {
  readonly options: (run: OrdersRun, lossy: PowerlessDisk) => Omit<ProcessOptions, 'command'>;
  /** With which the process ends. */
  readonly sentence: RegExp;
  /** Whether what was not synced is gone afterwards. */
  readonly loses: boolean;
}

/** What the disk does to a life of the process. */
const FAULTS: Record<Fault, DiskFault> = {
  // Files are cut at a size beyond what they have: a write of the log, a checkpoint or the sums meets it first.
  'no space': {
    options: ({ directory, random }) => ({ largestFile: largestIn(directory) + 8192 + Math.floor(random() * 300_000) }),
    sentence: /^stepwright: The disk (is full|failed)[^\n]*\n$/,
    loses: false,
  },
  'a sync that fails': {
    options: ({ random }, lossy) => {
      const { node, env } = lossy.options();
      return {
        node: [...node, '--require', join(__dirname, 'failing-disk.cjs')],
        env: { ...env, CHAOS_SYNC: String(1 + Math.floor(random() * 40)) },
      };
    },
    sentence: /^stepwright: The disk failed[^\n]*\n$/,
    loses: true,
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
  const lossy = new PowerlessDisk(run.directory, trial.path('durable'), trial.random);
  trial.figures.faults = 0;
  for (const name of met) {
    await run.liveAndEnd(await run.launch());
    const ending = await liveWith(run, name, lossy);
    if (FAULTS[name].loses) run.cutPower(lossy);
    trial.expect('F', ending === undefined, () => `${name}: ${ending}`);
    trial.figures.faults += 1;
    if (trial.flaws.isBroken) break;
  }
  await run.verify();
}

/** One life on a failing disk; answers how it ended if not as it should. */
async function liveWith(run: OrdersRun, name: Fault, lossy: PowerlessDisk): Promise<string | undefined> {
  const fault = FAULTS[name];
  const server = await run.launch({ ...fault.options(run, lossy), mayEnd: 'anyhow' }).catch((error: unknown) => {
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
