import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { requireEnv } from '../shared/env';
import { parseInput } from '../shared/input';
import { log } from '../shared/log';
import { HoldIsOver, QuietHours } from './errors';
import { holdMailing, readPolicy } from './input';
import { getItem } from './items';
import { writeHoldMail } from './mail/mails';
import { post } from './mail/post';
import { isQuiet } from './opening';
import { findHold } from './pick-up';
import { tables, writeIf } from './tables';

const env = requireEnv('ITEMS_TABLE', 'LIBRARY_NAME');
const { hours } = readPolicy();

/**
 * Writes to a reader who waits for an item, once per kind of mail and hold, and never at night.
 *
 * @throws HoldIsOver when the item is not for this reader any more; QuietHours, MailRefused, MailUnavailable, LoansBusy
 */
export async function handler(event: unknown): Promise<{ version: number; sent: boolean }> {
  const { itemId, holdId, mail, version } = parseInput(holdMailing, event);
  const item = await getItem(itemId);
  const hold = item && findHold(item, holdId);
  if (!hold || (mail === 'holdReady' && item.heldFor !== holdId)) {
    throw new HoldIsOver(`Item ${itemId} is not put aside for hold ${holdId}`);
  }
  const key = `${mail}#${holdId}`;
  if (item.holdMails?.has(key)) return { version, sent: false };
  if (isQuiet(Date.now(), hours)) throw new QuietHours('It is night at the library');
  const setting = { libraryName: env.LIBRARY_NAME, timeZone: hours.timeZone };
  const sent = await post(hold.customer.email, mail, writeHoldMail(mail, item, hold, setting));
  if (!sent) return { version, sent };
  await remember(itemId, key);
  log.info('reader written to', { itemId, holdId, mail });
  return { version, sent: true };
}

/** So that a repeated step does not send it again. */
async function remember(itemId: string, mail: string): Promise<void> {
  await writeIf(() =>
    tables.send(
      new UpdateCommand({
        TableName: env.ITEMS_TABLE,
        Key: { itemId },
        UpdateExpression: 'ADD holdMails :mail',
        ConditionExpression: 'attribute_exists(itemId)',
        ExpressionAttributeValues: { ':mail': new Set([mail]) },
      }),
    ),
  );
}
