import type { Loan } from '../../../lambda/library-loan/loan';
import type { LoanPolicy } from '../../../lambda/library-loan/policy';

export const policy = {
  days: 21,
  maxDays: 60,
  remindDaysBefore: 3,
  graceDays: 7,
  lostAfterDays: 30,
  renewals: 2,
  linkDaysAfterLoan: 30,
  longestLoanDays: 340,
  overdueDays: 2,
  pickUpDays: 7,
  longestQueue: 3,
  hours: {
    timeZone: 'UTC',
    mailHour: 12,
    quietHours: { from: 20, until: 8 },
    closedWeekdays: [],
    closedDates: [],
  },
} satisfies LoanPolicy;

/** What the handlers read from their environment. */
export const environment = {
  AWS_REGION: 'us-east-1',
  LOANS_TABLE: 'loans',
  ITEMS_TABLE: 'items',
  LINKS_TABLE: 'links',
  REQUESTS_TABLE: 'requests',
  SWEEP_GROUP: 'sweep',
  SWEEP_FUNCTION_ARN: 'arn:aws:lambda:us-east-1:123456789012:function:sweep',
  SWEEP_ROLE_ARN: 'arn:aws:iam::123456789012:role/sweep',
  LINK_SECRET_ARN: 'arn:aws:secretsmanager:us-east-1:123456789012:secret:keys',
  LIBRARY_NAME: 'City Library',
  SENDER: 'library@example.com',
  CONFIGURATION_SET: 'library',
  BASE_URL: 'https://library.example',
  MAIL_STOPS_TABLE: 'mail-stops',
  LOAN_STATE_MACHINE_ARN: 'arn:aws:states:us-east-1:123456789012:stateMachine:LibraryLoan',
  HOLD_STATE_MACHINE_ARN: 'arn:aws:states:us-east-1:123456789012:stateMachine:LibraryHold',
  LOAN_POLICY: JSON.stringify(policy),
};

export const secret = 'x'.repeat(64);

/** A loan that began on 1 March 2026 at noon. */
export function aLoan(more: Partial<Loan> = {}): Loan {
  return {
    loanId: 'loan-1',
    itemId: 'book-42',
    title: 'Momo',
    customer: { name: 'Zoë', email: 'zoe@example.com' },
    status: 'onLoan',
    days: 21,
    registeredAt: '2026-03-01T12:00:00Z',
    closesBy: '2027-02-04T12:00:00Z',
    remindAt: '2026-03-19T12:00:00Z',
    dueAt: '2026-03-22T12:00:00Z',
    overdueAt: '2026-03-24T12:00:00Z',
    graceEndsAt: '2026-03-29T12:00:00Z',
    presumedLostAt: '2026-04-28T12:00:00Z',
    period: 0,
    renewalsLeft: 2,
    ...more,
  };
}
