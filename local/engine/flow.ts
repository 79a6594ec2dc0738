import type { Json } from '../asl/json';
import type { Catcher, ParallelState, Retrier, State } from '../asl/model';
import { enteredDetails, errorDetails, exitedDetails, outputDetails } from './events';
import { errorOutput, type Failure, toFailure } from './failure';
import { type Exit, exitCaught } from './fields';
import {
  childrenOf,
  copyTable,
  type Frame,
  type InMap,
  type InParallel,
  newFrames,
  parentOf,
  removeFrame,
} from './frames';
import { checkPayload } from './limits';
import { findCatcher, nextRetry } from './retry';
import type { Run } from './run';
import { enterChoice } from './states/choice';
import { enterFail } from './states/fail';
import { enterMap, iterationSucceeded } from './states/map';
import { branchSucceeded, enterParallel } from './states/parallel';
import { enterPass } from './states/pass';
import { enterSucceed } from './states/succeed';
import { enterTask } from './states/task';
import { enterWait } from './states/wait';
import type { Steps } from './steps';

/** Owns how frames move: into states, out of them, to an end; and how failures travel: to Retry, Catch, or the parent. */

/** Lets frames enter their states until all wait or the execution has ended. */
export function* advance(run: Run): Steps<void> {
  for (let frame = run.nextEntering(); frame; frame = run.nextEntering()) yield* enter(run, frame);
}

function* enter(run: Run, frame: Frame): Steps<void> {
  const state = run.stateOf(frame);
  const again = frame.phase.type === 'entering' && frame.phase.again === true;
  if (again) return yield* attempt(run, frame, () => work(run, frame, state));
  frame.enteredAt = run.context.now;
  frame.beforeEntered = frame.lastEvent;
  const details = enteredDetails(frame.state, run.text(frame.input));
  frame.enteredEvent = run.record(frame, `${state.Type}StateEntered`, details);
  yield* attempt(run, frame, () => work(run, frame, state));
}

/** The state's work anew, after a retry's delay: no event says so. */
export function* tryAgain(run: Run, frame: Frame): Steps<void> {
  run.fulfil(frame);
  yield* attempt(run, frame, () => work(run, frame, run.stateOf(frame)));
}

function work(run: Run, frame: Frame, state: State): Steps<Exit | undefined> {
  switch (state.Type) {
    case 'Pass':
      return enterPass(run, frame, state);
    case 'Task':
      return enterTask(run, frame, state);
    case 'Choice':
      return enterChoice(run, frame, state);
    case 'Wait':
      return enterWait(run, frame, state);
    case 'Parallel':
      return enterParallel(run, frame, state);
    case 'Map':
      return enterMap(run, frame, state);
    case 'Succeed':
      return enterSucceed(run, frame, state);
    case 'Fail':
      return enterFail(run, frame, state);
  }
}

/** Runs a part of a state's work; what it throws fails the state, and an exit it answers leaves the state. */
export function* attempt(run: Run, frame: Frame, part: () => Steps<Exit | undefined>): Steps<void> {
  try {
    const exit = yield* part();
    if (exit) yield* leave(run, frame, exit);
  } catch (error) {
    yield* fail(run, frame, toFailure(error, frame), true);
  }
}

function* leave(run: Run, frame: Frame, { output, assigned, next, rule, catcher }: Exit): Steps<void> {
  const text = run.text(output);
  checkPayload(text, frame.state);
  run.record(frame, `${run.stateOf(frame).Type}StateExited`, exitedDetails(frame.state, text, assigned));
  if (assigned) frame.variables = { ...frame.variables, ...assigned };
  run.rehearsal?.left(frame.variables);
  run.decisions.push({ type: 'exit', state: frame.state, next, rule, catcher });
  frame.retries = [];
  frame.retryCount = 0;
  if (next === undefined) return yield* succeed(run, frame, output);
  frame.state = next;
  frame.input = output;
  run.enqueue(frame);
}

/** The end of a machine, branch or iteration. */
function* succeed(run: Run, frame: Frame, output: Json): Steps<void> {
  const parent = parentOf(run.frames, frame);
  if (!parent) {
    run.recordAfter(frame.lastEvent, 'ExecutionSucceeded', outputDetails(run.text(output)));
    run.execution.output = output;
    return end(run, 'SUCCEEDED');
  }
  removeFrame(run.frames, frame);
  const state = run.stateOf(parent);
  yield* attempt(run, parent, () =>
    state.Type === 'Map'
      ? iterationSucceeded(run, parent as Frame & { phase: InMap }, state, frame, output)
      : branchSucceeded(run, parent as Frame & { phase: InParallel }, state as ParallelState, frame, output),
  );
}

