import { parseInput } from '../shared/input';
import { log } from '../shared/log';
import { forWorkflow } from './contract';
import { readPolicy, registration } from './input';
import type { LoanForWorkflow } from './loan';
import { registerLoan } from './loans';

const policy = readPolicy();

/** Takes the item over from the desk's reservation and answers the dates of the loan. @throws ReservationLost, LoansBusy */
export async function handler(event: unknown): Promise<LoanForWorkflow> {
  const { loanId, version } = parseInput(registration, event);
  const loan = await registerLoan(loanId, version);
  log.info('loan registered', { loanId, itemId: loan.itemId, dueAt: loan.dueAt });
  return forWorkflow(loan, policy, version);
}
