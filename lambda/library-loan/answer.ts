import { SendTaskFailureCommand, SendTaskSuccessCommand, SFNClient } from '@aws-sdk/client-sfn';
import { log } from '../shared/log';
import { LoansBusy } from './errors';
import type { LoanKeys } from './keys';
import type { Loan } from './loan';

const sfn = new SFNClient();

/** The task is over: answered, timed out or ended with its execution. */
const over = new Set(['TaskTimedOut', 'TaskDoesNotExist', 'InvalidToken']);

/**
 * Answers the loan's waiting task with its stored decision; a reported loss is answered as the failure `LostReported`.
 *
 * Without a token nobody waits yet: the next step that waits looks for the decision first. A token whose task is over
 * is left alone for the same reason.
 *
 * @throws LoansBusy on any other trouble; the decision stays stored
 */
export async function answerTask(loan: Loan, keys: LoanKeys): Promise<void> {
  if (!loan.decision || !loan.sealedToken) return;
  const taskToken = keys.unseal(loan.loanId, loan.sealedToken);
  const { loanId, period, decision } = loan;
  try {
    await (decision === 'lost'
      ? sfn.send(
          new SendTaskFailureCommand({ taskToken, error: 'LostReported', cause: 'The reader reported the item lost.' }),
        )
      : sfn.send(new SendTaskSuccessCommand({ taskToken, output: JSON.stringify({ decision }) })));
    log.info('task answered', { loanId, period, decision });
  } catch (error) {
    if (!(error instanceof Error) || !over.has(error.name)) {
      throw new LoansBusy('The task cannot be answered', { cause: error });
    }
    log.info('nobody waits on this token any more', { loanId, period, decision, error: error.name });
  }
}
