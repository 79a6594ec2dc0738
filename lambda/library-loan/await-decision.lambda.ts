import { parseInput } from '../shared/input';
import { log } from '../shared/log';
import { answerTask } from './answer';
import { awaitedDecision } from './input';
import { loanKeys } from './keys';
import { storeToken } from './loans';

/**
 * Leaves the task's token where the reader's page finds it. Token first, then the look at the decision, in one write:
 * a click that came before is answered here, one that comes after finds the token. @throws LoanChanged, LoansBusy
 */
export async function handler(event: unknown): Promise<void> {
  const { loanId, period, taskToken } = parseInput(awaitedDecision, event);
  const keys = await loanKeys();
  const loan = await storeToken(loanId, period, keys.seal(loanId, taskToken));
  log.info('waiting for the reader', { loanId, period, decidedAlready: loan.decision !== undefined });
  await answerTask(loan, keys);
}
