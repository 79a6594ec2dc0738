import { setTimeout as delay } from 'node:timers/promises';
import { eventually } from './patience';
import { each } from './probe';
import { upTo } from './random';
import type { Told } from './report';
import type { Scenario, Trial } from './trial';
import { type Answer, Answered, type SfnClient } from './wire';

export interface AnswersOptions {
  /** Tokens that are answered ten times each, in parallel. */
  readonly tokens: number;
  /** Executions in which success, failure, heartbeat, timeout and stop race. */
  readonly races: number;
}

export const answers: Scenario = {
  name: 'answers',
  title: 'tokens and races',
  letters: 'D',
  seconds: 90,
  scales: 'tokens and races',
  seed: 'draws',
  run: (trial, { size }) => answerTokens(trial, { tokens: upTo(10_000 * size), races: upTo(1000 * size) }),
};

const TIMES = 10;
const AT_ONCE = 64;
/** Of the executions that race, in seconds. */
const TIMEOUT = 1;

/** Answers each token ten times in parallel, and lets all that can end a task race; then compares answers and histories. */
export async function answerTokens(trial: Trial, { tokens: count, races }: AnswersOptions): Promise<void> {
  const tokens = new Map<string, string>();
  const lambda = await trial.lambda((_, { token, execution }) => {
    tokens.set(execution as string, token as string);
    return {};
  });
  const server = await trial.launch('data', { command: 'sfn', env: { LAMBDA_ENDPOINT: lambda.url } });
  const client = trial.client(server.url);
  Object.assign(trial.figures, { tokens: count, answers: count * TIMES });
  trial.figures.successes = await answerTenTimes(client, trial, tokens, count);
  Object.assign(trial.figures, { races, ...(await race(client, trial, tokens, races)) });
  await server.stop();
}

async function answerTenTimes(client: SfnClient, trial: Trial, tokens: Map<string, string>, count: number) {
  const start = await machine(client, 'ask', {});
  await each(count, AT_ONCE, (index) => start(`ask-${index}`));
  await eventually({ what: `${count} functions to be called with a token`, letters: 'C' }, () =>
    tokens.size < count ? undefined : true,
  );
  const accepted = new Map<string, number[]>();
  await each(count * TIMES, AT_ONCE, async (index) => {
    const name = `ask-${Math.floor(index / TIMES)}`;
    const verdict = await attempt(client, 'SendTaskSuccess', { taskToken: tokens.get(name), output: String(index) });
    if (verdict === 'accepted') accepted.set(name, [...(accepted.get(name) ?? []), index]);
    else trial.expect('D', verdict === 'TaskTimedOut', () => `${name}: a late answer got ${verdict}`);
  });
  await each(count, AT_ONCE, async (index) => {
    const name = `ask-${index}`;
    const { output } = await client.call('DescribeExecution', { executionArn: start.arnOf(name) });
    trial.tell(tokenFlaws(accepted.get(name) ?? [], output), name);
  });
  return [...accepted.values()].flat().length;
}

/** @param accepted the answers that were; @param recorded the execution's output */
export function tokenFlaws(accepted: readonly number[], recorded: string | undefined): Told[] {
  if (accepted.length !== 1) return [['D', `${accepted.length} answers of one token were accepted`]];
  return recorded === String(accepted[0]) ? [] : [['AD', `accepted ${accepted[0]}, recorded ${recorded}`]];
}

async function race(client: SfnClient, trial: Trial, tokens: Map<string, string>, races: number) {
  const start = await machine(client, 'race', { TimeoutSeconds: TIMEOUT });
  const outcomes: Record<string, number> = { succeeded: 0, failed: 0, 'timed out': 0, aborted: 0 };
  const { random } = trial;
  await each(races, AT_ONCE, async (index) => {
    const name = `race-${index}`;
    await start(name);
    const taskToken = await eventually({ what: `the function of ${name} to be called`, letters: 'C' }, () =>
      tokens.get(name),
    );
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
    const executionArn = start.arnOf(name);
    const ended = await eventually({ what: `${name} to time out`, letters: 'E' }, async () => {
      const execution = await client.call('DescribeExecution', { executionArn });
      return execution.status === 'RUNNING' ? undefined : execution;
    });
    const { events } = await client.call('GetExecutionHistory', { executionArn });
    const types = (events as Answer[]).map(({ type }) => type as string);
    const [outcome] = outcomeOf(ended);
    outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
    trial.tell(raceFlaws({ success, failure, stop }, ended, types), name);
  });
  return outcomes;
}

/** Exactly one thing ended the task: that whose answer was accepted. @param types of the history's events */
export function raceFlaws(
  { success, failure, stop }: { success: string; failure: string; stop: string },
  ended: Answer,
  types: readonly string[],
): Told[] {
  const [, event] = outcomeOf(ended);
  const ends = types.filter((type) => ENDS.includes(type));
  const isRight =
    ends.length === 1 &&
    ends[0] === event &&
    (success === 'accepted') === (ended.status === 'SUCCEEDED') &&
    (failure === 'accepted') === (ended.error === 'Lost') &&
    (ended.status !== 'ABORTED' || stop === 'accepted');
  if (isRight) return [];
  const answered = `success ${success}, failure ${failure}, stop ${stop}`;
  return [['D', `${answered}, but ${ended.status} ${ended.error ?? ''} with ${ends.join(', ')}`]];
}

/** How an execution ended, and the event with which its task did. */
function outcomeOf({ status, error }: Answer): [outcome: string, event: string] {
  if (status === 'FAILED' && error === 'States.Timeout') return ['timed out', 'TaskTimedOut'];
  return OUTCOMES[status] ?? ['failed', 'TaskFailed'];
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
