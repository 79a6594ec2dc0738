import { existsSync, writeFileSync } from 'node:fs';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { ConsoleServer } from '../../local/console/server';
import { ExecutionsSource } from '../../local/console/source';
import { execution, lend, link, seen } from './loans';
import { DAY, World } from './world';

const findFlaws: () => string[] = require('./page-flaws');

jest.setTimeout(60_000);

const executablePath = process.env.CHROME_PATH ?? '/usr/bin/chromium';
/** The narrowest telephone, and what WCAG 1.4.10 asks of every page. */
const telephone = { width: 320, height: 568 };

let world: World;
let mailbox: ConsoleServer;
let mailboxUrl: string;
let browser: Browser;
let context: BrowserContext;
/** One for all tests: a new one costs as much as all that a test does with it. None of the pages leaves anything in it. */
let page: Page;
/** What the pages of a test complained about on the console. */
let complaints: string[];

beforeAll(async () => {
  if (!existsSync(executablePath)) {
    throw new Error(
      `There is no Chromium at ${executablePath}. Install it ('apt-get install chromium' on Debian), or say where it is in CHROME_PATH.`,
    );
  }
  [world, browser] = await Promise.all([
    World.begin(),
    chromium.launch({
      executablePath,
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-dev-shm-usage',
        '--no-first-run',
        '--disable-background-networking',
      ],
    }),
  ]);
  const executions = new ExecutionsSource(world.cloud.parts, world.cloud.services.states);
  mailbox = new ConsoleServer({ executions, mails: () => world.mails(), commands: {}, token: 'none' });
  mailboxUrl = `${(await mailbox.start()).url}/mail`;
}, 60_000);

afterAll(async () => {
  await browser?.close();
  await mailbox?.stop();
  await world?.end();
});

beforeAll(async () => {
  context = await browser.newContext({ viewport: telephone });
  context.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(`${message.page()?.url()}: ${message.text()}`);
  });
  context.on('weberror', (error) => complaints.push(String(error.error())));
  page = await context.newPage();
});

beforeEach(() => {
  complaints = [];
});

afterEach(async () => {
  // A browser slows down what stands behind another page.
  for (const other of context.pages()) if (other !== page) await other.close();
  // An answer comes behind all that the page complained about.
  await page.evaluate('0');
  expect(complaints).toEqual([]);
  expect(await context.cookies()).toEqual([]);
});

describe('a reader', () => {
  test('opens the mailbox, the mail and the link, presses the button, and the loan is renewed', async () => {
    const loan = await lend(world);
    await page.goto(mailboxUrl);
    await page
      .getByRole('link', { name: /You borrowed/ })
      .first()
      .click();
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toContain('You borrowed');

    const [renew] = await Promise.all([
      context.waitForEvent('page'),
      page.frameLocator('iframe').getByRole('link', { name: 'Renew the loan' }).click(),
    ]);
    expect(await renew.getByRole('heading', { level: 1 }).textContent()).toMatch(/^Renew ‘Book \d+’\?$/);
    await renew.getByRole('button', { name: 'Renew it' }).click();
    expect(await renew.getByRole('status').textContent()).toContain('Recorded: you renew this loan');
    await world.settle();
    expect(await seen(world, loan)).toMatchObject({ renewalsLeft: 1 });

    await page.goto(mailboxUrl);
    await page.getByRole('link', { name: /is yours until/ }).click();
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toContain('is yours until');
  });

  test('goes back after a decision, and reads that it is recorded', async () => {
    const loan = await lend(world);
    await page.goto(link(world, loan, 'return'));
    await page.getByRole('button').click();
    await page.getByRole('status').waitFor();
    await page.goBack();
    expect(await page.getByRole('status').textContent()).toContain('Already recorded');
    expect(await page.getByRole('button').count()).toBe(0);
  });

  test('needs no JavaScript', async () => {
    const loan = await lend(world);
    const plain = await browser.newContext({ javaScriptEnabled: false });
    try {
      const page = await plain.newPage();
      await page.goto(link(world, loan, 'return'));
      await page.getByRole('link', { name: 'I have lost it' }).click();
      await page.getByRole('button', { name: 'Yes, I have lost it' }).click();
      expect(await page.getByRole('status').textContent()).toContain('you have lost it');
      await world.settle();
      expect(await execution(world, loan)).toMatchObject({ status: 'SUCCEEDED' });
    } finally {
      await plain.close();
    }
  });

  test('reaches the button by keyboard alone, and sees where the focus is', async () => {
    const loan = await lend(world);
    await page.goto(link(world, loan, 'return'));
    await page.keyboard.press('Tab');
    const focus = await page.evaluate(
      '(({ tagName }, { outlineStyle, outlineWidth }) => ({ tagName, outlineStyle, outlineWidth }))(document.activeElement, getComputedStyle(document.activeElement))',
    );
    expect(focus).toEqual({ tagName: 'BUTTON', outlineStyle: 'solid', outlineWidth: '3px' });
    await page.keyboard.press('Enter');
    expect(await page.getByRole('status').textContent()).toContain('you are bringing it back');
  });
});

