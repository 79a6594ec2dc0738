import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DescribeStateMachineForExecutionCommand } from '@aws-sdk/client-sfn';
import * as browser from '../../demo/browser';
import { readMetrics, readObjects } from '../../demo/inventory';
import { execution, type Loan, lend, link, seen, subjects, takeInspection } from './loans';
import { DAY, MINUTE, START, World } from './world';

jest.setTimeout(60_000);

const dataDir = mkdtempSync(join(tmpdir(), 'stepwright-e2e-'));
let world: World;
beforeAll(async () => {
  world = await World.begin({ dataDir });
}, 60_000);
afterAll(async () => {
  await world?.end();
  rmSync(dataDir, { recursive: true, force: true });
});

/** Ends the local cloud and brings it up again on the same data; its HTTP APIs keep their ports. */
async function restart(): Promise<void> {
  await world.end();
  world = await World.begin({ dataDir });
}

describe('a restart in the middle of a loan', () => {
  let loan: Loan;
  let form: browser.Form;

  beforeAll(async () => {
    loan = await lend(world);
    await world.until(loan.dueAt - 10 * DAY);
    form = (await browser.open(link(world, loan, 'renew'))).forms[0] as browser.Form;
    await restart();
  }, 60_000);

  test('keeps the clock, the mails, the rows and the waiting workflow', async () => {
    expect(world.now).toBe(loan.dueAt - 10 * DAY);
    expect(subjects(world, loan)).toEqual([expect.stringContaining('You borrowed')]);
    expect(await seen(world, loan)).toMatchObject({ status: 'onLoan' });
    expect(await execution(world, loan)).toMatchObject({ status: 'RUNNING' });
  });

  test('leaves the page and the link of old mails working', async () => {
    const answer = await browser.press({ label: '', form });
    expect(answer.message).toContain('you renew this loan');
    await world.settle();
    expect(await seen(world, loan)).toMatchObject({ renewalsLeft: 1 });
    expect((await browser.open(link(world, loan, 'return'))).forms).toHaveLength(1);
  });

  test('while the desk inspects leaves the worker its task', async () => {
    const { forms } = await browser.open(link(world, loan, 'return'));
    await browser.press({ label: '', form: forms[0] as browser.Form });
    await world.settle();
    const { taskToken } = await takeInspection(world);
    await restart();
    await world.pass(5 * MINUTE);
    await world.call('sfn', 'SendTaskHeartbeat', { taskToken });
    await world.pass(8 * MINUTE);
    await world.call('sfn', 'SendTaskSuccess', { taskToken, output: '{}' });
    await world.settle();
    expect(await execution(world, loan)).toMatchObject({ status: 'SUCCEEDED' });
    expect(subjects(world, loan).at(-1)).toContain('Thank you for returning');
  });
});

test("the tokens of a loan's tasks show nowhere but in what AWS itself records of the call that hands them over", async () => {
  const loan = await lend(world);
  const pages: string[] = [];
  const visit = async (page: 'renew' | 'return') => {
    for (const name of ['renew', 'return', 'report-lost'] as const) {
      pages.push(await (await fetch(link(world, loan, name))).text());
    }
    const { forms } = await browser.open(link(world, loan, page));
    pages.push(JSON.stringify(await browser.press({ label: '', form: forms[0] as browser.Form })));
    await world.settle();
  };
  await visit('renew');
  const customer = { name: 'Next', email: 'waits-next@example.com' };
  await world.library('POST', `/items/${loan.itemId}/holds`, { customer });
  await visit('return');
  const inspection = await takeInspection(world);
  await world.call('sfn', 'SendTaskHeartbeat', { taskToken: inspection.taskToken });
  await world.call('sfn', 'SendTaskSuccess', { taskToken: inspection.taskToken, output: '{}' });
  await world.settle();

  // The item came back, and the next reader's pick-up waits with a token too: kept, then answered by this loan.
  const kept = await world.tables();
  expect((await world.library('POST', '/loans', { itemId: loan.itemId, customer })).status).toBe(201);
  await world.settle();

  const { executionArn } = await execution(world, loan);
  const ofLoan = await tokensOf(executionArn);
  const ofPickUp = await tokensOf((await world.executionArns('LibraryHold')).at(-1) as string);
  const tokens = [...ofLoan.tokens, ...ofPickUp.tokens];
  const elsewhere = [...ofLoan.elsewhere, ...ofPickUp.elsewhere];
  expect(new Set([...tokens, inspection.taskToken]).size).toBe(4);
  const places = {
    mails: world.mails(),
    pages,
    desk: await seen(world, loan),
    kept,
    tables: await world.tables(),
    objects: await readObjects(world.s3),
    metrics: await readMetrics(world.cloudwatch, START - DAY, world.now + DAY),
    logs: await logLines(),
    execution: await world.execution(executionArn),
    histories: elsewhere,
    inspection: inspection.input,
    machine: await world.sfn.send(new DescribeStateMachineForExecutionCommand({ executionArn })),
  };
  expect(places.logs.length).toBeGreaterThan(10);
  for (const [place, content] of Object.entries(places)) {
    const text = JSON.stringify(content, (_, value) => (value instanceof Set ? [...value] : value));
    // A part of a token would be a beginning.
    const shown = [...tokens, inspection.taskToken].filter((token) => text.includes(token.slice(-24)));
    expect({ place, shown }).toEqual({ place, shown: [] });
  }
});

