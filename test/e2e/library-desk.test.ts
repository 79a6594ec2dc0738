import { randomUUID } from 'node:crypto';
import * as browser from '../../demo/browser';
import { sendSigned } from '../../demo/signed-fetch';
import { click, execution, itemStatus, type Loan, lend, link, seen, subjects, takeInspection } from './loans';
import { DAY, HOUR, MINUTE, SECOND, World } from './world';

/** The desk's API, and the journeys that begin with it: cancelling, the queue for an item, and what is asked twice. */
let world: World;
beforeAll(async () => {
  world = await World.begin();
}, 60_000);
afterAll(() => world?.end());
jest.setTimeout(60_000);

async function call(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
  const text = body === undefined ? undefined : JSON.stringify(body);
  const url = new URL(path, world.libraryUrl);
  const response = await sendSigned(world.cloud.endpoints.credentials, method, url, text, headers);
  const answer = await response.text();
  return {
    status: response.status,
    type: response.headers.get('content-type'),
    location: response.headers.get('location'),
    body: answer === '' ? undefined : JSON.parse(answer),
  };
}

const reader = (name: string) => ({ name, email: `${name.toLowerCase()}@example.com` });

async function giveBack(loan: Loan): Promise<void> {
  await click(world, loan, 'return');
  await world.settle();
  const { taskToken } = await takeInspection(world);
  await world.call('sfn', 'SendTaskSuccess', { taskToken, output: '{}' });
  await world.settle();
}

async function endOf(loan: Loan): Promise<unknown> {
  const { status, output } = await execution(world, loan);
  expect(status).toBe('SUCCEEDED');
  return JSON.parse(output ?? '');
}

describe('the catalogue', () => {
  test('enters an item, shows it, and gives it another title', async () => {
    expect(await call('PUT', '/items/momo', { title: 'Momo' })).toMatchObject({
      status: 201,
      location: '/items/momo',
      body: { itemId: 'momo', title: 'Momo', status: 'in', holds: 0 },
    });
    expect(await call('PUT', '/items/momo', { title: 'Momo, 2nd edition' })).toMatchObject({ status: 200 });
    const { body } = await call('POST', '/loans', { itemId: 'momo', customer: reader('Ida') });
    await world.settle();
    expect((await call('GET', '/items/momo')).body).toEqual({
      itemId: 'momo',
      title: 'Momo, 2nd edition',
      status: 'out',
      loanId: body.loanId,
      holds: 0,
    });
    expect((await call('PUT', '/items/momo', { title: 'Momo' })).body).toMatchObject({ status: 'out', title: 'Momo' });
  });

  test.each([
    ['GET', '/items/unheard-of', undefined, 404],
    ['GET', '/items/a%2Fb', undefined, 404],
    ['PUT', '/items/a%20b', { title: 'T' }, 404],
    ['PUT', '/items/x', { title: '' }, 400],
    ['PUT', '/items/x', { title: 'T', status: 'in' }, 400],
    ['POST', '/items/unheard-of/holds', { customer: reader('Ida') }, 404],
    ['DELETE', '/items/momo/holds/none', undefined, 404],
    ['POST', '/loans/none/cancel', undefined, 404],
  ])('%s %s with %j is %i', async (method, path, body, status) => {
    const answer = await call(method, path, body);
    expect(answer).toMatchObject({ status, type: 'application/problem+json', body: { status, type: 'about:blank' } });
  });
});

