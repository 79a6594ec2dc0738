import {
  ConditionalCheckFailedException,
  DynamoDBClient,
  TransactionCanceledException,
} from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { LoansBusy } from './errors';

export const tables = DynamoDBDocumentClient.from(new DynamoDBClient(), {
  marshallOptions: { removeUndefinedValues: true },
});

const passing = new Set([
  'TransactionConflict',
  'TransactionConflictException',
  'TransactionInProgressException',
  'ThrottlingError',
  'ThrottlingException',
  'ProvisionedThroughputExceeded',
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'InternalServerError',
]);

/**
 * Writes under a condition.
 *
 * @returns what was written, or undefined when a condition did not hold and nothing changed
 * @throws LoansBusy when trying again helps
 */
export async function writeIf<T>(write: () => Promise<T>): Promise<T | undefined> {
  try {
    return await write();
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return undefined;
    const reasons =
      error instanceof TransactionCanceledException ? (error.CancellationReasons ?? []).map(({ Code }) => Code) : [];
    if (reasons.includes('ConditionalCheckFailed')) return undefined;
    const names = [...reasons, error instanceof Error ? error.name : undefined];
    if (names.some((name) => name !== undefined && passing.has(name))) {
      throw new LoansBusy('The tables are busy', { cause: error });
    }
    throw error;
  }
}
