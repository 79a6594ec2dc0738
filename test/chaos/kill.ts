import { setTimeout as delay } from 'node:timers/promises';
import { FAIL_POINTS, type FailPoint } from '../../local/runtime/fail-point';
import { OrdersRun } from './orders/run';
import { patience } from './patience';
import { type ProcessOptions, Refused } from './process';
import { shuffled, upTo } from './random';
import type { Scenario, Trial } from './trial';

export interface KillOptions {
  /** How often the process is killed at a random moment. */
  readonly kills: number;
  /** How often it dies at each of `places`; below 1, at so much of them. */
  readonly rounds: number;
  /** All that Step Functions passes, by default. */
  readonly places?: readonly FailPoint[];
  /** See `OrderLoad`. */
  readonly mostRunning?: number;
}

export const kill: Scenario = {
  name: 'kill',
  title: 'kill -9 under load',
  letters: 'ABC',
  seconds: 100,
  scales: 'kills, and deaths at each fail point',
  seed: 'draws',
  run: (trial, { size }) => killUnderLoad(trial, { kills: upTo(10 * size), rounds: 2 * size }),
};

/** The fail points that Step Functions alone passes. */
const SFN_FAIL_POINTS = FAIL_POINTS.filter((place) => !place.endsWith('-blob'));

/**
 * Kills `stepwright sfn` under load, at random moments and at every fail point, always on the same data directory, and
 * compares in the end what it shows with what it had acknowledged.
 */
export async function killUnderLoad(
  trial: Trial,
  { kills, rounds, mostRunning, places = SFN_FAIL_POINTS }: KillOptions,
): Promise<void> {
  const run = await OrdersRun.begin(trial, mostRunning);
  const chosen = deathsAt(places, rounds, trial.random);
  const reached = new Set<FailPoint>();
  for (const place of shuffled([...Array<undefined>(kills), ...chosen], trial.random)) {
    if (place !== undefined && (await diesAt(run, place))) reached.add(place);
    await run.liveAndEnd(await run.launch());
    if (trial.flaws.isBroken) break;
  }
  await run.verify();
  const { again, underWay } = run.ledger;
  Object.assign(trial.figures, { 'calls made again': again, 'calls under way at deaths': underWay });
  const missed = [...new Set(chosen)].filter((place) => !reached.has(place));
  // After a breach the rest was left out.
  if (missed.length > 0 && !trial.flaws.isBroken) trial.flaws.incomplete(`never died at ${missed.join(', ')}`);
}

/** Each place `rounds` times; at least three of them. */
export function deathsAt<T>(places: readonly T[], rounds: number, random: () => number): T[] {
  const order = shuffled(places, random);
  const count = Math.max(Math.min(3, places.length), Math.round(places.length * rounds));
  return Array.from({ length: count }, (_, index) => order[index % order.length] as T);
}

/**
 * One life that is to end at a fail point, before it is ready perhaps, while it recovers; answers whether it did.
 * @param passages at one of so many of that place's
 */
export async function diesAt(
  run: OrdersRun,
  place: FailPoint,
  passages = passagesOf(place),
  options: Pick<ProcessOptions, 'node' | 'env'> = {},
): Promise<boolean> {
  const passage = 1 + Math.floor(run.random() * passages);
  const env = { ...options.env, STEPWRIGHT_FAIL_POINT: `${place}:${passage}` };
  const server = await run.launch({ ...options, env, mayEnd: 'SIGKILL' }).catch((error: unknown) => {
    if (error instanceof Refused && error.signal === 'SIGKILL') return undefined;
    throw error;
  });
  if (!server) return true;
  await run.load.drive(server.url, Promise.race([server.ended, delay(patience(15), undefined, { ref: false })]));
  const isDead = (await Promise.race([server.ended, delay(200)])) === 'SIGKILL';
  await server.kill();
  return isDead;
}

/** So many passages a life under load has at least, on a busy machine too. */
function passagesOf(place: FailPoint): number {
  if (place.endsWith('checkpoint')) return 1;
  return place.endsWith('commit') ? 60 : 150;
}
