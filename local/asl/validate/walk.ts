import { isObject, type Json, type JsonObject } from '../json';
import type { Place } from './place';

/** A block of states anywhere in the definition, as far as it can be made out. */
export interface FoundBlock {
  readonly block: JsonObject;
  readonly states: [name: string, state: JsonObject, place: Place][];
  readonly place: Place;
  /** The blocks around it, the nearest last. */
  readonly outer: readonly FoundBlock[];
}

/** The machine and every block inside it, outer ones first. Whatever has not the right shape is left out. */
export function* blocksOf(block: Json | undefined, place: Place, outer: FoundBlock[] = []): Generator<FoundBlock> {
  if (!isObject(block)) return;
  const states = Object.entries(isObject(block.States) ? block.States : {}).flatMap(
    ([name, state]): FoundBlock['states'] =>
      isObject(state) ? [[name, state, place.field('States').field(name)]] : [],
  );
  const found: FoundBlock = { block, states, place, outer };
  yield found;
  for (const [, state, at] of states) {
    for (const [inner, innerPlace] of innerBlocks(state, at)) yield* blocksOf(inner, innerPlace, [...outer, found]);
  }
}

function innerBlocks(state: JsonObject, place: Place): [Json | undefined, Place][] {
  if (state.Type === 'Parallel' && Array.isArray(state.Branches)) {
    return state.Branches.map((branch, i) => [branch, place.field('Branches').item(i)]);
  }
  if (state.Type !== 'Map') return [];
  const name = state.ItemProcessor === undefined ? 'Iterator' : 'ItemProcessor';
  return [[state[name], place.field(name)]];
}
