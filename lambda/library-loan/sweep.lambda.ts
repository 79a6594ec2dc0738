import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import type { Context } from 'aws-lambda';
import { requireEnv } from '../shared/env';
import { log } from '../shared/log';
import { answerTask } from './answer';
import { isoSecond } from './days';
import type { Item } from './item';
import { getItem } from './items';
import { loanKeys } from './keys';
import { getLoan } from './loans';
import { pendingOffers, unansweredLoans } from './names';
import { startPickUp } from './pick-up';
import { sweepSoon } from './sweep-soon';
import { tables } from './tables';

const env = requireEnv('LOANS_TABLE', 'ITEMS_TABLE');

/** What is younger is still in the hands of whoever stored it. */
const ageMs = 60_000;
/** One run does this many; the next one goes on. */
const limit = 200;

/**
 * Finishes what died between two writes: decisions that were stored and whose task was never answered, and items that
 * were put aside and whose pick-up never began. Both are done a second time without harm. One that fails does not keep
 * the others from being done; it stays, and fails this run, which rings; the next one is ordered.
 */
export async function handler(_event: unknown, { invokedFunctionArn }: Context): Promise<Swept> {
  const before = isoSecond(Date.now() - ageMs);
  const loans = await find(env.LOANS_TABLE, unansweredLoans, { unanswered: 'decidedAt' }, before);
  const items = await find(env.ITEMS_TABLE, pendingOffers, { offerPending: 'offeredAt' }, before);
  const answered = await all(loans, async ({ loanId }) => {
    const loan = await getLoan(String(loanId));
    if (loan?.unanswered) await answerTask(loan, await loanKeys());
  });
  const begun = await all(items, async ({ itemId }) => startPickUp((await getItem(String(itemId))) as Item));
  if (loans.length + items.length > 0) log.info('swept', { answered, begun });
  if (answered + begun < loans.length + items.length) {
    await sweepSoon('again', invokedFunctionArn);
    throw new Error('Not all that was left undone could be finished');
  }
  return { answered, begun };
}

interface Swept {
  /** How many tasks were answered, and pick-ups begun. */
  readonly answered: number;
  readonly begun: number;
}

type Row = Readonly<Record<string, unknown>>;

/** Rows of a sparse index: the name of its key, whose only value is 'yes', and of the time by which they are sorted. */
async function find(TableName: string, IndexName: string, key: Record<string, string>, before: string): Promise<Row[]> {
  const [[mark, time]] = Object.entries(key) as [[string, string]];
  const { Items = [] } = await tables.send(
    new QueryCommand({
      TableName,
      IndexName,
      KeyConditionExpression: '#mark = :yes AND #time < :before',
      ExpressionAttributeNames: { '#mark': mark, '#time': time },
      ExpressionAttributeValues: { ':yes': 'yes', ':before': before },
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
