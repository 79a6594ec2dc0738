/** The tables cannot take this now: another write is in the way, or DynamoDB throttles. Trying again helps. */
export class TablesBusy extends Error {
  override readonly name = 'TablesBusy';
}

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

/** Whether DynamoDB's error, or the reason of a cancelled transaction, is one that passes. */
export function passes(name: string | undefined): boolean {
  return name !== undefined && passing.has(name);
}
