import { parseInput } from '../shared/input';
import { log } from '../shared/log';
import { holdStep } from './input';
import { endPickUp, type PickUpEnd } from './pick-up';

/** Ends the time to pick up, and answers whether the hold ran out, and whose turn it is. @throws LoansBusy */
export async function handler(event: unknown): Promise<PickUpEnd & { version: number }> {
  const { itemId, holdId, version } = parseInput(holdStep, event);
  const end = await endPickUp(itemId, holdId);
  log.info('pick-up ended', { itemId, holdId, ...end });
  return { version, ...end };
}
