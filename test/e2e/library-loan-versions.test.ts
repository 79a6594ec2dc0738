import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { click, execution, itemStatus, type Loan, lend, seen, subjects, takeInspection } from './loans';
import { DAY, MINUTE, World } from './world';

/**
 * Long lives meet deployments: executions that began under the previous version of the definition, and today's functions.
 * Each loan begins under the first definition, is in the table as the desk of that time wrote it, and goes on after the
 * deployment of today's.
 */
let world: World;
let today: string;
jest.setTimeout(60_000);

beforeAll(async () => {
  world = await World.begin();
  today = (await world.call('sfn', 'DescribeStateMachine', { stateMachineArn: await machine() })).definition;
}, 60_000);
afterAll(() => world?.end());

const machine = () => world.machine('LibraryLoan');

async function deploy(definition: string, stateMachineArn?: string): Promise<void> {
  await world.call('sfn', 'UpdateStateMachine', {
    stateMachineArn: stateMachineArn ?? (await machine()),
    definition,
  });
}

/** The first definition with today's functions in the places of its own, as CloudFormation would fill them in. */
async function previousDefinition(workflow = 'library-loan'): Promise<string> {
  const previous = readFileSync(join(__dirname, 'previous', `${workflow}.v1.asl.json`), 'utf8');
  const { Functions } = await world.call('lambda', 'ListFunctions');
  const arnOf = (name: string) =>
    Functions.find(
      ({ FunctionName }: { FunctionName: string }) =>
        FunctionName.includes(`LibraryLoan-${name}`) || FunctionName.includes(`-${name}`),
    )?.FunctionArn;
  const { activities } = await world.call('sfn', 'ListActivities');
  const topic = (name: string) => `arn:aws:sns:us-east-1:123456789012:Stepwright${name}-dev`;
  return previous.replace(/\$\{(\w+)\}/g, (_, name: string) => {
    if (name === 'InspectReturnActivityArn') return activities[0].activityArn;
    if (name === 'LibrarianTopicArn') return topic('Librarian');
    if (name === 'OperationsTopicArn') return topic('Operations');
    return arnOf(name.replace(/FunctionArn$/, ''));
  });
}

/** Lends under the first definition, then deploys today's while the execution waits. */
async function lentBefore(): Promise<Loan> {
  await deploy(await previousDefinition());
  const loan = await lend(world, { days: 10 });
  // As the desk of that time wrote it.
  await world.call('dynamodb', 'UpdateItem', {
    TableName: Object.keys(await world.tables()).find((name) => name.includes('Loans')),
    Key: { loanId: { S: loan.loanId } },
    UpdateExpression: 'REMOVE workflowVersion, overdueAt',
  });
  await deploy(today);
  return loan;
}

async function expectEnd(loan: Loan, output: object): Promise<void> {
  const { status, output: text, error, cause } = await execution(world, loan);
  expect({ status, error, cause }).toEqual({ status: 'SUCCEEDED' });
  expect(JSON.parse(text ?? '')).toEqual({ loanId: loan.loanId, ...output });
}

async function inspect(error?: string): Promise<void> {
  const { taskToken } = await takeInspection(world);
  await (error === undefined
    ? world.call('sfn', 'SendTaskSuccess', { taskToken, output: '{}' })
    : world.call('sfn', 'SendTaskFailure', { taskToken, error, cause: 'Torn.' }));
  await world.settle();
}

