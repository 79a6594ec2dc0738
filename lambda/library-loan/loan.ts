import type { LoanDates } from './calendar';

/** What the reader may decide on a page. */
export const readersDecisions = ['renew', 'return', 'lost'] as const;
/** What ends a period of a loan; the desk alone cancels. */
export type Decision = (typeof readersDecisions)[number] | 'cancel';

export type LoanStatus =
  /** The desk reserved the item; the workflow has not taken it over yet. */
  | 'registered'
  | 'onLoan'
  /** The reader announced the return; the desk has not seen the item yet. */
  | 'returning'
  | 'lossReported'
  /** The desk cancelled; the workflow has not ended the loan yet. */
  | 'cancelling'
  /** The ends. */
  | Outcome
  /** The reservation ran out, or was taken back, before the workflow took it over: nothing was lent. */
  | 'void';

export type Outcome = 'returned' | 'damaged' | 'lost' | 'cancelled';

export const loanStatuses = [
  'registered',
  'onLoan',
  'returning',
  'lossReported',
  'cancelling',
  'returned',
  'damaged',
  'lost',
  'cancelled',
  'void',
] as const satisfies readonly LoanStatus[];

export interface Customer {
  readonly name: string;
  readonly email: string;
}

/** A mail that SES would not take: `reason` is the name of its error. */
export interface MailRefusal {
  readonly mail: string;
  readonly reason: string;
  readonly at: string;
}

/** A loan as the table holds it. */
export interface Loan extends Omit<LoanDates, 'overdueAt'> {
  /** Loans made before there was such a date have none. */
  readonly overdueAt?: string;
  readonly loanId: string;
  readonly itemId: string;
  readonly title: string;
  readonly customer: Customer;
  readonly status: LoanStatus;
  readonly days: number;
  readonly registeredAt: string;
  readonly closesBy: string;
  /** The version in which the loan's execution speaks; 1 when it does not say. */
  readonly workflowVersion?: number;
  /** The hold that this loan fulfils. */
  readonly holdId?: string;
  /** Counts how often the item went to the reader: 0 at the check-out, one more with each renewal. A decision belongs to one period. */
  readonly period: number;
  readonly renewalsLeft: number;
  /** The decision of this period. */
  readonly decision?: Decision;
  readonly decidedAt?: string;
  /** There from the decision until the task is answered: what the sweep looks for. */
  readonly unanswered?: 'yes';
  /** The decision that ended the period before. */
  readonly lastDecision?: Decision;
  /** The newest task token, sealed: readable only with the library's key. */
  readonly sealedToken?: string;
  /** The mails that went out: 'reminder#0'. */
  readonly mailed?: ReadonlySet<string>;
  /** The mail that was refused last, and since then none has gone out. */
  readonly mailRefused?: MailRefusal;
  readonly closedAt?: string;
  /** The hold for which the item was put aside when the loan was closed. */
  readonly nextHoldId?: string;
  /** What the desk says of a damage. */
  readonly note?: string;
}

/** What the workflow knows of a loan: ids and dates, nobody's name. Fields may be added, never taken away: old executions read them. */
export interface LoanForWorkflow extends LoanDates {
  readonly version: number;
  readonly loanId: string;
  readonly itemId: string;
  readonly title: string;
  readonly period: number;
  readonly renewalsLeft: number;
  /** The days on which these dates fall in the library, as the librarian reads them. */
  readonly dueOn: string;
  readonly presumedLostOn: string;
}

export function isClosed(loan: Loan): boolean {
  return ['returned', 'damaged', 'lost', 'cancelled', 'void'].includes(loan.status);
}

/** Whether two addresses are one reader's: mailboxes that differ in case alone are nobody's practice. */
export function isSameReader(a: Pick<Customer, 'email'>, b: Pick<Customer, 'email'>): boolean {
  return a.email.toLowerCase() === b.email.toLowerCase();
}
