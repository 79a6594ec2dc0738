import type { Json } from './json';

/** AWS's parser takes no document that is nested deeper; nor could everything here that walks data by recursion. */
export const MAX_DEPTH = 1000;

/** Whether objects and arrays are nested deeper than AWS takes them. Without recursion, so that any depth can be asked. */
export function isTooDeep(document: Json): boolean {
  let level = containersOf([document]);
  for (let depth = 1; level.length > 0; depth++) {
    if (depth > MAX_DEPTH) return true;
    level = level.flatMap((container) => containersOf(Object.values(container)));
  }
  return false;
}

function containersOf(values: Json[]): object[] {
  return values.filter((value) => typeof value === 'object' && value !== null) as object[];
}
