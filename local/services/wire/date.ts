/** Less than that between the clocks is no difference to anybody. */
const MINUTE = 60_000;

/**
 * The date of an answer, where Node's own would not do: SDKs take it for the service's clock, correct theirs by it, and repeat a call that
 * failed while theirs was far off. Functions live in virtual time and callers from outside in the machine's, so each is told
 * the time by which it signed (`x-amz-date`: 20260302T090000Z).
 */
export function dateHeader(signedAt: string | undefined, virtual: number, real = Date.now()): { date?: string } {
  if (Math.abs(virtual - real) < MINUTE || signedAt === undefined) return {};
  const [, day, time] = /^(\d{8})T(\d{6})Z$/.exec(signedAt) ?? [];
  if (day === undefined || time === undefined) return {};
  const told = Date.parse(`${day.replace(/(....)(..)(..)/, '$1-$2-$3')}T${time.replace(/(..)(..)(..)/, '$1:$2:$3')}Z`);
  return Math.abs(told - virtual) < Math.abs(told - real) ? { date: new Date(virtual).toUTCString() } : {};
}
