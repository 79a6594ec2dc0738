import type { LoanPolicy } from './policy';

/** The dates that a loan goes by; ISO 8601, UTC, to the second as Wait states want them. */
export interface LoanDates {
  readonly remindAt: string;
  readonly dueAt: string;
  readonly graceEndsAt: string;
  readonly presumedLostAt: string;
}

const dayMs = 86_400_000;

/** The dates of a loan that is due then. Nothing is later than `closesBy`, so that the whole fits in an execution's year. */
export function datesFor(dueMs: number, policy: LoanPolicy, closesBy: string): LoanDates {
  const latest = Date.parse(closesBy);
  const at = (ms: number) => isoSecond(Math.min(ms, latest));
  return {
    remindAt: at(dueMs - policy.remindDaysBefore * dayMs),
    dueAt: at(dueMs),
    graceEndsAt: at(dueMs + policy.graceDays * dayMs),
    presumedLostAt: at(dueMs + (policy.graceDays + policy.lostAfterDays) * dayMs),
  };
}

/** A renewal adds its days to the due date, or to today if that has passed. */
export function renewedDates(
  dueAt: string,
  days: number,
  now: number,
  policy: LoanPolicy,
  closesBy: string,
): LoanDates {
  return datesFor(Math.max(Date.parse(dueAt), now) + days * dayMs, policy, closesBy);
}

/** An announced return that was not found: the dates stay, but the reader has the grace period at least to look for it. */
export function reopenedDates(dates: LoanDates, now: number, policy: LoanPolicy, closesBy: string): LoanDates {
  const patience = Math.min(now + policy.graceDays * dayMs, Date.parse(closesBy));
  const { remindAt, dueAt, graceEndsAt, presumedLostAt } = dates;
  return { remindAt, dueAt, graceEndsAt, presumedLostAt: isoSecond(Math.max(Date.parse(presumedLostAt), patience)) };
}

export function daysLater(ms: number, days: number): string {
  return isoSecond(ms + days * dayMs);
}

/** '2026-03-12T09:30:00Z' */
export function isoSecond(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}
