import { SendTaskSuccessCommand, SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { requireEnv } from '../shared/env';
import { isTaskOver } from '../shared/task-over';
import { pickUpDates } from './calendar';
import { contractVersion } from './contract';
import { isoSecond } from './days';
import { HoldIsOver, ItemIsBeingLent, LoansBusy } from './errors';
import { free, type Hold, type Item, statusAt } from './item';
import { changeItem } from './items';
import { loanKeys } from './keys';
import type { LoanPolicy } from './policy';

/**
 * Owns the time in which a reader may pick up an item that is put aside: it begins when the pick-up workflow offers the
 * item, and ends when it is lent, when the hold is cancelled, or when it runs out and the next one's turn comes. Steps
 * that are tried again after they succeeded change nothing and answer the same.
 */
const sfn = new SFNClient();

/** Begins the pick-up of an item that is put aside and not yet offered; the hold names the execution, so it begins once. @throws LoansBusy */
export async function startPickUp({ itemId, heldFor, offerPending }: Item): Promise<void> {
  if (heldFor === undefined || !offerPending) return;
  const { HOLD_STATE_MACHINE_ARN } = requireEnv('HOLD_STATE_MACHINE_ARN');
  await sfn
    .send(
      new StartExecutionCommand({
        stateMachineArn: HOLD_STATE_MACHINE_ARN,
        name: heldFor,
        input: JSON.stringify({ version: contractVersion, itemId, holdId: heldFor }),
      }),
    )
    .catch((error) => {
      if (error.name !== 'ExecutionAlreadyExists') throw new LoansBusy('The pick-up cannot be begun', { cause: error });
    });
}

/** Gives the reader the time to pick the item up, from now on. @throws HoldIsOver, LoansBusy */
export async function offer(itemId: string, holdId: string, policy: LoanPolicy): Promise<Offer> {
  const now = Date.now();
  const item = await changeItem(itemId, (current) => {
    if (current.heldFor !== holdId || current.lapsesAt !== undefined) return undefined;
    return { set: { ...pickUpDates(now, policy) }, remove: ['offerPending', 'offeredAt'] };
  });
  if (item?.heldFor !== holdId || !item.pickUpBy || !item.lapsesAt) {
    throw new HoldIsOver(`Item ${itemId} is not put aside for hold ${holdId}`);
  }
  return { pickUpBy: item.pickUpBy, lapsesAt: item.lapsesAt };
}

export interface Offer {
  readonly pickUpBy: string;
  readonly lapsesAt: string;
}

/**
 * Leaves the waiting task's token with the item: who takes the item away from the hold answers it.
 *
 * @throws HoldIsOver when that has happened already; LoansBusy
 */
export async function awaitPickUp(itemId: string, holdId: string, taskToken: string): Promise<void> {
  const sealedToken = (await loanKeys()).seal(holdId, taskToken);
  const item = await changeItem(itemId, ({ heldFor }) =>
    heldFor === holdId ? { set: { sealedToken }, remove: [] } : undefined,
  );
  if (item?.heldFor !== holdId) throw new HoldIsOver(`Item ${itemId} is not put aside for hold ${holdId}`);
}

/** The item is not kept for this hold any more: ends the wait, if there still is one. @throws LoansBusy */
export async function answerPickUp(holdId: string, sealedToken: string | undefined): Promise<void> {
  if (sealedToken === undefined) return;
  const taskToken = (await loanKeys()).unseal(holdId, sealedToken);
  await sfn.send(new SendTaskSuccessCommand({ taskToken, output: '{}' })).catch((error) => {
    if (!isTaskOver(error)) throw new LoansBusy('The pick-up cannot be ended', { cause: error });
  });
}

/** The time is over: if the item is still there, it is the next one's turn. @throws ItemIsBeingLent, LoansBusy */
export async function endPickUp(itemId: string, holdId: string): Promise<PickUpEnd> {
  const now = isoSecond(Date.now());
  const item = await changeItem(itemId, (current) => {
    const [first, ...others] = current.queue ?? [];
    if (current.heldFor !== holdId || first?.holdId !== holdId) return undefined;
    if (statusAt(current, now) === 'reserved') throw new ItemIsBeingLent(`Item ${itemId} is just being lent`);
    const { set, remove } = free(others, now);
    return { set: { ...set, lapsedHold: first }, remove };
  });
  const isOffered = item?.heldFor !== undefined && item.offerPending !== undefined;
  return { hasLapsed: item?.lapsedHold?.holdId === holdId, nextHoldId: isOffered ? (item.heldFor ?? null) : null };
}

export interface PickUpEnd {
  readonly hasLapsed: boolean;
  /** For whom the item is put aside now; null when that is nobody, or has been taken up already. */
  readonly nextHoldId: string | null;
}

/** The hold of an item, waiting or run out. */
export function findHold(item: Item, holdId: string): Hold | undefined {
  return [...(item.queue ?? []), ...(item.lapsedHold ? [item.lapsedHold] : [])].find((hold) => hold.holdId === holdId);
}
