import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';
import * as browser from '../../demo/browser';
import { sendSigned } from '../../demo/signed-fetch';
import { LoanKeys } from '../../lambda/library-loan/keys';
import type { Loan as StoredLoan } from '../../lambda/library-loan/loan';
import { writeMail } from '../../lambda/library-loan/mail/mails';
import { askPage, laterPage, pages, recordedPage, tellPage, unknownPage } from '../../lambda/library-loan/page';
import { aLoan, secret } from '../lambda/library-loan/loan';
import { addresses, type DeskRequest, lendingOf, requestsWith } from './desk-requests';
import { injections } from './injections';
import { execution, type Loan, lend, link, seen, takeInspection } from './loans';
import { World } from './world';

/**
 * What strangers do to the pages and mails, and to the desk's API should they get in. `npm run attacks` makes as many visits as the name of each test says; `npm test`
 * makes a few of each kind, since one visit costs 20 ms of processor time.
 */
const full = process.env.ATTACKS === 'full';
const many = (most: number, few: number) => (full ? most : few);

jest.setTimeout(full ? 3_600_000 : 60_000);

const executablePath = process.env.CHROME_PATH ?? '/usr/bin/chromium';
let world: World;
let chrome: Browser;

beforeAll(async () => {
  if (!existsSync(executablePath)) throw new Error(`There is no Chromium at ${executablePath}; see CHROME_PATH.`);
  const args = ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--no-first-run'];
  [world, chrome] = await Promise.all([World.begin(), chromium.launch({ executablePath, args })]);
}, 120_000);
afterAll(async () => {
  await chrome?.close();
  await world?.end();
});

const names = ['renew', 'return', 'report-lost'] as const;

describe('1,000 visits of mail scanners change nothing', () => {
  let loan: Loan;
  let links: string[];
  let before: unknown;

  const state = async () => ({
    tables: await world.tables(),
    history: (await world.history((await execution(world, loan)).executionArn)).length,
    mails: world.mails().length,
  });

  beforeAll(async () => {
    loan = await lend(world);
    links = names.map((page) => link(world, loan, page));
    before = await state();
  });
  afterEach(async () => {
    await world.settle();
    expect(await state()).toEqual(before);
  });

  test('200 by a browser that runs scripts, hovers, and follows the links it finds', async () => {
    const context = await chrome.newContext();
    const page = await context.newPage();
    for (let visit = 0; visit < many(200, 4); visit += 1) {
      await page.goto(links[visit % links.length] as string);
      await page.hover('button');
      await page.evaluate(
        "Promise.all([...document.links].map(({ href }) => fetch(href).catch(() => 'the page lets no script fetch')))",
      );
      for (const found of await page.locator('a').all()) {
        await page.goto(new URL((await found.getAttribute('href')) ?? '', page.url()).href);
      }
    }
    await context.close();
  });

  test('800 by programs that ask in every way, and send back what they read, but for the nonce', async () => {
    const asks: ReadonlyArray<(url: string) => Promise<unknown>> = [
      (url) => fetch(url),
      (url) => fetch(url, { method: 'HEAD' }),
      (url) => fetch(url, { method: 'OPTIONS' }),
      (url) => fetch(url, { headers: { purpose: 'prefetch', 'user-agent': 'LinkScanner/1.0', range: 'bytes=0-99' } }),
      (url) => fetch(`${url}?period=0&nonce=1&confirm=yes`),
      (url) => fetch(url, { method: 'POST' }),
      (url) => fetch(url, { method: 'POST', body: new URLSearchParams({ period: '0', nonce: '' }) }),
      (url) => fetch(url, { method: 'POST', body: JSON.stringify({ period: 0, decision: 'return' }) }),
      (url) => fetch(url, { headers: { 'x-http-method-override': 'POST', 'x-forwarded-host': 'evil.example' } }),
      (url) => fetch(url, { method: 'PUT', body: 'period=0' }),
    ];
    for (let visit = 0; visit < many(800, 20); visit += 1) {
      await asks[visit % asks.length]?.(links[visit % links.length] as string);
    }
  });

  test('no header of a request has a say in what a page or a mail links to', async () => {
    const forged = { 'x-forwarded-host': 'evil.example', forwarded: 'host=evil.example', 'x-original-url': '/evil' };
    const plain = await fetch(links[1] as string);
    const answer = await fetch(links[1] as string, { headers: forged });
    const withoutNonce = (text: string) => text.replace(/value="\d+\.[^"]*"/, '');
    expect(withoutNonce(await answer.text())).toBe(withoutNonce(await plain.text()));
    expect(links.every((url) => url.startsWith(`${world.libraryUrl}/l/`))).toBe(true);
  });
});

