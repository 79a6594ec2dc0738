import { setTimeout as delay } from 'node:timers/promises';
import { FAIL_POINTS, type FailPoint } from '../../local/runtime/fail-point';
import { OrdersRun } from './orders/run';
import { Refused } from './process';
import { shuffled } from './random';
import { type Finding, rounded } from './report';

export interface KillOptions {
  /** How often the process is killed at a random moment. */
  readonly kills: number;
  /** How often it dies at each of `places`. */
  readonly rounds: number;
  /** All that Step Functions passes, by default. */
  readonly places?: readonly FailPoint[];
  readonly seed: number;
  /** See `OrderLoad`. */
  readonly mostRunning?: number;
}

/** The fail points that Step Functions alone passes. */
const SFN_FAIL_POINTS = FAIL_POINTS.filter((place) => !place.endsWith('-blob'));

/**
 * Kills `stepwright sfn` under load, at random moments and at every fail point, always on the same data directory, and
 * compares in the end what it shows with what it had acknowledged.
 */
export async function killUnderLoad({
  kills,
  rounds,
  seed,
  mostRunning,
  places = SFN_FAIL_POINTS,
}: KillOptions): Promise<Finding> {
  const run = await OrdersRun.begin(seed, mostRunning);
  const reached = new Set<FailPoint>();
  const deaths: Array<FailPoint | undefined> = shuffled(
    [...Array<undefined>(kills), ...places.flatMap((place) => Array<FailPoint>(rounds).fill(place))],
    run.random,
  );
  let isSound = false;
  try {
    for (const place of deaths) {
      if (place !== undefined && (await diesAt(run, place))) reached.add(place);
      await run.liveAndKill(await run.launch());
    }
    const { breaches, figures } = await run.verify();
    const missed = rounds > 0 ? places.filter((place) => !reached.has(place)) : [];
    breaches.expect(missed.length === 0, () => `never died at ${missed.join(', ')}`);
    isSound = breaches.list.length === 0;
    return { scenario: 'kill -9 under load', figures: rounded(figures), breaches: breaches.all() };
  } finally {
    run.end(!isSound);
  }
}

/** One life that is to end at a fail point, before it is ready perhaps, while it recovers; answers whether it did. */
async function diesAt(run: OrdersRun, place: FailPoint): Promise<boolean> {
  const passage = 1 + Math.floor(run.random() * passagesOf(place));
  const server = await run.launch({ env: { STEPWRIGHT_FAIL_POINT: `${place}:${passage}` } }).catch((error: unknown) => {
    if (error instanceof Refused && error.signal === 'SIGKILL') return undefined;
    throw error;
  });
  if (!server) return true;
  await run.load.drive(server.url, Promise.race([server.ended, delay(8_000, undefined, { ref: false })]));
  const isDead = (await Promise.race([server.ended, delay(200)])) === 'SIGKILL';
  await server.kill();
  return isDead;
}

/** So many passages a life under load has at least, on a busy machine too. */
function passagesOf(place: FailPoint): number {
  if (place.endsWith('checkpoint')) return 1;
  return place.endsWith('commit') ? 60 : 150;
}
