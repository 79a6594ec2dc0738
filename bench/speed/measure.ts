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
  readonly perSecond: number;
  /** CPU time of the server for one, in ms: what a busy machine distorts least. */
  readonly cpuMs: number;
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

/** Lets `callers` run executions one after the other for `seconds`, after some that do not count. */
export async function measure(subject: Subject, workload: Workload, callers: number, seconds: number): Promise<Rate> {
  const { endpoint, server } = subject;
  const workers = new Workers(subject.endpoint);
  const activity = workload.usesActivity ? await workers.begin(callers) : '';
  const machine = await createMachine(endpoint, workload.definition(activity));
  const input = JSON.stringify(workload.input);
  const run = async (until: number, times: number[]) => {
    do {
      const began = performance.now();
      const output = await execute(endpoint, machine, input);
      if (!workload.isRight(output)) throw new Error(`${subject.name}: ${workload.title}: ${JSON.stringify(output)}`);
      times.push(performance.now() - began);
    } while (performance.now() < until);
  };
  const together = async (until: number, times: number[]) => {
    await Promise.all(Array.from({ length: callers }, () => run(until, times)));
  };
  await together(performance.now() + (seconds * 1000) / 4, []);
  const times: number[] = [];
  const cpu = server.cpuMs;
  const began = performance.now();
  await together(began + seconds * 1000, times);
  const took = (performance.now() - began) / 1000;
  const spent = server.cpuMs - cpu;
  workers.stop();
  return {
    perSecond: times.length / took,
    cpuMs: spent / times.length,
    p50Ms: quantile(times, 0.5),
    p99Ms: quantile(times, 0.99),
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
