import * as v from 'valibot';
import { dayOf } from './days';
import type { Decision, Loan, LoanForWorkflow } from './loan';
import type { LoanPolicy } from './policy';

/**
 * Owns the versions in which state machines and functions speak with each other. An execution keeps the definition under
 * which it began, for a year at most, and calls the functions of today: each call says its version, and is answered in it.
 *
 * 1 Said nothing of its version. Knows no cancellation, no overdue notice and no queue.
 * 2 Today's.
 */
export const contractVersion = 2;

/** A version that these functions do not know is newer than they are: InvalidInput, until they are deployed too. */
export const version = v.optional(v.picklist([1, contractVersion]), 1);

/** The loan as an execution of this version reads it. */
export function forWorkflow(loan: Loan, policy: LoanPolicy, spoken: number): LoanForWorkflow {
  const { loanId, itemId, title, period, renewalsLeft, remindAt, dueAt, graceEndsAt, presumedLostAt } = loan;
  const on = (iso: string) => dayOf(Date.parse(iso), policy.hours.timeZone);
  return {
    version: spoken,
    loanId,
    itemId,
    title,
    period,
    renewalsLeft,
    remindAt,
    dueAt,
    overdueAt: loan.overdueAt ?? graceEndsAt,
    graceEndsAt,
    presumedLostAt,
    dueOn: on(dueAt),
    presumedLostOn: on(presumedLostAt),
  };
}

/**
 * The error by which an execution learns of a decision. The first version knows no cancellation: it is led down the path
 * of a reported loss, where closing the loan and writing the mail go by the table, which says that it is cancelled.
 */
export function decisionError(decision: Decision, spoken: number): string {
  if (decision === 'cancel' && spoken === 1) return 'LostReported';
  return decisionErrors[decision];
}

const decisionErrors = {
  renew: 'RenewalAsked',
  return: 'ReturnAnnounced',
  lost: 'LostReported',
  cancel: 'CancellationAsked',
} as const satisfies Record<Decision, string>;
