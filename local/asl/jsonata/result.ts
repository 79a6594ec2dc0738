import type { Json } from '../json';

/** The result of an expression, or a part of it, is no JSON: a function or a regular expression. */
export class UnsupportedResult extends Error {}

/**
 * A result of JSONata as plain JSON. What is plain already is answered as it is, uncopied; arrays that JSONata has
 * marked (as sequences, as constructed) are copied.
 */
export function plain(value: unknown): Json {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number' && Number.isFinite(value)) return Object.is(value, -0) ? 0 : value;
  if (Array.isArray(value)) return plainArray(value);
  if (typeof value === 'object') return plainObject(value as Record<string, unknown>);
  throw new UnsupportedResult();
}

function plainArray(items: unknown[]): Json {
  let copy: Json[] | undefined = isMarked(items) ? [] : undefined;
  items.forEach((item, i) => {
    const value = plain(item);
    if (!copy && value !== item) copy = items.slice(0, i) as Json[];
    copy?.push(value);
  });
  return copy ?? (items as Json[]);
}

/** JSONata's marks are further own properties of the array: `sequence`, `keepSingleton`, `cons`, … */
function isMarked(items: unknown[]): boolean {
  return Object.getOwnPropertyNames(items).length !== items.length + 1;
}

function plainObject(object: Record<string, unknown>): Json {
  if ('_jsonata_function' in object || '_jsonata_lambda' in object) throw new UnsupportedResult();
  let copy: Record<string, Json> | undefined;
  for (const [key, member] of Object.entries(object)) {
    const value = plain(member);
    if (value === member) continue;
    copy ??= { ...object } as Record<string, Json>;
    copy[key] = value;
  }
  return copy ?? (object as Record<string, Json>);
}
