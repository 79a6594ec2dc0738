import { StatesError } from '../../asl/errors';
import { isObject, type Json, type JsonObject } from '../../asl/json';
import { expressionIn, QueryEvaluationError } from '../../asl/jsonata';
import type { MapState } from '../../asl/model';
import type { Item } from '../context';
import { evaluateReference, fill, typed, usesJsonata } from '../fields';
import type { Frame } from '../frames';
import type { Run } from '../run';
import type { Steps } from '../steps';

/** The fields that Map states have in both modes: their items, and how many run at the same time. */

/** What a Map maps over: the values of an array, or of an object with their keys. */
export interface Items {
  items: Json[];
  keys?: string[];
}

export function* itemsOf(run: Run, frame: Frame, state: MapState): Steps<Items> {
  if (usesJsonata(run, state)) return yield* itemsByExpression(run, frame, state);
  const path = state.ItemsPath ?? '$';
  const items = evaluateReference(run, frame, state, path);
  if (Array.isArray(items) || isObject(items)) return entriesOf(items);
  throw new StatesError('States.Runtime', `Reference path "${path}" must point to array.`);
}

function* itemsByExpression(run: Run, frame: Frame, state: MapState): Steps<Items> {
  const { Items } = state;
  if (Items === undefined) {
    if (Array.isArray(frame.input)) return { items: frame.input };
    throw new QueryEvaluationError(`Map state input must be an array but was: ${JSON.stringify(frame.input)}`);
  }
  if (typeof Items === 'string' && expressionIn(Items) !== undefined) {
    return { items: (yield* typed(run, frame, Items, 'Items', 'array')) as Json[] };
  }
  return entriesOf((yield* fill(run, frame, state, Items, 'Items', { input: frame.input })) as Json[] | JsonObject);
}

function entriesOf(given: Json[] | JsonObject): Items {
  return Array.isArray(given) ? { items: given } : { items: Object.values(given), keys: Object.keys(given) };
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
export function* selectItem(run: Run, frame: Frame, state: MapState, input: Json, item: Item): Steps<Json> {
  const [field, selector] =
    state.ItemSelector === undefined ? ['Parameters', state.Parameters] : ['ItemSelector', state.ItemSelector];
  if (selector === undefined) return item.key === undefined ? item.value : { Key: item.key, Value: item.value };
  return yield* fill(run, frame, state, selector, field as string, { input, item });
}
