import { parseInput } from '../shared/input';
import { log } from '../shared/log';
import { registration } from './input';
import { forWorkflow, type LoanForWorkflow } from './loan';
import { registerLoan } from './loans';

/** Takes the item over from the desk's reservation and answers the dates of the loan. @throws ReservationLost, LoansBusy */
export async function handler(event: unknown): Promise<LoanForWorkflow> {
  const { loanId } = parseInput(registration, event);
  const loan = await registerLoan(loanId);
  log.info('loan registered', { loanId, itemId: loan.itemId, dueAt: loan.dueAt });
  return forWorkflow(loan);
}
