/** The tables cannot take this now: another write is in the way, or DynamoDB throttles. Trying again helps. */
export class TablesBusy extends Error {
  override readonly name = 'TablesBusy';
}
