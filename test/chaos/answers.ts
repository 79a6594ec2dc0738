import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { LambdaEndpoint } from './lambda-endpoint';
import { each } from './probe';
import { ServerProcess } from './process';
import { randomFrom } from './random';
import { Breaches, type Finding } from './report';
import { type Answer, Answered, SfnClient } from './wire';

export interface AnswersOptions {
  /** Tokens that are answered ten times each, in parallel. */
  readonly tokens: number;
  /** Executions in which success, failure, heartbeat, timeout and stop race. */
  readonly races: number;
  readonly seed: number;
}

const TIMES = 10;
const AT_ONCE = 64;
/** Of the executions that race, in seconds. */
const TIMEOUT = 1;

/** Answers each token ten times in parallel, and lets all that can end a task race; then compares answers and histories. */
export async function answerTokens({ tokens: count, races, seed }: AnswersOptions): Promise<Finding> {
  const directory = mkdtempSync(join(tmpdir(), 'stepwright-answers-'));
  const tokens = new Map<string, string>();
  const lambda = await LambdaEndpoint.start((_, { token, execution }) => {
    tokens.set(execution as string, token as string);
    return {};
  });
  const server = await ServerProcess.start(directory, { command: 'sfn', env: { LAMBDA_ENDPOINT: lambda.url } });
  const client = new SfnClient(server.url);
  const breaches = new Breaches();
  const successes = await answerTenTimes(client, breaches, tokens, count);
  const settled = await race(client, breaches, tokens, races, randomFrom(seed));
  client.close();
  await server.stop();
  lambda.close();
  rmSync(directory, { recursive: true });
  return {
    scenario: 'tokens and races',
    figures: { tokens: count, answers: count * TIMES, successes, races, ...settled },
    breaches: breaches.all(),
  };
}

async function answerTenTimes(client: SfnClient, breaches: Breaches, tokens: Map<string, string>, count: number) {
  const start = await machine(client, 'ask', {});
  await each(count, AT_ONCE, (index) => start(`ask-${index}`));
  while (tokens.size < count) await delay(20);
  const accepted = new Map<string, number[]>();
  await each(count * TIMES, AT_ONCE, async (index) => {
    const name = `ask-${Math.floor(index / TIMES)}`;
    const verdict = await attempt(client, 'SendTaskSuccess', { taskToken: tokens.get(name), output: String(index) });
    if (verdict === 'accepted') accepted.set(name, [...(accepted.get(name) ?? []), index]);
    else breaches.expect(verdict === 'TaskTimedOut', () => `${name}: a late answer got ${verdict}`);
  });
  await each(count, AT_ONCE, async (index) => {
    const name = `ask-${index}`;
    const outputs = accepted.get(name) ?? [];
    breaches.expect(outputs.length === 1, () => `${name}: ${outputs.length} answers were accepted`);
    const { output } = await client.call('DescribeExecution', { executionArn: start.arnOf(name) });
    breaches.expect(output === String(outputs[0]), () => `${name}: accepted ${outputs[0]}, recorded ${output}`);
  });
  return [...accepted.values()].flat().length;
}

async function race(
  client: SfnClient,
  breaches: Breaches,
  tokens: Map<string, string>,
  races: number,
  random: () => number,
) {
  const start = await machine(client, 'race', { TimeoutSeconds: TIMEOUT });
  const outcomes: Record<string, number> = { succeeded: 0, failed: 0, 'timed out': 0, aborted: 0 };
  await each(races, AT_ONCE, async (index) => {
    const name = `race-${index}`;
    await start(name);
    while (!tokens.has(name)) await delay(5);
    const taskToken = tokens.get(name);
    // Most near the timeout, some before.
    const soon = () => delay(random() < 0.4 ? 0 : TIMEOUT * 1000 - 60 + random() * 80);
    const late = async (operation: string, input: object) => {
      await soon();
      return attempt(client, operation, input);
    };
    const [success, failure, , stop] = await Promise.all([
      late('SendTaskSuccess', { taskToken, output: '"won"' }),
      late('SendTaskFailure', { taskToken, error: 'Lost', cause: 'the race' }),
      late('SendTaskHeartbeat', { taskToken }),
      random() < 0.3 ? late('StopExecution', { executionArn: start.arnOf(name) }) : 'not sent',
    ]);
    const ended = await untilEnded(client, start.arnOf(name));
    const { events } = await client.call('GetExecutionHistory', { executionArn: start.arnOf(name) });
    const types = (events as Answer[]).map(({ type }) => type as string);
    const [outcome, event] = OUTCOMES[ended.status] ?? ['failed', 'TaskFailed'];
    const isTimeout = ended.status === 'FAILED' && ended.error === 'States.Timeout';
    outcomes[isTimeout ? 'timed out' : outcome] = (outcomes[isTimeout ? 'timed out' : outcome] ?? 0) + 1;
    const expected = isTimeout ? 'TaskTimedOut' : event;
    const told = `${name}: success ${success}, failure ${failure}, stop ${stop}, but ${ended.status} ${ended.error ?? ''}`;
    breaches.expect(types.filter((type) => ENDS.includes(type)).length === 1 && types.includes(expected), () => told);
    breaches.expect((success === 'accepted') === (ended.status === 'SUCCEEDED'), () => told);
    breaches.expect((failure === 'accepted') === (ended.error === 'Lost'), () => told);
    breaches.expect(ended.status !== 'ABORTED' || stop === 'accepted', () => told);
  });
  return outcomes;
}

const OUTCOMES: Record<string, [string, string]> = {
  SUCCEEDED: ['succeeded', 'TaskSucceeded'],
  ABORTED: ['aborted', 'ExecutionAborted'],
};
/** Each ends the task; there must be exactly one. */
const ENDS = ['TaskSucceeded', 'TaskFailed', 'TaskTimedOut', 'ExecutionAborted'];

async function attempt(client: SfnClient, operation: string, input: object): Promise<string> {
  try {
    await client.call(operation, input);
    return 'accepted';
  } catch (error) {
    if (error instanceof Answered) return error.code;
    throw error;
  }
}

async function untilEnded(client: SfnClient, executionArn: string): Promise<Answer> {
  for (;;) {
    const execution = await client.call('DescribeExecution', { executionArn });
    if (execution.status !== 'RUNNING') return execution;
    await delay(20);
  }
}

/** Makes a state machine with one task that waits for its token; answers how to start it. */
async function machine(client: SfnClient, name: string, fields: object) {
  const definition = JSON.stringify({
    StartAt: 'Ask',
    States: {
      Ask: {
        Type: 'Task',
        Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken',
        Parameters: {
          FunctionName: 'ask',
          Payload: { 'token.$': '$$.Task.Token', 'execution.$': '$$.Execution.Name' },
        },
        ...fields,
        End: true,
      },
    },
  });
  const roleArn = 'arn:aws:iam::123456789012:role/answers';
  const { stateMachineArn } = await client.call('CreateStateMachine', { name, definition, roleArn });
  const start = (execution: string) => client.call('StartExecution', { stateMachineArn, name: execution });
  const arnOf = (execution: string) => `${stateMachineArn.replace(':stateMachine:', ':execution:')}:${execution}`;
  return Object.assign(start, { arnOf });
}
