import * as browser from '../../demo/browser';
import {
  click,
  execution,
  itemStatus,
  type Loan,
  lend,
  libraryKeys,
  link,
  seen,
  subjects,
  takeInspection,
} from './loans';
import { DAY, HOUR, MINUTE, path, SECOND, World } from './world';

let world: World;
beforeAll(async () => {
  world = await World.begin();
}, 60_000);
afterAll(() => world?.end());
jest.setTimeout(60_000);

/** The loan's execution ended well, with this output. */
async function expectEnd(loan: Loan, output: object): Promise<void> {
  const { status, output: text, error, cause } = await execution(world, loan);
  expect({ status, error, cause }).toEqual({ status: 'SUCCEEDED' });
  expect(JSON.parse(text ?? '')).toEqual({ loanId: loan.loanId, ...output });
}

async function states(loan: Loan): Promise<string[]> {
  return path(await world.history((await execution(world, loan)).executionArn));
}

async function finishInspection(): Promise<void> {
  const { taskToken } = await takeInspection(world);
  await world.call('sfn', 'SendTaskSuccess', { taskToken, output: '{"condition":"good"}' });
  await world.settle();
}

describe('a loan', () => {
  test('is lent, confirmed, reminded of, renewed, returned, inspected and receipted', async () => {
    const loan = await lend(world);
    expect(await itemStatus(world, loan)).toBe('out');
    expect(subjects(world, loan)).toEqual([expect.stringContaining('You borrowed')]);

    await world.until(loan.dueAt - 3 * DAY - SECOND);
    expect(subjects(world, loan)).toHaveLength(1);
    await world.pass(SECOND);
    expect(subjects(world, loan)[1]).toContain('is due on');

    const before = link(world, loan, 'renew');
    expect(await click(world, loan, 'renew')).toContain('you renew this loan');
    await world.settle();
    expect(await seen(world, loan)).toMatchObject({ status: 'onLoan', renewalsLeft: 1 });
    expect(link(world, loan, 'renew')).toBe(before);

    const dueAgain = loan.dueAt + 21 * DAY;
    await world.until(dueAgain - 2 * DAY);
    expect(subjects(world, loan).slice(2)).toEqual([
      expect.stringContaining('is yours until'),
      expect.stringContaining('is due on'),
    ]);
    expect(await click(world, loan, 'return')).toContain('you are bringing it back');
    await world.settle();
    expect(await seen(world, loan)).toMatchObject({ status: 'returning', decision: 'return' });
    expect(await itemStatus(world, loan)).toBe('out');

    await finishInspection();
    expect(subjects(world, loan).at(-1)).toContain('Thank you for returning');
    expect(await itemStatus(world, loan)).toBe('in');
    expect(await seen(world, loan)).toMatchObject({ status: 'returned', closedAt: expect.any(String) });
    await expectEnd(loan, { outcome: 'returned' });

    const mails = world.mails(loan.email).length;
    await world.pass(120 * DAY);
    expect(world.mails(loan.email)).toHaveLength(mails);
  });

  test('is renewed to the limit; then the page says why not', async () => {
    const loan = await lend(world);
    for (const left of [1, 0]) {
      await click(world, loan, 'renew');
      await world.settle();
      expect((await seen(world, loan)).renewalsLeft).toBe(left);
    }
    const page = await browser.open(link(world, loan, 'renew'));
    expect(page.message).toContain('renewed as often as it can be');
    expect(page.forms).toEqual([]);
    expect(subjects(world, loan).filter((subject) => subject.includes('is yours until'))).toHaveLength(2);
    expect(world.mails(loan.email).at(-1)?.text).toContain('cannot be renewed any more');
    expect(Date.parse((await seen(world, loan)).dueAt)).toBe(loan.dueAt + 42 * DAY);
  });

  test('that nobody answers is reminded of, due, escalated, and presumed lost', async () => {
    const loan = await lend(world, { days: 5 });
    await world.until(loan.dueAt);
    expect(subjects(world, loan).slice(1)).toEqual([
      expect.stringContaining('is due on'),
      expect.stringContaining('is due today'),
    ]);
    await world.until(loan.dueAt + 2 * DAY);
    expect(subjects(world, loan).at(-1)).toContain('is overdue');
    await world.until(loan.dueAt + 7 * DAY);
    const escalations = world.mails('librarian@example.com').filter(({ text }) => text.includes(loan.loanId));
    expect(escalations).toHaveLength(1);
    await world.until(loan.dueAt + 37 * DAY - SECOND);
    expect(await itemStatus(world, loan)).toBe('out');
    await world.pass(SECOND);
    await expectEnd(loan, { outcome: 'lost', reason: 'presumed' });
    expect(await itemStatus(world, loan)).toBe('lost');
    expect(world.mails(loan.email).at(-1)?.text).toContain('We have not heard of');
  });

  test('shorter than the reminder goes straight to its due date', async () => {
    const loan = await lend(world, { days: 2 });
    await world.until(loan.dueAt + HOUR);
    expect(subjects(world, loan).slice(1)).toEqual([expect.stringContaining('is due today')]);
  });

  test('reported lost is written off at once', async () => {
    const loan = await lend(world);
    expect(await click(world, loan, 'report-lost')).toContain('you have lost it');
    await world.settle();
    await expectEnd(loan, { outcome: 'lost', reason: 'reported' });
    expect(await itemStatus(world, loan)).toBe('lost');
    expect(world.mails(loan.email).at(-1)?.text).toContain('You told us');
  });

  test('that comes back damaged keeps the item off the shelf, with what the desk says', async () => {
    const loan = await lend(world);
    await click(world, loan, 'return');
    await world.settle();
    const { taskToken } = await takeInspection(world);
    const cause = 'Coffee on page 3 <b>&\r\nBcc: all@example.com';
    await world.call('sfn', 'SendTaskFailure', { taskToken, error: 'ItemDamaged', cause });
    await world.settle();
    await expectEnd(loan, { outcome: 'damaged' });
    expect(await itemStatus(world, loan)).toBe('damaged');
    const mail = world.mails(loan.email).at(-1);
    expect(mail?.text).toContain('What we found: Coffee on page 3 <b>& Bcc: all@example.com');
    expect(mail?.html).not.toContain('<b>');
    const again = { itemId: loan.itemId, customer: { name: 'A', email: 'a@example.com' } };
    expect((await world.library('POST', '/loans', again)).status).toBe(409);
  });

  test('announced, but not at the desk, goes back to the reader, who may act again', async () => {
    const loan = await lend(world);
    await click(world, loan, 'return');
    await world.settle();
    const { taskToken } = await takeInspection(world);
    await world.call('sfn', 'SendTaskFailure', { taskToken, error: 'ItemNotThere', cause: 'Not on the shelf.' });
    await world.settle();
    expect(subjects(world, loan).at(-1)).toContain('We could not find');
    expect(await seen(world, loan)).toMatchObject({ status: 'onLoan' });
    expect(await click(world, loan, 'return')).toContain('you are bringing it back');
    await world.settle();
    await finishInspection();
    await expectEnd(loan, { outcome: 'returned' });
  });

  test('may be made of the same item once it is back', async () => {
    const loan = await lend(world);
    const customer = { name: 'Next', email: 'next@example.com' };
    expect((await world.library('POST', '/loans', { itemId: loan.itemId, customer })).status).toBe(409);
    await click(world, loan, 'return');
    await world.settle();
    expect((await world.library('POST', '/loans', { itemId: loan.itemId, customer })).status).toBe(409);
    await finishInspection();
    expect((await world.library('POST', '/loans', { itemId: loan.itemId, customer })).status).toBe(201);
    await world.settle();
  });
});

