import type { Effort } from './effort';
import type { Method } from './members';
import { areEqual, textOf, type Value, VtlMap, VtlObject } from './values';

/** Owns the methods of Java's Map. */
export const MAP_METHODS: Readonly<Record<string, Method<VtlMap>>> = {
  size: (map) => map.size,
  isEmpty: (map) => map.size === 0,
  get: (map, [name], effort) => (name === undefined ? undefined : map.get(textOf(name, effort))),
  getOrDefault: (map, [name, other], effort) => {
    const key = textOf(name, effort);
    return map.has(key) ? map.get(key) : other;
  },
  containsKey: (map, [name], effort) => map.has(textOf(name, effort)),
  containsValue: (map, [value], effort) => {
    effort.step(map.size);
    return [...map.values()].some((other) => areEqual(other, value, effort));
  },
  keySet: (map, _none, effort) => listed(map.keys(), map.size, effort),
  values: (map, _none, effort) => listed(map.values(), map.size, effort),
  entrySet: (map, _none, effort) => {
    const entries = listed(map.entries(), map.size, effort) as unknown as Array<[string, Value]>;
    return entries.map(([name, value]) => new Entry(name, value, effort));
  },
  put: (map, [name, value], effort) => {
    const key = textOf(name, effort);
    const before = map.has(key) ? map.get(key) : undefined;
    map.set(key, value);
    return before;
  },
  putIfAbsent: (map, [name, value], effort) => {
    const key = textOf(name, effort);
    if (map.has(key)) return map.get(key);
    map.set(key, value);
    return undefined;
  },
  putAll: (map, [others], effort) => {
    if (!(others instanceof VtlMap)) return undefined;
    effort.step(others.size);
    for (const [name, value] of [...others]) map.set(name, value);
    return null;
  },
  replace: (map, [name, value], effort) => {
    const key = textOf(name, effort);
    if (!map.has(key)) return undefined;
    const before = map.get(key);
    map.set(key, value);
    return before;
  },
  remove: (map, [name], effort) => {
    const key = textOf(name, effort);
    const before = map.has(key) ? map.get(key) : undefined;
    map.delete(key);
    return before;
  },
  clear: (map) => {
    map.clear();
    return null;
  },
};

function listed(items: Iterable<unknown>, size: number, effort: Effort): Value[] {
  effort.step(size);
  return [...items] as Value[];
}

class Entry extends VtlObject {
  constructor(
    private readonly name: string,
    private readonly value: Value,
    private readonly effort: Effort,
  ) {
    super();
  }

  override property(name: string): Value {
    if (name === 'key') return this.name;
    return name === 'value' ? this.value : undefined;
  }

  override call(name: string): Value {
    if (name === 'getKey') return this.name;
    return name === 'getValue' ? this.value : undefined;
  }

  override toString(): string {
    return `${this.name}=${textOf(this.value, this.effort)}`;
  }
}
