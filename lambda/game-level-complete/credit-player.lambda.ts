import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, GetCommand, TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import { cancellationReasons, isPassing } from '../shared/dynamodb-errors';
import { requireEnv } from '../shared/env';
import { parseInput } from '../shared/input';
import { log } from '../shared/log';
import { type Completion, completionSchema } from './completion';
import { advance, type Progress } from './progress';
import { TablesBusy } from './tables-busy';

const env = requireEnv('COMPLETIONS_TABLE', 'PLAYERS_TABLE', 'LEADERBOARD_TABLE');
const tables = DynamoDBDocumentClient.from(new DynamoDBClient());

/** How often one call reads anew when another completion of the same player or level came between. */
const attempts = 3;

/**
 * Credits a completion to its player: the completion, the progress and the leaderboard change together or not at all.
 *
 * @returns `credited: false` when the completion was recorded before; nothing changed then
 * @throws TablesBusy when others keep coming between, or DynamoDB is busy; InvalidInput
 */
export async function handler(event: unknown): Promise<{ credited: boolean }> {
  const completion = parseInput(completionSchema, event);
  const { completionId, level } = completion;
  for (let attempt = 1; attempt <= attempts; attempt++) {
    const result = await credit(completion);
    if (result === 'overtaken') continue;
    log.info(result === 'credited' ? 'player credited' : 'completion known already', { completionId, level });
    return { credited: result === 'credited' };
  }
  throw new TablesBusy(`Overtaken ${attempts} times by other completions of the player or the level`);
}

async function credit(completion: Completion): Promise<'credited' | 'known' | 'overtaken'> {
  const { completionId, playerId, level, score } = completion;
  try {
    const [progress, best] = await Promise.all([readProgress(playerId), readBestScore(level, playerId)]);
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
          ...(best === undefined || score > best ? [putBestScore({ level, playerId, score, completionId })] : []),
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

async function readBestScore(level: number, playerId: string): Promise<number | undefined> {
  const read = await tables.send(
    new GetCommand({ TableName: env.LEADERBOARD_TABLE, Key: { level, playerId }, ConsistentRead: true }),
  );
  return read.Item?.bestScore as number | undefined;
}

function putBestScore(best: { level: number; playerId: string; score: number; completionId: string }) {
  const { level, playerId, score, completionId } = best;
  return {
    Put: {
      TableName: env.LEADERBOARD_TABLE,
      Item: { level, playerId, bestScore: score, completionId },
      ConditionExpression: 'attribute_not_exists(playerId) OR bestScore < :score',
      ExpressionAttributeValues: { ':score': score },
    },
  };
}
