import { addDays, type Day, hourOf, weekdayOf } from './days';

/** Owns when the library is there for its readers: open days, and hours in which it sends no mail of its own accord. */
export interface LibraryHours {
  /** An IANA name, 'Europe/Berlin': days and hours are those of its clocks. */
  readonly timeZone: string;
  /** The hour at which the calendar acts and writes, 0 to 23. */
  readonly mailHour: number;
  /** From this hour until that one nothing is mailed that a date alone sets off; the same hour twice is no quiet time. */
  readonly quietHours: { readonly from: number; readonly until: number };
  /** 0 is Sunday. */
  readonly closedWeekdays: readonly number[];
  /** '2026-12-24', or '12-25' for every year. */
  readonly closedDates: readonly string[];
}

/** The longest quiet time that mails wait out: the workflows' retriers for QuietHours last an hour more. */
export const longestQuietHours = 14;
/** For this many hours after the mail hour a mail may be tried again: 1, 2, 4, 8, 16, 32, 60 and 60 minutes, and each attempt's time. */
export const mailRetryHours = 4;

export function isOpen(day: Day, { closedWeekdays, closedDates }: LibraryHours): boolean {
  return !closedWeekdays.includes(weekdayOf(day)) && !closedDates.includes(day) && !closedDates.includes(day.slice(5));
}

/** This day if the library is open, else the next one on which it is; ends, since no closure is longer than a year. */
export function nextOpenDay(day: Day, hours: LibraryHours): Day {
  let next = day;
  while (!isOpen(next, hours)) next = addDays(next, 1);
  return next;
}

/** How many days the longest closure lasts, from this year on for forty: what a due date may move by. */
export function longestClosure(hours: LibraryHours, from: Day): number {
  if (hours.closedWeekdays.length + hours.closedDates.length === 0) return 0;
  let [longest, running] = [0, 0];
  for (let count = 0, day = from; count < 40 * 366; count++, day = addDays(day, 1)) {
    running = isOpen(day, hours) ? 0 : running + 1;
    longest = Math.max(longest, running);
  }
  return longest;
}

export function isQuietHour(hour: number, { from, until }: LibraryHours['quietHours']): boolean {
  return from <= until ? hour >= from && hour < until : hour >= from || hour < until;
}

export function isQuiet(ms: number, hours: LibraryHours): boolean {
  return isQuietHour(hourOf(ms, hours.timeZone), hours.quietHours);
}
