import { execution, lend, seen, subjects } from './loans';
import { DAY, World } from './world';

jest.setTimeout(60_000);

let world: World;
beforeAll(async () => {
  world = await World.begin();
}, 60_000);
afterAll(() => world?.end());

describe.each([
  ['bounce@simulator.amazonses.com', 'bounce'],
  ['complaint@simulator.amazonses.com', 'complaint'],
  ['suppressionlist@simulator.amazonses.com', 'bounce'],
])('a reader whose mail comes back: %s', (email, reason) => {
  test('gets one mail, the desk is told why, and the loan goes on to its end', async () => {
    const began = new Date(world.now).toISOString();
    const loan = { ...(await lend(world, { customer: { name: 'Zoë', email } })), email };
    expect(subjects(world, loan)).toHaveLength(1);
    expect(await seen(world, loan)).toMatchObject({ status: 'onLoan', mailStopped: { reason, since: began } });
    await world.until(loan.dueAt + 8 * DAY);
    expect(subjects(world, loan)).toHaveLength(1);
    expect(await execution(world, loan)).toMatchObject({ status: 'RUNNING' });
    expect(world.mails().at(-1)?.subject).toBe('A loan is overdue');
    await world.until(loan.dueAt + 60 * DAY);
    expect(await execution(world, loan)).toMatchObject({ status: 'SUCCEEDED' });
    expect(subjects(world, loan)).toHaveLength(1);
  });

  test('gets none of the next loan either, however the address is written', async () => {
    const shouted = email.replace(/^./, (letter) => letter.toUpperCase());
    const loan = { ...(await lend(world, { customer: { name: 'Zoë', email: shouted } })), email: shouted };
    expect(subjects(world, loan)).toEqual([]);
    expect(await seen(world, loan)).toMatchObject({ status: 'onLoan', mailStopped: { reason } });
  });
});

test('a mailbox that answers by itself is written to as ever', async () => {
  const email = 'ooto@simulator.amazonses.com';
  const loan = { ...(await lend(world, { customer: { name: 'Zoë', email } })), email };
  await world.until(loan.dueAt);
  expect(subjects(world, loan)).toHaveLength(3);
  expect(await seen(world, loan)).not.toHaveProperty('mailStopped');
});

test('a bounce that cannot be recorded at once is recorded later', async () => {
  const email = 'bounce+later@simulator.amazonses.com';
  const heal = world.fail('dynamodb', 'PutItem', 'ThrottlingException', 400);
  const loan = { ...(await lend(world, { customer: { name: 'Zoë', email } })), email };
  expect(await seen(world, loan)).not.toHaveProperty('mailStopped');
  heal();
  await world.pass(10 * 60_000);
  expect(await seen(world, loan)).toMatchObject({ mailStopped: { reason: 'bounce' } });
});
