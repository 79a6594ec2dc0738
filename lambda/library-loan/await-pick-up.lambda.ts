import { parseInput } from '../shared/input';
import { log } from '../shared/log';
import { awaitedPickUp } from './input';
import { awaitPickUp } from './pick-up';

/** Leaves the task's token where lending the item, or cancelling the hold, finds it. @throws HoldIsOver, LoansBusy */
export async function handler(event: unknown): Promise<void> {
  const { itemId, holdId, taskToken } = parseInput(awaitedPickUp, event);
  await awaitPickUp(itemId, holdId, taskToken);
  log.info('waiting for the pick-up', { itemId, holdId });
}
