import { StatesError } from '../../asl/errors';
import type { Json } from '../../asl/json';
import { expressionIn, QueryEvaluationError } from '../../asl/jsonata';
import type { Block, MapState } from '../../asl/model';
import { type Exit, effectiveInput, evaluateReference, exitWithResult, fill, typed, usesJsonata } from '../fields';
import type { Frame, InMap } from '../frames';
import { INLINE_MAP_CONCURRENCY } from '../limits';
import type { Run } from '../run';
import type { Steps } from '../steps';

type MappingFrame = Frame & { phase: InMap };

/** Runs its processor once for each item, inline; the outputs, in the items' order, are its result. */
export function* enterMap(run: Run, frame: Frame, state: MapState): Steps<Exit | undefined> {
  const processor = state.ItemProcessor ?? state.Iterator;
  if (processor?.ProcessorConfig?.Mode === 'DISTRIBUTED') {
    throw new StatesError('States.Runtime', 'Stepwright does not run Map states in distributed mode yet.');
  }
  const items = yield* itemsOf(run, frame, state);
  const concurrency = yield* concurrencyOf(run, frame, state);
  const started = run.record(frame, 'MapStateStarted', { length: items.length });
  const phase: InMap = {
    type: 'map',
    children: [],
    outputs: items.map(() => null),
    items,
    input: effectiveInput(run, frame, state),
    concurrency,
    next: 0,
  };
  const parent = Object.assign(frame, { phase });
  if (items.length === 0) return yield* succeed(run, parent, state);
  while (phase.next < Math.min(concurrency, items.length)) yield* startNext(run, parent, state, started);
  return undefined;
}

/** An iteration has ended with `output`: the next one follows it. */
export function* iterationSucceeded(
  run: Run,
  frame: MappingFrame,
  state: MapState,
  iteration: Frame,
  output: Json,
): Steps<Exit | undefined> {
  const { phase } = frame;
  const index = iteration.index as number;
  const ended = run.recordAfter(iteration.lastEvent, 'MapIterationSucceeded', { name: frame.state, index });
  phase.outputs[index] = output;
  if (phase.next < phase.items.length) {
    frame.lastEvent = iteration.lastEvent;
    yield* startNext(run, frame, state, iteration.lastEvent);
    return undefined;
  }
  if (phase.children.length > 0) return undefined;
  frame.lastEvent = ended;
  return yield* succeed(run, frame, state);
}

function* succeed(run: Run, frame: MappingFrame, state: MapState): Steps<Exit> {
  const { outputs } = frame.phase;
  run.recordAfter(frame.lastEvent, 'MapStateSucceeded');
  run.fulfil(frame);
  return yield* exitWithResult(run, frame, state, outputs);
}

function* startNext(run: Run, frame: MappingFrame, state: MapState, previousEventId: number): Steps<void> {
  const { phase } = frame;
  const index = phase.next++;
  const value = phase.items[index] as Json;
  const [field, selector] =
    state.ItemSelector === undefined ? ['Parameters', state.Parameters] : ['ItemSelector', state.ItemSelector];
  const view = { input: phase.input, item: { index, value } };
  const input = selector === undefined ? value : yield* fill(run, frame, state, selector, field as string, view);
  const started = run.recordAfter(previousEventId, 'MapIterationStarted', { name: frame.state, index });
  const { StartAt } = (state.ItemProcessor ?? state.Iterator) as Block;
  run.spawn(frame, index, StartAt, input, started);
}

function* itemsOf(run: Run, frame: Frame, state: MapState): Steps<Json[]> {
  if (usesJsonata(run, state)) return yield* itemsByExpression(run, frame, state);
  const path = state.ItemsPath ?? '$';
  const items = evaluateReference(run, frame, state, path);
  if (Array.isArray(items)) return items;
  throw new StatesError('States.Runtime', `Reference path "${path}" must point to array.`);
}

function* itemsByExpression(run: Run, frame: Frame, state: MapState): Steps<Json[]> {
  const { Items } = state;
  if (Items === undefined) {
    if (Array.isArray(frame.input)) return frame.input;
    throw new QueryEvaluationError(`Map state input must be an array but was: ${JSON.stringify(frame.input)}`);
  }
  if (typeof Items === 'string' && expressionIn(Items) !== undefined) {
    return (yield* typed(run, frame, Items, 'Items', 'array')) as Json[];
  }
  return (yield* fill(run, frame, state, Items, 'Items', { input: frame.input })) as Json[];
}

/** 0 means as many as possible. */
function* concurrencyOf(run: Run, frame: Frame, state: MapState): Steps<number> {
  const given =
    state.MaxConcurrencyPath === undefined
      ? yield* typed(run, frame, state.MaxConcurrency ?? 0, 'MaxConcurrency', 'number')
      : evaluateReference(run, frame, state, state.MaxConcurrencyPath);
  if (!Number.isInteger(given) || (given as number) < 0) {
    throw new StatesError(
      'States.Runtime',
      `MaxConcurrency must be a non-negative integer but was: ${JSON.stringify(given)}`,
    );
  }
  return Math.min((given as number) || INLINE_MAP_CONCURRENCY, INLINE_MAP_CONCURRENCY);
}
