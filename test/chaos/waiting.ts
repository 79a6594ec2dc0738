import { setTimeout as delay } from 'node:timers/promises';
import { eventually } from './patience';
import { each, Probe } from './probe';
import { upTo } from './random';
import type { Scenario, Trial } from './trial';
import type { SfnClient } from './wire';

export const waiting: Scenario = {
  name: 'waiting',
  title: 'many waiting',
  letters: 'AE',
  seconds: 150,
  scales: 'executions',
  seed: 'nothing',
  limits: { 'MiB started': 1024, 'MiB recovered': 1024, 'ready ms': 10_000, 'describe p99 ms': 100 },
  run: (trial, { size }) => manyWaiting(trial, { executions: upTo(100_000 * size) }),
};

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
export async function manyWaiting(trial: Trial, { executions }: WaitingOptions): Promise<void> {
  const { figures } = trial;
  const tokens = new Set<string>();
  const lambda = await trial.lambda((_, { token }) => {
    tokens.add(token as string);
    return {};
  });
  const launch = (scale: number) =>
    trial.launch('data', {
      command: 'sfn',
      args: ['--time-scale', String(scale)],
      env: { LAMBDA_ENDPOINT: lambda.url },
    });
  // Its clock stands still until all have been started.
  let server = await launch(0);
  let client = trial.client(server.url);
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
  Object.assign(figures, { executions, 'starts/s': (executions * 1000) / (performance.now() - began) });
  const half = Math.floor(executions / 2);
  await eventually({ what: `${half} functions to be called with a token`, letters: 'C', seconds: 300 }, () =>
    tokens.size < half ? undefined : true,
  );
  figures['MiB started'] = server.memory();
  await server.kill();

  server = await launch(0);
  figures['ready ms'] = server.readyAfter;
  client = trial.client(server.url);
  const lastArn = `${asks.replace(':stateMachine:', ':execution:')}:w-${executions - 1}`;
  const { status } = await client.call('DescribeExecution', { executionArn: lastArn });
  trial.expect('A', status === 'RUNNING', () => `after the kill an execution that waits is ${status}`);
  await delay(2_000);
  figures['MiB recovered'] = server.memory();
  await server.kill();

  server = await launch(3_600);
  client = trial.client(server.url);
  const drainBegan = performance.now();
  const probe = new Probe(() => client.call('DescribeExecution', { executionArn: lastArn }));
  await eventually({ what: `${half} waits for one instant to end`, letters: 'E', seconds: 300 }, async () => {
    const query = { stateMachineArn: waits, statusFilter: 'RUNNING', maxResults: 1 };
    const running = (await client.call('ListExecutions', query)).executions.length > 0;
    if (running) await delay(80);
    return running ? undefined : true;
  });
  Object.assign(figures, { 'timers due at once': half, 'drained ms': performance.now() - drainBegan });
  const calls = await probe.stop();
  Object.assign(figures, { 'describe p99 ms': calls.p99, 'describe longest ms': calls.longest });
  const left = await early(client, waits, Date.parse(until));
  trial.expect('E', left === 0, () => `${left} waits ended before ${until}`);
  const settled = [...tokens].slice(0, 1000);
  await each(settled.length, 16, (index) =>
    client.call('SendTaskSuccess', { taskToken: settled[index], output: '{}' }).catch((error) => trial.met(error)),
  );
  await server.stop();
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
