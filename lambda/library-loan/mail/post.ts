import { SESv2Client, SendEmailCommand } from '@aws-sdk/client-sesv2';
import { requireEnv } from '../../shared/env';
import { log, maskAddress } from '../../shared/log';
import { isOutage } from '../../shared/outage';
import { MailRefused, MailUnavailable, SenderRefused } from '../errors';
import type { Mail } from './mails';
import { formatSender } from './sender';
import { mailStop } from './stops';

/** Owns the way to the post office, and what its answers mean to the workflows. */
const env = requireEnv('LIBRARY_NAME', 'SENDER', 'CONFIGURATION_SET');
const ses = new SESv2Client();

/** By what SES answers (docs.aws.amazon.com/ses/latest/APIReference-V2/API_SendEmail.html). */
const refused = new Set(['MessageRejected', 'BadRequestException']);
const unavailable = new Set([
  'TooManyRequestsException',
  'LimitExceededException',
  'SendingPausedException',
  'Throttling',
  'ThrottlingException',
]);
const ownFault = new Set(['MailFromDomainNotVerifiedException', 'AccountSuspendedException', 'NotFoundException']);

/**
 * Sends a mail to one reader, through the library's configuration set. Nothing is sent to an address from which mail came
 * back.
 *
 * @param kind its kind, for the library's own statistics
 * @returns whether it was sent
 * @throws MailRefused, MailUnavailable, SenderRefused, LoansBusy
 */
export async function post(address: string, kind: string, { subject, text, html }: Mail): Promise<boolean> {
  const stop = await mailStop(address);
  if (stop) {
    log.info('mail not sent: this address is written to no more', { mail: kind, reason: stop.reason });
    return false;
  }
  const Simple = {
    Subject: { Data: subject, Charset: 'UTF-8' },
    Body: { Text: { Data: text, Charset: 'UTF-8' }, Html: { Data: html, Charset: 'UTF-8' } },
  };
  try {
    await ses.send(
      new SendEmailCommand({
        FromEmailAddress: formatSender(env.LIBRARY_NAME, env.SENDER),
        Destination: { ToAddresses: [address] },
        Content: { Simple },
        ConfigurationSetName: env.CONFIGURATION_SET,
        EmailTags: [{ Name: 'mail', Value: kind }],
      }),
    );
  } catch (error) {
    const { name, message } = error instanceof Error ? error : new Error();
    log.warn('mail not sent', { mail: kind, to: maskAddress(address), reason: name });
    // The service's own text may hold the address: it stays out of the execution's history.
    if (ownFault.has(name) || isUnverifiedSender(message)) {
      throw new SenderRefused(`SES answered ${name}: it does not let the library send`, { cause: error });
    }
    if (refused.has(name)) throw new MailRefused(name, { cause: error });
    if (unavailable.has(name) || isOutage(error)) throw new MailUnavailable(`SES answered ${name}`, { cause: error });
    throw error;
  }
  log.info('mail sent', { mail: kind, to: maskAddress(address) });
  return true;
}

/** A sandbox account refuses unverified recipients in the same words: the message names who failed the check. */
function isUnverifiedSender(message: string): boolean {
  return message.includes('is not verified') && message.toLowerCase().includes(env.SENDER.toLowerCase());
}
