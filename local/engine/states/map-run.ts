import { createHash } from 'node:crypto';
import { StatesError } from '../../asl/errors';
import type { Json } from '../../asl/json';
import type { ItemProcessor, MapState } from '../../asl/model';
import type { Item } from '../context';
import { errorDetails } from '../events';
import { Failure, toFailure } from '../failure';
import { type Exit, effectiveInput, exitWithResult } from '../fields';
import { type Frame, frameOfTask, type InMapRun } from '../frames';
import type { MapRunSpec } from '../map-run';
import { Run } from '../run';
import { drive, type Steps } from '../steps';
import type { Effect, Execution, StepContext, Stimulus, TaskNumber } from '../types';
import { batchOf, resultsOf, sourceOf, toleranceOf } from './distributed-fields';
import { concurrencyOf, itemsOf, selectItem } from './map-fields';

type MapRunFrame = Frame & { phase: InMapRun };

/** A Map in distributed mode: starts a map run and waits for it. */
export function* enterMapRun(run: Run, frame: Frame, state: MapState, processor: ItemProcessor): Steps<undefined> {
  const source = yield* sourceOf(run, frame, state);
  const given = source ? undefined : yield* itemsOf(run, frame, state);
  const maxConcurrency = yield* concurrencyOf(run, frame, state);
  const batch = yield* batchOf(run, frame, state);
  const results = yield* resultsOf(run, frame, state);
  run.record(frame, 'MapStateStarted', { length: given?.items.length ?? 0 });
  const tolerance = yield* toleranceOf(run, frame, state);
  const label = state.Label ?? labelFor(run.execution, frame.state);
  const spec: MapRunSpec = {
    arn: mapRunArn(run, label),
    label,
    stateName: frame.state,
    executionType: processor.ProcessorConfig?.ExecutionType ?? 'STANDARD',
    maxConcurrency,
    ...tolerance,
    ...given,
    ...(source && { source }),
    ...(batch && { batch }),
    ...(results && { results }),
  };
  run.record(frame, 'MapRunStarted', { mapRunArn: spec.arn });
  begin(run, frame, state, spec, 0);
  return undefined;
}

function begin(run: Run, frame: Frame, state: MapState, spec: MapRunSpec, redriveCount: number): void {
  const phase: InMapRun = { type: 'mapRun', task: run.numberTask(), run: spec, redriveCount };
  run.awaitTask(frame, phase);
  run.effect(orderMapRun(run, phase, state));
}

/** The effect that starts the map run, or takes it up again after a restart. */
export function orderMapRun(run: Run, { task, run: spec, redriveCount }: InMapRun, state: MapState): Effect {
  const { QueryLanguage } = run.context.machine;
  const processor = {
    ...(QueryLanguage && { QueryLanguage }),
    ...((state.ItemProcessor ?? state.Iterator) as ItemProcessor),
  };
  return { type: 'mapRun', task, order: { ...spec, processor, redriveCount } };
}

export function* mapRunSucceeded(run: Run, frame: MapRunFrame, state: MapState, output: Json): Steps<Exit> {
  run.record(frame, 'MapRunSucceeded');
  run.recordAfter(frame.lastEvent, 'MapStateSucceeded');
  run.fulfil(frame);
  return yield* exitWithResult(run, frame, state, output);
}

export function mapRunFailed(
  run: Run,
  frame: MapRunFrame,
  { error, cause }: Extract<Stimulus, { type: 'mapRunFailed' }>,
): never {
  run.record(frame, 'MapRunFailed', errorDetails(error, cause));
  frame.phase.error = error;
  throw new Failure(error, cause);
}

/** Those whose items could not be read or whose result could not be made begin anew; AWS redrives all others. */
const BEGIN_ANEW = new Set<string | undefined>([
  'States.ItemReaderFailed',
  'States.DataLimitExceeded',
  'States.Runtime',
]);

/** After a redrive of the execution: the map run's unsuccessful children go on, if it had any. */
export function resumeMapRun(run: Run, frame: MapRunFrame, state: MapState): void {
  const { run: spec, error, redriveCount } = frame.phase;
  if (BEGIN_ANEW.has(error)) {
    run.resume(frame);
    return;
  }
  run.record(frame, 'MapRunRedriven', { mapRunArn: spec.arn, redriveCount: redriveCount + 1 });
  begin(run, frame, state, spec, redriveCount + 1);
}

/**
 * What ItemSelector makes of an item of a map run; a promise if it is JSONata. The shell asks it while the execution
 * waits for the map run.
 *
 * @throws Failure
 */
export function itemInput(
  execution: Execution,
  task: TaskNumber,
  item: Item,
  context: StepContext,
): Json | Promise<Json> {
  const run = new Run(execution, context);
  const frame = frameOfTask(execution.frames, task);
  if (frame?.phase.type !== 'mapRun') throw new StatesError('States.Runtime', 'The map run has ended.');
  return drive(selected(run, frame, item));
}

function* selected(run: Run, frame: Frame, item: Item): Steps<Json> {
  const state = run.stateOf(frame) as MapState;
  try {
    return yield* selectItem(run, frame, state, effectiveInput(run, frame, state), item);
  } catch (error) {
    throw toFailure(error, frame);
  }
}

function mapRunArn(run: Run, label: string): string {
  const { arn, stateMachineName } = run.execution;
  const [, , , region, account] = arn.split(':');
  return `arn:aws:states:${region}:${account}:mapRun:${stateMachineName}/${label}:${run.context.uuid()}`;
}

/** AWS makes up a label where there is none; the same state of the same machine always has the same. */
function labelFor({ stateMachineArn }: Execution, state: string): string {
  const hex = createHash('sha256').update(`${stateMachineArn}/${state}`).digest('hex');
  return hex.slice(0, 32).replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}
