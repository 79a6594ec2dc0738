import { SendTaskFailureCommand, SendTaskSuccessCommand, SFNClient } from '@aws-sdk/client-sfn';
import { log } from '../shared/log';
import { isTaskOver } from '../shared/task-over';
import { decisionError } from './contract';
import { LoansBusy } from './errors';
import type { LoanKeys } from './keys';
import type { Loan } from './loan';
import { markAnswered } from './loans';

const sfn = new SFNClient();

/**
 * Answers the loan's waiting task with its stored decision; a reported loss is answered as the failure `LostReported`.
 *
 * Without a token nobody waits yet: the next step that waits looks for the decision first. A token whose task is over
 * is left alone for the same reason. In both cases, too, the decision needs no sweep.
 *
 * @throws LoansBusy on any other trouble; the decision stays stored, and marked for the sweep
 */
export async function answerTask(loan: Loan, keys: LoanKeys): Promise<void> {
  const { loanId, period, decision } = loan;
  if (!decision || !loan.sealedToken) return;
  const taskToken = keys.unseal(loanId, loan.sealedToken);
  try {
    await send(loan, taskToken);
    log.info('task answered', { loanId, period, decision });
  } catch (error) {
    if (!isTaskOver(error)) throw new LoansBusy('The task cannot be answered', { cause: error });
    log.info('nobody waits on this token any more', { loanId, period, decision, error: error.name });
  }
  if (loan.unanswered) await markAnswered(loan);
}

async function send(loan: Loan, taskToken: string): Promise<void> {
  const { decision, workflowVersion = 1 } = loan;
  const error = decision && decisionError(decision, workflowVersion);
  if (error === 'LostReported') {
    const cause = decision === 'lost' ? 'The reader reported the item lost.' : 'The desk cancelled the loan.';
    await sfn.send(new SendTaskFailureCommand({ taskToken, error, cause }));
  } else {
    await sfn.send(new SendTaskSuccessCommand({ taskToken, output: JSON.stringify({ decision }) }));
  }
}
