import { parseInput } from '../shared/input';
import { log } from '../shared/log';
import { closing } from './input';
import { getItem } from './items';
import { closeLoan } from './loans';
import { startPickUp } from './pick-up';

/**
 * Ends the loan and says what becomes of the item: `nextHoldId` is the hold for which it is put aside, if anybody waits.
 *
 * @throws ReaderDecided, LoanChanged, LoansBusy
 */
export async function handler(event: unknown): Promise<Closed> {
  const { loanId, period, outcome, reason, note, version } = parseInput(closing, event);
  // The desk may write as much as it likes; a table row, and a mail, may not hold all of it.
  const what = { loanId, period, outcome, presumed: reason === 'presumed', note: note.slice(0, 500), version };
  const { status, itemId, nextHoldId = null } = await closeLoan(what);
  // An execution that knows no queue leaves it to this function to begin the next reader's pick-up.
  const item = version === 1 && nextHoldId !== null ? await getItem(itemId) : undefined;
  if (item) await startPickUp(item);
  log.info('loan closed', { loanId, outcome: status, reason, nextHoldId });
  return { version, loanId, outcome: status, nextHoldId };
}

interface Closed {
  readonly version: number;
  readonly loanId: string;
  readonly outcome: string;
  readonly nextHoldId: string | null;
}
