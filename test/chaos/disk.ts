import { statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { OrdersRun } from './orders/run';
import { type ProcessOptions, Refused } from './process';
import { shuffled } from './random';
import { type Finding, rounded } from './report';
import { Answered } from './wire';

export interface DiskOptions {
  /** How often each fault of the disk is met. */
  readonly rounds: number;
  /** All of them, by default. */
  readonly faults?: readonly Fault[];
  readonly seed: number;
  /** See `OrderLoad`. */
  readonly mostRunning?: number;
}

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

/** In so many ms a busy machine writes enough to meet the fault. */
const PATIENCE = 60_000;

/**
 * Lets the disk under `stepwright sfn` run full or fail while it is under load: it ends with a sentence, having
 * acknowledged nothing that is not there when it is started again with a sound disk.
 */
export async function failDisk({ rounds, seed, mostRunning, faults }: DiskOptions): Promise<Finding> {
  const run = await OrdersRun.begin(seed, mostRunning);
  const kinds = faults ?? (Object.keys(FAULTS) as Fault[]);
  const met = shuffled(
    kinds.flatMap((name) => Array<Fault>(rounds).fill(name)),
    run.random,
  );
  const wrong: string[] = [];
  let isSound = false;
  try {
    for (const name of met) {
      await run.liveAndKill(await run.launch());
      const ending = await liveWith(run, name);
      if (ending !== undefined) wrong.push(`${name}: ${ending}`);
    }
    const { breaches, figures } = await run.verify();
    for (const sentence of wrong) breaches.add(sentence);
    isSound = breaches.list.length === 0;
    return {
      scenario: 'a disk that fails',
      figures: rounded({ faults: met.length, ...figures }),
      breaches: breaches.all(),
    };
  } finally {
    run.end(!isSound);
  }
}

/** One life on a failing disk; answers how it ended if not as it should. */
async function liveWith(run: OrdersRun, name: Fault): Promise<string | undefined> {
  const fault = FAULTS[name];
  const server = await run.launch(fault.options(run)).catch((error: unknown) => {
    if (error instanceof Refused) return error;
    throw error;
  });
  if (server instanceof Refused) return fault.sentence.test(server.stderr) ? undefined : server.message;
  await run.load
    .drive(server.url, Promise.race([server.ended, delay(PATIENCE, undefined, { ref: false })]))
    .catch((error: unknown) => {
      // It may still answer that it failed.
      if (!(error instanceof Answered && error.code === 'InternalFailure')) throw error;
    });
  const isOver = await Promise.race([server.ended.then(() => true), delay(PATIENCE, undefined, { ref: false })]);
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
