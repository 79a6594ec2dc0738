import { canonical, equal } from '../equal';
import type { Json } from '../json';
import { check, list, truncated } from './checks';

/** States.ArrayRange makes at most this many items. */
const MAX_ITEMS = 1000;

export function partition(array: Json | undefined, size: Json | undefined): Json[] {
  const items = list(array);
  const width = truncated(size);
  check(width > 0);
  return Array.from({ length: Math.ceil(items.length / width) }, (_, i) => items.slice(i * width, (i + 1) * width));
}

export function range(first: Json | undefined, last: Json | undefined, step: Json | undefined): Json[] {
  const [from, to, by] = [truncated(first), truncated(last), truncated(step)];
  check(by !== 0);
  const count = Math.max(0, Math.floor((to - from) / by) + 1);
  check(count <= MAX_ITEMS);
  return Array.from({ length: count }, (_, i) => from + i * by);
}

export function item(array: Json | undefined, index: Json | undefined): Json {
  const found = list(array)[truncated(index)];
  check(found !== undefined);
  return found;
}

export function contains(array: Json | undefined, value: Json | undefined): boolean {
  return list(array).some((candidate) => equal(candidate, value as Json));
}

/** Without what equals an earlier item. In linear time: the array may be as long as a payload allows. */
export function unique(array: Json | undefined): Json[] {
  const seen = new Set<string>();
  return list(array).filter((value) => {
    const text = canonical(value);
    const isNew = !seen.has(text);
    seen.add(text);
    return isNew;
  });
}
