import { escapeHtml, formatDay } from '../html';
import type { HoldMailKind, MailKind } from '../input';
import type { Hold, Item } from '../item';
import type { Customer, Loan } from '../loan';
import { named, shortName, wordsOf } from '../wording';

/** What all mails of a library share. */
export interface MailSetting {
  readonly libraryName: string;
  /** The reader's own link, without the page's name at its end. */
  readonly link: string;
  /** The library's own: days are named as its calendars show them. */
  readonly timeZone: string;
}

export interface Mail {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

interface Letter {
  readonly subject: string;
  readonly paragraphs: readonly string[];
  /** Whether the reader may still act: then the links follow. */
  readonly links: boolean;
}

/**
 * Writes a mail to the reader of a loan, as text and as HTML. The letters below write names and titles as they come: what
 * these may hold is dealt with here, once for all letters, and escaped in `asHtml`.
 */
export function writeMail(
  kind: MailKind,
  loan: Loan,
  { link, libraryName, timeZone }: MailSetting,
  now = Date.now(),
): Mail {
  const setting = { link, libraryName: named(libraryName), timeZone };
  const day = (iso: string) => formatDay(iso, now, timeZone);
  const today = day(new Date(now).toISOString());
  const told = wordsOf(loan);
  const { subject } = letters[kind]({ ...told, title: shortName(loan.title) }, day, today);
  const letter = { ...letters[kind](told, day, today), subject };
  return { subject, text: asText(letter, told, setting), html: asHtml(letter, told, setting) };
}

/** Writes a mail to a reader who waits for an item. */
export function writeHoldMail(
  kind: HoldMailKind,
  item: Item,
  { customer }: Hold,
  setting: Omit<MailSetting, 'link'>,
  now = Date.now(),
): Mail {
  const day = (of: string) => formatDay(`${of}T12:00:00Z`, now);
  const told = wordsOf({ ...item, customer });
  const { subject } = holdLetters[kind]({ ...told, title: shortName(item.title) }, day);
  const letter = { ...holdLetters[kind](told, day), subject };
  const whole = { ...setting, libraryName: named(setting.libraryName), link: '' };
  return { subject, text: asText(letter, told, whole), html: asHtml(letter, told, whole) };
}

const holdLetters: Record<HoldMailKind, (item: Item, day: (day: string) => string) => Letter> = {
  holdReady: ({ title, pickUpBy = '' }, day) => ({
    subject: `‘${title}’ is waiting for you until ${day(pickUpBy)}`,
    paragraphs: [
      `‘${title}’, for which you have waited, is back. We keep it for you at the desk until ${day(pickUpBy)}.`,
      'After that it goes to the next reader. If you do not need it any more, please tell the desk.',
    ],
    links: false,
  }),
  holdLapsed: ({ title }) => ({
    subject: `We no longer keep ‘${title}’ for you`,
    paragraphs: [
      `You have not picked up ‘${title}’ in time, so we do not keep it for you any more. The desk can put you in the queue again.`,
    ],
    links: false,
  }),
};

const renewals = (loan: Loan) =>
  loan.renewalsLeft === 0
    ? 'It cannot be renewed any more.'
    : `You may renew it ${loan.renewalsLeft === 1 ? 'once' : `${loan.renewalsLeft} times`} more.`;

const letters: Record<MailKind, (loan: Loan, day: (iso: string) => string, today: string) => Letter> = {
  confirmation: (loan, day) => ({
    subject: `You borrowed ‘${loan.title}’`,
    paragraphs: [`‘${loan.title}’ is yours until ${day(loan.dueAt)}. Enjoy it!`, renewals(loan)],
    links: true,
  }),
  reminder: (loan, day) => ({
    subject: `Your loan of ‘${loan.title}’ is due on ${day(loan.dueAt)}`,
    paragraphs: [`A friendly reminder: please bring ‘${loan.title}’ back by ${day(loan.dueAt)}.`, renewals(loan)],
    links: true,
  }),
  due: (loan, day, today) => ({
    subject:
      day(loan.dueAt) === today ? `‘${loan.title}’ is due today` : `‘${loan.title}’ was due on ${day(loan.dueAt)}`,
    paragraphs: [
      day(loan.dueAt) === today
        ? `Today is the day: ‘${loan.title}’ is due back at the library.`
        : `‘${loan.title}’ was due back at the library on ${day(loan.dueAt)}.`,
      `You have until ${day(loan.graceEndsAt)} before our librarian asks after it. ${renewals(loan)}`,
    ],
    links: true,
  }),
  overdue: (loan, day) => ({
    subject: `‘${loan.title}’ is overdue`,
    paragraphs: [
      `‘${loan.title}’ was due back on ${day(loan.dueAt)}. Please bring it as soon as you can, or tell us what became of it.`,
      `On ${day(loan.graceEndsAt)} our librarian will ask after it. ${renewals(loan)}`,
    ],
    links: true,
  }),
  cancelled: (loan) => ({
    subject: `Your loan of ‘${loan.title}’ is cancelled`,
    paragraphs: [`The desk has cancelled your loan of ‘${loan.title}’. You need not do anything, and nothing is owed.`],
    links: false,
  }),
  renewed: (loan, day) => ({
    subject: `‘${loan.title}’ is yours until ${day(loan.dueAt)}`,
    paragraphs: [`We renewed your loan of ‘${loan.title}’: it is now due on ${day(loan.dueAt)}.`, renewals(loan)],
    links: true,
  }),
  notFound: (loan, day) => ({
    subject: `We could not find ‘${loan.title}’`,
    paragraphs: [
      `You told us that ‘${loan.title}’ is back, but it is not at our desk. Would you look for it once more?`,
      `On ${day(loan.presumedLostAt)} we would have to take it for lost.`,
    ],
    links: true,
  }),
  receipt: (loan) => ({
    subject: `Thank you for returning ‘${loan.title}’`,
    paragraphs: [`‘${loan.title}’ is back on our shelf, in good condition. We hope you enjoyed it.`],
    links: false,
  }),
  damageFee: (loan) => ({
    subject: `‘${loan.title}’ came back damaged`,
    paragraphs: [
      `Thank you for returning ‘${loan.title}’. It needs mending, for which we have to charge a fee; the desk will tell you how much.`,
      ...(loan.note ? [`What we found: ${loan.note}`] : []),
    ],
    links: false,
  }),
  lostFee: (loan) => ({
    subject: `About your loan of ‘${loan.title}’`,
    paragraphs: [
      loan.decision === 'lost'
        ? `You told us that ‘${loan.title}’ is lost. Thank you for saying so.`
        : `We have not heard of ‘${loan.title}’ for a long time, and now take it for lost.`,
      'We have to charge a fee to replace it; the desk will tell you how much. If it turns up, just bring it in.',
    ],
    links: false,
  }),
};

const offers = [
  { page: 'renew', label: 'Renew the loan' },
  { page: 'return', label: 'Return the item' },
] as const;

function asText(letter: Letter, loan: { readonly customer: Customer }, { libraryName, link }: MailSetting): string {
  const links = letter.links ? offers.map(({ page, label }) => `${label}:\n${link}/${page}`) : [];
  const texts = [`Dear ${loan.customer.name},`, ...letter.paragraphs];
  return `${[...texts, ...links, libraryName].join('\n\n')}\n`;
}

function asHtml(letter: Letter, loan: { readonly customer: Customer }, { libraryName, link }: MailSetting): string {
  const paragraphs = [`Dear ${loan.customer.name},`, ...letter.paragraphs].map((text) => `<p>${escapeHtml(text)}</p>`);
  const links = letter.links
    ? offers.map(({ page, label }) => `<p><a href="${escapeHtml(`${link}/${page}`)}">${escapeHtml(label)}</a></p>`)
    : [];
  return [
    '<!doctype html>',
    '<html lang="en">',
    '<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">',
    `<title>${escapeHtml(letter.subject)}</title></head>`,
    '<body style="font:16px/1.5 sans-serif;max-width:36em;margin:1em auto;padding:0 1em;overflow-wrap:anywhere">',
    ...paragraphs,
    ...links,
    `<p>${escapeHtml(libraryName)}</p>`,
    '</body>',
    '</html>',
    '',
  ].join('\n');
}
