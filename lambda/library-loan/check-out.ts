import { randomUUID } from 'node:crypto';
import { GetCommand, TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import { requireEnv } from '../shared/env';
import { Problem } from '../shared/http';
import { datesFor, daysLater, isoSecond } from './calendar';
import { hashLink, type LoanKeys } from './keys';
import type { Customer, Loan } from './loan';
import type { LoanPolicy } from './policy';
import { tables, writeIf } from './tables';

/**
 * Owns the way of an item from the shelf to a loan that the workflow takes over.
 *
 * The item is reserved for minutes only: should the desk die between reservation and workflow, the item is free again
 * by itself, and the workflow notices that its reservation is gone.
 */
const env = requireEnv('LOANS_TABLE', 'ITEMS_TABLE', 'LINKS_TABLE');

const reservedMs = 10 * 60_000;

export interface CheckOut {
  readonly itemId: string;
  readonly title?: string;
  readonly customer: Customer;
  readonly days?: number;
}

/**
 * Reserves the item and writes the loan and its link.
 *
 * @throws Problem 404 for an item that the catalogue does not know, 409 for one that is not in
 */
export async function reserve(checkOut: CheckOut, policy: LoanPolicy, keys: LoanKeys): Promise<Loan> {
  const title = await titleOf(checkOut);
  const now = Date.now();
  const loan = newLoan({ ...checkOut, title }, policy, now);
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
                'attribute_not_exists(itemId) OR #status = :in OR (#status = :reserved AND reservedUntil < :now)',
              ExpressionAttributeNames: { '#status': 'status' },
              ExpressionAttributeValues: {
                ':reserved': 'reserved',
                ':in': 'in',
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
        ],
      }),
    ),
  );
  if (!reserved) throw notIn(loan.itemId);
  return loan;
}

/**
 * Takes everything back that `reserve` did; the item stays in the catalogue.
 *
 * @returns false when the workflow has taken the loan over meanwhile: nothing changed then
 */
export async function takeBack(loan: Loan, keys: LoanKeys): Promise<boolean> {
  const { loanId, itemId } = loan;
  const takenBack = await writeIf(() =>
    tables.send(
      new TransactWriteCommand({
        TransactItems: [
          {
            Update: {
              TableName: env.ITEMS_TABLE,
              Key: { itemId },
              UpdateExpression: 'SET #status = :in REMOVE loanId, reservedUntil',
              ConditionExpression: 'loanId = :loanId AND #status = :reserved',
              ExpressionAttributeNames: { '#status': 'status' },
              ExpressionAttributeValues: { ':in': 'in', ':loanId': loanId, ':reserved': 'reserved' },
            },
          },
          { Delete: { TableName: env.LOANS_TABLE, Key: { loanId } } },
          { Delete: { TableName: env.LINKS_TABLE, Key: { linkHash: hashLink(keys.linkToken(loanId)) } } },
        ],
      }),
    ),
  );
  return takenBack !== undefined;
}

async function titleOf({ itemId, title }: CheckOut): Promise<string> {
  const read = await tables.send(new GetCommand({ TableName: env.ITEMS_TABLE, Key: { itemId }, ConsistentRead: true }));
  const item = read.Item;
  const known = (item?.title as string | undefined) ?? title;
  if (known === undefined) {
    throw new Problem(404, 'Unknown item', `The catalogue has no item '${itemId}'. Give its title to enter it.`);
  }
  if (item && item.status !== 'in' && item.status !== 'reserved') throw notIn(itemId);
  return known;
}

function notIn(itemId: string): Problem {
  return new Problem(409, 'Item is not in', `Item '${itemId}' is out, or not fit to be lent.`);
}

function newLoan(checkOut: CheckOut & { title: string }, policy: LoanPolicy, now: number): Loan {
  const { itemId, title, customer } = checkOut;
  const days = checkOut.days ?? policy.days;
  const closesBy = daysLater(now, policy.longestLoanDays);
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
    closesBy,
    ...datesFor(Date.parse(daysLater(now, days)), policy, closesBy),
  };
}
