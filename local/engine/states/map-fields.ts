import { StatesError } from '../../asl/errors';
import type { Json } from '../../asl/json';
import { expressionIn, QueryEvaluationError } from '../../asl/jsonata';
import type { MapState } from '../../asl/model';
import { evaluateReference, fill, typed, usesJsonata } from '../fields';
import type { Frame } from '../frames';
import type { Run } from '../run';
import type { Steps } from '../steps';

/** The fields that Map states have in both modes: their items, and how many run at the same time. */

export function* itemsOf(run: Run, frame: Frame, state: MapState): Steps<Json[]> {
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
export function* concurrencyOf(run: Run, frame: Frame, state: MapState): Steps<number> {
  const given =
    state.MaxConcurrencyPath === undefined
      ? yield* typed(run, frame, state.MaxConcurrency ?? 0, 'MaxConcurrency', 'number')
      : evaluateReference(run, frame, state, state.MaxConcurrencyPath);
  if (Number.isInteger(given) && (given as number) >= 0) return given as number;
  throw new StatesError(
    'States.Runtime',
    `MaxConcurrency must be a non-negative integer but was: ${JSON.stringify(given)}`,
  );
}

/** The input of the processor for one item: what ItemSelector makes of it. `input` is the state's effective one. */
export function* selectItem(
  run: Run,
  frame: Frame,
  state: MapState,
  input: Json,
  item: { index: number; value: Json },
): Steps<Json> {
  const [field, selector] =
    state.ItemSelector === undefined ? ['Parameters', state.Parameters] : ['ItemSelector', state.ItemSelector];
  if (selector === undefined) return item.value;
  return yield* fill(run, frame, state, selector, field as string, { input, item });
}
