import { GetCommand, TransactWriteCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { requireEnv } from '../shared/env';
import { LoanChanged, LoansBusy } from './errors';
import type { Item, ItemChange } from './item';
import { attempts, getItem, itemUpdate } from './items';
import type { Loan } from './loan';
import { readNow, tables, writeIf } from './tables';

/** Owns how loans are read and changed: one conditional write each, with the item in the same transaction where both change. */
const env = requireEnv('LOANS_TABLE');

export async function getLoan(loanId: string): Promise<Loan | undefined> {
  const read = await readNow(() =>
    tables.send(new GetCommand({ TableName: env.LOANS_TABLE, Key: { loanId }, ConsistentRead: true })),
  );
  return read.Item as Loan | undefined;
}

/** @throws LoanChanged when there is none */
export async function requireLoan(loanId: string): Promise<Loan> {
  const loan = await getLoan(loanId);
  if (!loan) throw new LoanChanged(`There is no loan ${loanId}`);
  return loan;
}

/**
 * Changes a loan and its item in one transaction.
 *
 * @param plan both changes, of both as they are read; a loan, to answer it as it is; nothing, to give up. It may throw, and
 *   is asked again when somebody else was faster.
 * @returns the loan as it is then; undefined when given up, or when there is none
 * @throws LoansBusy when others were faster again and again
 */
export async function withItem(
  loanId: string,
  plan: (loan: Loan, item: Item | undefined) => Plan | Promise<Plan>,
): Promise<Loan | undefined> {
  for (let attempt = 0; attempt < attempts; attempt++) {
    const loan = await getLoan(loanId);
    if (!loan) return undefined;
    const item = await getItem(loan.itemId);
    const planned = await plan(loan, item);
    if (!planned || 'loanId' in planned) return planned;
    const { loan: loanChange, item: itemChange } = planned;
    const written = await writeIf(() =>
      tables.send(
        new TransactWriteCommand({
          TransactItems: [{ Update: loanUpdate(loanId, loanChange) }, { Update: itemUpdate(item as Item, itemChange) }],
        }),
      ),
    );
    if (written) return { ...loan, ...loanChange.set } as Loan;
  }
  throw new LoansBusy(`Loan ${loanId} is being changed by many`);
}

type Plan = { readonly loan: Change; readonly item: ItemChange } | Loan | undefined;

export interface Change {
  readonly set: Readonly<Record<string, unknown>>;
  readonly remove?: readonly string[];
  /** May use `#status`, and the `values` given. */
  readonly condition: string;
  readonly values?: Readonly<Record<string, unknown>>;
}

/** Changes a loan under a condition; answers the whole loan, or undefined when the condition did not hold. */
export async function updateLoan(loanId: string, change: Change): Promise<Loan | undefined> {
  const written = await writeIf(() =>
    tables.send(new UpdateCommand({ ...loanUpdate(loanId, change), ReturnValues: 'ALL_NEW' })),
  );
  return written?.Attributes as Loan | undefined;
}

export function loanUpdate(loanId: string, { set, remove = [], condition, values }: Change) {
  const names = Object.keys(set);
  const named = [...new Set([...names, ...(condition.includes('#status') ? ['status'] : [])])];
  return {
    TableName: env.LOANS_TABLE,
    Key: { loanId },
    UpdateExpression: [
      ...(names.length > 0 ? [`SET ${names.map((name) => `#${name} = :set_${name}`).join(', ')}`] : []),
      ...(remove.length > 0 ? [`REMOVE ${remove.join(', ')}`] : []),
    ].join(' '),
    ConditionExpression: condition,
    ...(named.length > 0 && {
      ExpressionAttributeNames: Object.fromEntries(named.map((name) => [`#${name}`, name])),
    }),
    ExpressionAttributeValues: {
      ...Object.fromEntries(names.map((name) => [`:set_${name}`, set[name]])),
      ...values,
    },
  };
}
