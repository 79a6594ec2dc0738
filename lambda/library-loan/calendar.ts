import { addDays, type Day, dayOf, instantOf, isoSecond } from './days';
import { nextOpenDay } from './opening';
import type { LoanPolicy } from './policy';

/**
 * Owns the dates that loans and holds go by; ISO 8601, UTC, to the second as Wait states want them.
 *
 * D1 Each falls on the library's mail hour, by the clocks of its zone; so nothing that they set off comes at night.
 * D2 An item is due, and to be picked up, on an open day.
 * D3 None is later than `closesBy`, so that the whole fits in an execution's year.
 */
export interface LoanDates {
  readonly remindAt: string;
  readonly dueAt: string;
  readonly overdueAt: string;
  readonly graceEndsAt: string;
  readonly presumedLostAt: string;
}

/** The dates of a loan made now. */
export function firstDates(now: number, days: number, policy: LoanPolicy): LoanDates & { readonly closesBy: string } {
  const today = dayOf(now, policy.hours.timeZone);
  const closesBy = isoSecond(at(addDays(today, policy.longestLoanDays), policy));
  return { ...datesFor(addDays(today, days), policy, closesBy), closesBy };
}

/** A renewal adds its days to the due date, or to today if that has passed. */
export function renewedDates(
  dueAt: string,
  days: number,
  now: number,
  policy: LoanPolicy,
  closesBy: string,
): LoanDates {
  const { timeZone } = policy.hours;
  const [due, today] = [dayOf(Date.parse(dueAt), timeZone), dayOf(now, timeZone)];
  return datesFor(addDays(due > today ? due : today, days), policy, closesBy);
}

/** An announced return that was not found: the dates stay, but the reader has the grace period at least to look for it. */
export function reopenedDates(
  dates: Omit<LoanDates, 'overdueAt'> & { readonly overdueAt?: string },
  now: number,
  policy: LoanPolicy,
  closesBy: string,
): LoanDates {
  const patience = at(addDays(dayOf(now, policy.hours.timeZone), policy.graceDays), policy);
  const { remindAt, dueAt, graceEndsAt, overdueAt = graceEndsAt, presumedLostAt } = dates;
  const latest = Math.min(Math.max(Date.parse(presumedLostAt), patience), Date.parse(closesBy));
  return { remindAt, dueAt, overdueAt, graceEndsAt, presumedLostAt: isoSecond(latest) };
}

/** How long an item that is offered now waits for its reader: until the end of a day, which is noticed the morning after. */
export function pickUpDates(now: number, policy: LoanPolicy): { readonly pickUpBy: Day; readonly lapsesAt: string } {
  const pickUpBy = nextOpenDay(addDays(dayOf(now, policy.hours.timeZone), policy.pickUpDays), policy.hours);
  return { pickUpBy, lapsesAt: isoSecond(at(addDays(pickUpBy, 1), policy)) };
}

function datesFor(wanted: Day, policy: LoanPolicy, closesBy: string): LoanDates {
  const due = nextOpenDay(wanted, policy.hours);
  const latest = Date.parse(closesBy);
  const dated = (days: number) => isoSecond(Math.min(at(addDays(due, days), policy), latest));
  return {
    remindAt: dated(-policy.remindDaysBefore),
    dueAt: dated(0),
    overdueAt: dated(policy.overdueDays),
    graceEndsAt: dated(policy.graceDays),
    presumedLostAt: dated(policy.graceDays + policy.lostAfterDays),
  };
}

function at(day: Day, { hours }: LoanPolicy): number {
  return instantOf(day, hours.mailHour, hours.timeZone);
}
