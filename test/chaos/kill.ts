import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { FAIL_POINTS, type FailPoint } from '../../local/runtime/fail-point';
import { Ledger } from './orders/ledger';
import { OrderLoad } from './orders/load';
import { verifyOrders } from './orders/verify';
import { Refused, ServerProcess } from './process';
import { type Finding, rounded } from './report';
import { SfnClient } from './wire';

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

/** Virtual seconds per second. */
const SCALE = 20;
/** A run in which less was acknowledged between two deaths has shown nothing. */
const LEAST_ACKNOWLEDGED_PER_LIFE = 25;
/** Everything that was started has ended in so many ms, or is stuck. */
const LONGEST_DRAIN = 90_000;
/** The fail points that Step Functions alone passes. */
export const SFN_FAIL_POINTS = FAIL_POINTS.filter((place) => !place.endsWith('-blob'));

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
  const directory = mkdtempSync(join(tmpdir(), 'stepwright-chaos-'));
  const random = randomFrom(seed);
  const ledger = new Ledger(`${directory}.ledger`);
  const load = new OrderLoad(ledger, random, mostRunning);
  const env = await load.open();
  const reached = new Set<FailPoint>();
  const deaths: Array<FailPoint | undefined> = shuffled(
    [...Array<undefined>(kills), ...places.flatMap((place) => Array<FailPoint>(rounds).fill(place))],
    random,
  );
  const ready: number[] = [];
  const launch = async (failPoint?: string) => {
    const server = await ServerProcess.start(directory, {
      command: 'sfn',
      args: ['--time-scale', String(SCALE)],
      env: { ...env, ...(failPoint !== undefined && { STEPWRIGHT_FAIL_POINT: failPoint }) },
    });
    ready.push(server.readyAfter);
    return server;
  };
  try {
    let server = await launch();
    const first = new SfnClient(server.url);
    await load.create(first);
    first.close();
    for (const place of deaths) {
      if (place !== undefined) {
        await server.kill();
        const passage = 1 + Math.floor(random() * passagesOf(place));
        // It may die while it recovers.
        const dying = await launch(`${place}:${passage}`).catch((error: unknown) => {
          if (error instanceof Refused && error.signal === 'SIGKILL') return undefined;
          throw error;
        });
        if (!dying) reached.add(place);
        else {
          const patience = delay(8_000);
          await load.drive(dying.url, Promise.race([dying.ended, patience]));
          if (dying.child.signalCode === 'SIGKILL' || (await Promise.race([dying.ended, delay(200)])) === 'SIGKILL') {
            reached.add(place);
          }
          await dying.kill();
        }
        server = await launch();
      }
      const driven = load.drive(server.url, server.ended);
      const enough = ledger.acknowledged + 40 + Math.floor(random() * 200);
      const patience = performance.now() + 15_000;
      while (ledger.acknowledged < enough && performance.now() < patience) await delay(5);
      await server.kill();
      await driven;
      server = await launch();
    }
    load.draining = true;
    const client = new SfnClient(server.url);
    const driven = load.drive(server.url, drained(client, load, server.ended));
    await driven;
    const lives = ready.length;
    const { breaches, executions, events } = await verifyOrders(client, ledger, {
      machineArn: load.machineArn,
      arnOf: (name) => load.arnOf(name),
      lives,
    });
    client.close();
    await server.stop();
    breaches.expect(
      ledger.acknowledged >= lives * LEAST_ACKNOWLEDGED_PER_LIFE,
      () => `only ${ledger.acknowledged} calls were acknowledged in ${lives} lives: the run shows nothing`,
    );
    if (rounds > 0) {
      const missed = places.filter((place) => !reached.has(place));
      breaches.expect(missed.length === 0, () => `never died at ${missed.join(', ')}`);
    }
    ledger.flush();
    if (breaches.list.length === 0) {
      rmSync(directory, { recursive: true });
      rmSync(`${directory}.ledger`, { force: true });
    }
    const figures = { deaths: lives - 1, 'acknowledged calls': ledger.acknowledged, executions, events };
    return {
      scenario: 'kill -9 under load',
      figures: rounded({ ...figures, 'slowest start ms': Math.max(...ready) }),
      breaches: breaches.all(),
    };
  } finally {
    load.close();
  }
}

/** So many passages a life under load has at least, on a busy machine too. */
function passagesOf(place: FailPoint): number {
  if (place.endsWith('checkpoint')) return 1;
  return place.endsWith('commit') ? 60 : 150;
}

/** Resolves when no execution runs any more, or there is no hope. */
async function drained(client: SfnClient, load: OrderLoad, dead: Promise<unknown>): Promise<void> {
  const end = performance.now() + LONGEST_DRAIN;
  let over = false;
  void dead.then(() => {
    over = true;
  });
  while (!over && performance.now() < end) {
    const query = { stateMachineArn: load.machineArn, statusFilter: 'RUNNING', maxResults: 1 };
    const { executions } = await client.call('ListExecutions', query);
    if (executions.length === 0) return;
    await delay(100);
  }
}

/** The same numbers from the same seed (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

function shuffled<T>(items: T[], random: () => number): T[] {
  return items
    .map((item) => ({ item, order: random() }))
    .sort((a, b) => a.order - b.order)
    .map(({ item }) => item);
}
