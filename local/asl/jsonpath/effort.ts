import { StatesError } from '../errors';

/**
 * Bounds the work of one path: `..`, filters within filters and unions can make of a small document more than any
 * machine can do. Paths are evaluated without interruption, so one count is enough. A count, not a time: the same path on
 * the same data always ends the same way.
 */
const MOST_STEPS = 1_000_000;
/** What the regular expressions of filters cost that cannot be counted. */
const STEPS_PER_MS = 5_000;

let left = MOST_STEPS;

export function beginPath(): void {
  left = MOST_STEPS;
}

/** @throws StatesError States.Runtime when the path has had its share */
export function spend(steps: number): void {
  left -= steps;
  if (left < 0) throw new StatesError('States.Runtime', 'The evaluation of the JSONPath takes too long');
}

export function spendTime(ms: number): void {
  spend(Math.floor(ms) * STEPS_PER_MS);
}
