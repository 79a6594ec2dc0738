import { isoSecond } from './days';
import { ReservationLost } from './errors';
import { free, type Item, type ItemChange, statusAt } from './item';
import { getItem } from './items';
import type { Loan } from './loan';
import { type Change, updateLoan, withItem } from './loan-rows';
import { answerPickUp, startPickUp } from './pick-up';

/**
 * Owns the two ends of a reservation: the workflow takes it over, or the loan is void and the item is what it was before.
 * A row of the table says which; no loan stays `registered` for longer than its reservation and the sweep after it.
 */

/** For so long the desk's reservation keeps an item: the workflow's first step is tried again for a shorter time. */
export const reservedMinutes = 10;

/**
 * Turns the desk's reservation into a loan; a hold that it fulfils leaves the queue.
 *
 * @param workflowVersion the version in which the execution speaks
 * @throws ReservationLost when the item went to somebody else meanwhile
 */
export async function registerLoan(loanId: string, workflowVersion: number): Promise<Loan> {
  const registered = await withItem(loanId, async (loan, item) => {
    if (loan.status === 'void') throw new ReservationLost(`Loan ${loanId} was taken back`);
    if (loan.status !== 'registered') return loan;
    if (item?.loanId !== loanId) return makeVoid(loan);
    return {
      loan: fromRegistered({ status: 'onLoan', workflowVersion }),
      item: takenOut(item, loan.holdId),
    };
  });
  if (registered) return registered;
  throw new ReservationLost(`Loan ${loanId} holds no item`);
}

/** A loan that fulfils a hold: nobody need wait for the pick-up any more. @throws LoansBusy */
export async function endPickUpOf({ loanId, itemId, holdId }: Loan): Promise<void> {
  const item = holdId === undefined ? undefined : await getItem(itemId);
  if (holdId !== undefined && item?.loanId === loanId) await answerPickUp(holdId, item.sealedToken);
}

/**
 * Ends a loan that no workflow has taken over; its item goes to the first reader who waits, or is in again.
 *
 * @param evenEarly before the reservation has run out, too
 * @returns false when the workflow has taken the loan over, or may still: nothing changed then
 * @throws LoansBusy
 */
export async function voidReservation(loanId: string, evenEarly: boolean): Promise<boolean> {
  let offeredItem: string | undefined;
  const left = await withItem(loanId, async (loan, item) => {
    offeredItem = undefined;
    if (loan.status !== 'registered') return loan;
    if (item?.loanId !== loanId) return makeVoid(loan);
    const now = isoSecond(Date.now());
    if (!evenEarly && statusAt(item, now) === 'reserved') return loan;
    const change = givenBack(item, now);
    if (change.set.offerPending) offeredItem = loan.itemId;
    return { loan: fromRegistered({ status: 'void', closedAt: now }), item: change };
  });
  const item = offeredItem === undefined ? undefined : await getItem(offeredItem);
  if (item) await startPickUp(item);
  return left === undefined || left.status === 'void';
}

/** The token of the task that waits for its pick-up stays, until it is answered (`endPickUpOf`). */
function takenOut(item: Item, holdId: string | undefined): ItemChange {
  if (holdId === undefined) return { set: { status: 'out' }, remove: ['reservedUntil'] };
  return {
    set: { status: 'out', queue: (item.queue ?? []).filter((hold) => hold.holdId !== holdId) },
    remove: ['reservedUntil', 'heldFor', 'pickUpBy', 'lapsesAt', 'offerPending', 'offeredAt', 'holdMails'],
  };
}

/** An item that was kept for a reader is kept on; of another, somebody may have begun to wait meanwhile. */
function givenBack(item: Item, now: string): ItemChange {
  if (item.heldFor === undefined) return free(item.queue ?? [], now);
  return { set: { status: 'held' }, remove: ['loanId', 'reservedUntil'] };
}

async function makeVoid({ loanId }: Loan): Promise<undefined> {
  await updateLoan(loanId, fromRegistered({ status: 'void', closedAt: isoSecond(Date.now()) }));
  return undefined;
}

function fromRegistered(set: Change['set']): Change {
  return { set, condition: '#status = :registered', values: { ':registered': 'registered' } };
}
