import { parseInput } from '../shared/input';
import { log } from '../shared/log';
import { holdStep, readPolicy } from './input';
import { type Offer, offer } from './pick-up';

const policy = readPolicy();

/** Gives the reader the time to pick up the item, and answers until when. @throws HoldIsOver, LoansBusy */
export async function handler(event: unknown): Promise<Offer & { version: number }> {
  const { itemId, holdId, version } = parseInput(holdStep, event);
  const offered = await offer(itemId, holdId, policy);
  log.info('item offered', { itemId, holdId, pickUpBy: offered.pickUpBy });
  return { version, ...offered };
}
