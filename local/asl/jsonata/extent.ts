/**
 * How large a value would be if it were written down: 1 for each value, and a share for long texts. An expression can
 * make, in a few steps, what shares its parts so often that no walk through it ever ends; so what it makes is measured as
 * it is made, each part once.
 */
export interface Extent {
  readonly size: number;
  readonly depth: number;
}

const CHARACTERS_PER_UNIT = 32;
const SCALAR: Extent = { size: 1, depth: 0 };
const measured = new WeakMap<object, Extent>();

/** Of what is complete: a list that still grows must not be asked for. */
export function extentOf(value: unknown): Extent {
  if (typeof value === 'string') return { size: 1 + value.length / CHARACTERS_PER_UNIT, depth: 0 };
  if (typeof value !== 'object' || value === null || isFunction(value)) return SCALAR;
  const known = measured.get(value);
  if (known) return known;
  let size = 1;
  let depth = 0;
  const parts: unknown[] = Array.isArray(value) ? value : Object.values(value);
  for (let i = 0; i < parts.length; i++) {
    const part = extentOf(parts[i]);
    size += part.size;
    if (part.depth > depth) depth = part.depth;
  }
  const extent = { size, depth: depth + 1 };
  measured.set(value, extent);
  return extent;
}

/** Their environments hang on them. */
function isFunction(value: object): boolean {
  return '_jsonata_function' in value || '_jsonata_lambda' in value;
}
