import * as v from 'valibot';
import { parseInput } from '../shared/input';
import { log } from '../shared/log';

/** Something that is gone in a moment. */
export class TransientError extends Error {
  override readonly name = 'TransientError';
}

/** Somebody asks us to slow down. */
export class ThrottlingError extends Error {
  override readonly name = 'ThrottlingError';
}

/** Something that trying again will not mend. */
export class BrokenError extends Error {
  override readonly name = 'BrokenError';
}

const failures = { TransientError, ThrottlingError, BrokenError };

const greeting = v.object({
  name: v.pipe(v.string(), v.minLength(1), v.maxLength(100)),
  /** A teaching device: which error to raise, and how many times before it goes well. */
  fail: v.nullish(
    v.strictObject({
      error: v.picklist(['TransientError', 'ThrottlingError', 'BrokenError']),
      times: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(100)),
    }),
  ),
  /** Step Functions counts the retries and tells us, so this function needs no memory. */
  attempt: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0)), 0),
});

/**
 * Greets somebody by name, or fails as the input asks.
 *
 * @throws TransientError | ThrottlingError | BrokenError while `attempt` is less than `fail.times`; InvalidInput
 */
export async function handler(event: unknown): Promise<{ greeting: string; attempts: number }> {
  const { name, fail, attempt } = parseInput(greeting, event);
  if (fail && attempt < fail.times) {
    log.warn('failing as asked', { error: fail.error, attempt, times: fail.times });
    throw new failures[fail.error](`Attempt ${attempt + 1} of ${fail.times} that were to fail`);
  }
  return { greeting: `Hello, ${name}!`, attempts: attempt + 1 };
}
