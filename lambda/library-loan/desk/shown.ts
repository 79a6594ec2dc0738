import type { Loan } from '../loan';

/** What the desk sees of a loan: everything but the token. The index that lists loans holds the same. */
export const shown = [
  'loanId',
  'status',
  'itemId',
  'title',
  'customer',
  'registeredAt',
  'dueAt',
  'renewalsLeft',
  'decision',
  'decidedAt',
  'closedAt',
  'note',
] as const satisfies readonly (keyof Loan)[];

export function forDesk(loan: Loan) {
  return Object.fromEntries(shown.map((field) => [field, loan[field]]));
}
