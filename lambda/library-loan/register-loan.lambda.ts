import { parseInput } from '../shared/input';
import { log } from '../shared/log';
import { forWorkflow } from './contract';
import { readPolicy, registration } from './input';
import type { LoanForWorkflow } from './loan';
import { endPickUpOf, registerLoan } from './reservations';

const policy = readPolicy();

/** Takes the item over from the desk's reservation, ends the wait for its pick-up, and answers the dates of the loan. @throws ReservationLost, LoansBusy */
export async function handler(event: unknown): Promise<LoanForWorkflow> {
  const { loanId, version } = parseInput(registration, event);
  const loan = await registerLoan(loanId, version);
  // Should this fail, the wait ends on its day, into nothing: no reason to stop a loan.
  await endPickUpOf(loan).catch((error) => log.error('pick-up not ended', { loanId, error }));
  log.info('loan registered', { loanId, itemId: loan.itemId, dueAt: loan.dueAt });
  return forWorkflow(loan, policy, version);
}
