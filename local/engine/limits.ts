import type { StateMachine } from '../asl/model';
import { Failure } from './failure';
import type { ExecutionType } from './types';

/** The quotas of Step Functions. @see https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html */
export const MOST_EVENTS = 25_000;
export const MOST_PAYLOAD_BYTES = 262_144;
export const LONGEST_STANDARD_SECONDS = 31_536_000;
export const LONGEST_EXPRESS_SECONDS = 300;
/** What AWS allows a Wait: the most that fits in 31 bits. */
export const LONGEST_WAIT_SECONDS = 2 ** 31 - 1;
/** The largest value that IntervalSeconds takes; back-off grows no further. */
export const LONGEST_DELAY_SECONDS = 99_999_999;
export const INLINE_MAP_CONCURRENCY = 40;

/** A machine's own TimeoutSeconds, as far as its type allows. */
export function lifetimeSeconds(type: ExecutionType, { TimeoutSeconds }: StateMachine): number {
  const longest = type === 'EXPRESS' ? LONGEST_EXPRESS_SECONDS : LONGEST_STANDARD_SECONDS;
  return Math.min(TimeoutSeconds ?? longest, longest);
}

/**
 * @param text a payload as JSON
 * @param subject what AWS names as its origin: the state, the function's ARN or the service
 * @throws Failure States.DataLimitExceeded
 */
export function checkPayload(text: string, subject: string): void {
  if (text.length * 3 <= MOST_PAYLOAD_BYTES || Buffer.byteLength(text) <= MOST_PAYLOAD_BYTES) return;
  throw new Failure(
    'States.DataLimitExceeded',
    `The state/task '${subject}' returned a result with a size exceeding the maximum number of bytes service limit.`,
  );
}
