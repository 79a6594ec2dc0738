import { SESv2Client, SendEmailCommand } from '@aws-sdk/client-sesv2';
import { requireEnv } from '../shared/env';
import { parseInput } from '../shared/input';
import { log, maskAddress } from '../shared/log';
import { isOutage } from '../shared/outage';
import { MailRefused, MailUnavailable, ReaderDecided, SenderRefused } from './errors';
import { type MailKind, mailing } from './input';
import { loanKeys } from './keys';
import { rememberMail, requireLoan } from './loans';
import { writeMail } from './mail/mails';
import { formatSender } from './mail/sender';
import { mailStop } from './mail/stops';

const env = requireEnv('BASE_URL', 'LIBRARY_NAME', 'SENDER', 'CONFIGURATION_SET');
const ses = new SESv2Client();

const asksForDecision: ReadonlySet<MailKind> = new Set(['reminder', 'due']);

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
 * Writes to the reader, once per kind of mail and period. Whoever dies between sending and remembering sends twice: mail
 * knows no better promise. Nothing is sent to an address from which mail came back.
 *
 * @throws ReaderDecided instead of a mail that only asks for a decision; MailRefused, MailUnavailable, SenderRefused,
 *         LoansBusy
 */
export async function handler(event: unknown): Promise<{ sent: boolean }> {
  const { loanId, period, mail } = parseInput(mailing, event);
  const loan = await requireLoan(loanId);
  const key = `${mail}#${period}`;
  if (loan.mailed?.has(key)) return { sent: false };
  if (asksForDecision.has(mail) && loan.decision) throw new ReaderDecided(loan.decision);
  const stop = await mailStop(loan.customer.email);
  if (stop) {
    log.info('mail not sent: this address is written to no more', { loanId, mail, reason: stop.reason });
    return { sent: false };
  }
  const link = `${env.BASE_URL}/l/${(await loanKeys()).linkToken(loanId)}`;
  const { subject, text, html } = writeMail(mail, loan, { libraryName: env.LIBRARY_NAME, link });
  await send(loan.customer.email, mail, {
    Subject: { Data: subject, Charset: 'UTF-8' },
    Body: { Text: { Data: text, Charset: 'UTF-8' }, Html: { Data: html, Charset: 'UTF-8' } },
  });
  await rememberMail(loanId, key);
  log.info('mail sent', { loanId, mail, to: maskAddress(loan.customer.email) });
  return { sent: true };
}

async function send(address: string, kind: string, Simple: SimpleMail): Promise<void> {
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
    if (refused.has(name)) throw new MailRefused(`SES answered ${name}`, { cause: error });
    if (unavailable.has(name) || isOutage(error)) throw new MailUnavailable(`SES answered ${name}`, { cause: error });
    throw error;
  }
}

/** A sandbox account refuses unverified recipients in the same words: the message names who failed the check. */
function isUnverifiedSender(message: string): boolean {
  return message.includes('is not verified') && message.toLowerCase().includes(env.SENDER.toLowerCase());
}

interface SimpleMail {
  readonly Subject: { Data: string; Charset: string };
  readonly Body: { Text: { Data: string; Charset: string }; Html: { Data: string; Charset: string } };
}