describe('the desk', () => {
  test('that falls silent loses the task to another worker, and its late answer counts no more', async () => {
    const loan = await lend(world);
    await click(world, loan, 'return');
    await world.settle();
    const first = await takeInspection(world, 'desk-1');
    expect(first.input).toEqual({ loanId: loan.loanId, itemId: loan.itemId, title: expect.any(String) });
    await world.pass(9 * MINUTE);
    await world.call('sfn', 'SendTaskHeartbeat', { taskToken: first.taskToken });
    await world.pass(9 * MINUTE);
    expect(await states(loan)).not.toContain('TakeItemBack');
    await world.pass(2 * MINUTE);
    const second = await takeInspection(world, 'desk-2');
    expect(second.input).toEqual(first.input);
    expect(second.taskToken).not.toBe(first.taskToken);
    const late = world.call('sfn', 'SendTaskSuccess', { taskToken: first.taskToken, output: '{}' });
    await expect(late).rejects.toMatchObject({ code: 'TaskTimedOut' });
    await world.call('sfn', 'SendTaskSuccess', { taskToken: second.taskToken, output: '{}' });
    await world.settle();
    await expectEnd(loan, { outcome: 'returned' });
  });
});

describe('a click', () => {
  test('while a reminder is being sent ends the calendar', async () => {
    const loan = await lend(world);
    const page = await browser.open(link(world, loan, 'renew'));
    await world.until(loan.dueAt - 3 * DAY - MINUTE);
    const fresh = await browser.open(page.url);
    const [form] = fresh.forms;
    // SES does not take the reminder; while the workflow waits to try again, the reader renews.
    const heal = world.fail('sesv2', 'SendEmail', 'TooManyRequestsException', 429);
    await world.pass(MINUTE);
    const answer = await browser.press({ label: '', form: form as browser.Form });
    expect(answer.message).toContain('you renew this loan');
    heal();
    await world.settle();
    await world.pass(DAY);
    expect(subjects(world, loan).slice(1)).toEqual([expect.stringContaining('is yours until')]);
    expect(await seen(world, loan)).toMatchObject({ status: 'onLoan', renewalsLeft: 1 });
  });

  test('made twice says the second time that it is recorded, and renews once', async () => {
    const loan = await lend(world);
    const { forms } = await browser.open(link(world, loan, 'renew'));
    const button = { label: '', form: forms[0] as browser.Form };
    expect((await browser.press(button)).message).toContain('Thank you');
    await world.settle();
    expect((await browser.press(button)).message).toContain('Already recorded');
    await world.settle();
    expect(await seen(world, loan)).toMatchObject({ renewalsLeft: 1 });
  });

  test('on a page from before a renewal asks once more, and is recorded then', async () => {
    const loan = await lend(world);
    const old = await browser.open(link(world, loan, 'return'));
    await click(world, loan, 'renew');
    await world.settle();
    const asked = await browser.press({ label: '', form: old.forms[0] as browser.Form });
    expect(asked.message).toContain('Your loan has changed');
    expect(await seen(world, loan)).toMatchObject({ status: 'onLoan' });
    const answer = await browser.press({ label: '', form: asked.forms[0] as browser.Form });
    expect(answer.message).toContain('you are bringing it back');
    await world.settle();
    await finishInspection();
    await expectEnd(loan, { outcome: 'returned' });
  });

  test('made twenty times at once, of three kinds, is one decision', async () => {
    const loan = await lend(world);
    const open = (['renew', 'return', 'report-lost'] as const).map((page) => browser.open(link(world, loan, page)));
    const forms = (await Promise.all(open)).map((page) => page.forms[0] as browser.Form);
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) => browser.press({ label: '', form: forms[index % 3] as browser.Form })),
    );
    await world.settle();
    expect(answers.filter(({ message }) => message.startsWith('Thank you'))).toHaveLength(1);
    // Who came after a renewal was carried out is asked once more; nobody is told anything that is not so.
    expect(
      answers.filter(
        ({ message }) => !/^(Thank you|Already recorded|Your loan has changed|This loan is closed)/.test(message),
      ),
    ).toEqual([]);
    const decided = (await states(loan)).filter((name) => /^(RenewLoan|InspectReturn|WriteItemOff)$/.test(name));
    expect(decided).toHaveLength(1);
    if (decided[0] === 'InspectReturn') await finishInspection();
  });

  test('a second after the item was presumed lost finds the loan closed', async () => {
    const loan = await lend(world, { days: 4 });
    await world.until(loan.dueAt + 37 * DAY - MINUTE);
    const { forms } = await browser.open(link(world, loan, 'return'));
    await world.pass(MINUTE + SECOND);
    const answer = await browser.press({ label: '', form: forms[0] as browser.Form });
    expect({ status: answer.status, message: answer.message }).toEqual({
      status: 200,
      message: 'This loan is closed: the item is lost.',
    });
    await world.settle();
    await expectEnd(loan, { outcome: 'lost', reason: 'presumed' });
  });

  test('whose answer does not get through is finished by the sweep, minutes later', async () => {
    const loan = await lend(world);
    const heal = world.fail('sfn', 'SendTaskSuccess', 'InternalServerError');
    expect(await click(world, loan, 'renew')).toContain('Recorded: you renew this loan');
    await world.pass(MINUTE);
    heal();
    expect(await seen(world, loan)).toMatchObject({ decision: 'renew', renewalsLeft: 2 });
    await world.pass(3 * MINUTE);
    expect(await seen(world, loan)).toMatchObject({ status: 'onLoan', renewalsLeft: 1 });
    expect((await world.rows('Loans')).filter(({ unanswered }) => unanswered)).toEqual([]);
    const { Schedules } = await world.call('scheduler', 'ListSchedules');
    expect(Schedules.filter(({ Name }: { Name: string }) => !Name.startsWith('reservations-'))).toEqual([]);
  });

  test('whose answer the first sweeps cannot give either is finished by the one that can', async () => {
    const loan = await lend(world);
    const heal = world.fail('sfn', 'SendTaskSuccess', 'InternalServerError');
    await click(world, loan, 'return');
    await world.pass(8 * MINUTE);
    expect(await states(loan)).not.toContain('InspectReturn');
    heal();
    await world.pass(4 * MINUTE);
    expect(await states(loan)).toContain('InspectReturn');
    await finishInspection();
  });

  test('whose answer and whose sweep get lost stops the reminders and counts all the same', async () => {
    const loan = await lend(world);
    const heals = [
      world.fail('sfn', 'SendTaskSuccess', 'InternalServerError'),
      world.fail('scheduler', 'CreateSchedule', 'InternalServerException'),
    ];
    expect(await click(world, loan, 'renew')).toContain('Recorded: you renew this loan');
    for (const heal of heals) heal();
    await world.until(loan.dueAt - 2 * DAY);
    expect(subjects(world, loan).slice(1)).toEqual([expect.stringContaining('is yours until')]);
    expect(await seen(world, loan)).toMatchObject({ status: 'onLoan', renewalsLeft: 1 });
  });

  test('whose answer does not get through is answered when the button is pressed again', async () => {
    const loan = await lend(world);
    const { forms } = await browser.open(link(world, loan, 'return'));
    const button = { label: '', form: forms[0] as browser.Form };
    const heal = world.fail('sfn', 'SendTaskSuccess', 'InternalServerError');
    await browser.press(button);
    heal();
    await world.settle();
    expect(await states(loan)).not.toContain('InspectReturn');
    expect((await browser.press(button)).message).toContain('Already recorded');
    await world.settle();
    expect(await states(loan)).toContain('InspectReturn');
    await finishInspection();
  });

  test.each([
    ['renew', { status: 'onLoan', renewalsLeft: 1 }, 'RenewLoan'],
    ['return', { status: 'returning' }, 'InspectReturn'],
    ['report-lost', { status: 'lost' }, 'SendLossFeeNotice'],
  ] as const)(
    'to %s in the last days whose answer and sweep are lost still beats the calendar',
    async (page, end, state) => {
      const loan = await lend(world, { days: 4 });
      await world.until(loan.dueAt + 20 * DAY);
      const heals = [
        world.fail('sfn', 'SendTaskSuccess', 'InternalServerError'),
        world.fail('sfn', 'SendTaskFailure', 'InternalServerError'),
        world.fail('scheduler', 'CreateSchedule', 'InternalServerException'),
      ];
      await click(world, loan, page);
      for (const heal of heals) heal();
      await world.until(loan.dueAt + 37 * DAY);
      expect(await seen(world, loan)).toMatchObject(end);
      const entered = await states(loan);
      expect(entered).toContain(state);
      expect(entered.filter((name) => name === 'PresumedLost')).toHaveLength(1);
      if (page === 'report-lost') await expectEnd(loan, { outcome: 'lost', reason: 'reported' });
      if (page === 'return') await finishInspection();
    },
  );
});

