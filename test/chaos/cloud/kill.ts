import { setTimeout as delay } from 'node:timers/promises';
import { ListExecutionsCommand } from '@aws-sdk/client-sfn';
import { FAIL_POINTS } from '../../../local/runtime/fail-point';
import { deathsAt } from '../kill';
import { patience } from '../patience';
import { PowerlessDisk } from '../power/disk';
import { Refused, type ServerProcess } from '../process';
import { shuffled, upTo } from '../random';
import type { Scenario, Trial } from '../trial';
import { MACHINE_ARN, writeChaosAssembly } from './assembly';
import { CloudClients, CloudLedger, CloudLoad, SCALE } from './load';
import { verifyCloud } from './verify';

const LEAST_ACKNOWLEDGED_PER_LIFE = 15;

export interface CloudKillOptions {
  readonly kills: number;
  /** How often the machine's power is cut, which takes what was not synced. */
  readonly cuts: number;
  /** How often it dies at each fail point; below 1, at so much of them. */
  readonly rounds: number;
}

export const cloud: Scenario = {
  name: 'cloud',
  title: 'kill -9 and power cuts of a whole cloud',
  letters: 'A',
  seconds: 90,
  scales: 'kills, power cuts, and deaths at each fail point',
  seed: 'draws',
  run: (trial, { size }) => killCloud(trial, { kills: upTo(5 * size), cuts: upTo(8 * size), rounds: size }),
};

/** One life of the process, and how it ends: killed at any moment or at a fail point, or with the power of its disk. */
interface Life {
  readonly failPoint?: string;
  readonly disk?: PowerlessDisk;
}

/** Kills `stepwright start`, or cuts its power, while tables, objects, mails, queues, schedules and executions are written; see `killUnderLoad`. */
export async function killCloud(trial: Trial, { kills, cuts, rounds }: CloudKillOptions): Promise<void> {
  const assembly = writeChaosAssembly(trial.path('assembly'));
  const directory = trial.path('data');
  const { random, flaws } = trial;
  const ledger = new CloudLedger();
  trial.onEnd(() => ledger.write(trial.path('ledger')));
  const load = new CloudLoad(trial, ledger);
  const disk = new PowerlessDisk(directory, trial.path('durable'), random);
  const all = shuffled<Life>(
    [
      ...Array<Life>(kills).fill({}),
      ...Array<Life>(cuts).fill({ disk }),
      ...deathsAt(FAIL_POINTS, rounds, random).map((place) => ({
        failPoint: `${place}:${1 + Math.floor(random() * (place.endsWith('checkpoint') ? 1 : 40))}`,
      })),
    ],
    random,
  );
  let lives = 0;
  for (const life of all) {
    if (flaws.isBroken) break;
    lives += 1;
    const { failPoint } = life;
    const server = await launch(trial, assembly, life).catch((error: unknown) => {
      // It may die while it recovers.
      if (failPoint !== undefined && error instanceof Refused && error.signal === 'SIGKILL') return undefined;
      throw error;
    });
    if (!server) continue;
    const driven = load.drive(directory, server.ended);
    const enough = ledger.acknowledged + 20 + Math.floor(random() * 80);
    const most = performance.now() + patience(15);
    const isEnough = () => (failPoint === undefined && ledger.acknowledged >= enough) || flaws.isBroken;
    while (server.isAlive && performance.now() < most && !isEnough()) await delay(10);
    await server.kill();
    await driven;
    life.disk?.cutPower();
  }
  Object.assign(trial.figures, { deaths: lives, 'acknowledged calls': ledger.acknowledged });
  const server = await launch(trial, assembly);
  const clients = new CloudClients(directory);
  await drain(clients, load, flaws.isBroken);
  trial.tell(await verifyCloud(directory, clients, ledger));
  await server.stop();
  if (ledger.acknowledged < lives * LEAST_ACKNOWLEDGED_PER_LIFE) {
    flaws.incomplete(`only ${ledger.acknowledged} calls were acknowledged in ${lives} lives`);
  }
  const { items, objects, mails, sent, scheduled, started } = ledger;
  Object.assign(trial.figures, {
    'acknowledged calls': ledger.acknowledged,
    items: items.size,
    objects: objects.size,
    mails: mails.size,
    messages: sent.size,
    schedules: scheduled.size,
    executions: started.size,
  });
}

function launch(trial: Trial, assembly: string, { failPoint, disk }: Life = {}): Promise<ServerProcess> {
  return trial.launch('data', {
    command: 'start',
    args: ['--assembly', assembly, '--time-scale', String(SCALE)],
    ...disk?.options(),
    ...(failPoint !== undefined && { env: { STEPWRIGHT_FAIL_POINT: failPoint }, mayEnd: 'SIGKILL' as const }),
  });
}

/** Until nothing runs, and all that was sent or scheduled has come out of the queue; or nothing has come for long. */
async function drain(clients: CloudClients, load: CloudLoad, isBroken: boolean): Promise<void> {
  const { ledger } = load;
  const query = new ListExecutionsCommand({ stateMachineArn: MACHINE_ARN, statusFilter: 'RUNNING' });
  const queueUrl = await clients.queueUrl();
  // A schedule is due in 24 s.
  const most = patience(isBroken ? 30 : 60);
  let end = performance.now() + most;
  let fewest = Number.POSITIVE_INFINITY;
  while (performance.now() < end) {
    await load.receive(clients, queueUrl);
    const bodies = [...ledger.sent, ...ledger.scheduled, ...[...ledger.started].map((name) => `run ${name}`)];
    const { executions = [] } = await clients.sfn.send(query);
    const missing = executions.length + bodies.filter((body) => !ledger.received.has(body)).length;
    if (missing === 0) return;
    if (missing < fewest) end = performance.now() + most;
    fewest = Math.min(fewest, missing);
  }
}
