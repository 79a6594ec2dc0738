import { GetCommand, TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import type * as v from 'valibot';
import { cancellationReasons, isPassing } from '../shared/dynamodb-errors';
import { requireEnv } from '../shared/env';
import { parseInput } from '../shared/input';
import { log } from '../shared/log';
import { creditSchema } from './completion';
import { asBest, type Best } from './leaderboard';
import { advance, type Progress } from './progress';
import { tables } from './tables';
import { TablesBusy } from './tables-busy';

const env = requireEnv('COMPLETIONS_TABLE', 'PLAYERS_TABLE', 'LEADERBOARD_TABLE');

/** How often one call reads anew when another completion of the same player or level came between. */
const attempts = 3;

/**
 * Credits a completion to its player: the completion, the progress and the leaderboard change together or not at all.
 *
 * @returns `credited: false` when the completion was recorded before; nothing changed then
 * @throws TablesBusy when others keep coming between, or DynamoDB is busy; InvalidInput
 */
export async function handler(event: unknown): Promise<{ credited: boolean }> {
  const completion = parseInput(creditSchema, event);
  const { completionId, level } = completion;
  for (let attempt = 1; attempt <= attempts; attempt++) {
    const result = await credit(completion);
    if (result === 'overtaken') continue;
    // What goes well is not told: a million lines a day cost more than they say.
    if (result === 'known') log.info('completion known already', { completionId, level });
    return { credited: result === 'credited' };
  }
  throw new TablesBusy(`Overtaken ${attempts} times by other completions of the player or the level`);
}

async function credit(completion: v.InferOutput<typeof creditSchema>): Promise<'credited' | 'known' | 'overtaken'> {
  const { playerId, level } = completion;
  const candidate = asBest(completion);
  try {
    const [progress, best] = await Promise.all([readProgress(playerId), readBest(level, playerId)]);
    await tables.send(
      new TransactWriteCommand({
        TransactItems: [
          {
            Put: {
              TableName: env.COMPLETIONS_TABLE,
              Item: { ...completion, recordedAt: new Date().toISOString() },
              ConditionExpression: 'attribute_not_exists(completionId)',
            },
          },
          {
            Put: {
              TableName: env.PLAYERS_TABLE,
              Item: advance(progress, completion),
              ...(progress
                ? { ConditionExpression: 'revision = :read', ExpressionAttributeValues: { ':read': progress.revision } }
                : { ConditionExpression: 'attribute_not_exists(playerId)' }),
            },
          },
          // The best score only rises; one that does not beat it needs no write.
          ...(best === undefined || candidate.rank < best.rank ? [putBest(candidate)] : []),
        ],
      }),
    );
    return 'credited';
  } catch (error) {
    // The first write is the completion; the others rest on what was read before.
    const [completionRefused, ...restRefused] = cancellationReasons(error);
    if (completionRefused === 'ConditionalCheckFailed') return 'known';
    if (restRefused.includes('ConditionalCheckFailed')) return 'overtaken';
    if (isPassing(error)) throw new TablesBusy('The tables are busy', { cause: error });
    throw error;
  }
}

async function readProgress(playerId: string): Promise<Progress | undefined> {
  const read = await tables.send(
    new GetCommand({ TableName: env.PLAYERS_TABLE, Key: { playerId }, ConsistentRead: true }),
  );
  return read.Item as Progress | undefined;
}

async function readBest(level: number, playerId: string): Promise<Best | undefined> {
  const read = await tables.send(
    new GetCommand({ TableName: env.LEADERBOARD_TABLE, Key: { level, playerId }, ConsistentRead: true }),
  );
  return read.Item as Best | undefined;
}

function putBest(best: Best) {
  return {
    Put: {
      TableName: env.LEADERBOARD_TABLE,
      Item: best,
      ConditionExpression: 'attribute_not_exists(playerId) OR #rank > :rank',
      ExpressionAttributeNames: { '#rank': 'rank' },
      ExpressionAttributeValues: { ':rank': best.rank },
    },
  };
}
