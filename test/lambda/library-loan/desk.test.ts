import { TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { DynamoDBDocumentClient, GetCommand, TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { aLoan, environment, secret } from './loan';

Object.assign(process.env, environment);
const { handler } = require('../../../lambda/library-loan/desk.lambda');

const tables = mockClient(DynamoDBDocumentClient);
const sfn = mockClient(SFNClient);
const secrets = mockClient(SecretsManagerClient);
const customer = { name: 'Zoë', email: 'zoe@example.com' };

beforeEach(() => {
  for (const client of [tables, sfn, secrets]) client.reset();
  secrets.on(GetSecretValueCommand).resolves({ SecretString: secret });
  tables.on(GetCommand).resolves({});
  tables.on(TransactWriteCommand).resolves({});
  sfn.on(StartExecutionCommand).resolves({});
  jest.spyOn(process.stdout, 'write').mockReturnValue(true);
  jest.useFakeTimers({ now: new Date('2026-03-01T12:00:00Z') });
});
afterEach(() => {
  jest.restoreAllMocks();
  jest.useRealTimers();
});

const call = async (routeKey: string, more: object) => {
  const { statusCode, headers, body } = await handler({ routeKey, ...more });
  return { status: statusCode, type: headers['content-type'], body: JSON.parse(body) };
};
const lend = (body: unknown) => call('POST /loans', { body: typeof body === 'string' ? body : JSON.stringify(body) });
const transactions = () =>
  tables.commandCalls(TransactWriteCommand).map(({ args }) => args[0].input.TransactItems ?? []);

describe('POST /loans', () => {
  test('reserves the item and starts the workflow under the loan’s id', async () => {
    const { status, body } = await lend({ itemId: 'book-42', title: 'Momo', customer });
    expect(status).toBe(201);
    expect(body).toEqual({ loanId: expect.any(String), status: 'registered', dueAt: '2026-03-22T12:00:00Z' });
    const [start] = sfn.commandCalls(StartExecutionCommand);
    expect(start?.args[0].input).toMatchObject({
      name: body.loanId,
      input: JSON.stringify({ version: 2, loanId: body.loanId }),
    });
  });

  test('keeps the link’s hash, never the link', async () => {
    const { body } = await lend({ itemId: 'book-42', title: 'Momo', customer });
    const { LoanKeys, hashLink } = require('../../../lambda/library-loan/keys');
    const token = new LoanKeys(secret).linkToken(body.loanId);
    const stored = JSON.stringify(transactions());
    expect(stored).not.toContain(token);
    expect(stored).toContain(hashLink(token));
  });

  test('takes a body in base64, as API Gateway may send it', async () => {
    const body = Buffer.from(JSON.stringify({ itemId: 'book-42', title: 'Momo', customer })).toString('base64');
    expect(await call('POST /loans', { body, isBase64Encoded: true })).toMatchObject({ status: 201 });
  });

  test('answers 404 for an unknown item without a title', async () => {
    expect(await lend({ itemId: 'book-42', customer })).toMatchObject({
      status: 404,
      type: 'application/problem+json',
    });
    expect(transactions()).toEqual([]);
  });

  test('takes the title from the catalogue', async () => {
    tables.on(GetCommand).resolves({ Item: { itemId: 'book-42', title: 'The Neverending Story', status: 'in' } });
    expect(await lend({ itemId: 'book-42', title: 'Momo', customer })).toMatchObject({ status: 201 });
    expect(transactions()[0]?.[1]?.Put?.Item?.title).toBe('The Neverending Story');
  });

  test.each(['out', 'damaged', 'lost'])('answers 409 for an item that is %s', async (status) => {
    tables.on(GetCommand).resolves({ Item: { itemId: 'book-42', title: 'Momo', status } });
    expect(await lend({ itemId: 'book-42', customer })).toMatchObject({ status: 409 });
  });

  test('answers 409 when somebody else was faster', async () => {
    const CancellationReasons = [{ Code: 'ConditionalCheckFailed' }, { Code: 'None' }, { Code: 'None' }];
    tables
      .on(TransactWriteCommand)
      .rejects(new TransactionCanceledException({ $metadata: {}, message: '', CancellationReasons }));
    expect(await lend({ itemId: 'book-42', title: 'Momo', customer })).toMatchObject({ status: 409 });
    expect(sfn.calls()).toEqual([]);
  });

  test('takes the reservation back when the workflow does not start', async () => {
    sfn.on(StartExecutionCommand).rejects(new Error('no'));
    const made = () => transactions()[0]?.[1]?.Put?.Item;
    const reserved = () => made() && { itemId: 'book-42', status: 'reserved', loanId: made()?.loanId };
    tables.on(GetCommand, { TableName: 'loans' }).callsFake(() => ({ Item: made() }));
    tables.on(GetCommand, { TableName: 'items' }).callsFake(() => ({ Item: reserved() }));
    expect(await lend({ itemId: 'book-42', title: 'Momo', customer })).toMatchObject({
      status: 503,
      type: 'application/problem+json',
    });
    const [loan, item] = transactions()[1] ?? [];
    expect(loan?.Update?.ExpressionAttributeValues).toMatchObject({ ':set_status': 'void' });
    expect(item?.Update?.ExpressionAttributeValues).toMatchObject({ ':status': 'in', ':is_status': 'reserved' });
  });

  test('lends after all when only the answer of the workflow’s start was lost', async () => {
    sfn.on(StartExecutionCommand).rejects(new Error('socket hang up'));
    tables.on(GetCommand, { TableName: 'loans' }).resolves({ Item: aLoan({ status: 'onLoan' }) });
    expect(await lend({ itemId: 'book-42', title: 'Momo', customer })).toMatchObject({ status: 201 });
  });

  const good = { itemId: 'book-42', title: 'Momo', customer };
  test.each([
    ['nothing', undefined, /JSON/],
    ['no JSON', '{"itemId":', /JSON/],
    ['a list', [], /itemId: is missing/],
    ['no item', { customer }, /itemId/],
    ['an item id with a path', { ...good, itemId: '../etc' }, /itemId/],
    ['an item id that is a number', { ...good, itemId: 42 }, /itemId/],
    ['no customer', { itemId: 'book-42', title: 'Momo' }, /customer/],
    ['an empty name', { ...good, customer: { ...customer, name: '  ' } }, /customer\.name/],
    ['a name with a line break', { ...good, customer: { ...customer, name: 'Zoë\nBcc: x' } }, /customer\.name/],
    [
      'an address with a line break',
      { ...good, customer: { ...customer, email: 'zoe@example.com\r\nBcc: x@example.com' } },
      /customer\.email/,
    ],
    [
      'an address with a NUL',
      { ...good, customer: { ...customer, email: 'zoe\u0000@example.com' } },
      /customer\.email/,
    ],
    ['two addresses', { ...good, customer: { ...customer, email: 'a@example.com, b@example.com' } }, /customer\.email/],
    ['a title with a line break', { ...good, title: 'Mo\nmo' }, /title/],
    ['a title of half a character', { ...good, title: 'Momo \ud83d' }, /title/],
    ['a title too long', { ...good, title: 'x'.repeat(201) }, /title/],
    ['days in words', { ...good, days: '21' }, /days/],
    ['no day', { ...good, days: 0 }, /days/],
    ['too many days', { ...good, days: 61 }, /days/],
    ['half a day', { ...good, days: 1.5 }, /days/],
    ['an unknown field', { ...good, colour: 'red' }, /colour: is not known here/],
  ])('answers 400 for %s, and changes nothing', async (_, body, told) => {
    const answer = body === undefined ? await call('POST /loans', {}) : await lend(body);
    expect(answer).toMatchObject({ status: 400, type: 'application/problem+json', body: { status: 400 } });
    expect(answer.body.detail).toMatch(told);
    expect([...transactions(), ...sfn.calls()]).toEqual([]);
  });
});

describe('GET /loans/{loanId}', () => {
  test('shows the loan, but not its token', async () => {
    tables.on(GetCommand).resolves({ Item: aLoan({ sealedToken: 'sealed' }) });
    const { status, body } = await call('GET /loans/{loanId}', { pathParameters: { loanId: 'loan-1' } });
    expect(status).toBe(200);
    expect(body).toMatchObject({ loanId: 'loan-1', status: 'onLoan', dueAt: '2026-03-22T12:00:00Z', renewalsLeft: 2 });
    expect(JSON.stringify(body)).not.toContain('sealed');
  });

  test.each(['loan-2', '', '../../x', 'x'.repeat(65)])('answers 404 for %j', async (loanId) => {
    expect(await call('GET /loans/{loanId}', { pathParameters: { loanId } })).toMatchObject({
      status: 404,
      type: 'application/problem+json',
    });
  });
});
