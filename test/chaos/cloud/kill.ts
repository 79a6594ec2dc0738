import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { ListExecutionsCommand } from '@aws-sdk/client-sfn';
import { FAIL_POINTS } from '../../../local/runtime/fail-point';
import { Refused, ServerProcess } from '../process';
import { randomFrom } from '../random';
import { type Finding, rounded } from '../report';
import { MACHINE_ARN, writeChaosAssembly } from './assembly';
import { CloudClients, CloudLedger, CloudLoad, SCALE } from './load';
import { verifyCloud } from './verify';

const LONGEST_DRAIN = 90_000;
const LEAST_ACKNOWLEDGED_PER_LIFE = 15;

export interface CloudKillOptions {
  readonly kills: number;
  /** How often it dies at each fail point. */
  readonly rounds: number;
  readonly seed: number;
}

/** Kills `stepwright start` while tables, objects, mails, queues, schedules and executions are written; see `killUnderLoad`. */
export async function killCloud({ kills, rounds, seed }: CloudKillOptions): Promise<Finding> {
  const directory = mkdtempSync(join(tmpdir(), 'stepwright-chaos-cloud-'));
  const assembly = writeChaosAssembly();
  const random = randomFrom(seed);
  const ledger = new CloudLedger();
  const load = new CloudLoad(ledger);
  let lives = 0;
  const live = async (failPoint?: string) => {
    lives += 1;
    const server = await launch(directory, assembly, failPoint).catch((error: unknown) => {
      // It may die while it recovers.
      if (failPoint !== undefined && error instanceof Refused && error.signal === 'SIGKILL') return undefined;
      throw error;
    });
    if (!server) return;
    const driven = load.drive(directory, server.ended);
    const enough = ledger.acknowledged + 20 + Math.floor(random() * 80);
    const isAlive = () => server.child.exitCode === null && server.child.signalCode === null;
    // A busy machine may take its time.
    const patience = performance.now() + 15_000;
    while (isAlive() && performance.now() < patience && (failPoint !== undefined || ledger.acknowledged < enough)) {
      await delay(10);
    }
    await server.kill();
    await driven;
  };
  const places = Array.from({ length: rounds }, () => FAIL_POINTS).flat();
  for (let kill = 0; kill < kills; kill += 1) await live();
  for (const place of places) {
    const passages = place.endsWith('checkpoint') ? 1 : 40;
    await live(`${place}:${1 + Math.floor(random() * passages)}`);
  }
  const server = await launch(directory, assembly);
  const clients = new CloudClients(directory);
  await drain(clients, load);
  const breaches = await verifyCloud(directory, clients, ledger);
  await server.stop();
  breaches.expect(
    ledger.acknowledged >= lives * LEAST_ACKNOWLEDGED_PER_LIFE,
    () => `only ${ledger.acknowledged} calls were acknowledged in ${lives} lives: the run shows nothing`,
  );
  rmSync(assembly, { recursive: true });
  if (breaches.list.length === 0) rmSync(directory, { recursive: true });
  const { items, objects, mails, sent, scheduled, started } = ledger;
  return {
    scenario: 'kill -9 of a whole cloud',
    figures: rounded({
      deaths: lives,
      'acknowledged calls': ledger.acknowledged,
      items: items.size,
      objects: objects.size,
      mails: mails.size,
      messages: sent.size,
      schedules: scheduled.size,
      executions: started.size,
    }),
    breaches: breaches.all(),
  };
}

function launch(directory: string, assembly: string, failPoint?: string): Promise<ServerProcess> {
  return ServerProcess.start(directory, {
    command: 'start',
    args: ['--assembly', assembly, '--time-scale', String(SCALE)],
    env: failPoint === undefined ? {} : { STEPWRIGHT_FAIL_POINT: failPoint },
  });
}

/** Until nothing runs, and all that was sent or scheduled has come out of the queue; or there is no hope. */
async function drain(clients: CloudClients, load: CloudLoad): Promise<void> {
  const { ledger } = load;
  const end = performance.now() + LONGEST_DRAIN;
  const queueUrl = await clients.queueUrl();
  while (performance.now() < end) {
    await load.receive(clients, queueUrl);
    const waiting = [...ledger.sent, ...ledger.scheduled, ...[...ledger.started].map((name) => `run ${name}`)].some(
      (body) => !ledger.received.has(body),
    );
    const query = new ListExecutionsCommand({ stateMachineArn: MACHINE_ARN, statusFilter: 'RUNNING' });
    const { executions = [] } = await clients.sfn.send(query);
    if (!waiting && executions.length === 0) return;
  }
}
