import { isObject, type Json } from './json';

/**
 * Deep equality of JSON values; the order of an object's fields does not matter.
 *
 * @param visit called with the number of values about to be compared; may throw to end it
 */
export function equal(a: Json, b: Json, visit?: (values: number) => void): boolean {
  visit?.(1);
  if (a === b) return true;
  if (Array.isArray(a)) {
    return Array.isArray(b) && a.length === b.length && a.every((item, i) => equal(item, b[i] as Json, visit));
  }
  if (!isObject(a) || !isObject(b)) return false;
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length &&
    keys.every((key) => Object.hasOwn(b, key) && equal(a[key] as Json, b[key] as Json, visit))
  );
}

/** One text for all values that are equal. */
export function canonical(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  if (!isObject(value)) return JSON.stringify(value);
  const fields = Object.keys(value).sort();
  return `{${fields.map((key) => `${JSON.stringify(key)}:${canonical(value[key] as Json)}`).join()}}`;
}
