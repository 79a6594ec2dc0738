import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Ledger } from './orders/ledger';
import { OrderLoad } from './orders/load';
import { ServerProcess } from './process';
import { randomFrom } from './random';
import { Breaches, type Finding, rounded } from './report';
import { SfnClient } from './wire';

export interface SoakOptions {
  readonly seconds: number;
  readonly seed: number;
}

/** The first part of the run, in which caches fill, is not compared. */
const WARM_UP = 0.3;
/** What the median of the last third may lie above that of the first. */
const GROWTH = { memory: 1.15, handles: 4 };

/** Keeps a Step Functions endpoint busy for long, and looks at its memory and its file handles. */
export async function soak({ seconds, seed }: SoakOptions): Promise<Finding> {
  const directory = mkdtempSync(join(tmpdir(), 'stepwright-soak-'));
  const ledger = new Ledger(`${directory}.ledger`);
  const load = new OrderLoad(ledger, randomFrom(seed));
  const env = await load.open();
  const server = await ServerProcess.start(directory, { command: 'sfn', args: ['--time-scale', '20'], env });
  const client = new SfnClient(server.url);
  await load.create(client);
  client.close();
  const samples: Array<{ memory: number; handles: number }> = [];
  const over = delay(seconds * 1000);
  const driven = load.drive(server.url, Promise.race([over, server.ended]));
  const end = performance.now() + seconds * 1000;
  while (performance.now() < end && server.child.exitCode === null) {
    await delay(Math.min(2_000, (seconds * 1000) / 60));
    samples.push({ memory: server.memory(), handles: server.handles() });
  }
  await driven;
  const breaches = new Breaches();
  breaches.expect(server.child.exitCode === null, () => `the process ended: ${server.stderr()}`);
  breaches.expect(ledger.acknowledged > seconds * 20, () => `only ${ledger.acknowledged} calls: the run shows nothing`);
  await server.stop();
  load.close();
  rmSync(directory, { recursive: true });
  rmSync(`${directory}.ledger`, { force: true });
  const counted = samples.slice(Math.floor(samples.length * WARM_UP));
  const third = Math.ceil(counted.length / 3);
  const [first, last] = [counted.slice(0, third), counted.slice(-third)];
  const memory = [median(first.map((one) => one.memory)), median(last.map((one) => one.memory))] as const;
  const handles = [median(first.map((one) => one.handles)), median(last.map((one) => one.handles))] as const;
  breaches.expect(memory[1] <= memory[0] * GROWTH.memory, () => `memory grew from ${memory[0]} to ${memory[1]} MiB`);
  breaches.expect(handles[1] <= handles[0] + GROWTH.handles, () => `handles grew from ${handles[0]} to ${handles[1]}`);
  return {
    scenario: 'hours of load',
    figures: rounded({
      seconds,
      'acknowledged calls': ledger.acknowledged,
      executions: ledger.started.size,
      'MiB after warm-up': memory[0],
      'MiB at the end': memory[1],
      'handles after warm-up': handles[0],
      'handles at the end': handles[1],
    }),
    breaches: breaches.all(),
  };
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}
