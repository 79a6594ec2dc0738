import { StatesError } from '../../asl/errors';
import { parameterMistakes } from '../../asl/integrations/parameters';
import type { Json, JsonObject } from '../../asl/json';
import type { TaskState } from '../../asl/model';
import { Failure } from '../failure';
import { type Exit, evaluateReference, exitWithResult, fill, typed, workInput } from '../fields';
import { earliest, type Frame, type WaitingForTask } from '../frames';
import { checkPayload } from '../limits';
import { failedDetails, type Resource, resourceOf, succeededDetails } from '../resource';
import type { Run } from '../run';
import type { Steps } from '../steps';
import type { Effect, StepContext, Stimulus } from '../types';

type WaitingFrame = Frame & { phase: WaitingForTask };
type Answer<T extends Stimulus['type']> = Extract<Stimulus, { type: T }>;

/** Sends the work and waits for its answer. Entered anew for each attempt: its parameters may tell RetryCount. */
export function* enterTask(run: Run, frame: Frame, state: TaskState): Steps<undefined> {
  const resource = resourceOf(state.Resource);
  const task = run.numberTask();
  const token = resource.pattern === 'waitForTaskToken' ? run.context.token(task) : undefined;
  const parameters = yield* workInput(run, frame, state, token);
  const credentials = state.Credentials && (yield* fillCredentials(run, frame, state));
  const timeoutSeconds = yield* seconds(run, frame, state, 'TimeoutSeconds');
  const heartbeatSeconds = yield* seconds(run, frame, state, 'HeartbeatSeconds');
  if (resource.kind === 'activity' && run.context.hasActivity?.(state.Resource) === false) {
    throw new StatesError('States.Runtime', `The activity ${state.Resource} does not exist.`);
  }
  const text = run.text(parameters);
  checkPayload(text, frame.state);
  if (resource.kind === 'service') checkParameters(state, parameters, text);
  run.record(frame, `${resource.prefix}Scheduled`, {
    ...resource.common,
    ...resource.scheduled(text, regionOf(run)),
    ...(timeoutSeconds !== undefined && { timeoutInSeconds: timeoutSeconds }),
    ...(heartbeatSeconds !== undefined && { heartbeatInSeconds: heartbeatSeconds }),
    ...(credentials && { taskCredentials: { roleArn: credentials.RoleArn ?? null } }),
  });
  const phase: WaitingForTask = {
    type: 'task',
    task,
    parameters,
    ...(credentials && { credentials }),
    taken: false,
    ...(timeoutSeconds !== undefined && { timeoutSeconds }),
    ...(heartbeatSeconds !== undefined && { heartbeatSeconds }),
  };
  run.awaitTask(frame, phase);
  if (resource.kind !== 'activity') {
    run.record(frame, `${resource.prefix}Started`, resource.kind === 'service' ? resource.common : undefined);
    startTimers(phase, run.context.now);
  }
  run.effect(begin(run.execution.arn, frame as WaitingFrame, state, resource, run.context));
  return undefined;
}

function checkParameters(state: TaskState, parameters: Json, text: string): void {
  const mistakes = parameterMistakes(state.Resource, parameters);
  if (mistakes.length === 0) return;
  const field = state.Arguments === undefined ? 'Parameters' : 'Arguments';
  const messages = mistakes.map(({ message }) => message).join(', ');
  throw new StatesError('States.Runtime', `The ${field} '${text}' could not be used to start the Task: [${messages}]`);
}

/** The effect that starts the task, at first or again after a restart; undefined when there is nothing left to start. */
export function restart(arn: string, frame: WaitingFrame, state: TaskState, context: StepContext): Effect | undefined {
  const resource = resourceOf(state.Resource);
  // A job (`.sync`) is watched by the call itself; a worker or a token's holder does not need us.
  const underWay = frame.phase.taken && resource.pattern !== 'sync';
  return underWay ? undefined : begin(arn, frame, state, resource, context);
}

function begin(arn: string, frame: WaitingFrame, state: TaskState, resource: Resource, context: StepContext): Effect {
  const { task, parameters, credentials } = frame.phase;
  if (resource.kind === 'activity') {
    const token = context.token(task);
    return { type: 'offer', task, stateName: frame.state, activityArn: state.Resource, input: parameters, token };
  }
  return {
    type: 'call',
    task,
    call: {
      stateName: frame.state,
      resource: state.Resource,
      parameters,
      ...(resource.pattern === 'waitForTaskToken' && { token: context.token(task) }),
      ...(credentials && { credentials }),
      attempt: frame.retryCount,
      idempotencyKey: `${arn}/${task}`,
    },
  };
}

