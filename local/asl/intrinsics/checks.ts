import { isObject, type Json, type JsonObject } from '../json';

/** An argument that a function does not take; the caller names the function in the error. */
export class InvalidArgument extends Error {}

export function check(condition: boolean, detail?: string): asserts condition {
  if (!condition) throw new InvalidArgument(detail);
}

export function text(value: Json | undefined): string {
  check(typeof value === 'string');
  return value;
}

/** Base64 and hashing take at most 10,000 characters. */
export function shortText(value: Json | undefined): string {
  const short = text(value);
  check(short.length <= 10_000);
  return short;
}

export function list(value: Json | undefined): Json[] {
  check(Array.isArray(value));
  return value;
}

export function object(value: Json | undefined): JsonObject {
  check(isObject(value));
  return value;
}

export function number(value: Json | undefined): number {
  check(typeof value === 'number');
  return value;
}

/** AWS cuts fractions off here, although its documentation says that it rounds. */
export function truncated(value: Json | undefined): number {
  return Math.trunc(number(value));
}

/** A Java int: 32 bits, signed. */
export function int32(value: number): number {
  check(value >= -(2 ** 31) && value < 2 ** 31);
  return value + 0;
}
