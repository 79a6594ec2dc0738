import { setTimeout as delay } from 'node:timers/promises';
import { Ledger } from './orders/ledger';
import { OrderLoad } from './orders/load';
import type { Scenario, Trial } from './trial';

/** Before that memory only warms up. */
export const SHORTEST_SOAK = 60;

export const soak: Scenario = {
  name: 'soak',
  title: 'hours of load',
  letters: '',
  seconds: 60,
  scales: 'its seconds, 60 at least',
  seed: 'draws',
  limits: { 'memory growth %': 15, 'handles growth': 4 },
  run: (trial, { seconds }) => loadFor(trial, seconds),
};

/** The first part of the run, in which caches fill, is not compared. */
const WARM_UP = 0.3;

/** Keeps a Step Functions endpoint busy for long, and looks at its memory and its file handles: medians of the first and the last third. */
async function loadFor(trial: Trial, seconds: number): Promise<void> {
  const ledger = new Ledger(trial.path('ledger'));
  const load = new OrderLoad(trial, ledger);
  const env = (await load.open())(1);
  const server = await trial.launch('data', { command: 'sfn', args: ['--time-scale', '20'], env });
  await load.create(trial.client(server.url));
  const samples: Array<{ memory: number; handles: number }> = [];
  const driven = load.drive(server.url, Promise.race([delay(seconds * 1000), server.ended]));
  const end = performance.now() + seconds * 1000;
  while (performance.now() < end && server.isAlive) {
    await delay(Math.min(2_000, (seconds * 1000) / 60));
    if (server.isAlive) samples.push({ memory: server.memory(), handles: server.handles() });
  }
  await driven;
  ledger.flush();
  if (ledger.acknowledged <= seconds * 20) {
    trial.flaws.incomplete(`only ${ledger.acknowledged} calls were acknowledged in ${seconds} s`);
  }
  await server.stop();
  const counted = samples.slice(Math.floor(samples.length * WARM_UP));
  const third = Math.ceil(counted.length / 3);
  const [first, last] = [counted.slice(0, third), counted.slice(-third)];
  const memory = [median(first.map((one) => one.memory)), median(last.map((one) => one.memory))] as const;
  const handles = [median(first.map((one) => one.handles)), median(last.map((one) => one.handles))] as const;
  Object.assign(trial.figures, {
    seconds,
    'acknowledged calls': ledger.acknowledged,
    executions: ledger.started.size,
    'MiB after warm-up': memory[0],
    'MiB at the end': memory[1],
    'memory growth %': (memory[1] / memory[0] - 1) * 100,
    'handles after warm-up': handles[0],
    'handles at the end': handles[1],
    'handles growth': handles[1] - handles[0],
  });
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}
