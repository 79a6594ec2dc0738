import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { LambdaEndpoint } from './lambda-endpoint';
import { each, Probe } from './probe';
import { ServerProcess } from './process';
import { Breaches, type Finding, rounded } from './report';
import { SfnClient } from './wire';

const MEMORY_MIB = 1024;
const READY_MS = 10_000;
/** What a caller may wait for DescribeExecution, at the 99th percentile, while all timers are due. */
const RESPONSIVE_MS = 100;
const ROLE = 'arn:aws:iam::123456789012:role/waiting';
/** All waits end an hour after the clock's start: at one instant. */
const HOUR = 3_600_000;

export interface WaitingOptions {
  /** Executions; half of them wait for one instant, half for a token. */
  readonly executions: number;
}

/**
 * Lets many executions wait, kills the process, looks at its memory and when it is ready again, then lets all timers be due at
 * one instant while a caller asks.
 */
export async function manyWaiting({ executions }: WaitingOptions): Promise<Finding> {
  const directory = mkdtempSync(join(tmpdir(), 'stepwright-waiting-'));
  const tokens: string[] = [];
  const lambda = await LambdaEndpoint.start((_, { token }) => {
    tokens.push(token as string);
    return {};
  });
  const launch = (scale: number) =>
    ServerProcess.start(directory, {
      command: 'sfn',
      args: ['--time-scale', String(scale)],
      env: { LAMBDA_ENDPOINT: lambda.url },
    });
  const breaches = new Breaches();
  // Its clock stands still until all have been started.
  let server = await launch(0);
  let client = new SfnClient(server.url);
  const [waits, asks] = await Promise.all([create(client, 'waits', WAIT), create(client, 'asks', ASK)]);
  const first = await client.call('StartExecution', {
    stateMachineArn: waits,
    input: '{"until":"2020-01-01T00:00:00Z"}',
  });
  const until = new Date(first.startDate * 1000 + HOUR).toISOString();
  const began = performance.now();
  await each(executions, 32, (index) =>
    client.call('StartExecution', {
      stateMachineArn: index % 2 === 0 ? waits : asks,
      name: `w-${index}`,
      input: JSON.stringify({ until }),
    }),
  );
  const startsPerSecond = (executions * 1000) / (performance.now() - began);
  const half = Math.floor(executions / 2);
  while (new Set(tokens).size < half) await delay(50);
  const memoryStarted = server.memory();
  client.close();
  await server.kill();

  server = await launch(0);
  const { readyAfter } = server;
  client = new SfnClient(server.url);
  const lastArn = `${asks.replace(':stateMachine:', ':execution:')}:w-${executions - 1}`;
  const { status } = await client.call('DescribeExecution', { executionArn: lastArn });
  breaches.expect(status === 'RUNNING', () => `after the kill an execution that waits is ${status}`);
  await delay(2_000);
  const memoryRecovered = server.memory();
  client.close();
  await server.kill();

  server = await launch(3_600);
  client = new SfnClient(server.url);
  const drainBegan = performance.now();
  const probe = new Probe(() => client.call('DescribeExecution', { executionArn: lastArn }));
  const running = async () =>
    (await client.call('ListExecutions', { stateMachineArn: waits, statusFilter: 'RUNNING', maxResults: 1 })).executions
      .length;
  while ((await running()) > 0 && performance.now() - drainBegan < 300_000) await delay(100);
  const drained = performance.now() - drainBegan;
  const calls = await probe.stop();
  breaches.expect((await running()) === 0, () => 'waits are stuck');
  const left = await early(client, waits, Date.parse(until));
  breaches.expect(left === 0, () => `${left} waits ended before ${until}`);
  let answered = 0;
  const unique = [...new Set(tokens)].slice(0, 1000);
  await each(unique.length, 16, async (index) => {
    await client.call('SendTaskSuccess', { taskToken: unique[index], output: '{}' });
    answered += 1;
  });
  breaches.expect(answered === unique.length, () => `${unique.length - answered} tokens were refused`);
  client.close();
  await server.stop();
  lambda.close();
  rmSync(directory, { recursive: true });

  breaches.expect(memoryStarted <= MEMORY_MIB && memoryRecovered <= MEMORY_MIB, () => `more than ${MEMORY_MIB} MiB`);
  breaches.expect(readyAfter <= READY_MS, () => `ready only after ${Math.round(readyAfter)} ms`);
  breaches.expect(calls.p99 <= RESPONSIVE_MS, () => `DescribeExecution took ${Math.round(calls.p99)} ms (p99)`);
  return {
    scenario: 'many waiting',
    figures: rounded({
      executions,
      'starts/s': startsPerSecond,
      'MiB started': memoryStarted,
      'MiB recovered': memoryRecovered,
      'ready ms': readyAfter,
      'timers due at once': half,
      'drained ms': drained,
      'describe p99 ms': calls.p99,
      'describe longest ms': calls.longest,
    }),
    breaches: breaches.all(),
  };
}

/** How many of the executions listed first ended before `until`. */
async function early(client: SfnClient, stateMachineArn: string, until: number): Promise<number> {
  const { executions } = await client.call('ListExecutions', {
    stateMachineArn,
    statusFilter: 'SUCCEEDED',
    maxResults: 1000,
  });
  const waited = (executions as Array<{ name: string; stopDate: number }>).filter(({ name }) => name.startsWith('w-'));
  return waited.filter(({ stopDate }) => Math.round(stopDate * 1000) < until).length;
}

async function create(client: SfnClient, name: string, definition: object): Promise<string> {
  const made = await client.call('CreateStateMachine', { name, definition: JSON.stringify(definition), roleArn: ROLE });
  return made.stateMachineArn;
}

const WAIT = {
  StartAt: 'Wait',
  States: { Wait: { Type: 'Wait', TimestampPath: '$.until', Next: 'Done' }, Done: { Type: 'Pass', End: true } },
};

const ASK = {
  StartAt: 'Ask',
  States: {
    Ask: {
      Type: 'Task',
      Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken',
      Parameters: { FunctionName: 'ask', Payload: { 'token.$': '$$.Task.Token' } },
      End: true,
    },
  },
};
