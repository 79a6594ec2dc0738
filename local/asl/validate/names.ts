import { isObject, type JsonObject } from '../json';
import type { FoundBlock } from './walk';

const MAX_LENGTH = 80;

/** State names are at most 80 characters and belong to one state of the whole machine; labels to one Map. */
export function checkNames(blocks: readonly FoundBlock[]): void {
  const names = new Set<string>();
  const labels = new Set<string>();
  for (const [name, state, place] of blocks.flatMap(({ states }) => states)) {
    if (name === '' || name.length > MAX_LENGTH) {
      place.error(`State name must be between 1 and ${MAX_LENGTH} characters long: ${name}`, 'INVALID_STATE_NAME');
    }
    if (names.has(name)) place.error(`Duplicate State name: ${name}`, 'DUPLICATE_STATE_NAME');
    names.add(name);
    if (typeof state.Label !== 'string') continue;
    if (labels.has(state.Label))
      place.field('Label').error(`Duplicate label name: ${state.Label}`, 'DUPLICATE_LABEL_NAME');
    labels.add(state.Label);
  }
}

/** An inner block reads the variables of those around it, and had better not set one of the same name. */
export function checkScopes(blocks: readonly FoundBlock[]): void {
  const assigned = new Map(
    blocks.map((block) => [block, new Set(block.states.flatMap(([, state]) => assignedBy(state)))]),
  );
  for (const { states, outer } of blocks) {
    for (const [, state, place] of states) {
      for (const name of assignedBy(state)) {
        if (!outer.some((block) => assigned.get(block)?.has(name))) continue;
        place
          .field('Assign')
          .warn(`Variable '${name}' is already assigned in an outer scope`, 'DUPLICATE_VARIABLE_NAME');
      }
    }
  }
}

function assignedBy(state: JsonObject): string[] {
  return isObject(state.Assign) ? Object.keys(state.Assign).map((key) => key.replace(/\.\$$/, '')) : [];
}
