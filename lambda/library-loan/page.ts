import { createHash } from 'node:crypto';
import type { Response } from '../shared/http';
import { escapeHtml, formatDay } from './html';
import { type Decision, isClosed, type Loan, type readersDecisions } from './loan';
import { wordsOf } from './wording';

/** Owns what the pages behind the links look like and which headers they travel with. They need no script. */
export const pages = { renew: 'renew', return: 'return', 'report-lost': 'lost' } as const satisfies Record<
  string,
  (typeof readersDecisions)[number]
>;
export type PageName = keyof typeof pages;

const style =
  'body{font:1.125rem/1.5 system-ui,sans-serif;max-width:34rem;margin:0 auto;padding:1.5rem;overflow-wrap:anywhere;color:#1a1a1a;background:#fff}' +
  'h1{font-size:1.5rem;line-height:1.25}button{font:inherit;padding:.75rem 1.5rem;border:0;border-radius:.5rem;background:#174a7c;color:#fff;cursor:pointer}' +
  'button:focus-visible,a:focus-visible{outline:3px solid #e07b00;outline-offset:2px}a{color:#174a7c}' +
  '@media(prefers-color-scheme:dark){body{color:#f2f2f2;background:#16181d}a{color:#9cc9f5}}';
const styleHash = createHash('sha256').update(style).digest('base64');

const headers = {
  'content-type': 'text/html; charset=utf-8',
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'strict-transport-security': 'max-age=63072000; includeSubDomains',
  'content-security-policy': `default-src 'none'; style-src 'sha256-${styleHash}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`,
  'x-robots-tag': 'noindex, nofollow',
} as const;

export interface PageSetting {
  readonly libraryName: string;
  readonly loan: Loan;
  readonly now: number;
  /** The library's own: days are named as its calendars show them. */
  readonly timeZone: string;
}

/** Whether the reader can still make this decision, and what the page says instead if not; `isWaitedFor`: by another reader. */
export function refusal(loan: Loan, decision: Decision, isWaitedFor: boolean): string | undefined {
  if (isClosed(loan)) return closedText[loan.status as keyof typeof closedText];
  if (loan.status === 'registered') return 'Your loan is just being registered. Please come back in a minute.';
  if (loan.decision) return `Already recorded: ${recordedText[loan.decision]}`;
  if (decision === 'renew' && loan.renewalsLeft === 0) return 'This loan has been renewed as often as it can be.';
  if (decision === 'renew' && isWaitedFor)
    return 'This loan cannot be renewed: another reader is waiting for the item.';
  return undefined;
}

/** The page that asks: a form with its nonce, which alone acts. */
export function askPage(page: PageName, nonce: string, setting: PageSetting, notice?: string): Response {
  const { title, text, button } = questions[page]({ ...setting, loan: wordsOf(setting.loan) });
  const other = page === 'return' ? '<p><a href="report-lost">I have lost it</a></p>' : '';
  return htmlPage(notice ? 403 : 200, [title], setting.libraryName, [
    ...(notice ? [`<p role="alert">${escapeHtml(notice)}</p>`] : []),
    `<p>${escapeHtml(text)}</p>`,
    '<form method="post">',
    `<input type="hidden" name="period" value="${setting.loan.period}">`,
    `<input type="hidden" name="nonce" value="${escapeHtml(nonce)}">`,
    `<button type="submit">${escapeHtml(button)}</button>`,
    '</form>',
    other,
  ]);
}

/** The page that tells how things stand. Its title begins with what its text begins with: a screen reader says it first. */
export function tellPage(
  statusCode: number,
  text: string,
  { libraryName, loan, now, timeZone }: PageSetting,
): Response {
  const open = !isClosed(loan) && !loan.decision;
  const { title } = wordsOf(loan);
  const [news = ''] = text.split(/[.:!]/);
  return htmlPage(statusCode, [title, news], libraryName, [
    `<p role="status">${escapeHtml(text)}</p>`,
    open
      ? `<p>It is due on ${escapeHtml(formatDay(loan.dueAt, now, timeZone))}.</p><p><a href="return">Return it</a></p>`
      : '',
  ]);
}

export function recordedPage(decision: Decision, setting: PageSetting): Response {
  return tellPage(200, `Thank you. Recorded: ${recordedText[decision]}`, setting);
}

/** Unknown, malformed and expired links look alike: nobody learns which links exist. */
export function unknownPage(libraryName: string): Response {
  return htmlPage(404, ['This link leads nowhere'], libraryName, [
    '<p>The link is incomplete, or its time is over. Please use the newest mail from your library, or ask at the desk.</p>',
  ]);
}

export function laterPage(libraryName: string): Response {
  return htmlPage(503, ['Not at the moment'], libraryName, [
    '<p>Something does not work on our side. Please try again in a few minutes.</p>',
  ]);
}

const recordedText: Record<Decision, string> = {
  renew: 'you renew this loan. A mail with the new date is on its way.',
  return: 'you are bringing it back. The desk will look at it and send you a receipt.',
  lost: 'you have lost it. We will write to you about it.',
  cancel: 'the library cancels this loan. There is nothing for you to do.',
};

const closedText = {
  returned: 'This loan is closed: the item came back. Thank you!',
  damaged: 'This loan is closed: the item came back damaged.',
  lost: 'This loan is closed: the item is lost.',
  cancelled: 'This loan is closed: the library cancelled it. There is nothing for you to do.',
  void: 'This loan was never made.',
};

const questions: Record<PageName, (setting: PageSetting) => { title: string; text: string; button: string }> = {
  renew: ({ loan, now, timeZone }) => ({
    title: `Renew ‘${loan.title}’?`,
    text: `It is due on ${formatDay(loan.dueAt, now, timeZone)}. Renewing adds ${loan.days} days. Renewals left: ${loan.renewalsLeft}.`,
    button: 'Renew it',
  }),
  return: ({ loan, now, timeZone }) => ({
    title: `Return ‘${loan.title}’?`,
    text: `It is due on ${formatDay(loan.dueAt, now, timeZone)}. Bring it to the desk or put it in the book drop, then tell us here.`,
    button: 'I have brought it back',
  }),
  'report-lost': ({ loan }) => ({
    title: `Is ‘${loan.title}’ lost?`,
    text: 'If you cannot find it, tell us here. We will have to charge a fee to replace it.',
    button: 'Yes, I have lost it',
  }),
};

/** @param heading what stands above the page, and what the window's title says before it, if anything */
function htmlPage(
  statusCode: number,
  [heading, news]: readonly [heading: string, news?: string],
  libraryName: string,
  body: readonly string[],
): Response {
  const title = [news, heading, libraryName].filter(Boolean).join(' · ');
  const html = [
    '<!doctype html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<title>${escapeHtml(title)}</title>`,
    `<style>${style}</style>`,
    '</head>',
    '<body>',
    '<main>',
    `<h1>${escapeHtml(heading)}</h1>`,
    ...body.filter(Boolean),
    '</main>',
    `<footer><p>${escapeHtml(libraryName)}</p></footer>`,
    '</body>',
    '</html>',
    '',
  ];
  return { statusCode, headers: { ...headers }, body: html.join('\n') };
}
