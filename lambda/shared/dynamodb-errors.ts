import { ConditionalCheckFailedException, TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { isOutage } from './outage';

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

/** Why each write of a cancelled transaction was refused, in the order of the writes ('None' for those that were not). */
export function cancellationReasons(error: unknown): (string | undefined)[] {
  return error instanceof TransactionCanceledException ? (error.CancellationReasons ?? []).map(({ Code }) => Code) : [];
}

/** Whether a condition did not hold, of a single write or of any write of a transaction. */
export function isConditionFailed(error: unknown): boolean {
  return (
    error instanceof ConditionalCheckFailedException || cancellationReasons(error).includes('ConditionalCheckFailed')
  );
}

/** Whether DynamoDB cannot take this now, but may in a moment: another write is in the way, it throttles, or is not there. */
export function isPassing(error: unknown): boolean {
  if (isOutage(error)) return true;
  const names = [...cancellationReasons(error), error instanceof Error ? error.name : undefined];
  return names.some((name) => name !== undefined && passing.has(name));
}
