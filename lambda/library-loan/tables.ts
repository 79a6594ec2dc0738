import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { isConditionFailed, isPassing } from '../shared/dynamodb-errors';
import { LoansBusy } from './errors';

export const tables = DynamoDBDocumentClient.from(new DynamoDBClient(), {
  marshallOptions: { removeUndefinedValues: true },
});

/** Reads. @throws LoansBusy when trying again helps */
export async function readNow<T>(read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    throw isPassing(error) ? new LoansBusy('The tables are busy', { cause: error }) : error;
  }
}

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
    if (isConditionFailed(error)) return undefined;
    if (isPassing(error)) throw new LoansBusy('The tables are busy', { cause: error });
    throw error;
  }
}
