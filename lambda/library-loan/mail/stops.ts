import { GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { requireEnv } from '../../shared/env';
import { readNow, tables, writeIf } from '../tables';

/**
 * Owns the addresses that the library writes to no more, because mail to them came back for good or because their reader
 * complained. The loan goes on without mail, and the desk is told. An address stays here until somebody takes it out of
 * the table.
 */
const { MAIL_STOPS_TABLE } = requireEnv('MAIL_STOPS_TABLE');

export type StopReason = 'bounce' | 'complaint';

export interface MailStop {
  readonly reason: StopReason;
  /** ISO 8601, UTC: when the first bounce or complaint came. */
  readonly since: string;
}

/** The newest bounce or complaint changes nothing: the first one says since when. @throws LoansBusy */
export async function stopMail(address: string, { reason, since }: MailStop): Promise<void> {
  await writeIf(() =>
    tables.send(
      new PutCommand({
        TableName: MAIL_STOPS_TABLE,
        Item: { address: keyOf(address), reason, since },
        ConditionExpression: 'attribute_not_exists(address)',
      }),
    ),
  );
}

/** Why and since when nothing is sent to the address; undefined when it is written to. */
export async function mailStop(address: string): Promise<MailStop | undefined> {
  const read = await readNow(() =>
    tables.send(new GetCommand({ TableName: MAIL_STOPS_TABLE, Key: { address: keyOf(address) } })),
  );
  return read.Item && { reason: read.Item.reason, since: read.Item.since };
}

/** Mailboxes that differ in case alone are one: no post office in use tells them apart. */
function keyOf(address: string): string {
  return address.toLowerCase();
}