test('1,000 POSTs at once make one decision', async () => {
  const loan = await lend(world);
  const forms = await Promise.all(
    (['renew', 'return'] as const).map(async (page) => (await browser.open(link(world, loan, page))).forms[0]),
  );
  const answers = await Promise.all(
    Array.from({ length: many(1000, 12) }, (_, turn) =>
      browser.press({ label: '', form: forms[turn % 2] as browser.Form }),
    ),
  );
  await world.settle();

  const first = answers.filter(({ message }) => message.startsWith('Thank you. Recorded'));
  // Who came when the renewal had been carried out finds a new period, and is asked once more.
  const later = answers.filter(({ message }) => /^(Already recorded|Your loan has changed)/.test(message));
  expect(first).toHaveLength(1);
  expect(first.length + later.length).toBe(answers.length);
  const events = await world.history((await execution(world, loan)).executionArn);
  const decisions = events.filter(({ stateEnteredEventDetails }) =>
    ['RenewalAsked', 'ReturnAnnounced'].includes(stateEnteredEventDetails?.name ?? ''),
  );
  expect(decisions).toHaveLength(1);
  const renewed = decisions[0]?.stateEnteredEventDetails?.name === 'RenewalAsked';
  expect(await seen(world, loan)).toMatchObject(renewed ? { renewalsLeft: 1 } : { status: 'returning' });
  // Off the desk again: the tests below take what they bring back themselves.
  if (!renewed) await takeInspection(world);
  expect(first[0]?.message).toContain(renewed ? 'you renew this loan' : 'you are bringing it back');
});

