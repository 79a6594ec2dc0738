/** The library's rules, in days; the stack passes them to the handlers as JSON in `LOAN_POLICY`. */
export interface LoanPolicy {
  readonly days: number;
  readonly maxDays: number;
  readonly remindDaysBefore: number;
  readonly graceDays: number;
  readonly lostAfterDays: number;
  readonly renewals: number;
  readonly linkDaysAfterLoan: number;
  /** Counted from the check-out: beyond this day nothing keeps a loan open. */
  readonly longestLoanDays: number;
}
