import type { Customer } from './loan';

/** A reader's place in the queue for an item. */
export interface Hold {
  readonly holdId: string;
  readonly customer: Customer;
  readonly placedAt: string;
}

export type ItemStatus =
  | 'in'
  /** For a loan that is being made: until `reservedUntil`, then it is what it was before. */
  | 'reserved'
  | 'out'
  /** Put aside for the first reader of the queue. */
  | 'held'
  | 'damaged'
  | 'lost';

/**
 * An item of the catalogue as the table holds it, with its queue.
 *
 * Q1 While `heldFor` is there, it is the id of the queue's first hold: the item is for nobody else.
 * Q2 Whatever changes queue or `heldFor` adds one to `revision` and expects the one it read: of two changes one is made
 *    on what the other left.
 * Q3 `offerPending` is there from when an item is put aside until its pick-up workflow has taken it up.
 */
export interface Item {
  readonly itemId: string;
  readonly title: string;
  readonly status: ItemStatus;
  readonly loanId?: string;
  readonly reservedUntil?: string;
  readonly revision?: number;
  readonly queue?: readonly Hold[];
  readonly heldFor?: string;
  readonly offerPending?: 'yes';
  readonly offeredAt?: string;
  /** The last day on which the reader may pick it up, and the instant at which it goes to the next one. */
  readonly pickUpBy?: string;
  readonly lapsesAt?: string;
  /** The token of the task that waits for the pick-up, sealed for its hold; of the last one, once that is over. */
  readonly sealedToken?: string;
  /** The hold that ran out last: its reader is still to be told. */
  readonly lapsedHold?: Hold;
  /** The mails about its holds that went out: 'holdReady#<id>'. */
  readonly holdMails?: ReadonlySet<string>;
}

/** What the item is now: a reservation that has run out is none. */
export function statusAt(item: Item, now: string): ItemStatus {
  if (item.status !== 'reserved' || (item.reservedUntil ?? '') >= now) return item.status;
  return item.heldFor === undefined ? 'in' : 'held';
}

/** A change of an item: what is set, and what is taken away. */
export interface ItemChange {
  readonly set: Readonly<Record<string, unknown>>;
  readonly remove: readonly (keyof Item)[];
}

/** The item is free: put aside for the first of the queue, or in. Of the queue as it is to be from now on. */
export function free(queue: readonly Hold[], now: string): ItemChange {
  const gone = ['loanId', 'reservedUntil', 'pickUpBy', 'lapsesAt', 'holdMails', 'sealedToken'] as const;
  const [first] = queue;
  if (!first) {
    return { set: { status: 'in', queue }, remove: [...gone, 'heldFor', 'offerPending', 'offeredAt'] };
  }
  return {
    set: { status: 'held', queue, heldFor: first.holdId, offerPending: 'yes', offeredAt: now },
    remove: gone,
  };
}