describe('a loan that began under the first definition', () => {
  test('is renewed, returned and inspected by today’s functions', async () => {
    const loan = await lentBefore();
    await world.until(loan.dueAt - 3 * DAY + MINUTE);
    expect(subjects(world, loan)).toHaveLength(2);
    await click(world, loan, 'renew');
    await world.settle();
    expect(await seen(world, loan)).toMatchObject({ renewalsLeft: 1 });
    await click(world, loan, 'return');
    await world.settle();
    await inspect();
    await expectEnd(loan, { outcome: 'returned' });
    expect(await itemStatus(world, loan)).toBe('in');
  });

  test('is told due, escalated and presumed lost on its own dates', async () => {
    const loan = await lentBefore();
    await world.until(loan.dueAt + 37 * DAY);
    expect(subjects(world, loan).slice(1)).toEqual([
      expect.stringContaining('is due on'),
      expect.stringContaining('is due today'),
      expect.stringContaining('About your loan'),
    ]);
    await expectEnd(loan, { outcome: 'lost', reason: 'presumed' });
  });

  test('is reported lost', async () => {
    const loan = await lentBefore();
    await click(world, loan, 'report-lost');
    await world.settle();
    await expectEnd(loan, { outcome: 'lost', reason: 'reported' });
  });

  test.each([
    ['ItemDamaged', 'damaged'],
    ['ItemNotThere', 'onLoan'],
  ])('is inspected: %s', async (error, status) => {
    const loan = await lentBefore();
    await click(world, loan, 'return');
    await world.settle();
    await inspect(error);
    expect(await seen(world, loan)).toMatchObject({ status });
    if (error === 'ItemDamaged') return expectEnd(loan, { outcome: 'damaged' });
    await click(world, loan, 'return');
    await world.settle();
    await inspect();
    await expectEnd(loan, { outcome: 'returned' });
  });

  test('is cancelled, which its definition does not know: no fee, and the item is free', async () => {
    const loan = await lentBefore();
    expect((await world.library('POST', `/loans/${loan.loanId}/cancel`)).status).toBe(202);
    await world.settle();
    expect((await execution(world, loan)).status).toBe('SUCCEEDED');
    expect(await seen(world, loan)).toMatchObject({ status: 'cancelled' });
    expect(await itemStatus(world, loan)).toBe('in');
    expect(subjects(world, loan).slice(1)).toEqual([expect.stringContaining('is cancelled')]);
  });

  test('gives its item to the reader who waits for it, though its definition knows no queue', async () => {
    const loan = await lentBefore();
    const customer = { name: 'Next', email: 'next@example.com' };
    expect((await world.library('POST', `/items/${loan.itemId}/holds`, { customer })).status).toBe(201);
    await click(world, loan, 'return');
    await world.settle();
    await inspect();
    expect(world.mails(customer.email).map(({ subject }) => subject)).toEqual([
      expect.stringContaining('is waiting for you until'),
    ]);
  });

  test.each([
    ['the first', () => previousDefinition(), { status: 'FAILED', error: 'LoanNotRegistered' }],
    ['today’s', async () => today, { status: 'SUCCEEDED', output: expect.stringContaining('void') }],
  ])('whose reservation was taken back ends in order under %s', async (name, definition, end) => {
    await deploy(await definition());
    const stateMachineArn = await machine();
    const input = JSON.stringify({ version: 1, loanId: 'taken-back' });
    const start = { stateMachineArn, name: `taken-back-${name.length}`, input };
    const { executionArn } = await world.call('sfn', 'StartExecution', start);
    await world.settle();
    expect(await world.execution(executionArn)).toMatchObject(end);
    await deploy(today);
  });
});

test('a click during a deployment counts under the definition that the execution began with, and under the next one', async () => {
  const old = await lentBefore();
  await deploy(await previousDefinition());
  const during = click(world, old, 'renew');
  await deploy(today);
  expect(await during).toContain('you renew this loan');
  await world.settle();
  expect(await seen(world, old)).toMatchObject({ status: 'onLoan', renewalsLeft: 1 });
});

describe('a pick-up that began when it waited for its day alone', () => {
  const next = (name: string) => ({ name, email: `${name.toLowerCase()}-waits@example.com` });
  const hold = async ({ itemId }: Loan, name: string) =>
    (await world.library('POST', `/items/${itemId}/holds`, { customer: next(name) })).body.holdId as string;

  /** An item that is kept for Ada under the first definition, while Ben waits; then today's is deployed. */
  async function keptBefore() {
    const stateMachineArn = await world.machine('LibraryHold');
    const { definition } = await world.call('sfn', 'DescribeStateMachine', { stateMachineArn });
    await deploy(await previousDefinition('library-hold'), stateMachineArn);
    const loan = await lend(world);
    const [ada] = [await hold(loan, 'Ada'), await hold(loan, 'Ben')];
    await click(world, loan, 'return');
    await world.settle();
    await inspect();
    await deploy(definition, stateMachineArn);
    const executionArn = (await world.executionArns('LibraryHold')).find((arn) => arn.endsWith(ada)) as string;
    return { loan, pickUp: () => world.execution(executionArn) };
  }

  test('ends on that day when the item was picked up long before', async () => {
    const { loan, pickUp } = await keptBefore();
    const lent = await world.library('POST', '/loans', { itemId: loan.itemId, customer: next('Ada') });
    expect(lent.status).toBe(201);
    await world.settle();
    expect(await seen(world, { ...loan, loanId: lent.body.loanId })).toMatchObject({ status: 'onLoan' });
    await world.pass(10 * DAY);
    expect(await pickUp()).toMatchObject({ status: 'SUCCEEDED', output: expect.stringContaining('over') });
  });

  test('gives the item to the next reader, under today’s definition', async () => {
    const { loan, pickUp } = await keptBefore();
    const told = world.mails(next('Ben').email).length;
    await world.pass(10 * DAY);
    expect(await pickUp()).toMatchObject({ status: 'SUCCEEDED', output: expect.stringContaining('lapsed') });
    expect(world.mails(next('Ben').email).slice(told)).toMatchObject([
      { subject: expect.stringContaining('is waiting for you until') },
    ]);
    expect((await world.library('GET', `/items/${loan.itemId}`)).body).toMatchObject({ status: 'held', holds: 1 });
  });
});
