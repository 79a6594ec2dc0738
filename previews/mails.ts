import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ListEmailIdentitiesCommand, SESv2Client, SendEmailCommand } from '@aws-sdk/client-sesv2';
import { escapeHtml } from '../lambda/library-loan/html';
import { holdMailing, mailing } from '../lambda/library-loan/input';
import { type Mail, writeHoldMail, writeMail } from '../lambda/library-loan/mail/mails';
import { formatSender } from '../lambda/library-loan/mail/sender';
import { CommandFailure, parseCommandLine } from '../local/cli/command';
import { DEFAULT_DATA_DIRECTORY, type Endpoints, findEndpoints } from '../local/cli/endpoints-file';
import { now, samples, waitingFor } from './samples';

const setting = {
  libraryName: 'Stepwright Public Library',
  link: `https://library.example/l/${'x'.repeat(43)}`,
  timeZone: 'UTC',
};

/**
 * `npm run mails [-- --out DIR] [-- --data DIR]`: every mail to readers, for every awkward loan, as text and as HTML into
 * files, and into the mailbox of a local cloud that runs on DIR (docs/library-mail.md).
 */
async function previewMails(argv: string[]): Promise<void> {
  const { values } = parseCommandLine(argv, {
    out: { type: 'string', default: 'mail-previews' },
    data: { type: 'string' },
  });
  const mails = Object.entries(samples).flatMap(([sample, loan]) => {
    const preview = (kind: string, mail: Mail) => ({ name: `${kind}.${sample}`, to: loan.customer.email, mail });
    const { item, hold } = waitingFor(loan);
    return [
      ...mailing.entries.mail.options.map((kind) => preview(kind, writeMail(kind, loan, setting, now))),
      ...holdMailing.entries.mail.options.map((kind) => preview(kind, writeHoldMail(kind, item, hold, setting, now))),
    ];
  });
  writeFiles(values.out, mails);
  process.stdout.write(`${mails.length} mails are in ${join(values.out, 'index.html')}\n`);
  const endpoints = running(values.data);
  if (!endpoints) return;
  await send(endpoints, mails);
  process.stdout.write(`and in the mailbox, ${endpoints.mail}\n`);
}

interface Preview {
  readonly name: string;
  readonly to: string;
  readonly mail: Mail;
}

function writeFiles(folder: string, mails: readonly Preview[]): void {
  mkdirSync(folder, { recursive: true });
  for (const { name, to, mail } of mails) {
    writeFileSync(join(folder, `${name}.txt`), `To: ${to}\nSubject: ${mail.subject}\n\n${mail.text}`);
    writeFileSync(join(folder, `${name}.html`), mail.html);
  }
  const rows = mails.map(
    ({ name, mail }) =>
      `<li><a href="${name}.html">${escapeHtml(name)}</a> (<a href="${name}.txt">text</a>): ${escapeHtml(mail.subject)}</li>`,
  );
  const head = '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Mails of the library</title></head>';
  writeFileSync(
    join(folder, 'index.html'),
    `${head}<body><h1>Mails</h1><ul>\n${rows.join('\n')}\n</ul></body></html>\n`,
  );
}

/** The local cloud, if one runs. @throws CommandFailure when the one that was named does not */
function running(data: string | undefined): Endpoints | undefined {
  try {
    return findEndpoints(data ?? DEFAULT_DATA_DIRECTORY);
  } catch (error) {
    if (data !== undefined || !(error instanceof CommandFailure)) throw error;
    return undefined;
  }
}

async function send({ aws, credentials }: Endpoints, mails: readonly Preview[]): Promise<void> {
  const { region, ...keys } = credentials;
  const ses = new SESv2Client({ endpoint: aws, region, credentials: keys });
  try {
    const { EmailIdentities = [] } = await ses.send(new ListEmailIdentitiesCommand({}));
    const sender = EmailIdentities.find(({ IdentityType }) => IdentityType === 'EMAIL_ADDRESS')?.IdentityName;
    if (!sender) throw new CommandFailure('The local cloud has no address to send from: it does not run the library.');
    for (const { to, mail } of mails) {
      await ses.send(
        new SendEmailCommand({
          FromEmailAddress: formatSender(setting.libraryName, sender),
          Destination: { ToAddresses: [to] },
          Content: {
            Simple: {
              Subject: { Data: mail.subject, Charset: 'UTF-8' },
              Body: { Text: { Data: mail.text, Charset: 'UTF-8' }, Html: { Data: mail.html, Charset: 'UTF-8' } },
            },
          },
        }),
      );
    }
  } finally {
    ses.destroy();
  }
}

previewMails(process.argv.slice(2)).catch((error: Error) => {
  process.stderr.write(`mails: ${error.message}\n`);
  process.exitCode = 1;
});
