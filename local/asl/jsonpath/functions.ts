import { isObject, type Json } from '../json';

/** The functions that may end a path, as `$.items.length()`; each answers undefined where it cannot be applied. */
export const FUNCTIONS = {
  length: (value) => (Array.isArray(value) ? value.length : isObject(value) ? Object.keys(value).length : null),
  keys: (value) => (isObject(value) ? Object.keys(value) : undefined),
  first: (value) => (Array.isArray(value) ? value[0] : undefined),
  last: (value) => (Array.isArray(value) ? value.at(-1) : undefined),
  min: (value) => aggregate(value, (numbers) => numbers.reduce((a, b) => Math.min(a, b))),
  max: (value) => aggregate(value, (numbers) => numbers.reduce((a, b) => Math.max(a, b))),
  sum: (value) => aggregate(value, sum),
  avg: (value) => aggregate(value, (numbers) => sum(numbers) / numbers.length),
  stddev: (value) =>
    aggregate(value, (numbers) => {
      const mean = sum(numbers) / numbers.length;
      return Math.sqrt(sum(numbers.map((n) => (n - mean) ** 2)) / numbers.length);
    }),
} satisfies Record<string, (value: Json) => Json | undefined>;

export type FunctionName = keyof typeof FUNCTIONS;

export function isFunctionName(name: string): name is FunctionName {
  return Object.hasOwn(FUNCTIONS, name);
}

function aggregate(value: Json, combine: (numbers: number[]) => number): number | undefined {
  const numbers = Array.isArray(value) ? value.filter((item): item is number => typeof item === 'number') : [];
  return numbers.length > 0 ? combine(numbers) : undefined;
}

function sum(numbers: number[]): number {
  return numbers.reduce((a, b) => a + b, 0);
}
