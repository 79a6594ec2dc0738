import type { FailPoint } from '../../../local/runtime/fail-point';
import { diesAt } from '../kill';
import { OrdersRun } from '../orders/run';
import { Refused } from '../process';
import { pick, upTo } from '../random';
import type { Scenario, Trial } from '../trial';
import { PowerlessDisk } from './disk';

export interface CutOptions {
  /** How often the power is cut. */
  readonly cuts: number;
  /** See `OrderLoad`. */
  readonly mostRunning?: number;
}

export const power: Scenario = {
  name: 'power',
  title: 'a power cut under load',
  letters: 'AF',
  seconds: 60,
  scales: 'cuts',
  seed: 'draws',
  run: (trial, { size }) => cutPower(trial, { cuts: upTo(30 * size) }),
};

/** One life in so many ends in order, a moment before the machine does. */
const ORDERLY = 5;
/** Every second one ends around a sync or a checkpoint. */
const PLACES: readonly FailPoint[] = ['before-sync', 'after-sync', 'before-checkpoint', 'after-checkpoint'];
/** The first checkpoint is that of the start, the next one comes after some hundred calls. */
const CHECKPOINTS = 2;

/**
 * Cuts the power of the machine on which `stepwright sfn` is under load: of what was written since the last sync, any part may be
 * gone. It starts again each time, and has what it had acknowledged.
 */
export async function cutPower(trial: Trial, { cuts, mostRunning }: CutOptions): Promise<void> {
  const run = await OrdersRun.begin(trial, mostRunning);
  const disk = new PowerlessDisk(run.directory, trial.path('durable'), trial.random);
  trial.figures.cuts = 0;
  while (trial.figures.cuts < cuts && !trial.flaws.isBroken) {
    trial.figures.cuts += 1;
    await liveOn(run, disk, trial.figures.cuts);
    run.cutPower(disk);
  }
  await run.verify();
}

/** One life, which ends at any moment, in order, or where files are written. */
async function liveOn(run: OrdersRun, disk: PowerlessDisk, life: number): Promise<void> {
  try {
    if (life % 2 === 0) {
      const place = pick(PLACES, run.random);
      await diesAt(run, place, place.endsWith('checkpoint') ? CHECKPOINTS : undefined, disk.options());
    } else await run.liveAndEnd(await run.launch(disk.options()), life % ORDERLY === 0 ? 'stop' : 'kill');
  } catch (error) {
    if (error instanceof Refused) error.message += ' (after a power cut)';
    throw error;
  }
}
