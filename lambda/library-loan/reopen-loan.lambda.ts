import { parseInput } from '../shared/input';
import { log } from '../shared/log';
import { forWorkflow } from './contract';
import { loanStep, readPolicy } from './input';
import type { LoanForWorkflow } from './loan';
import { reopenLoan } from './loans';

const policy = readPolicy();

/** Gives the loan back to the reader, since the desk did not find the announced item. @throws LoanChanged, LoansBusy */
export async function handler(event: unknown): Promise<LoanForWorkflow> {
  const { loanId, period, version } = parseInput(loanStep, event);
  const loan = await reopenLoan(loanId, period, policy);
  log.info('loan given back to the reader', { loanId, presumedLostAt: loan.presumedLostAt });
  return forWorkflow(loan, policy, version);
}
