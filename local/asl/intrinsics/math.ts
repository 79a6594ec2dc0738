import type { Json } from '../json';
import { check, int32, number, truncated } from './checks';

/** Both numbers are rounded to integers first; numbers and sum must be Java ints. */
export function add(a: Json | undefined, b: Json | undefined): number {
  return int32(int32(Math.round(number(a))) + int32(Math.round(number(b))));
}

/** An integer from `start` up to, but not including, `end`. The same seed always gives the same number. */
export function randomBetween(
  start: Json | undefined,
  end: Json | undefined,
  seed: Json | undefined,
  random: () => number,
): number {
  const [low, high] = [int32(truncated(start)), int32(truncated(end))];
  check(low < high);
  const fraction = seed === undefined ? random() : seeded(finite(truncated(seed)));
  return low + Math.floor(fraction * (high - low));
}

function finite(value: number): number {
  check(Number.isFinite(value));
  return value;
}

/** The first double of java.util.Random: a linear congruential generator of 48 bits. */
function seeded(seed: number): number {
  const mask = (1n << 48n) - 1n;
  let state = (BigInt(seed) ^ 0x5deece66dn) & mask;
  const next = (bits: bigint): bigint => {
    state = (state * 0x5deece66dn + 0xbn) & mask;
    return state >> (48n - bits);
  };
  return Number((next(26n) << 27n) + next(27n)) / 2 ** 53;
}