describe('mail', () => {
  test('that an address refuses does not stop the loan', async () => {
    const heal = world.fail('sesv2', 'SendEmail', 'MessageRejected', 400);
    const loan = await lend(world);
    heal();
    expect(subjects(world, loan)).toEqual([]);
    expect((await states(loan)).at(-1)).toBe('WaitUntilReminder');
    const at = new Date(world.now).toISOString().replace(/\.\d+Z/, 'Z');
    expect(await seen(world, loan)).toMatchObject({
      mailRefused: { mail: 'confirmation', reason: 'MessageRejected', at },
    });
    await world.until(loan.dueAt - 2 * DAY);
    expect(subjects(world, loan)).toEqual([expect.stringContaining('is due on')]);
    expect(await seen(world, loan)).not.toHaveProperty('mailRefused');
    expect(await click(world, loan, 'return')).toContain('you are bringing it back');
    await world.settle();
    await finishInspection();
  });

  test('goes out once SES is back after an hour', async () => {
    const heal = world.fail('sesv2', 'SendEmail', 'ServiceUnavailable', 503);
    const loan = await lend(world);
    await world.pass(HOUR);
    expect(subjects(world, loan)).toEqual([]);
    heal();
    await world.pass(HOUR);
    expect(subjects(world, loan)).toEqual([expect.stringContaining('You borrowed')]);
    expect((await states(loan)).at(-1)).toBe('WaitUntilReminder');
  });
});

