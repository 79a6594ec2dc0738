import type { Effort } from './effort';
import { type Method, place } from './members';
import { TemplateError } from './nodes';
import { areEqual, type Value, VtlObject } from './values';

const LONGEST = 1_000_000;

/** Owns the methods of Java's List, Set and Collection; arrays have them in Velocity, too. */
export const LIST_METHODS: Readonly<Record<string, Method<Value[]>>> = {
  size: (list) => list.length,
  isEmpty: (list) => list.length === 0,
  get: (list, [at]) => (typeof at === 'number' ? list[place(at, list.length)] : undefined),
  contains: (list, [item], effort) => indexOf(list, item, effort) >= 0,
  containsAll: (list, [items], effort) =>
    Array.isArray(items) && items.every((item) => indexOf(list, item, effort) >= 0),
  indexOf: (list, [item], effort) => indexOf(list, item, effort),
  lastIndexOf: (list, [item], effort) => {
    effort.step(list.length);
    return list.findLastIndex((other) => areEqual(other, item, effort));
  },
  add: (list, parameters) => {
    if (parameters.length < 2) return list.push(parameters[0]) > 0;
    const [at, item] = parameters;
    if (typeof at === 'number') list.splice(place(at, list.length + 1), 0, item);
    return typeof at === 'number' ? null : undefined;
  },
  addAll: (list, [items], effort) => {
    if (!Array.isArray(items)) return undefined;
    effort.step(items.length);
    if (list.length + items.length > LONGEST) throw new TemplateError('A list is too long.');
    for (const item of [...items]) list.push(item);
    return items.length > 0;
  },
  set: (list, [at, item]) => {
    if (typeof at !== 'number') return undefined;
    const index = place(at, list.length);
    const before = list[index];
    list[index] = item;
    return before;
  },
  remove: (list, [item], effort) => {
    if (typeof item === 'number') return list.splice(place(item, list.length), 1)[0];
    const index = indexOf(list, item, effort);
    if (index >= 0) list.splice(index, 1);
    return index >= 0;
  },
  removeAll: (list, [items], effort) => {
    if (!Array.isArray(items)) return undefined;
    const kept = list.filter((item) => indexOf(items, item, effort) < 0);
    const hasChanged = kept.length < list.length;
    list.splice(0, list.length, ...kept);
    return hasChanged;
  },
  clear: (list) => {
    list.length = 0;
    return null;
  },
  subList: (list, [from, to]) => {
    if (typeof from !== 'number' || typeof to !== 'number') return undefined;
    return list.slice(place(from, to + 1), place(to, list.length + 1));
  },
  toArray: (list, _none, effort) => {
    effort.step(list.length);
    return [...list];
  },
  iterator: (list) => new Iterator(list),
};

function indexOf(list: readonly Value[], item: Value, effort: Effort): number {
  effort.step(list.length);
  return list.findIndex((other) => areEqual(other, item, effort));
}

class Iterator extends VtlObject {
  #at = 0;

  constructor(private readonly list: readonly Value[]) {
    super();
  }

  override call(name: string): Value {
    if (name === 'hasNext') return this.#at < this.list.length;
    if (name !== 'next') return undefined;
    this.#at += 1;
    return this.list[place(this.#at - 1, this.list.length)];
  }

  override toString(): string {
    return 'iterator';
  }
}
