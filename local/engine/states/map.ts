import type { Json } from '../../asl/json';
import type { Block, MapState } from '../../asl/model';
import { type Exit, effectiveInput, exitWithResult } from '../fields';
import type { Frame, InMap } from '../frames';
import { INLINE_MAP_CONCURRENCY } from '../limits';
import type { Run } from '../run';
import type { Steps } from '../steps';
import { concurrencyOf, itemsOf, selectItem } from './map-fields';
import { enterMapRun } from './map-run';

type MappingFrame = Frame & { phase: InMap };

/** Runs its processor once for each item, inline unless it is distributed; the outputs, in the items' order, are its result. */
export function* enterMap(run: Run, frame: Frame, state: MapState): Steps<Exit | undefined> {
  const processor = state.ItemProcessor ?? state.Iterator;
  const distributed = processor?.ProcessorConfig?.Mode === 'DISTRIBUTED';
  if (processor && (distributed || run.rehearsal)) return yield* enterMapRun(run, frame, state, processor);
  const { items, keys } = yield* itemsOf(run, frame, state);
  const given = yield* concurrencyOf(run, frame, state);
  const concurrency = Math.min(given || INLINE_MAP_CONCURRENCY, INLINE_MAP_CONCURRENCY);
  const started = run.record(frame, 'MapStateStarted', { length: items.length });
  const phase: InMap = {
    type: 'map',
    children: [],
    outputs: items.map(() => null),
    items,
    ...(keys && { keys }),
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
  const exit = yield* exitWithResult(run, frame, state, outputs);
  run.fulfil(frame);
  return exit;
}

/** After a redrive: begins what had not begun. Iterations that had not ended go on by themselves. */
export function* resumeMap(run: Run, frame: MappingFrame, state: MapState): Steps<Exit | undefined> {
  const { phase } = frame;
  while (phase.children.length < phase.concurrency && phase.next < phase.items.length) {
    yield* startNext(run, frame, state, frame.lastEvent);
  }
  return phase.children.length > 0 ? undefined : yield* succeed(run, frame, state);
}

function* startNext(run: Run, frame: MappingFrame, state: MapState, previousEventId: number): Steps<void> {
  const { phase } = frame;
  const index = phase.next;
  const value = phase.items[index] as Json;
  const input = yield* selectItem(run, frame, state, phase.input, { index, value, key: phase.keys?.[index] });
  phase.next += 1;
  const started = run.recordAfter(previousEventId, 'MapIterationStarted', { name: frame.state, index });
  const { StartAt } = (state.ItemProcessor ?? state.Iterator) as Block;
  run.spawn(frame, index, StartAt, input, started);
}
