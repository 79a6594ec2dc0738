import { OrdersRun } from '../orders/run';
import { Refused } from '../process';
import { upTo } from '../random';
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

/**
 * Cuts the power of the machine on which `stepwright sfn` is under load: of what was written since the last sync, any part may be
 * gone. It starts again each time, and has what it had acknowledged.
 */
export async function cutPower(trial: Trial, { cuts, mostRunning }: CutOptions): Promise<void> {
  const run = await OrdersRun.begin(trial, mostRunning);
  const disk = new PowerlessDisk(run.directory, trial.path('durable'), trial.random);
  trial.figures.cuts = 0;
  while (trial.figures.cuts < cuts && !trial.flaws.isBroken) {
    const server = await launchAfterCut(run, disk);
    trial.figures.cuts += 1;
    await run.liveAndKill(server, trial.figures.cuts % ORDERLY === 0 ? 'stop' : 'kill');
    run.cutPower(disk);
  }
  await run.verify();
}

async function launchAfterCut(run: OrdersRun, disk: PowerlessDisk) {
  try {
    return await run.launch(disk.options());
  } catch (error) {
    if (error instanceof Refused) error.message += ' (after a power cut)';
    throw error;
  }
}