describe('the list of loans', () => {
  test('comes newest first, a page at a time, each loan once', async () => {
    const lent: string[] = [];
    await world.pass(SECOND);
    for (let count = 0; count < 5; count++) {
      lent.unshift((await lend(world, { days: 30 })).loanId);
      await world.pass(SECOND);
    }
    const listed: string[] = [];
    let pageToken: string | undefined;
    let pages = 0;
    do {
      const query = new URLSearchParams({ status: 'onLoan', limit: '2', ...(pageToken && { pageToken }) });
      const { status, body } = await call('GET', `/loans?${query}`);
      expect(status).toBe(200);
      expect(body.loans.length).toBeLessThanOrEqual(2);
      expect(JSON.stringify(body)).not.toContain('ealedToken');
      listed.push(...body.loans.map(({ loanId }: Loan) => loanId));
      pageToken = body.nextPageToken;
      pages += 1;
    } while (pageToken);
    expect(listed.slice(0, 5)).toEqual(lent);
    expect(new Set(listed).size).toBe(listed.length);
    expect(pages).toBeGreaterThan(2);
    expect((await call('GET', '/loans?status=returned')).body).toEqual({ loans: [] });
  });

  test('takes a page token for the list alone that answered it', async () => {
    const { nextPageToken } = (await call('GET', '/loans?status=onLoan&limit=1')).body;
    expect(nextPageToken).toMatch(/^[\w-]+$/);
    expect(Buffer.from(nextPageToken, 'base64url').toString()).not.toContain('onLoan');
    for (const query of [
      '',
      '?status=unheard-of',
      '?status=onLoan&limit=0',
      '?status=onLoan&limit=101',
      '?status=onLoan&colour=red',
      '?status=onLoan&pageToken=x',
      `?status=returned&pageToken=${nextPageToken}`,
    ]) {
      expect({ query, ...(await call('GET', `/loans${query}`)) }).toMatchObject({ query, status: 400 });
    }
    const detail = async (query: string) => (await call('GET', `/loans${query}`)).body.detail;
    expect(await detail('')).toMatch(/^status: is missing; it must be one of registered, onLoan, .*, void$/);
    expect(await detail('?status=gone&limit=0&colour=red')).toMatch(
      /^status: must be one of .*; limit: must be 1 to 100; colour: is not known here$/,
    );
  });
});

describe('a loan that the desk cancels', () => {
  test('ends in order, the reader is told, the item is free and the link says so', async () => {
    const loan = await lend(world);
    const renew = link(world, loan, 'renew');
    await world.until(loan.dueAt);
    expect(await call('POST', `/loans/${loan.loanId}/cancel`)).toMatchObject({
      status: 202,
      body: { status: 'cancelling', decision: 'cancel' },
    });
    await world.settle();
    expect(await call('POST', `/loans/${loan.loanId}/cancel`)).toMatchObject({
      status: 200,
      body: { status: 'cancelled', closedAt: expect.any(String) },
    });
    expect(await endOf(loan)).toEqual({ outcome: 'cancelled', loanId: loan.loanId });
    expect(await itemStatus(world, loan)).toBe('in');
    expect(subjects(world, loan).at(-1)).toContain('is cancelled');
    expect((await browser.open(renew)).message).toContain('the library cancelled it');
  });

  test('or that the reader ends in the same moment has one end, and both are told which', async () => {
    const loan = await lend(world);
    const { forms } = await browser.open(link(world, loan, 'return'));
    const [pressed, cancelled] = await Promise.all([
      browser.press({ label: '', form: forms[0] as browser.Form }),
      call('POST', `/loans/${loan.loanId}/cancel`),
    ]);
    await world.settle();
    const { decision } = await seen(world, loan);
    if (decision === 'cancel') {
      expect(cancelled.status).toBe(202);
      expect(pressed.message).toMatch(/the library cancels|the library cancelled/);
      expect(await endOf(loan)).toMatchObject({ outcome: 'cancelled' });
    } else {
      expect(pressed.message).toContain('you are bringing it back');
      expect(cancelled).toMatchObject({ status: 409, body: { detail: 'The reader was faster: return.' } });
      const { taskToken } = await takeInspection(world);
      await world.call('sfn', 'SendTaskSuccess', { taskToken, output: '{}' });
    }
  });

  test('after the reader announced the return is not cancelled, nor one that is closed', async () => {
    const loan = await lend(world);
    await giveBack(loan);
    expect(await call('POST', `/loans/${loan.loanId}/cancel`)).toMatchObject({
      status: 409,
      body: { detail: 'The loan is closed: returned.' },
    });
  });

  test('in the second in which the calendar gives it up has one end', async () => {
    const loan = await lend(world, { days: 4 });
    await world.until(loan.dueAt + 37 * DAY - SECOND);
    const heals = ['SendTaskSuccess', 'SendTaskFailure'].map((name) => world.fail('sfn', name, 'InternalServerError'));
    expect((await call('POST', `/loans/${loan.loanId}/cancel`)).status).toBe(202);
    await world.pass(SECOND);
    for (const heal of heals) heal();
    expect(await endOf(loan)).toEqual({ outcome: 'cancelled', loanId: loan.loanId });
    expect(await itemStatus(world, loan)).toBe('in');
    expect(subjects(world, loan).at(-1)).toContain('is cancelled');
  });

  test('whose answer does not get through is finished by the sweep', async () => {
    const loan = await lend(world);
    const heal = world.fail('sfn', 'SendTaskSuccess', 'InternalServerError');
    expect((await call('POST', `/loans/${loan.loanId}/cancel`)).status).toBe(202);
    heal();
    await world.pass(5 * MINUTE);
    expect(await endOf(loan)).toMatchObject({ outcome: 'cancelled' });
  });
});

