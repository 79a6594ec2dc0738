import type { MapState, TaskState } from '../asl/model';
import { errorDetails, inputDetails } from './events';
import { HistoryFull } from './failure';
import { exitWithInput } from './fields';
import { advance, attempt, end, tryAgain } from './flow';
import {
  addFrame,
  dueOf,
  earliest,
  type Frame,
  frameOfTask,
  type InMapRun,
  newFrames,
  ROOT,
  type WaitingForTask,
} from './frames';
import { MOST_EVENTS } from './limits';
import { redrive } from './redrive';
import type { Rehearsal } from './rehearsal';
import { Run } from './run';
import { mapRunFailed, mapRunSucceeded, orderMapRun } from './states/map-run';
import {
  activityStarted,
  heartbeat,
  restart,
  taskFailed,
  taskSubmitted,
  taskSucceeded,
  taskTimedOut,
} from './states/task';
import { drive, type Steps } from './steps';
import type { Effect, Execution, ExecutionHeader, Outcome, StepContext, Stimulus, TaskNumber } from './types';

/**
 * The engine: one function from an execution and what came from outside to the next execution, the history events that
 * AWS would record, and the effects it wants. It reads no clock, draws no id and starts nothing by itself: the same
 * stimuli in the same contexts always give the same history.
 *
 *   step.ts    takes a stimulus to the frame that it is for, and answers the shell's questions
 *   flow.ts    moves frames into states and out of them, and failures outwards
 *   states/    what each type of state does
 *   redrive.ts goes on where an execution ended without success
 *   fields.ts  how a state's fields make its data; context.ts what they see; retry.ts who takes a failure
 *   run.ts     the step being made; frames.ts the tree of frames; events.ts, resource.ts how AWS records it
 */
export { detailsKey } from './events';
export { itemInput } from './states/map-run';

/** An execution that has not begun; its first stimulus is `start`. */
export function createExecution(header: ExecutionHeader): Execution {
  // Member by member: so V8 gives all executions one shape, which each would have for itself if the header was spread.
  return {
    format: 1,
    arn: header.arn,
    name: header.name,
    type: header.type,
    stateMachineArn: header.stateMachineArn,
    stateMachineName: header.stateMachineName,
    stateMachineVersionArn: header.stateMachineVersionArn,
    stateMachineAliasArn: header.stateMachineAliasArn,
    roleArn: header.roleArn,
    startedAt: header.startedAt,
    input: header.input,
    traceHeader: header.traceHeader,
    mapRunArn: header.mapRunArn,
    itemCount: header.itemCount,
    testCase: header.testCase,
    status: 'RUNNING',
    lastEventId: 0,
    redriveCount: 0,
    frames: newFrames(),
  };
}

/**
 * Takes one stimulus in, and runs until nothing more can happen without another one. Takes over the execution given and
 * changes it. Answers a promise only if the step had to evaluate JSONata.
 */
export function step(execution: Execution, stimulus: Stimulus, context: StepContext): Outcome | Promise<Outcome> {
  const run = new Run(execution, context);
  return drive(steps(run, stimulus));
}

function* steps(run: Run, stimulus: Stimulus): Steps<Outcome> {
  let accepted = false;
  try {
    const awake = run.execution.status === 'RUNNING' || stimulus.type === 'redrive';
    accepted = awake && (yield* take(run, stimulus));
    yield* advance(run);
  } catch (error) {
    if (!(error instanceof HistoryFull)) throw error;
    failForLength(run);
    accepted = true;
  }
  return { execution: run.execution, events: run.events, effects: run.effects, decisions: run.decisions, accepted };
}

/** Answers whether the stimulus meant something still. */
function* take(run: Run, stimulus: Stimulus): Steps<boolean> {
  switch (stimulus.type) {
    case 'start':
      return start(run);
    case 'time':
      return yield* fireDue(run);
    case 'stop':
      run.recordAfter(0, 'ExecutionAborted', errorDetails(stimulus.error, stimulus.cause));
      end(run, 'ABORTED', stimulus);
      return true;
    case 'redrive':
      return yield* redrive(run);
    default:
      return yield* answer(run, stimulus);
  }
}

function start(run: Run): boolean {
  const { execution, context } = run;
  if (execution.lastEventId > 0) return false;
  run.recordAfter(0, 'ExecutionStarted', {
    ...inputDetails(run.text(execution.input)),
    roleArn: execution.roleArn,
  });
  run.startLifetime();
  const root = addFrame(execution.frames, {}, context.machine.StartAt, execution.input, 0);
  if (context.rehearsal) rehearse(run, root, context.rehearsal);
  run.enqueue(root);
  return true;
}

function rehearse(run: Run, root: Frame, { variables, retries }: Rehearsal): void {
  const { Retry = [] } = run.stateOf(root) as TaskState;
  root.variables = variables;
  root.retries = Retry.map(() => retries);
  root.retryCount = retries;
}

