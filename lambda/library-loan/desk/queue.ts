import { randomUUID } from 'node:crypto';
import { TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { bodyText, json, Problem, type Response } from '../../shared/http';
import { log } from '../../shared/log';
import { isoSecond } from '../days';
import { LoansBusy } from '../errors';
import { readPolicy } from '../input';
import { free, type Hold, type Item, statusAt } from '../item';
import { attempts, changeItem, itemUpdate } from '../items';
import { isSameReader } from '../loan';
import { getLoan } from '../loan-rows';
import { answerPickUp, startPickUp } from '../pick-up';
import { sweepSoon } from '../sweep-soon';
import { tables, writeIf } from '../tables';
import { holdBody, id, parseBody, pathId } from './bodies';
import { knownItem } from './catalogue';
import { type Answer, IdempotentRequest, respond } from './requests';

/** Owns how the desk puts readers into an item's queue, shows it, and takes them out. */
const policy = readPolicy();

/** `POST /items/{itemId}/holds` */
export async function placeHold(event: APIGatewayProxyEventV2): Promise<Response> {
  const request = IdempotentRequest.of(event);
  const { customer } = parseBody(holdBody, bodyText(event), 'hold');
  for (let attempt = 0; attempt < attempts; attempt++) {
    const before = await request?.answered();
    if (before) return respond(before);
    const item = await knownItem(event);
    const hold: Hold = { holdId: randomUUID(), customer, placedAt: isoSecond(Date.now()) };
    try {
      await requirePlace(item, hold);
    } catch (error) {
      // Of requests with one key that come at once, this one was not the first: the reader waits already, by that one.
      const meanwhile = await request?.answered();
      if (meanwhile) return respond(meanwhile);
      throw error;
    }
    const queue = [...(item.queue ?? []), hold];
    const answer: Answer = {
      status: 201,
      body: forDesk({ ...item, queue }, hold, queue.length - 1),
      location: `/items/${item.itemId}/holds/${hold.holdId}`,
    };
    const placed = await writeIf(() =>
      tables.send(
        new TransactWriteCommand({
          TransactItems: [
            { Update: itemUpdate(item, { set: { queue }, remove: [] }) },
            ...(request ? [request.record(answer)] : []),
          ],
        }),
      ),
    );
    if (!placed) continue;
    log.info('hold placed', { itemId: item.itemId, holdId: hold.holdId, position: queue.length });
    return respond(answer);
  }
  throw new LoansBusy('The queue is being changed by many');
}

/** @throws Problem 409 when the reader cannot wait for this item */
async function requirePlace(item: Item, { customer, placedAt }: Hold): Promise<void> {
  const { itemId, queue = [], loanId } = item;
  const status = statusAt(item, placedAt);
  const refuse = (why: string) => new Problem(409, 'No hold', why);
  if (status === 'in') throw refuse(`Item '${itemId}' is in: lend it.`);
  if (status === 'damaged' || status === 'lost') throw refuse(`Item '${itemId}' is ${status}: nobody can wait for it.`);
  if (queue.some((hold) => isSameReader(hold.customer, customer))) throw refuse('This reader waits for it already.');
  if (queue.length >= policy.longestQueue) throw refuse(`${queue.length} readers wait for it already.`);
  const loan = loanId === undefined ? undefined : await getLoan(loanId);
  if (loan && isSameReader(loan.customer, customer)) throw refuse('This reader has the item.');
}

/** `GET /items/{itemId}/holds`: the whole queue, whose length is limited. */
export async function listHolds(event: APIGatewayProxyEventV2): Promise<Response> {
  const item = await knownItem(event);
  return json(200, { holds: (item.queue ?? []).map((hold, index) => forDesk(item, hold, index)) });
}

/** `DELETE /items/{itemId}/holds/{holdId}`: when the item was put aside for this reader, it is the next one's turn. */
export async function cancelHold(event: APIGatewayProxyEventV2): Promise<Response> {
  const holdId = pathId(id, event.pathParameters?.holdId, 'hold');
  const { itemId, heldFor } = await knownItem(event);
  const now = isoSecond(Date.now());
  if (heldFor === holdId) await sweepSoon(holdId);
  let waiting: string | undefined;
  const changed = await changeItem(itemId, (item) => {
    waiting = undefined;
    const queue = (item.queue ?? []).filter((hold) => hold.holdId !== holdId);
    if (queue.length === (item.queue ?? []).length) throw new Problem(404, 'Unknown hold', 'There is no such hold.');
    if (item.heldFor !== holdId) return { set: { queue }, remove: [] };
    if (statusAt(item, now) === 'reserved')
      throw new Problem(409, 'Being lent', 'The reader is just borrowing the item.');
    waiting = item.sealedToken;
    return free(queue, now);
  });
  log.info('hold cancelled', { itemId, holdId });
  // Should this fail, the sweep begins it.
  if (changed) {
    await startPickUp(changed).catch((error) => log.error('pick-up not begun', { itemId, error }));
  }
  // And should this fail, the old wait ends on its day, into nothing.
  await answerPickUp(holdId, waiting).catch((error) => log.error('pick-up not ended', { itemId, holdId, error }));
  return { statusCode: 204, headers: { 'cache-control': 'no-store' } };
}

function forDesk(item: Item, { holdId, customer, placedAt }: Hold, index: number) {
  const isReady = item.heldFor === holdId;
  return {
    holdId,
    itemId: item.itemId,
    status: isReady ? 'ready' : 'waiting',
    position: index + 1,
    customer,
    placedAt,
    ...(isReady && { pickUpBy: item.pickUpBy }),
  };
}
