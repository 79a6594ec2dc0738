import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
import { isConditionFailed, isPassing } from '../shared/dynamodb-errors';
import { requireEnv } from '../shared/env';
import { parseInput } from '../shared/input';
import { writeLine } from '../shared/log';
import { type Completion, completionSchema } from './completion';
import { TablesBusy } from './tables-busy';

const env = requireEnv('COMPLETIONS_TABLE');
const tables = DynamoDBDocumentClient.from(new DynamoDBClient());

/** An event is repeated within minutes, a dead letter sent again within its fourteen days. */
const rememberedSeconds = 30 * 86_400;

/**
 * Counts a completion in CloudWatch, by level, once per completion id. The mark is set first: whoever dies between mark
 * and metric leaves a figure one too low, which is better than one that every repetition bends upwards.
 *
 * @returns `counted: false` when it was counted before
 * @throws TablesBusy when DynamoDB is busy; InvalidInput
 */
export async function handler(event: unknown): Promise<{ counted: boolean }> {
  const completion = parseInput(completionSchema, event);
  const counted = await mark(completion.completionId);
  if (counted) writeLine(metricLine(completion, Date.now()));
  return { counted };
}

/** The mark is an item of its own beside the completion's: on the same item it would collide with the transaction. */
async function mark(completionId: string): Promise<boolean> {
  const expiresAt = Math.floor(Date.now() / 1000) + rememberedSeconds;
  try {
    await tables.send(
      new PutCommand({
        TableName: env.COMPLETIONS_TABLE,
        Item: { completionId: `${completionId}#counted`, expiresAt },
        ConditionExpression: 'attribute_not_exists(completionId)',
      }),
    );
    return true;
  } catch (error) {
    if (isConditionFailed(error)) return false;
    if (isPassing(error)) throw new TablesBusy('The tables are busy', { cause: error });
    throw error;
  }
}

/**
 * A metric in CloudWatch's embedded metric format: the level is a dimension, since levels are few; the player is not
 * even a field.
 */
export function metricLine(completion: Completion, timestamp: number): object {
  return {
    _aws: {
      Timestamp: timestamp,
      CloudWatchMetrics: [
        {
          Namespace: 'Stepwright/Game',
          Dimensions: [['Level']],
          Metrics: [
            { Name: 'Completions', Unit: 'Count' },
            { Name: 'Score', Unit: 'None' },
            { Name: 'Duration', Unit: 'Seconds' },
          ],
        },
      ],
    },
    Level: String(completion.level),
    Completions: 1,
    Score: completion.score,
    Duration: completion.durationSeconds,
  };
}
