import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import type { Context } from 'aws-lambda';
import { requireEnv } from '../shared/env';
import { log } from '../shared/log';
import { answerTask } from './answer';
import { isoSecond } from './days';
import type { Item } from './item';
import { getItem } from './items';
import { loanKeys } from './keys';
import { getLoan } from './loan-rows';
import { loansByStatus, pendingOffers, unansweredLoans } from './names';
import { startPickUp } from './pick-up';
import { reservedMinutes, voidReservation } from './reservations';
import { sweepSoon } from './sweep-soon';
import { tables } from './tables';

const env = requireEnv('LOANS_TABLE', 'ITEMS_TABLE');

/** What is younger is still in the hands of whoever stored it. */
const ageMs = 60_000;
const reservedMs = reservedMinutes * 60_000;
/** One run does this many; the next one goes on. */
const limit = 200;

/**
 * Finishes what died between two steps: decisions that were stored and whose task was never answered, items that were put
 * aside and whose pick-up never began, and reservations that ran out before a workflow took them over. All are done a
 * second time without harm. One that fails does not keep the others from being done; it stays, and fails this run, which
 * rings; the next one is ordered.
 */
export async function handler(_event: unknown, { invokedFunctionArn }: Context): Promise<Swept> {
  const loans = await find(env.LOANS_TABLE, unansweredLoans, ['unanswered', 'yes', 'decidedAt'], ageMs);
  const items = await find(env.ITEMS_TABLE, pendingOffers, ['offerPending', 'yes', 'offeredAt'], ageMs);
  const reserved = await find(env.LOANS_TABLE, loansByStatus, ['status', 'registered', 'registeredAt'], reservedMs);
  const answered = await all(loans, async ({ loanId }) => {
    const loan = await getLoan(String(loanId));
    if (loan?.unanswered) await answerTask(loan, await loanKeys());
  });
  const begun = await all(items, async ({ itemId }) => startPickUp((await getItem(String(itemId))) as Item));
  const ended = await all(reserved, async ({ loanId }) => {
    await voidReservation(String(loanId), false);
  });
  const found = loans.length + items.length + reserved.length;
  if (found > 0) log.info('swept', { answered, begun, ended });
  if (answered + begun + ended < found) {
    await sweepSoon('again', undefined, invokedFunctionArn);
    throw new Error('Not all that was left undone could be finished');
  }
  return { answered, begun, ended };
}

interface Swept {
  /** How many tasks were answered, pick-ups begun, and reservations ended. */
  readonly answered: number;
  readonly begun: number;
  readonly ended: number;
}

type Row = Readonly<Record<string, unknown>>;

/** Rows of an index that are older than that: by its key, the value, and the time by which they are sorted. */
async function find(
  TableName: string,
  IndexName: string,
  [key, value, time]: readonly [string, string, string],
  olderThanMs: number,
): Promise<Row[]> {
  const { Items = [] } = await tables.send(
    new QueryCommand({
      TableName,
      IndexName,
      KeyConditionExpression: '#key = :value AND #time < :before',
      ExpressionAttributeNames: { '#key': key, '#time': time },
      ExpressionAttributeValues: { ':value': value, ':before': isoSecond(Date.now() - olderThanMs) },
      Limit: limit,
    }),
  );
  return Items;
}

async function all(rows: readonly Row[], finish: (row: Row) => Promise<void>): Promise<number> {
  let done = 0;
  for (const row of rows) {
    try {
      await finish(row);
      done += 1;
    } catch (error) {
      log.error('left for the next sweep', { row, error });
    }
  }
  return done;
}