describe('an idempotency key', () => {
  const once = (itemId: string) => ({ itemId, title: 'Once', customer: reader('Otto') });
  const key = () => ({ 'idempotency-key': randomUUID() });

  test('answers the same to the same, and lends once', async () => {
    const headers = key();
    const first = await call('POST', '/loans', once('once-1'), headers);
    await world.settle();
    const again = await call('POST', '/loans', once('once-1'), headers);
    expect(first.status).toBe(201);
    expect(again).toEqual(first);
    expect((await call('POST', '/loans', { ...once('once-1'), days: 3 }, headers)).status).toBe(422);
    await world.pass(DAY + SECOND);
    expect((await call('POST', '/loans', once('once-1'), headers)).status).toBe(409);
  });

  test('sent ten times at once makes one loan, and one answer', async () => {
    const headers = key();
    const before = (await world.executionArns('LibraryLoan')).length;
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => call('POST', '/loans', once('once-2'), headers)),
    );
    await world.settle();
    expect(new Set(answers.map(({ status, body }) => JSON.stringify({ status, body }))).size).toBe(1);
    expect(answers[0]?.status).toBe(201);
    expect(await world.executionArns('LibraryLoan')).toHaveLength(before + 1);
  });

  test('lends after all when the workflow did not start the first time', async () => {
    const headers = key();
    const heal = world.fail('sfn', 'StartExecution', 'InternalServerError');
    expect((await call('POST', '/loans', once('once-3'), headers)).status).toBe(503);
    heal();
    const { status, body } = await call('POST', '/loans', once('once-3'), headers);
    await world.settle();
    expect(status).toBe(201);
    expect((await call('GET', `/loans/${body.loanId}`)).body).toMatchObject({ status: 'onLoan' });
  });

  test('does not promise what has run out', async () => {
    const headers = key();
    await startDies(() => call('POST', '/loans', once('once-4'), headers));
    await world.pass(11 * MINUTE);
    await call('POST', '/loans', once('once-4'));
    await world.settle();
    expect((await call('POST', '/loans', once('once-4'), headers)).status).toBe(409);
  });

  test.each(['a b', 'x'.repeat(256)])('that is none is refused: %j', async (text) => {
    const answer = await call('POST', '/loans', once('once-5'), { 'idempotency-key': text });
    expect(answer).toMatchObject({ status: 400, body: { title: 'Not an idempotency key' } });
  });

  test('places a hold once', async () => {
    const { itemId } = await lend(world);
    const headers = key();
    const body = { customer: reader('Olga') };
    const answers = await Promise.all([1, 2, 3].map(() => call('POST', `/items/${itemId}/holds`, body, headers)));
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect((await call('GET', `/items/${itemId}`)).body.holds).toBe(1);
  });
});

/** A check-out whose workflow does not start; with a key, so that nothing is taken back at once. */
async function startDies(borrow: () => Promise<{ status: number }>): Promise<void> {
  const heal = world.fail('sfn', 'StartExecution', 'InternalServerError');
  expect((await borrow()).status).toBe(503);
  heal();
}