type TaskStimulus = Extract<Stimulus, { task: TaskNumber }>;

function* answer(run: Run, stimulus: TaskStimulus): Steps<boolean> {
  const waiting = frameOfTask(run.frames, stimulus.task);
  if (!waiting) return false;
  if (waiting.phase.type === 'mapRun') return yield* answerMapRun(run, waiting as MapRunFrame, stimulus);
  const frame = waiting as Frame & { phase: WaitingForTask };
  const state = run.stateOf(frame) as TaskState;
  switch (stimulus.type) {
    case 'taskSucceeded':
      yield* attempt(run, frame, () => taskSucceeded(run, frame, state, stimulus.output));
      return true;
    case 'taskFailed':
      yield* attempt(run, frame, () => taskFailed(run, frame, state, stimulus));
      return true;
    case 'taskSubmitted':
      return taskSubmitted(run, frame, state, stimulus.output);
    case 'activityStarted':
      return activityStarted(run, frame, state, stimulus.workerName);
    case 'heartbeat':
      heartbeat(run, frame);
      return true;
    default:
      return false;
  }
}

type MapRunFrame = Frame & { phase: InMapRun };

function* answerMapRun(run: Run, frame: MapRunFrame, stimulus: TaskStimulus): Steps<boolean> {
  switch (stimulus.type) {
    case 'mapRunSucceeded':
      yield* attempt(run, frame, () => mapRunSucceeded(run, frame, run.stateOf(frame) as MapState, stimulus.output));
      return true;
    case 'mapRunFailed':
      yield* attempt(run, frame, () => mapRunFailed(run, frame, stimulus));
      return true;
    default:
      return false;
  }
}

/** Fires all that is due, in order of time, then of frames; what that makes due at once too. */
function* fireDue(run: Run): Steps<boolean> {
  let fired = false;
  for (let due = nextDue(run.execution); due !== undefined && due <= run.context.now; due = nextDue(run.execution)) {
    fired = true;
    if (due === run.frames.deadline) {
      run.recordAfter(0, 'ExecutionTimedOut');
      end(run, 'TIMED_OUT');
      return true;
    }
    const frame = framesOf(run.execution).find((candidate) => dueOf(candidate) === due) as Frame;
    yield* fire(run, frame);
    yield* advance(run);
  }
  return fired;
}

function* fire(run: Run, frame: Frame): Steps<void> {
  const state = run.stateOf(frame);
  switch (frame.phase.type) {
    case 'wait':
      run.fulfil(frame);
      return yield* attempt(run, frame, () => exitWithInput(run, frame, state));
    case 'retry':
      return yield* tryAgain(run, frame);
    case 'task':
      return yield* attempt(run, frame, () =>
        taskTimedOut(run, frame as Frame & { phase: WaitingForTask }, state as TaskState),
      );
  }
}

/** AWS lets the last event that fits be the end of the execution. */
function failForLength(run: Run): void {
  const cause = `The execution reached the maximum number of history events (${MOST_EVENTS}).`;
  const last = run.frames.table[ROOT]?.lastEvent ?? run.execution.lastEventId;
  run.recordAfter(last, 'ExecutionFailed', errorDetails('States.Runtime', cause));
  end(run, 'FAILED', { error: 'States.Runtime', cause });
}

/** When the execution needs a `time` stimulus (virtual ms): the earliest deadline of its frames and its own. */
export function nextDue(execution: Execution): number | undefined {
  if (execution.status !== 'RUNNING') return undefined;
  return framesOf(execution).reduce<number | undefined>(
    (due, frame) => earliest(due, dueOf(frame)),
    execution.frames.deadline,
  );
}

/** What the shell must start again after a restart: calls, jobs and map runs under way, tasks that no worker has. */
export function outstanding(execution: Execution, context: StepContext): Effect[] {
  const run = new Run(execution, context);
  return Object.keys(execution.frames.tasks).flatMap((task) => {
    const frame = frameOfTask(execution.frames, Number(task));
    if (!frame) return [];
    const state = run.stateOf(frame);
    if (frame.phase.type === 'mapRun') return orderMapRun(run, frame.phase, state as MapState);
    const waiting = frame as Frame & { phase: WaitingForTask };
    return restart(execution.arn, waiting, state as TaskState, context) ?? [];
  });
}

/** Whether somebody still waits for the answer to the task: `open`, or `closed` (answered, timed out, ended). */
export function taskStatus(execution: Execution, task: TaskNumber): 'open' | 'closed' {
  return frameOfTask(execution.frames, task) ? 'open' : 'closed';
}

function framesOf(execution: Execution): Frame[] {
  return Object.values(execution.frames.table);
}
