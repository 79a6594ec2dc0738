import { parseInput } from '../shared/input';
import { log } from '../shared/log';
import { closing } from './input';
import { closeLoan } from './loans';

/** Ends the loan and says what becomes of the item. @throws ReaderDecided, LoanChanged, LoansBusy */
export async function handler(event: unknown): Promise<{ loanId: string; outcome: string }> {
  const { loanId, period, outcome, reason, note } = parseInput(closing, event);
  // The desk may write as much as it likes; a table row, and a mail, may not hold all of it.
  await closeLoan({ loanId, period, outcome, presumed: reason === 'presumed', note: note.slice(0, 500) });
  log.info('loan closed', { loanId, outcome, reason });
  return { loanId, outcome };
}