describe('every page', () => {
  const longTitle = `${'Donaudampfschifffahrtsgesellschaftskapitän'.repeat(4)} <img src=x onerror=alert(1)>`;
  const reader = { name: 'Ω'.repeat(100), email: 'long@example.com' };
  let pages: Record<string, string>;

  beforeAll(async () => {
    const loan = { ...(await lend(world, { title: longTitle, customer: reader })), email: reader.email };
    const machine = await world.machine('LibraryLoan');
    const consoleUrl = mailboxUrl.replace('/mail', '');
    pages = {
      'state machines': consoleUrl,
      executions: `${consoleUrl}/executions?${new URLSearchParams({ machine })}`,
      execution: `${consoleUrl}/execution?${new URLSearchParams({ arn: (await execution(world, loan)).executionArn })}`,
      mailbox: mailboxUrl,
      mail: `${mailboxUrl}/${world.mails(reader.email)[0]?.id}`,
      renew: link(world, loan, 'renew'),
      return: link(world, loan, 'return'),
      'report-lost': link(world, loan, 'report-lost'),
    };
  });

  test.each(['state machines', 'executions', 'execution', 'mailbox', 'mail', 'renew', 'return', 'report-lost'])(
    '%s reads well on a telephone',
    async (name) => {
      await page.goto(pages[name] as string);
      expect(await page.title()).not.toBe('');
      expect(await page.locator('html').getAttribute('lang')).toBe('en');
      expect(await page.locator('meta[name=viewport]').count()).toBe(1);
      expect(await page.getByRole('heading', { level: 1 }).count()).toBe(1);
      expect(await page.getByRole('main').count()).toBe(1);
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme });
        expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(telephone.width);
        expect({ colorScheme, flaws: await page.evaluate(findFlaws) }).toEqual({ colorScheme, flaws: [] });
      }
    },
  );

  test.each(['renew', 'return', 'report-lost'])('%s says the same to who listens', async (name) => {
    await page.goto(pages[name] as string);
    const heading = (await page.getByRole('heading', { level: 1 }).textContent()) ?? '';
    expect((await page.title()).startsWith(heading)).toBe(true);
    expect(await page.getByRole('contentinfo').count()).toBe(1);
    expect(await page.getByRole('button').count()).toBe(1);
    // The question, what it means, the button, the way out: in the order in which they are seen.
    const tops: number[] = await page.evaluate(
      "[...document.querySelectorAll('h1, main p, button, footer')].map((one) => one.getBoundingClientRect().top)",
    );
    expect(tops.length).toBeGreaterThan(3);
    expect(tops).toEqual([...tops].sort((a, b) => a - b));
    expect(await page.locator('[tabindex], [accesskey], [aria-hidden], script').count()).toBe(0);
  });

  test('after the button says first what happened, in its title too', async () => {
    const loan = await lend(world);
    await page.goto(link(world, loan, 'renew'));
    await page.getByRole('button').click();
    expect(await page.getByRole('status').textContent()).toMatch(/^Thank you\. Recorded/);
    expect(await page.title()).toMatch(/^Thank you · Book/);
    await world.settle();
    await page.goto(link(world, loan, 'return'));
    await page.getByRole('button').click();
    await page.reload();
    expect(await page.title()).toMatch(/^Already recorded · Book/);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(telephone.width);
    expect(await page.evaluate(findFlaws)).toEqual([]);
  });

  test('that leads nowhere says so kindly', async () => {
    const response = await page.goto(`${world.libraryUrl}/l/${'x'.repeat(43)}/renew`);
    expect(response?.status()).toBe(404);
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('This link leads nowhere');
    expect(await page.evaluate(findFlaws)).toEqual([]);
    // The browser itself notes the status on its console.
    complaints = complaints.filter((complaint) => !complaint.includes('404'));
  });
});

test('a scanner that visits every link of every mail, runs scripts, and asks by HEAD and GET changes no row', async () => {
  const loan = await lend(world);
  const before = await world.tables();
  const links = new Set(
    world.mails(loan.email).flatMap(({ text, html }) => `${text} ${html}`.match(/https?:\/\/[^\s<>"]+/g) ?? []),
  );
  expect(links.size).toBe(2);
  for (const url of [...links, link(world, loan, 'report-lost')]) {
    await page.goto(url);
    await page.hover('button');
    await page.waitForLoadState('networkidle');
    for (const method of ['HEAD', 'GET', 'OPTIONS']) await fetch(url, { method });
    // One that submits the form it read, without what the page's own button sends along.
    await fetch(url, { method: 'POST', body: new URLSearchParams({ period: '0', nonce: '' }) });
  }
  await world.settle();
  expect(await world.tables()).toEqual(before);
});

/** `npm run screenshot` keeps it: the picture of the console in the README. */
test('the console shows how far a loan has gone', async () => {
  const loan = await lend(world);
  await world.pass(19 * DAY);
  const arn = (await execution(world, loan)).executionArn;
  await page.setViewportSize({ width: 1100, height: 1000 });
  await page.goto(mailboxUrl.replace('/mail', ''));
  await page.getByRole('link', { name: /LibraryLoan/ }).click();
  await page.getByRole('link', { name: loan.loanId }).click();
  expect(new URL(page.url()).searchParams.get('arn')).toBe(arn);
  const colours: Record<string, string> = await page.evaluate(`Object.fromEntries(
    [...document.querySelectorAll('svg rect.marked')].map((box) => [box.nextElementSibling.textContent, box.classList[box.classList.length - 1]]),
  )`);
  expect(colours).toEqual({
    RegisterLoan: 'succeeded',
    ConfirmByMail: 'succeeded',
    ItemIsOut: 'running',
    AwaitReadersDecision: 'running',
    WhichDateIsNext: 'succeeded',
    WaitUntilReminder: 'succeeded',
    RemindReader: 'succeeded',
    WaitUntilDue: 'running',
  });
  expect(await page.content()).not.toMatch(/[A-Za-z0-9+/]{80}/);
  const picture = await page.screenshot();
  if (process.env.SCREENSHOT) writeFileSync(process.env.SCREENSHOT, picture);
});
