import { requireEnv } from '../shared/env';
import { parseInput } from '../shared/input';
import { log } from '../shared/log';
import { MailRefused, QuietHours, ReaderDecided } from './errors';
import { type MailKind, mailing, readPolicy } from './input';
import { loanKeys } from './keys';
import type { Loan } from './loan';
import { requireLoan } from './loan-rows';
import { rememberMail, rememberRefusal } from './loans';
import { writeMail } from './mail/mails';
import { post } from './mail/post';
import { isQuiet } from './opening';

const env = requireEnv('BASE_URL', 'LIBRARY_NAME');
const policy = readPolicy();
const asksForDecision: ReadonlySet<MailKind> = new Set(['reminder', 'due', 'overdue']);

/**
 * Writes to the reader, once per kind of mail and period. Whoever dies between sending and remembering sends twice: mail
 * knows no better promise. Nothing is sent to an address from which mail came back.
 *
 * @throws ReaderDecided instead of a mail that only asks for a decision; QuietHours instead of one that a date alone sets
 *   off, at night; MailRefused, MailUnavailable, SenderRefused, LoansBusy
 */
export async function handler(event: unknown): Promise<{ version: number; sent: boolean }> {
  const { loanId, period, mail: asked, version } = parseInput(mailing, event);
  const loan = await requireLoan(loanId);
  // An execution that knows no cancellation ends the loan as lost; the reader must not read of a fee.
  const mail = asked === 'lostFee' && loan.status === 'cancelled' ? 'cancelled' : asked;
  const key = `${mail}#${period}`;
  if (loan.mailed?.has(key)) return { version, sent: false };
  if (asksForDecision.has(mail) && loan.decision) throw new ReaderDecided(loan.decision, version);
  // By the calendar's dates it is day; this is for what was held up on the way, until after the library's closing time.
  // The first version knows no quiet hours.
  if (version > 1 && isSetOffByDate(mail, loan) && isQuiet(Date.now(), policy.hours)) {
    throw new QuietHours('It is night at the library');
  }
  const link = `${env.BASE_URL}/l/${(await loanKeys()).linkToken(loanId)}`;
  const setting = { libraryName: env.LIBRARY_NAME, link, timeZone: policy.hours.timeZone };
  const sent = await post(loan.customer.email, mail, writeMail(mail, loan, setting)).catch(async (error) => {
    if (error instanceof MailRefused) await rememberRefusal(loanId, { mail, reason: error.reason });
    throw error;
  });
  if (!sent) return { version, sent };
  await rememberMail(loanId, key);
  log.info('reader written to', { loanId, period, mail });
  return { version, sent: true };
}

function isSetOffByDate(mail: MailKind, loan: Loan): boolean {
  return asksForDecision.has(mail) || (mail === 'lostFee' && loan.decision !== 'lost');
}