describe('a reservation that nobody takes over', () => {
  const borrow = (itemId: string, name: string, headers: Record<string, string>) =>
    call('POST', '/loans', { itemId, title: itemId, customer: reader(name) }, headers);
  const loansOf = async (itemId: string, status: string) =>
    (await call('GET', `/loans?status=${status}`)).body.loans.filter((loan: Loan) => loan.itemId === itemId);

  test('is void after some minutes, as the desk sees, and the item is in', async () => {
    const headers = { 'idempotency-key': randomUUID() };
    await startDies(() => borrow('lapsed-1', 'Kurt', headers));
    const [{ loanId }] = await loansOf('lapsed-1', 'registered');
    expect((await call('GET', '/items/lapsed-1')).body).toMatchObject({ status: 'reserved', loanId });
    await world.pass(14 * MINUTE);
    expect(await loansOf('lapsed-1', 'registered')).toEqual([]);
    expect(await call('GET', `/loans/${loanId}`)).toMatchObject({
      status: 200,
      body: { status: 'void', itemId: 'lapsed-1', closedAt: expect.any(String) },
    });
    expect((await call('GET', '/items/lapsed-1')).body).toEqual({
      itemId: 'lapsed-1',
      title: 'lapsed-1',
      status: 'in',
      holds: 0,
    });
    expect(await borrow('lapsed-1', 'Kurt', headers)).toMatchObject({
      status: 409,
      body: { title: 'Reservation ran out' },
    });
    expect(await call('POST', `/loans/${loanId}/cancel`)).toMatchObject({
      status: 409,
      body: { detail: 'The loan is closed: void.' },
    });
    expect((await borrow('lapsed-1', 'Kurt', { 'idempotency-key': randomUUID() })).status).toBe(201);
    await world.settle();
  });

  test('gives the item to the reader who began to wait meanwhile, now or when it is taken back', async () => {
    await startDies(() => borrow('lapsed-2', 'Lena', { 'idempotency-key': randomUUID() }));
    expect((await call('POST', '/items/lapsed-2/holds', { customer: reader('Mara') })).status).toBe(201);
    await world.pass(14 * MINUTE);
    expect((await call('GET', '/items/lapsed-2/holds')).body.holds).toMatchObject([{ status: 'ready' }]);
    expect(world.mails(reader('Mara').email)).toMatchObject([{ subject: expect.stringContaining('is waiting for') }]);
    await startDies(() => borrow('lapsed-2', 'Mara', {}));
    expect((await call('GET', '/items/lapsed-2')).body).toMatchObject({ status: 'held', holds: 1 });
  });

  test('of a kept item leaves it with its reader; run out in the last minute, it is the next one’s turn', async () => {
    const loan = await lend(world);
    const { itemId } = loan;
    for (const name of ['Nora', 'Otis']) await call('POST', `/items/${itemId}/holds`, { customer: reader(name) });
    await giveBack(loan);
    const { lapsesAt } = (await world.rows('Items')).find((row) => row.itemId === itemId) as Record<string, string>;
    await world.until(Date.parse(lapsesAt as string) - MINUTE);
    await startDies(() => borrow(itemId, 'Nora', { 'idempotency-key': randomUUID() }));
    await world.pass(5 * MINUTE);
    expect((await call('GET', `/items/${itemId}`)).body).toMatchObject({ status: 'reserved', holds: 2 });
    await world.pass(15 * MINUTE);
    expect(world.mails(reader('Nora').email).at(-1)?.subject).toContain('We no longer keep');
    expect(world.mails(reader('Otis').email).at(-1)?.subject).toContain('is waiting for you until');
    expect((await call('GET', `/items/${itemId}/holds`)).body.holds).toMatchObject([
      { status: 'ready', customer: reader('Otis') },
    ]);
  });
});

describe('an item that was damaged or lost', () => {
  const restore = (itemId: string) => call('POST', `/items/${itemId}/restore`);

  test('is in again when the desk says so, twice alike; while it is out that is refused', async () => {
    const loan = await lend(world);
    expect(await restore(loan.itemId)).toMatchObject({ status: 409, body: { title: 'Item is out' } });
    await click(world, loan, 'return');
    await world.settle();
    const { taskToken } = await takeInspection(world);
    await world.call('sfn', 'SendTaskFailure', { taskToken, error: 'ItemDamaged', cause: 'Wet.' });
    await world.settle();
    expect((await call('GET', `/items/${loan.itemId}`)).body).toMatchObject({ status: 'damaged' });
    for (let time = 0; time < 2; time++) {
      expect(await restore(loan.itemId)).toMatchObject({ status: 200, body: { status: 'in', holds: 0 } });
    }
    expect(await seen(world, loan)).toMatchObject({ status: 'damaged', note: 'Wet.' });
    expect(await call('POST', '/loans', { itemId: loan.itemId, customer: reader('Paul') })).toMatchObject({
      status: 201,
    });
    await world.settle();
    expect(await restore('unheard-of')).toMatchObject({ status: 404 });
  });

  test('goes to the reader who waits for it when it turns up', async () => {
    const loan = await lend(world);
    await call('POST', `/items/${loan.itemId}/holds`, { customer: reader('Quinn') });
    await click(world, loan, 'report-lost');
    await world.settle();
    expect((await call('GET', `/items/${loan.itemId}`)).body).toMatchObject({ status: 'lost', holds: 1 });
    // The desk dies over it: the sweep goes on.
    const heal = world.fail('sfn', 'StartExecution', 'InternalServerError');
    expect(await restore(loan.itemId)).toMatchObject({ status: 200, body: { status: 'held', holds: 1 } });
    heal();
    await world.pass(5 * MINUTE);
    expect(world.mails(reader('Quinn').email)).toMatchObject([{ subject: expect.stringContaining('is waiting for') }]);
    expect(await restore(loan.itemId)).toMatchObject({ status: 200, body: { status: 'held' } });
  });
});