/**
 * A state has failed. `here`: in its own work, not in a branch or iteration; only then has the failure to be recorded
 * where it arose.
 */
function* fail(run: Run, frame: Frame, failure: Failure, here: boolean): Steps<void> {
  const state = run.stateOf(frame) as State & { Retry?: Retrier[]; Catch?: Catcher[] };
  if (here) run.halt();
  if (here && failure.origin.evaluation) recordEvaluationFailed(run, frame, failure);
  run.rehearsal?.failed(failure.error, failure.cause);
  stopChildren(run, frame);
  run.fulfil(frame);
  const retry = nextRetry(state.Retry, failure, frame, run.context.random);
  if (retry) run.decisions.push({ type: 'retry', state: frame.state, error: failure.error, ...retry });
  if (retry?.delay !== undefined) {
    const { now, waitScale = 1 } = run.context;
    frame.phase = { type: 'retry', at: now + Math.round(retry.delay * waitScale) };
    return;
  }
  // What no catcher may take in the state's own work ends the execution without another word.
  const silent = here && failure.error === 'States.Runtime';
  if ((state.Type === 'Parallel' || state.Type === 'Map') && !silent) run.record(frame, `${state.Type}StateFailed`);
  const catcher = findCatcher(state.Catch, failure);
  if (!catcher) return yield* failOutwards(run, frame, failure);
  let exit: Exit;
  try {
    exit = yield* exitCaught(run, frame, state, catcher, errorOutput(failure));
    checkPayload(run.text(exit.output), frame.state);
  } catch (error) {
    const second = toFailure(error, frame);
    if (second.origin.evaluation) recordEvaluationFailed(run, frame, second);
    return yield* failOutwards(run, frame, second);
  }
  yield* leave(run, frame, exit);
}

/** No retrier and no catcher of the state took the failure: its machine, branch or iteration fails. */
function* failOutwards(run: Run, frame: Frame, failure: Failure): Steps<void> {
  const parent = parentOf(run.frames, frame);
  if (!parent) {
    run.recordAfter(frame.lastEvent, 'ExecutionFailed', errorDetails(failure.error, failure.cause));
    return end(run, 'FAILED', failure);
  }
  if (parent.phase.type === 'map') {
    run.recordAfter(frame.lastEvent, 'MapIterationFailed', { name: parent.state, index: frame.index as number });
    removeFrame(run.frames, frame);
  }
  parent.lastEvent = frame.lastEvent;
  yield* fail(run, parent, failure, false);
}

/** AWS dates a failed evaluation back to before the state was entered, unless something has happened in it since. */
function recordEvaluationFailed(run: Run, frame: Frame, { error, cause, origin }: Failure): void {
  const previous = frame.lastEvent === frame.enteredEvent ? frame.beforeEntered : frame.lastEvent;
  frame.lastEvent = run.recordAfter(previous, 'EvaluationFailed', {
    ...errorDetails(error, cause),
    ...(origin.evaluation?.location !== undefined && { location: origin.evaluation.location }),
    state: frame.state,
  });
}

/** States whose end by others' failure is recorded. */
const ABORTED = new Set(['Task', 'Wait', 'Parallel', 'Map']);

/** Ends all branches or iterations of the frame's state, recording of each that its state was aborted. */
function stopChildren(run: Run, frame: Frame): void {
  for (const child of childrenOf(run.frames, frame)) {
    stopChildren(run, child);
    const { Type } = run.stateOf(child);
    if (child.phase.type === 'mapRun') run.record(child, 'MapRunAborted');
    if (child.enteredEvent > 0 && ABORTED.has(Type)) run.record(child, `${Type}StateAborted`);
    if (frame.phase.type === 'map') {
      run.recordAfter(child.lastEvent, 'MapIterationAborted', { name: frame.state, index: child.index as number });
    }
    run.abandon(child);
    removeFrame(run.frames, child);
  }
}

/** Ends the execution. Whatever still waits is forgotten. */
export function end(run: Run, status: 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED', failure?: ErrorAndCause): void {
  const { execution, frames } = run;
  for (const task of Object.keys(frames.tasks)) run.effect({ type: 'forget', task: Number(task) });
  const { nextFrame, nextTask } = frames;
  if (execution.type === 'STANDARD' && status !== 'SUCCEEDED') {
    execution.redriveFrom = status === 'FAILED' ? run.halted : copyTable(frames.table);
  }
  execution.frames = { ...newFrames(), nextFrame, nextTask };
  execution.status = status;
  execution.stoppedAt = run.context.now;
  if (failure?.error !== undefined) execution.error = failure.error;
  if (failure?.cause !== undefined) execution.cause = failure.cause;
  run.effect({ type: 'ended' });
}

interface ErrorAndCause {
  error?: string | undefined;
  cause?: string | undefined;
}
