import { GetCommand } from '@aws-sdk/lib-dynamodb';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { requireEnv } from '../shared/env';
import { bodyText, type Response } from '../shared/http';
import { log } from '../shared/log';
import { answerTask } from './answer';
import { readPolicy } from './input';
import { getItem } from './items';
import { hashLink, type LoanKeys, loanKeys } from './keys';
import { isClosed, type Loan } from './loan';
import { getLoan } from './loan-rows';
import { decide } from './loans';
import {
  askPage,
  laterPage,
  type PageName,
  type PageSetting,
  pages,
  recordedPage,
  refusal,
  tellPage,
  unknownPage,
} from './page';
import { sweepSoon } from './sweep-soon';
import { tables } from './tables';

const env = requireEnv('LINKS_TABLE', 'LIBRARY_NAME');

const { timeZone } = readPolicy().hours;

/** A page left open longer asks once more. */
const nonceMs = 3_600_000;

/**
 * The pages behind the links in the mails. GET and HEAD write nothing, whoever fetches them: mail scanners follow links.
 * Only the page's own button acts, with a nonce that only the page holds.
 */
export async function handler(event: APIGatewayProxyEventV2): Promise<Response> {
  const method = event.requestContext.http.method;
  try {
    const response = await answer(event, method);
    return method === 'HEAD' ? { ...response, body: '' } : response;
  } catch (error) {
    log.error('reader page failed', { method, error });
    return laterPage(env.LIBRARY_NAME);
  }
}

async function answer(event: APIGatewayProxyEventV2, method: string): Promise<Response> {
  const page = event.pathParameters?.page ?? '';
  const loan = await loanOf(event.pathParameters?.linkToken ?? '');
  if (!loan || !isPage(page)) return unknownPage(env.LIBRARY_NAME);
  const keys = await loanKeys();
  return method === 'POST' ? post(page, loan, new URLSearchParams(bodyText(event)), keys) : show(page, loan, keys);
}

async function show(page: PageName, loan: Loan, keys: LoanKeys, notice?: string): Promise<Response> {
  const now = Date.now();
  const setting = settingOf(loan);
  const refused = refusal(loan, pages[page], page === 'renew' && (await isWaitedFor(loan)));
  if (refused) return tellPage(200, refused, setting);
  const nonce = keys.nonce({ loanId: loan.loanId, page, period: loan.period }, now + nonceMs);
  return askPage(page, nonce, setting, notice);
}

/** The sweep is ordered, the decision is stored, then the task is answered: what is stored is never lost, whatever happens to the answer. */
async function post(page: PageName, loan: Loan, form: URLSearchParams, keys: LoanKeys): Promise<Response> {
  const { loanId } = loan;
  const period = Number(form.get('period'));
  if (!keys.checkNonce({ loanId, page, period }, form.get('nonce') ?? '', Date.now())) {
    return show(page, loan, keys, 'This page was open for too long. Please press the button once more.');
  }
  const decision = pages[page];
  if (period !== loan.period) return answerOldPage(page, loan, keys);
  if (!loan.decision && !isClosed(loan)) await sweepSoon(`${loanId}-${period}`);
  const decided = await decide(loan, decision);
  if (!decided) {
    const current = (await getLoan(loanId)) ?? loan;
    if (current.period !== period) return answerOldPage(page, current, keys);
    // Whoever was first may have died, or not got through, before the task was answered.
    await tryToAnswer(current, keys);
    const refused = refusal(current, decision, page === 'renew' && (await isWaitedFor(current)));
    // Whatever was in the way is gone again: nothing was recorded, so the page asks once more.
    return refused ? tellPage(200, refused, settingOf(current)) : show(page, current, keys, CHANGED);
  }
  log.info('decision recorded', { loanId, period, decision });
  await tryToAnswer(decided, keys);
  return recordedPage(decision, settingOf(decided));
}

function settingOf(loan: Loan): PageSetting {
  return { libraryName: env.LIBRARY_NAME, loan, now: Date.now(), timeZone };
}

async function isWaitedFor({ itemId }: Loan): Promise<boolean> {
  return ((await getItem(itemId))?.queue ?? []).length > 0;
}

const CHANGED = 'Your loan has changed since this page was opened. Please press the button once more.';

/** The page is of a period that is over. A renewal pressed twice is carried out already; anything else was not decided. */
async function answerOldPage(page: PageName, loan: Loan, keys: LoanKeys): Promise<Response> {
  if (pages[page] === 'renew' && loan.lastDecision === 'renew') {
    return tellPage(200, 'Already recorded: you have renewed this loan.', settingOf(loan));
  }
  return show(page, loan, keys, CHANGED);
}

/** An answer that does not get through now is made up for by the sweep, or by the calendar's next step: both find the decision. */
async function tryToAnswer(loan: Loan, keys: LoanKeys): Promise<void> {
  try {
    await answerTask(loan, keys);
  } catch (error) {
    const { loanId, period, decision } = loan;
    log.error('decision recorded, but the task could not be answered', { loanId, period, decision, error });
  }
}

async function loanOf(linkToken: string): Promise<Loan | undefined> {
  if (!/^[A-Za-z0-9_-]{43}$/.test(linkToken)) return undefined;
  const read = await tables.send(
    new GetCommand({ TableName: env.LINKS_TABLE, Key: { linkHash: hashLink(linkToken) }, ConsistentRead: true }),
  );
  // DynamoDB removes an expired link within days; it leads nowhere from the first second.
  if (!read.Item || (read.Item.expiresAt as number) * 1000 < Date.now()) return undefined;
  return getLoan(read.Item.loanId as string);
}

function isPage(page: string): page is PageName {
  return Object.hasOwn(pages, page);
}