describe('500 strings in every field, as a browser parses them, leave pages and mails as they are', () => {
  const now = Date.parse('2026-03-10T12:00:00Z');
  const keys = new LoanKeys(secret);
  const kinds = ['confirmation', 'reminder', 'due', 'renewed', 'notFound', 'receipt', 'damageFee', 'lostFee'] as const;

  /** All that readers may see of a loan whose every text is `text`. */
  function written(text: string) {
    const loan: StoredLoan = aLoan({ title: text, customer: { name: text, email: 'zoe@example.com' }, note: text });
    const setting = { libraryName: text, loan, now, timeZone: 'UTC' };
    const nonce = keys.nonce({ loanId: loan.loanId, page: 'renew', period: 0 }, now);
    const asked = (Object.keys(pages) as (keyof typeof pages)[]).map((page) => askPage(page, nonce, setting));
    const told = [tellPage(200, 'It is so.', setting), recordedPage('renew', setting)];
    const responses = [...asked, ...told, unknownPage(text), laterPage(text)];
    const mails = kinds.map((kind) =>
      writeMail(kind, loan, { libraryName: text, link: 'https://l.example/l/x', timeZone: 'UTC' }, now),
    );
    return { responses, mails };
  }

  /** In the browser: elements with their attributes, in order, of each document. */
  const parser = `(documents) => documents.map((html) =>
    [...new DOMParser().parseFromString(html, 'text/html').querySelectorAll('*')]
      .map(({ tagName, attributes }) => [tagName, ...[...attributes].map(({ name, value }) => name + '=' + value)].join(' '))
      .join('|'))`;
  const documents = ({ responses, mails }: ReturnType<typeof written>) => [
    ...responses.map(({ body }) => body ?? ''),
    ...mails.map(({ html }) => html),
  ];
  const plain = written('Momo');
  const tried = injections
    .filter((_, number) => number % many(1, 5) === 0)
    .map((text) => ({ text, found: written(text) }));

  test('elements, attributes and links', async () => {
    const page = await chrome.newPage();
    const parse = (all: string[]): Promise<string[]> => page.evaluate(`(${parser})(${JSON.stringify(all)})`);
    const right = await parse(documents(plain));
    expect(right.every((skeleton) => skeleton.startsWith('HTML lang=en|HEAD'))).toBe(true);
    // A hundred strings at a time, so that no message to the browser gets too long.
    for (let from = 0; from < tried.length; from += 100) {
      const batch = tried.slice(from, from + 100);
      const skeletons = await parse(batch.flatMap(({ found }) => documents(found)));
      const wrong = skeletons.flatMap((skeleton, index) =>
        skeleton === right[index % right.length] ? [] : [batch[Math.floor(index / right.length)]?.text],
      );
      expect(wrong).toEqual([]);
    }
    await page.close();
  });

  test('headers, subjects, and the lines of the text parts', () => {
    // What the reader reads stays within its paragraph, and the links stay in lines of their own.
    const shape = (text: string) =>
      text.replace(/^.*$/gm, (line) => (line.startsWith('https://l.example/') || line === '' ? line : 'words'));
    const frame = ({ responses, mails }: ReturnType<typeof written>) =>
      JSON.stringify([
        responses.map(({ headers, statusCode }) => ({ headers, statusCode })),
        mails.map(({ subject, text }) => [/[\p{Cc}\u2028\u2029]/u.test(subject), shape(text)]),
      ]);
    const right = frame(plain);
    expect(tried.filter(({ found }) => frame(found) !== right).map(({ text }) => text)).toEqual([]);
    expect(right).toContain('[false,"words');
  });

  test('500 in every field, path and parameter of the desk’s API change no header, reach nobody else, and come back as they were', async () => {
    const send = async ({ method, path, body, headers }: DeskRequest) => {
      const text = body === undefined ? undefined : JSON.stringify(body);
      const url = new URL(path, world.libraryUrl);
      const response = await sendSigned(world.cloud.endpoints.credentials, method, url, text, headers);
      const told = { status: response.status, type: response.headers.get('content-type') ?? '' };
      return { ...told, headers: [...response.headers.keys()], body: await response.text() };
    };
    const tryAll = async (text: string, number: number) => {
      const lent = await send(lendingOf(text, number));
      return [lent, ...(await Promise.all(requestsWith(text, number).map(send)))];
    };
    const known = new Set((await tryAll('momo-1', 0)).flatMap(({ headers }) => headers));
    await world.settle();
    const before = world.mails().length;
    const allowed = new Set<string>();
    const step = Math.ceil(injections.length / many(injections.length, 6));
    for (let number = 1; number < injections.length; number += step) {
      const text = injections[number] as string;
      const { borrower, next } = addresses(number);
      for (const address of [borrower, next]) allowed.add(address);
      const answers = await tryAll(text, number);
      const wrong = answers.filter(
        ({ status, type, headers }) =>
          ![200, 201, 204, 400, 404, 409].includes(status) ||
          (status >= 400 && type !== 'application/problem+json') ||
          headers.some((name) => !known.has(name)),
      );
      expect({ text, wrong }).toEqual({ text, wrong: [] });
      const [lent] = answers;
      if (lent?.status !== 201) continue;
      const { loanId } = JSON.parse(lent.body);
      const { body } = await world.library('GET', `/loans/${loanId}`);
      expect(body).toMatchObject({ title: text.trim(), customer: { name: text.trim(), email: borrower } });
    }
    await world.settle();
    const mails = world.mails().slice(before);
    expect(mails.length).toBeGreaterThan(many(200, 1));
    const strange = mails.filter(
      ({ to, subject }) => to.length !== 1 || !allowed.has(to[0] as string) || /[\p{Cc}\u2028\u2029]/u.test(subject),
    );
    expect(strange.map(({ to, subject }) => ({ to, subject }))).toEqual([]);
  });

  test('a few of them, lent over the API, come back as they were, in the table, the mail, the page and at the desk', async () => {
    const lent = [
      '{% $states.context.Task.Token %}',
      "{% $eval('1+1') %}",
      '"><script>alert(1)</script>',
      '$.loan',
      '__proto__',
    ];
    for (const text of lent) {
      const email = `injected-${lent.indexOf(text)}@example.com`;
      const loan = { ...(await lend(world, { title: text, customer: { name: text, email } })), email };
      expect(await seen(world, loan)).toMatchObject({ title: text, customer: { name: text, email } });
      expect(world.mails(email)[0]).toMatchObject({ to: [email], subject: `You borrowed ‘${text}’` });
      const page = await browser.open(link(world, loan, 'return'));
      expect(page.heading).toBe(`Return ‘${text}’?`);
      await browser.press({ label: '', form: page.forms[0] as browser.Form });
      await world.settle();
      const { activities } = await world.call('sfn', 'ListActivities');
      const task = await world.call('sfn', 'GetActivityTask', { activityArn: activities[0].activityArn });
      expect(JSON.parse(task.input)).toMatchObject({ title: text, loanId: loan.loanId });
    }
  });
});