describe('a queue for an item', () => {
  const hold = async (itemId: string, name: string) =>
    call('POST', `/items/${itemId}/holds`, { customer: reader(name) });
  const mailed = (name: string) => world.mails(reader(name).email).map(({ subject }) => subject);

  test('is told in turn, each has the time to pick it up, and nobody else can borrow it meanwhile', async () => {
    const loan = await lend(world);
    const { itemId } = loan;
    const first = await hold(itemId, 'Anna');
    expect(first).toMatchObject({ status: 201, body: { status: 'waiting', position: 1, itemId } });
    await hold(itemId, 'Bert');
    await hold(itemId, 'Cleo');
    expect((await call('GET', `/items/${itemId}/holds`)).body.holds).toMatchObject([
      { position: 1, customer: reader('Anna') },
      { position: 2, customer: reader('Bert') },
      { position: 3, customer: reader('Cleo') },
    ]);

    await giveBack(loan);
    expect(mailed('Anna')).toEqual([expect.stringContaining('is waiting for you until')]);
    expect((await call('GET', `/items/${itemId}`)).body).toMatchObject({ status: 'held', heldFor: first.body.holdId });
    expect(await call('POST', '/loans', { itemId, customer: reader('Bert') })).toMatchObject({
      status: 409,
      body: { title: 'Item is kept' },
    });

    // Anna does not come: eight days later, in the morning, it is Bert's turn.
    await world.pass(7 * DAY);
    expect(mailed('Bert')).toEqual([]);
    await world.pass(2 * DAY);
    expect(mailed('Anna').at(-1)).toContain('We no longer keep');
    expect(mailed('Bert')).toEqual([expect.stringContaining('is waiting for you until')]);
    const { holds } = (await call('GET', `/items/${itemId}/holds`)).body;
    expect(holds).toMatchObject([{ status: 'ready', pickUpBy: expect.any(String) }, { status: 'waiting' }]);

    // Bert comes; his pick-up is over in that moment, and Cleo waits for his loan to end.
    const pickUpOf = async (holdId: string) => {
      const arn = (await world.executionArns('LibraryHold')).find((name) => name.endsWith(holdId)) as string;
      return (await world.execution(arn)).status;
    };
    expect(await pickUpOf(holds[0].holdId)).toBe('RUNNING');
    const lent = await call('POST', '/loans', { itemId, customer: { name: 'Bert', email: 'BERT@example.com' } });
    expect(lent.status).toBe(201);
    await world.settle();
    expect(await pickUpOf(holds[0].holdId)).toBe('SUCCEEDED');
    await world.pass(20 * DAY);
    expect(mailed('Cleo')).toEqual([]);
    expect((await call('GET', `/items/${itemId}`)).body).toMatchObject({ status: 'out', holds: 1 });
    await call('POST', `/loans/${lent.body.loanId}/cancel`);
    await world.settle();
    expect(mailed('Cleo')).toEqual([expect.stringContaining('is waiting for you until')]);
    // Nor does Cleo: the item is in, for anybody.
    await world.pass(9 * DAY);
    expect((await call('GET', `/items/${itemId}`)).body).toMatchObject({ status: 'in', holds: 0 });
    const pickUps = await Promise.all((await world.executionArns('LibraryHold')).map((arn) => world.execution(arn)));
    expect(new Set(pickUps.map(({ status }) => status))).toEqual(new Set(['SUCCEEDED']));
  });

  test('keeps the borrower from renewing, and the page says why', async () => {
    const loan = await lend(world);
    const { forms } = await browser.open(link(world, loan, 'renew'));
    const { body } = await hold(loan.itemId, 'Dora');
    const page = await browser.open(link(world, loan, 'renew'));
    expect(page.message).toContain('another reader is waiting');
    expect(page.forms).toEqual([]);
    const pressed = await browser.press({ label: '', form: forms[0] as browser.Form });
    expect(pressed.message).toContain('another reader is waiting');
    expect(await seen(world, loan)).toMatchObject({ renewalsLeft: 2 });
    expect((await call('DELETE', `/items/${loan.itemId}/holds/${body.holdId}`)).status).toBe(204);
    expect(await click(world, loan, 'renew')).toContain('you renew this loan');
    await world.settle();
    expect(await seen(world, loan)).toMatchObject({ renewalsLeft: 1 });
  });

  test('and a renewal in the same moment have one order', async () => {
    const loan = await lend(world);
    const { forms } = await browser.open(link(world, loan, 'renew'));
    const [pressed, placed] = await Promise.all([
      browser.press({ label: '', form: forms[0] as browser.Form }),
      hold(loan.itemId, 'Emil'),
    ]);
    await world.settle();
    expect(placed.status).toBe(201);
    const { renewalsLeft } = await seen(world, loan);
    expect(pressed.message).toContain(renewalsLeft === 1 ? 'you renew this loan' : 'another reader is waiting');
  });

  test('goes on at once when the reader whose turn it is gives it up, even if the desk dies over it', async () => {
    const loan = await lend(world);
    const { body: first } = await hold(loan.itemId, 'Fritz');
    await hold(loan.itemId, 'Gerda');
    await giveBack(loan);
    const heal = world.fail('sfn', 'StartExecution', 'InternalServerError');
    expect((await call('DELETE', `/items/${loan.itemId}/holds/${first.holdId}`)).status).toBe(204);
    heal();
    await world.settle();
    expect(mailed('Gerda')).toEqual([]);
    const pickUps = (await world.executionArns('LibraryHold')).filter((arn) => arn.endsWith(first.holdId));
    expect(await world.execution(pickUps[0] as string)).toMatchObject({ status: 'SUCCEEDED' });
    await world.pass(5 * MINUTE);
    expect(mailed('Gerda')).toEqual([expect.stringContaining('is waiting for you until')]);
    await world.pass(12 * DAY);
    expect(mailed('Gerda')).toHaveLength(2);
    expect(mailed('Fritz')).toHaveLength(1);
  });

  test('survives a workflow that does not start: the reader whose turn it is may try again', async () => {
    const loan = await lend(world);
    await hold(loan.itemId, 'Hans');
    await giveBack(loan);
    const heal = world.fail('sfn', 'StartExecution', 'InternalServerError');
    const borrow = () => call('POST', '/loans', { itemId: loan.itemId, customer: reader('Hans') });
    expect((await borrow()).status).toBe(503);
    heal();
    expect((await call('GET', `/items/${loan.itemId}`)).body.status).toBe('held');
    // Nor does it keep the loan from beginning when the wait for the pick-up cannot be ended: that ends on its day.
    const healAnswer = world.fail('sfn', 'SendTaskSuccess', 'InternalServerError');
    expect((await borrow()).status).toBe(201);
    await world.settle();
    healAnswer();
    await world.settle();
    expect((await call('GET', `/items/${loan.itemId}`)).body).toMatchObject({ status: 'out', holds: 0 });
  });

  test('is told in the morning when the item comes back at night', async () => {
    const loan = await lend(world);
    await hold(loan.itemId, 'Inge');
    const evening = Math.ceil(world.now / DAY) * DAY + 22 * HOUR;
    await world.until(evening);
    await giveBack(loan);
    expect(mailed('Inge')).toEqual([]);
    await world.until(evening + 10 * HOUR + 30 * MINUTE);
    expect(mailed('Inge')).toEqual([expect.stringContaining('is waiting for you until')]);
  });

  test('takes nobody twice, nor who has the item, nor for an item that is in', async () => {
    const loan = await lend(world);
    const borrower = await call('POST', `/items/${loan.itemId}/holds`, { customer: { name: 'B', email: loan.email } });
    expect(borrower).toMatchObject({ status: 409, body: { detail: 'This reader has the item.' } });
    await hold(loan.itemId, 'Jana');
    expect(await hold(loan.itemId, 'Jana')).toMatchObject({ status: 409 });
    await call('PUT', '/items/at-home', { title: 'At home' });
    expect(await hold('at-home', 'Jana')).toMatchObject({
      status: 409,
      body: { detail: "Item 'at-home' is in: lend it." },
    });
  });
});
