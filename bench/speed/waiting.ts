import { createMachine, execute, quantile, type Subject, start } from './measure';
import { branches, chain, items, map, WAITING } from './workloads';

export interface WaitingFigures {
  readonly startsPerSecond: number;
  /** Memory for each of them, in KiB. */
  readonly kibEach: number;
  readonly describeP50Ms: number;
  /** Open files and sockets of the server. */
  readonly openHandles: number;
}

/** Starts `count` executions that wait an hour, 16 at a time, and describes some of them. */
export async function measureWaiting({ endpoint, server }: Subject, count: number): Promise<WaitingFigures> {
  const machine = await createMachine(endpoint, WAITING);
  // What a first execution loads is not of theirs.
  const arns = [await start(endpoint, machine, '{"user":"Ada"}')];
  const before = server.memory;
  const began = performance.now();
  const run = async () => {
    while (arns.length < count) arns.push(await start(endpoint, machine, '{"user":"Ada"}'));
  };
  await Promise.all(Array.from({ length: 16 }, run));
  const seconds = (performance.now() - began) / 1000;
  const times: number[] = [];
  for (let i = 0; i < 1000; i += 1) {
    const executionArn = arns[(i * 7919) % arns.length];
    const asked = performance.now();
    const { status } = await endpoint.call('DescribeExecution', { executionArn });
    if (status !== 'RUNNING') throw new Error(`A waiting execution is ${status}.`);
    times.push(performance.now() - asked);
  }
  return {
    startsPerSecond: arns.length / seconds,
    kibEach: (server.memory - before) / 1024 / arns.length,
    describeP50Ms: quantile(times, 0.5),
    openHandles: server.handles,
  };
}

export interface Curve {
  readonly title: string;
  /** Of what the cost is told. */
  readonly unit: string;
  readonly points: ReadonlyArray<{ readonly size: number; readonly cpuMsEach: number }>;
}

/** How the CPU time for one state, branch, item or execution changes with how many there are. Flat is linear. */
export async function measureGrowth(subject: Subject): Promise<Curve[]> {
  const { endpoint, server } = subject;
  const cost = async (definition: object, input: object, runs: number) => {
    const machine = await createMachine(endpoint, definition);
    const text = JSON.stringify(input);
    await execute(endpoint, machine, text);
    const before = server.cpuMs;
    for (let i = 0; i < runs; i += 1) await execute(endpoint, machine, text);
    return (server.cpuMs - before) / runs;
  };
  const over = async (
    title: string,
    unit: string,
    sizes: readonly number[],
    each: (size: number) => Promise<number>,
  ): Promise<Curve> => {
    const points = [];
    for (const size of sizes) points.push({ size, cpuMsEach: await each(size) });
    return { title, unit, points };
  };
  const user = { user: 'Ada' };
  const runsFor = (size: number) => Math.max(4, Math.ceil(8000 / size));
  return [
    await over('states in a row', 'state', [250, 1000, 4000], async (size) => {
      return (await cost(chain(size), user, runsFor(size))) / size;
    }),
    await over('branches of a Parallel', 'branch', [10, 40, 160], async (size) => {
      return (await cost(branches(size), user, runsFor(size * 8))) / size;
    }),
    await over('items of a Map', 'item', [100, 400, 1600], async (size) => {
      return (await cost(map, { items: items(size) }, runsFor(size * 2))) / size;
    }),
    await over('executions in the store', 'execution', [2000, 4000, 8000], async (size) => {
      const machine = await createMachine(endpoint, chain(1));
      let begun = 0;
      const before = server.cpuMs;
      const run = async () => {
        for (; begun < size / 2; ) {
          begun += 1;
          await execute(endpoint, machine, '{}');
        }
      };
      await Promise.all(Array.from({ length: 16 }, run));
      return (server.cpuMs - before) / (size / 2);
    }),
  ];
}
