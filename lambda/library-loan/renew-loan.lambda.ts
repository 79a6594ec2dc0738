import { parseInput } from '../shared/input';
import { log } from '../shared/log';
import { forWorkflow } from './contract';
import { loanStep, readPolicy } from './input';
import type { LoanForWorkflow } from './loan';
import { renewLoan } from './loans';

const policy = readPolicy();

/** Carries out the renewal that the reader decided, and answers the new dates. @throws LoanChanged, LoansBusy */
export async function handler(event: unknown): Promise<LoanForWorkflow> {
  const { loanId, period, version } = parseInput(loanStep, event);
  const loan = await renewLoan(loanId, period, policy);
  log.info('loan renewed', { loanId, dueAt: loan.dueAt, renewalsLeft: loan.renewalsLeft });
  return forWorkflow(loan, policy, version);
}
