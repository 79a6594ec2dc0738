import type { LoanDates } from './calendar';

/** What the reader may decide on a page. */
export const decisions = ['renew', 'return', 'lost'] as const;
export type Decision = (typeof decisions)[number];

export type LoanStatus =
  /** The desk reserved the item; the workflow has not taken it over yet. */
  | 'registered'
  | 'onLoan'
  /** The reader announced the return; the desk has not seen the item yet. */
  | 'returning'
  | 'lossReported'
  /** The ends. */
  | Outcome
  | 'void';

export type Outcome = 'returned' | 'damaged' | 'lost';

export interface Customer {
  readonly name: string;
  readonly email: string;
}

/** A loan as the table holds it. */
export interface Loan extends LoanDates {
  readonly loanId: string;
  readonly itemId: string;
  readonly title: string;
  readonly customer: Customer;
  readonly status: LoanStatus;
  readonly days: number;
  readonly registeredAt: string;
  readonly closesBy: string;
  /** Counts how often the item went to the reader: 0 at the check-out, one more with each renewal. A decision belongs to one period. */
  readonly period: number;
  readonly renewalsLeft: number;
  /** The reader's decision in this period. */
  readonly decision?: Decision;
  readonly decidedAt?: string;
  /** The decision that ended the period before. */
  readonly lastDecision?: Decision;
  /** The newest task token, sealed: readable only with the library's key. */
  readonly sealedToken?: string;
  /** The mails that went out: 'reminder#0'. */
  readonly mailed?: ReadonlySet<string>;
  readonly closedAt?: string;
  /** What the desk says of a damage. */
  readonly note?: string;
}

/** What the workflow knows of a loan: ids and dates, nobody's name. Fields may be added, never taken away: old executions read them. */
export interface LoanForWorkflow extends LoanDates {
  readonly version: 1;
  readonly loanId: string;
  readonly itemId: string;
  readonly title: string;
  readonly period: number;
  readonly renewalsLeft: number;
}

export function forWorkflow(loan: Loan): LoanForWorkflow {
  const { loanId, itemId, title, period, renewalsLeft, remindAt, dueAt, graceEndsAt, presumedLostAt } = loan;
  return { version: 1, loanId, itemId, title, period, renewalsLeft, remindAt, dueAt, graceEndsAt, presumedLostAt };
}

export function isClosed(loan: Loan): boolean {
  return loan.status === 'returned' || loan.status === 'damaged' || loan.status === 'lost' || loan.status === 'void';
}
