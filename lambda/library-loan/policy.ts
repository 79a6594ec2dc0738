import type { LibraryHours } from './opening';

/** The library's rules, in days; the stack passes them to the handlers as JSON in `LOAN_POLICY`. */
export interface LoanPolicy {
  readonly days: number;
  readonly maxDays: number;
  readonly remindDaysBefore: number;
  /** After the due date, until the reader is told that the item is overdue. */
  readonly overdueDays: number;
  readonly graceDays: number;
  readonly lostAfterDays: number;
  readonly renewals: number;
  readonly linkDaysAfterLoan: number;
  /** Counted from the check-out: beyond this day nothing keeps a loan open. */
  readonly longestLoanDays: number;
  /** How long an item that came back waits for the reader whose turn it is. */
  readonly pickUpDays: number;
  /** How many readers may wait for one item. */
  readonly longestQueue: number;
  readonly hours: LibraryHours;
}
