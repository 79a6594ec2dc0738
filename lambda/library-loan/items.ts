import { GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { requireEnv } from '../shared/env';
import { LoansBusy } from './errors';
import type { Item, ItemChange } from './item';
import { tables, writeIf } from './tables';

/** Owns how items are read and changed: Q2's revision, and trying again on what another change left. */
const env = requireEnv('ITEMS_TABLE');

export async function getItem(itemId: string): Promise<Item | undefined> {
  const read = await tables.send(new GetCommand({ TableName: env.ITEMS_TABLE, Key: { itemId }, ConsistentRead: true }));
  return read.Item as Item | undefined;
}

/**
 * Changes an item, or does not.
 *
 * @param plan the change of the item as it is read; undefined leaves it. It may throw, and is asked again when somebody
 *   else was faster.
 * @returns the item as it is then; undefined when there is none
 * @throws LoansBusy when others were faster again and again
 */
export async function changeItem(
  itemId: string,
  plan: (item: Item) => ItemChange | undefined | Promise<ItemChange | undefined>,
): Promise<Item | undefined> {
  for (let attempt = 0; attempt < attempts; attempt++) {
    const item = await getItem(itemId);
    const change = item && (await plan(item));
    if (!item || !change) return item;
    const written = await writeIf(() =>
      tables.send(new UpdateCommand({ ...itemUpdate(item, change), ReturnValues: 'ALL_NEW' })),
    );
    if (written) return written.Attributes as Item;
  }
  throw new LoansBusy(`Item ${itemId} is being changed by many`);
}

export const attempts = 5;

/**
 * The update of an item under the condition that it is still as it was read: same revision (Q2), status and loan.
 * Usable by itself and in a transaction.
 */
export function itemUpdate(item: Item, { set, remove }: ItemChange) {
  const next = { ...set, revision: (item.revision ?? 0) + 1 };
  const expected = { revision: item.revision, status: item.status, loanId: item.loanId };
  const named = [...new Set([...Object.keys(next), ...remove, ...Object.keys(expected)])];
  const conditions = Object.entries(expected).map(([name, value]) =>
    value === undefined ? `attribute_not_exists(#${name})` : `#${name} = :is_${name}`,
  );
  return {
    TableName: env.ITEMS_TABLE,
    Key: { itemId: item.itemId },
    UpdateExpression: [
      `SET ${Object.keys(next)
        .map((name) => `#${name} = :${name}`)
        .join(', ')}`,
      ...(remove.length > 0 ? [`REMOVE ${remove.map((name) => `#${name}`).join(', ')}`] : []),
    ].join(' '),
    ConditionExpression: conditions.join(' AND '),
    ExpressionAttributeNames: Object.fromEntries(named.map((name) => [`#${name}`, name])),
    ExpressionAttributeValues: {
      ...Object.fromEntries(Object.entries(next).map(([name, value]) => [`:${name}`, value])),
      ...Object.fromEntries(
        Object.entries(expected).flatMap(([name, value]) => (value === undefined ? [] : [[`:is_${name}`, value]])),
      ),
    },
  };
}
