import { randomUUID } from 'node:crypto';
import { TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import { requireEnv } from '../shared/env';
import { Problem } from '../shared/http';
import { firstDates } from './calendar';
import { isoSecond } from './days';
import type { Recorded } from './desk/requests';
import { type Item, statusAt } from './item';
import { getItem } from './items';
import { hashLink, type LoanKeys } from './keys';
import { type Customer, isSameReader, type Loan } from './loan';
import type { LoanPolicy } from './policy';
import { reservedMinutes } from './reservations';
import { sweepSoon } from './sweep-soon';
import { tables, writeIf } from './tables';

/**
 * Owns the way of an item from the shelf to a reservation, which the workflow takes over.
 *
 * The item is reserved for minutes only: should the desk die between reservation and workflow, the item is free again
 * by itself, the sweep ends the loan (reservations.ts), and the workflow notices that its reservation is gone.
 */
const env = requireEnv('LOANS_TABLE', 'ITEMS_TABLE', 'LINKS_TABLE');

const reservedMs = reservedMinutes * 60_000;

export interface CheckOut {
  readonly itemId: string;
  readonly title?: string;
  readonly customer: Customer;
  readonly days?: number;
}

/**
 * Reserves the item and writes the loan and its link. An item that is put aside for a reader is lent to that one alone.
 *
 * @param record what remembers the request, written with the loan or not at all
 * @throws Problem 404 for an item that the catalogue does not know, 409 for one that is not in, or is kept for another
 */
export async function reserve(
  checkOut: CheckOut,
  policy: LoanPolicy,
  keys: LoanKeys,
  record: (loan: Loan) => readonly Recorded[],
): Promise<Loan> {
  const now = Date.now();
  const { title, holdId } = await lendable(checkOut, isoSecond(now));
  await sweepSoon('reservations', reservedMinutes + 1);
  const loan = { ...newLoan({ ...checkOut, title }, policy, now), ...(holdId !== undefined && { holdId }) };
  const linkExpiresAt = Math.floor(Date.parse(loan.closesBy) / 1000) + policy.linkDaysAfterLoan * 86_400;
  const reserved = await writeIf(() =>
    tables.send(
      new TransactWriteCommand({
        TransactItems: [
          {
            Update: {
              TableName: env.ITEMS_TABLE,
              Key: { itemId: loan.itemId },
              UpdateExpression:
                'SET #status = :reserved, loanId = :loanId, reservedUntil = :until, title = if_not_exists(title, :title)',
              ConditionExpression:
                holdId === undefined
                  ? 'attribute_not_exists(heldFor) AND (attribute_not_exists(itemId) OR #status = :free OR (#status = :reserved AND reservedUntil < :now))'
                  : 'heldFor = :holdId AND (#status = :free OR (#status = :reserved AND reservedUntil < :now))',
              ExpressionAttributeNames: { '#status': 'status' },
              ExpressionAttributeValues: {
                ':reserved': 'reserved',
                ':free': holdId === undefined ? 'in' : 'held',
                ...(holdId !== undefined && { ':holdId': holdId }),
                ':loanId': loan.loanId,
                ':title': title,
                ':now': isoSecond(now),
                ':until': isoSecond(now + reservedMs),
              },
            },
          },
          { Put: { TableName: env.LOANS_TABLE, Item: loan, ConditionExpression: 'attribute_not_exists(loanId)' } },
          {
            Put: {
              TableName: env.LINKS_TABLE,
              Item: { linkHash: hashLink(keys.linkToken(loan.loanId)), loanId: loan.loanId, expiresAt: linkExpiresAt },
            },
          },
          ...record(loan),
        ],
      }),
    ),
  );
  if (!reserved) throw notIn(loan.itemId);
  return loan;
}

/** The item's title, and the hold that this reader picks it up by, if there is one. */
async function lendable(
  { itemId, title, customer }: CheckOut,
  now: string,
): Promise<{ title: string; holdId?: string }> {
  const item = await getItem(itemId);
  const known = item?.title ?? title;
  if (known === undefined) {
    throw new Problem(404, 'Unknown item', `The catalogue has no item '${itemId}'. Give its title to enter it.`);
  }
  if (!item) return { title: known };
  const status = statusAt(item, now);
  if (status === 'held') return { title: known, holdId: heldFor(item, customer) };
  // One that is just being reserved may be free again in the moment in which the write comes to it.
  if (status !== 'in' && status !== 'reserved') throw notIn(itemId);
  return { title: known };
}

function heldFor({ itemId, queue: [first] = [] }: Item, customer: Customer): string {
  if (first && isSameReader(first.customer, customer)) return first.holdId;
  throw new Problem(409, 'Item is kept', `Item '${itemId}' is kept for another reader, who may pick it up now.`);
}

function notIn(itemId: string): Problem {
  return new Problem(409, 'Item is not in', `Item '${itemId}' is out, or not fit to be lent.`);
}

function newLoan(checkOut: CheckOut & { title: string }, policy: LoanPolicy, now: number): Loan {
  const { itemId, title, customer } = checkOut;
  const days = checkOut.days ?? policy.days;
  return {
    loanId: randomUUID(),
    itemId,
    title,
    customer,
    status: 'registered',
    days,
    period: 0,
    renewalsLeft: policy.renewals,
    registeredAt: isoSecond(now),
    ...firstDates(now, days, policy),
  };
}
