import type { StoredMail } from '../local/services/ses/mails';
import type { Happening } from './timeline';

/** The link in a mail whose path ends in `word` ('renew', 'return', …), read from its text part as a person would. */
export function linkIn(mail: StoredMail, word: string): string {
  const links = mail.text.match(/https?:\/\/[^\s<>"]+/g) ?? [];
  const found = links.find((link) => new URL(link).pathname.endsWith(`/${word}`));
  if (!found) throw new Error(`The mail '${mail.subject}' has no link that ends in '/${word}'.`);
  return found;
}

/** A mail as a line of the timeline, with its links below it. */
export function tellMail(workflow: string, mail: StoredMail): Happening {
  const links = [...new Set(mail.text.match(/https?:\/\/[^\s<>"]+/g) ?? [])];
  return {
    at: Date.parse(mail.at),
    workflow,
    tone: 'mail',
    text: `Mail to ${mail.to.join(', ')}: ${mail.subject}`,
    details: links,
  };
}
