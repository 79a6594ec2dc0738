import type { Catcher, Retrier } from '../asl/model';
import type { Failure } from './failure';
import type { Frame } from './frames';
import { LONGEST_DELAY_SECONDS } from './limits';

/**
 * Which of a state's retriers and catchers take a failure, and how long to wait before the next attempt.
 *
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html
 */

const UNCATCHABLE = new Set<string | undefined>(['States.Runtime']);
/** These must be named: States.ALL and States.TaskFailed leave them alone. */
const TERMINAL = new Set<string | undefined>(['States.Runtime', 'States.DataLimitExceeded']);

/** Whether an `ErrorEquals` names the failure. */
export function matches(names: readonly string[], failure: Failure): boolean {
  if (UNCATCHABLE.has(failure.error)) return false;
  return names.some((name) => {
    if (name === failure.error) return true;
    if (TERMINAL.has(failure.error)) return false;
    if (name === 'States.ALL') return true;
    if (name === 'States.TaskFailed') return failure.error !== 'States.Timeout';
    return name === 'States.HeartbeatTimeout' && failure.origin.heartbeat === true;
  });
}

export function findCatcher(catchers: readonly Catcher[] = [], failure: Failure): [Catcher, number] | undefined {
  const index = catchers.findIndex(({ ErrorEquals }) => matches(ErrorEquals, failure));
  return index < 0 ? undefined : [catchers[index] as Catcher, index];
}

/**
 * The retrier that takes the failure, the first that names it, and the delay (ms) before the state is tried again,
 * counted in the frame; without a delay its attempts are used up. Undefined when no retrier names the failure.
 */
export function nextRetry(
  retriers: readonly Retrier[] = [],
  failure: Failure,
  frame: Frame,
  random: () => number,
): { retrier: number; delay?: number } | undefined {
  const index = retriers.findIndex(({ ErrorEquals }) => matches(ErrorEquals, failure));
  const retrier = retriers[index];
  if (!retrier) return undefined;
  const used = frame.retries[index] ?? 0;
  if (used >= (retrier.MaxAttempts ?? 3)) return { retrier: index };
  for (let i = frame.retries.length; i <= index; i++) frame.retries.push(0);
  frame.retries[index] = used + 1;
  frame.retryCount += 1;
  return { retrier: index, delay: delay(retrier, used, random) };
}

function delay(retrier: Retrier, used: number, random: () => number): number {
  const { IntervalSeconds = 1, BackoffRate = 2, MaxDelaySeconds = LONGEST_DELAY_SECONDS } = retrier;
  const longest = Math.min(IntervalSeconds * BackoffRate ** used, MaxDelaySeconds) * 1000;
  return Math.round(retrier.JitterStrategy === 'FULL' ? random() * longest : longest);
}
