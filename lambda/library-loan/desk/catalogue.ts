import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { requireEnv } from '../../shared/env';
import { bodyText, json, Problem, type Response } from '../../shared/http';
import { log } from '../../shared/log';
import { isoSecond } from '../days';
import { free, type Item, statusAt } from '../item';
import { changeItem, getItem } from '../items';
import { startPickUp } from '../pick-up';
import { sweepSoon } from '../sweep-soon';
import { tables } from '../tables';
import { itemBody, itemId, parseBody, pathId } from './bodies';

/** Owns the catalogue as the desk sees it. */
const env = requireEnv('ITEMS_TABLE');

/** `PUT /items/{itemId}`: 201 for a new item, 200 for one that gets this title; loans that are made keep the title that they were made with. */
export async function putItem(event: APIGatewayProxyEventV2): Promise<Response> {
  const id = pathId(itemId, event.pathParameters?.itemId, 'item');
  const { title } = parseBody(itemBody, bodyText(event), 'item');
  const { Attributes } = await tables.send(
    new UpdateCommand({
      TableName: env.ITEMS_TABLE,
      Key: { itemId: id },
      UpdateExpression: 'SET title = :title, #status = if_not_exists(#status, :in)',
      ExpressionAttributeNames: { '#status': 'status' },
      ExpressionAttributeValues: { ':title': title, ':in': 'in' },
      ReturnValues: 'ALL_OLD',
    }),
  );
  log.info('item entered', { itemId: id });
  const item = { ...(Attributes ?? { itemId: id, status: 'in' }), title } as Item;
  return Attributes ? json(200, forDesk(item)) : json(201, forDesk(item), { location: `/items/${id}` });
}

/** `GET /items/{itemId}` */
export async function showItem(event: APIGatewayProxyEventV2): Promise<Response> {
  return json(200, forDesk(await knownItem(event)));
}

/**
 * `POST /items/{itemId}/restore`: a damaged item is mended, or a lost one has turned up. It goes to the first reader who
 * waits, or is in again. One that is in, or kept for a reader, stays as it is; one that is out is 409.
 */
export async function restoreItem(event: APIGatewayProxyEventV2): Promise<Response> {
  const { itemId, queue = [] } = await knownItem(event);
  const now = isoSecond(Date.now());
  if (queue.length > 0) await sweepSoon('restored');
  const restored = (await changeItem(itemId, (item) => {
    const status = statusAt(item, now);
    if (status === 'damaged' || status === 'lost') return free(item.queue ?? [], now);
    if (status === 'in' || status === 'held') return undefined;
    throw new Problem(409, 'Item is out', `Item '${itemId}' is on loan: its return, inspected, puts it back.`);
  })) as Item;
  log.info('item restored', { itemId, heldFor: restored.heldFor });
  // Should this fail, the sweep begins it.
  await startPickUp(restored).catch((error) => log.error('pick-up not begun', { itemId, error }));
  return json(200, forDesk(restored));
}

/** @throws Problem 404 */
export async function knownItem(event: APIGatewayProxyEventV2): Promise<Item> {
  const item = await getItem(pathId(itemId, event.pathParameters?.itemId, 'item'));
  if (!item) throw new Problem(404, 'Unknown item', 'There is no such item.');
  return item;
}

function forDesk(item: Item) {
  const { itemId, title, loanId, queue = [], heldFor, pickUpBy } = item;
  const status = statusAt(item, isoSecond(Date.now()));
  const isLent = status === 'out' || status === 'reserved';
  return { itemId, title, status, ...(isLent && { loanId }), holds: queue.length, heldFor, pickUpBy };
}