describe('a loan that cannot go on', () => {
  test('leaves the item where it was when the workflow does not start', async () => {
    const heal = world.fail('sfn', 'StartExecution', 'InternalServerError');
    const customer = { name: 'A', email: 'a@example.com' };
    const { status, body } = await world.library('POST', '/loans', { itemId: 'unstarted', title: 'T', customer });
    heal();
    expect({ status, body }).toEqual({ status: 503, body: expect.objectContaining({ status: 503 }) });
    expect((await world.library('GET', '/items/unstarted')).body).toMatchObject({ status: 'in', holds: 0 });
    const { loans } = (await world.library('GET', '/loans?status=void')).body;
    expect(loans).toMatchObject([{ itemId: 'unstarted', status: 'void', closedAt: expect.any(String) }]);
  });

  test('is told to operations, and goes on where it stopped when it is redriven', async () => {
    const loan = await lend(world);
    const before = link(world, loan, 'renew');
    const broken = world.fail('dynamodb', 'GetItem', 'ValidationException', 400);
    await world.until(loan.dueAt - 3 * DAY);
    broken();
    const { executionArn, ...stopped } = await execution(world, loan);
    expect(stopped).toMatchObject({ status: 'FAILED', error: 'ValidationException' });
    const alert = world.mails('operations@example.com').findLast(({ text }) => text.includes(loan.loanId));
    expect(alert?.text).toContain(executionArn);
    expect(alert?.text).toContain('FAILED, ValidationException');

    // The reader decides while the loan is stopped: stored, and found by the step that waits again.
    const { forms } = await browser.open(before);
    expect((await browser.press({ label: '', form: forms[0] as browser.Form })).message).toContain(
      'you renew this loan',
    );
    await world.pass(DAY);
    expect(await seen(world, loan)).toMatchObject({ decision: 'renew', renewalsLeft: 2 });

    await world.call('sfn', 'RedriveExecution', { executionArn });
    await world.settle();
    expect(await execution(world, loan)).toMatchObject({ status: 'RUNNING' });
    expect(await seen(world, loan)).toMatchObject({ status: 'onLoan', renewalsLeft: 1 });
    expect(subjects(world, loan).slice(1)).toEqual([expect.stringContaining('is yours until')]);
    await click(world, loan, 'return');
    await world.settle();
    await finishInspection();
    await expectEnd(loan, { outcome: 'returned' });
  });

  test('because the library may not send stops there, and writes when that is put right and it is redriven', async () => {
    // Once: the alert below is a mail too.
    world.fail('sesv2', 'SendEmail', 'MailFromDomainNotVerifiedException', 400, 1);
    const loan = await lend(world);
    const { executionArn, ...stopped } = await execution(world, loan);
    expect(stopped).toMatchObject({ status: 'FAILED', error: 'SenderRefused' });
    expect(world.mails('operations@example.com').at(-1)?.text).toContain(loan.loanId);
    await world.call('sfn', 'RedriveExecution', { executionArn });
    await world.settle();
    expect(subjects(world, loan)).toEqual([expect.stringContaining('You borrowed')]);
    expect((await states(loan)).at(-1)).toBe('WaitUntilReminder');
  });

  test('because its task was answered with what is no decision waits for the reader again when it is redriven', async () => {
    const loan = await lend(world);
    const row = (await world.rows('Loans')).find(({ loanId }) => loanId === loan.loanId) as Record<string, string>;
    const taskToken = (await libraryKeys(world)).unseal(loan.loanId, row.sealedToken as string);
    await world.call('sfn', 'SendTaskSuccess', { taskToken, output: '{"decision":"keep"}' });
    await world.settle();
    const { executionArn, ...stopped } = await execution(world, loan);
    expect(stopped).toMatchObject({ status: 'FAILED', error: 'States.QueryEvaluationError' });
    expect(world.mails('operations@example.com').at(-1)?.text).toContain(loan.loanId);
    await world.call('sfn', 'RedriveExecution', { executionArn });
    await world.settle();
    expect(await click(world, loan, 'return')).toContain('you are bringing it back');
    await world.settle();
    await finishInspection();
    await expectEnd(loan, { outcome: 'returned' });
  });

  test('because the desk answers what nobody knows is told to operations, and inspected again when it is redriven', async () => {
    const loan = await lend(world);
    await click(world, loan, 'return');
    await world.settle();
    const { taskToken } = await takeInspection(world);
    await world.call('sfn', 'SendTaskFailure', { taskToken, error: 'DeskOnFire', cause: 'Call somebody.' });
    await world.settle();
    const { executionArn, ...stopped } = await execution(world, loan);
    expect(stopped).toMatchObject({ status: 'FAILED', error: 'DeskOnFire', cause: 'Call somebody.' });
    expect(world.mails('operations@example.com').at(-1)?.text).toContain(loan.loanId);
    await world.call('sfn', 'RedriveExecution', { executionArn });
    await world.settle();
    await finishInspection();
    await expectEnd(loan, { outcome: 'returned' });
  });
});