export function* taskSucceeded(run: Run, frame: WaitingFrame, state: TaskState, output: Json): Steps<Exit> {
  const resource = resourceOf(state.Resource);
  run.fulfil(frame);
  const text = run.text(output);
  try {
    checkPayload(text, resource.subject);
  } catch (error) {
    if (error instanceof Failure)
      run.record(frame, `${resource.prefix}Failed`, failedDetails(resource, error.error, error.cause));
    throw error;
  }
  run.record(frame, `${resource.prefix}Succeeded`, succeededDetails(resource, text));
  return yield* exitWithResult(run, frame, state, output);
}

const FAILED_IN = { start: 'StartFailed', submit: 'SubmitFailed', run: 'Failed' };

export function taskFailed(run: Run, frame: WaitingFrame, state: TaskState, answer: Answer<'taskFailed'>): never {
  const resource = resourceOf(state.Resource);
  run.fulfil(frame);
  const { error, cause, phase = 'run' } = answer;
  run.record(frame, `${resource.prefix}${FAILED_IN[phase]}`, failedDetails(resource, error, cause));
  throw new Failure(error, cause);
}

/** The request of a `.sync` or `.waitForTaskToken` task was accepted. */
export function taskSubmitted(run: Run, frame: WaitingFrame, state: TaskState, output: Json): boolean {
  const resource = resourceOf(state.Resource);
  if (frame.phase.taken || resource.pattern === 'requestResponse') return false;
  frame.phase.taken = true;
  run.record(frame, `${resource.prefix}Submitted`, succeededDetails(resource, run.text(output)));
  return true;
}

/** A worker took the task: from now on its time counts. */
export function activityStarted(run: Run, frame: WaitingFrame, state: TaskState, workerName?: string): boolean {
  if (frame.phase.taken || resourceOf(state.Resource).kind !== 'activity') return false;
  frame.phase.taken = true;
  run.record(frame, 'ActivityStarted', workerName === undefined ? {} : { workerName });
  startTimers(frame.phase, run.context.now);
  return true;
}

/** A heartbeat moves the heartbeat's deadline only. */
export function heartbeat(run: Run, { phase }: WaitingFrame): void {
  if (phase.heartbeatSeconds !== undefined) phase.heartbeatAt = run.context.now + phase.heartbeatSeconds * 1000;
}

export function taskTimedOut(run: Run, frame: WaitingFrame, state: TaskState): never {
  const resource = resourceOf(state.Resource);
  const { timeoutAt, heartbeatAt } = frame.phase;
  const missedBeat =
    heartbeatAt !== undefined && heartbeatAt === earliest(timeoutAt, heartbeatAt) && heartbeatAt !== timeoutAt;
  run.abandon(frame);
  run.record(frame, `${resource.prefix}TimedOut`, failedDetails(resource, 'States.Timeout'));
  throw new Failure('States.Timeout', undefined, missedBeat ? { heartbeat: true } : {});
}

function startTimers(phase: WaitingForTask, now: number): void {
  if (phase.timeoutSeconds !== undefined) phase.timeoutAt = now + phase.timeoutSeconds * 1000;
  if (phase.heartbeatSeconds !== undefined) phase.heartbeatAt = now + phase.heartbeatSeconds * 1000;
}

function* fillCredentials(run: Run, frame: Frame, state: TaskState): Steps<JsonObject> {
  return (yield* fill(run, frame, state, state.Credentials as JsonObject, 'Credentials', {
    input: frame.input,
  })) as JsonObject;
}

function* seconds(
  run: Run,
  frame: Frame,
  state: TaskState,
  field: 'TimeoutSeconds' | 'HeartbeatSeconds',
): Steps<number | undefined> {
  const path = state[`${field}Path`];
  const given = state[field];
  if (path === undefined && given === undefined) return undefined;
  const value =
    path === undefined
      ? yield* typed(run, frame, given as Json, field, 'number')
      : evaluateReference(run, frame, state, path);
  if (Number.isInteger(value) && (value as number) > 0) return value as number;
  throw new StatesError(
    'States.Runtime',
    `The ${field}${path === undefined ? '' : 'Path'} parameter must be a positive integer: ${path ?? given} == ${JSON.stringify(value)}`,
  );
}

function regionOf(run: Run): string {
  return run.execution.arn.split(':')[3] ?? '';
}
