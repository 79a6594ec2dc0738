import type { Answer, Endpoint } from './client';
import type { Server } from './process';
import type { Workload } from './workloads';

/** A server to measure, and how it is called. */
export interface Subject {
  readonly name: string;
  readonly server: Server;
  readonly endpoint: Endpoint;
}

export interface Rate {
  /** Executions per second, begun and seen to have ended. */
  readonly executionsPerSecond: number;
  /** CPU time of the server for one, in ms: what a busy machine distorts least. */
  readonly cpuMsEach: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

let count = 0;
const ROLE = 'arn:aws:iam::123456789012:role/bench';
/** Names that are not taken, on a server that was measured before. */
function fresh(): string {
  count += 1;
  return `b${process.pid}-${count}`;
}

export async function createMachine(endpoint: Endpoint, definition: object): Promise<string> {
  const request = { name: fresh(), definition: JSON.stringify(definition), roleArn: ROLE };
  return (await endpoint.call('CreateStateMachine', request)).stateMachineArn;
}

export async function start(endpoint: Endpoint, stateMachineArn: string, input: string): Promise<string> {
  return (await endpoint.call('StartExecution', { stateMachineArn, name: fresh(), input })).executionArn;
}

/** Starts an execution and asks until it has ended; answers its output. */
export async function execute(endpoint: Endpoint, machine: string, input: string): Promise<Answer> {
  const executionArn = await start(endpoint, machine, input);
  for (let pause = 0; ; pause = Math.min(16, pause * 2 || 1)) {
    const { status, output, error } = await endpoint.call('DescribeExecution', { executionArn });
    if (status === 'SUCCEEDED') return JSON.parse(output);
    if (status !== 'RUNNING') throw new Error(`An execution ended ${status}: ${error}`);
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
}

/** What was run in some time. */
export interface Stretch {
  /** How long each execution took until it was seen to have ended, in ms. */
  readonly times: readonly number[];
  /** All together, in seconds. */
  readonly took: number;
}

/** Lets `callers` run executions one after the other for `seconds`, after some that do not count. */
export async function measure(subject: Subject, workload: Workload, callers: number, seconds: number): Promise<Rate> {
  const { server } = subject;
  const drive = await driver(subject, workload, callers);
  await drive.run(seconds / 4);
  const cpu = server.cpuMs;
  const { times, took } = await drive.run(seconds);
  const spent = server.cpuMs - cpu;
  drive.end();
  return {
    executionsPerSecond: times.length / took,
    cpuMsEach: spent / times.length,
    p50Ms: quantile(times, 0.5),
    p99Ms: quantile(times, 0.99),
  };
}

/** Makes all that a workload needs on a server, to be run by as many `callers` as often as one likes. */
export async function driver({ name, endpoint }: Omit<Subject, 'server'>, workload: Workload, callers: number) {
  const workers = new Workers(endpoint);
  const activity = workload.usesActivity ? await workers.begin(callers) : '';
  const machine = await createMachine(endpoint, workload.definition(activity));
  const input = JSON.stringify(workload.input);
  const call = async (until: number, times: number[]) => {
    do {
      const began = performance.now();
      const output = await execute(endpoint, machine, input);
      if (!workload.isRight(output)) throw new Error(`${name}: ${workload.title}: ${JSON.stringify(output)}`);
      times.push(performance.now() - began);
    } while (performance.now() < until);
  };
  return {
    async run(seconds: number): Promise<Stretch> {
      const times: number[] = [];
      const began = performance.now();
      await Promise.all(Array.from({ length: callers }, () => call(began + seconds * 1000, times)));
      return { times, took: (performance.now() - began) / 1000 };
    },
    end: () => workers.stop(),
  };
}

/** Those who take an activity's tasks and answer them. */
class Workers {
  #stopped = false;

  constructor(private readonly endpoint: Endpoint) {}

  async begin(count: number): Promise<string> {
    const { activityArn } = await this.endpoint.call('CreateActivity', { name: fresh() });
    for (let i = 0; i < count; i += 1) void this.#work(activityArn);
    return activityArn;
  }

  /** They end with the task that they are waiting for. */
  stop(): void {
    this.#stopped = true;
  }

  async #work(activityArn: string): Promise<void> {
    while (!this.#stopped) {
      const { taskToken } = await this.endpoint.call('GetActivityTask', { activityArn }).catch(() => ({}));
      if (!taskToken) return;
      await this.endpoint.call('SendTaskSuccess', { taskToken, output: '{"approved":true}' });
    }
  }
}

export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

export const median = (values: readonly number[]) => quantile(values, 0.5);