/** The tokens of the reader's waiting tasks, and the history without the one place where AWS, too, records them: the task's own parameters. */
async function tokensOf(executionArn: string) {
  const events = await world.history(executionArn);
  const handOver = events.filter(({ taskScheduledEventDetails }) =>
    taskScheduledEventDetails?.parameters?.includes('taskToken'),
  );
  const tokens = handOver.map(
    ({ taskScheduledEventDetails }): string =>
      JSON.parse(taskScheduledEventDetails?.parameters ?? '{}').Payload.taskToken,
  );
  for (const token of tokens) expect(token).toEqual(expect.stringMatching(/.{24,}/));
  return { tokens, elsewhere: events.filter((event) => !handOver.includes(event)) };
}

async function logLines(): Promise<string[]> {
  const { logGroups } = await world.call('cloudwatchlogs', 'DescribeLogGroups');
  const lines: string[] = [];
  for (const { logGroupName } of logGroups) {
    let nextToken: string | undefined;
    do {
      const page = await world.call('cloudwatchlogs', 'FilterLogEvents', {
        logGroupName,
        ...(nextToken && { nextToken }),
      });
      lines.push(...page.events.map(({ message }: { message: string }) => message));
      nextToken = page.nextToken;
    } while (nextToken);
  }
  return lines;
}

describe('POST /loans', () => {
  const customer = { name: 'Ada', email: 'ada@example.com' };
  const good = { itemId: 'item', title: 'A title', customer };
  const email = (address: unknown) => ({ ...good, customer: { ...customer, email: address } });

  // What a field may hold is tried field by field in test/lambda/library-loan; here is what has to come through the gateway.
  test.each<[string, unknown, number, RegExp]>([
    ['nothing', '', 400, /JSON/],
    ['no JSON', '{"itemId":', 400, /JSON/],
    ['a list', [], 400, /itemId/],
    ['a number', 42, 400, /Object/],
    ['null', 'null', 400, /Object/],
    ['an empty object', {}, 400, /itemId/],
    ['nesting without end', `${'['.repeat(50_000)}${']'.repeat(50_000)}`, 400, /itemId/],
    ['no item', { ...good, itemId: undefined }, 400, /itemId/],
    ['an item that is a number', { ...good, itemId: 7 }, 400, /itemId/],
    ['an item that is a path', { ...good, itemId: '../../etc/passwd' }, 400, /itemId/],
    ['an item with a line break', { ...good, itemId: 'a\nb' }, 400, /itemId/],
    ['an item with a quote', { ...good, itemId: "a'b" }, 400, /itemId/],
    ['an item of odd letters', { ...good, itemId: 'bücher' }, 400, /itemId/],
    ['an item of 65 letters', { ...good, itemId: 'x'.repeat(65) }, 400, /itemId/],
    ['an item the catalogue does not know', { itemId: 'unheard-of', customer }, 404, /catalogue/],
    ['a title with a line break', { ...good, title: 'A\r\nBcc: b@example.com' }, 400, /title/],
    ['a title of spaces', { ...good, title: '   ' }, 400, /title/],
    ['a title of a megabyte', { ...good, title: 'x'.repeat(1 << 20) }, 400, /title/],
    ['no customer', { ...good, customer: undefined }, 400, /customer/],
    ['a customer without a name', { ...good, customer: { email: customer.email } }, 400, /customer\.name/],
    ['an address with a line break', email('ada@example.com\nbcc: b@example.com'), 400, /email/],
    ['an address with CR LF at its end', email('ada@example.com\r\n'), 400, /email/],
    ['two addresses', email('ada@example.com, b@example.com'), 400, /email/],
    ['an address with a display name', email('Ada <ada@example.com>'), 400, /email/],
    ['an address with NUL', email('ada\0@example.com'), 400, /email/],
    ['a list of addresses', email(['ada@example.com']), 400, /email/],
    ['an unknown field', { ...good, loanId: 'mine' }, 400, /loanId/],
    ['an unknown field of the customer', { ...good, customer: { ...customer, admin: true } }, 400, /admin/],
    [
      'a field named __proto__',
      `{"itemId":"item","title":"T","customer":{"name":"A","email":"a@example.com"},"__proto__":{"x":1}}`,
      400,
      /__proto__/,
    ],
    ['days as text', { ...good, days: '14' }, 400, /days/],
    ['no days at all', { ...good, days: 0 }, 400, /days/],
    ['half a day', { ...good, days: 1.5 }, 400, /days/],
    ['more days than the library lends', { ...good, days: 61 }, 400, /days/],
    [
      'days without end',
      `{"itemId":"item","title":"T","customer":{"name":"A","email":"a@example.com"},"days":1e999}`,
      400,
      /days/,
    ],
  ])('refuses %s, and changes nothing', async (_, body, status, detail) => {
    const before = { tables: await world.tables(), executions: await world.executionArns('LibraryLoan') };
    const answer = await world.lendAs(typeof body === 'string' ? body : JSON.stringify(body));
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
    const problem = (await answer.json()) as Record<string, unknown>;
    expect(problem).toMatchObject({ type: 'about:blank', title: expect.any(String), status });
    expect({ status: answer.status, detail: problem.detail }).toEqual({
      status,
      detail: expect.stringMatching(detail),
    });
    expect({ tables: await world.tables(), executions: await world.executionArns('LibraryLoan') }).toEqual(before);
  });

  test('refuses who is not signed for, as API Gateway does, and what is larger than it takes', async () => {
    const before = await world.tables();
    const unsigned = await fetch(`${world.libraryUrl}/loans`, { method: 'POST', body: JSON.stringify(good) });
    expect(unsigned.status).toBe(403);
    const huge = await world.lendAs(JSON.stringify({ ...good, title: 'x'.repeat(11 << 20) }));
    expect(huge.status).toBe(413);
    expect(await world.tables()).toEqual(before);
  });
});
