import fc from 'fast-check';
import type { AwsShape } from '../../../local/services/aws';
import { type Cloud, openDynamoDb, table } from './cloud';

const TableName = 'Accounts';
const key = (id: string) => ({ id: { S: id } });
const put = (id: string, n: number, more: AwsShape = {}) => ({
  Put: { TableName, Item: { ...key(id), n: { N: String(n) } }, ...more },
});
const add = (id: string, n: number, more: AwsShape = {}) => ({
  Update: {
    TableName,
    Key: key(id),
    UpdateExpression: 'ADD n :n',
    ExpressionAttributeValues: { ':n': { N: String(n) } },
    ...more,
  },
});
const absent = { ConditionExpression: 'attribute_not_exists(id)' };

let cloud: Cloud;
beforeEach(async () => {
  cloud = await openDynamoDb();
  await cloud.call('CreateTable', table(TableName));
});
afterEach(() => cloud.close());

const write = (...TransactItems: AwsShape[]) => cloud.call('TransactWriteItems', { TransactItems });
const numbers = async () => {
  const { Items } = await cloud.call('Scan', { TableName });
  return Object.fromEntries(Items.map((item: AwsShape) => [item.id.S, Number(item.n.N)]));
};

test('all of a transaction is written', async () => {
  await write(put('a', 1), put('b', 2));
  const check = { ConditionCheck: { TableName, Key: key('b'), ConditionExpression: 'attribute_exists(id)' } };
  await write(add('a', 5), check, { Delete: { TableName, Key: key('c') } });
  expect(await numbers()).toEqual({ a: 6, b: 2 });
});

test('a failed condition cancels all of it and says why', async () => {
  await write(put('a', 1));
  const ask = { ReturnValuesOnConditionCheckFailure: 'ALL_OLD' };
  await expect(write(put('b', 2), put('a', 3, { ...absent, ...ask }))).rejects.toMatchObject({
    code: 'TransactionCanceledException',
    message:
      'Transaction cancelled, please refer cancellation reasons for specific reasons [None, ConditionalCheckFailed]',
    details: {
      CancellationReasons: [
        { Code: 'None' },
        {
          Code: 'ConditionalCheckFailed',
          Message: 'The conditional request failed',
          Item: { ...key('a'), n: { N: '1' } },
        },
      ],
    },
  });
  expect(await numbers()).toEqual({ a: 1 });
});

test('an update that does not fit its item is a ValidationError among the reasons', async () => {
  await cloud.call('PutItem', { TableName, Item: { ...key('a'), n: { S: 'text' } } });
  await expect(write(add('a', 1), put('b', 1))).rejects.toMatchObject({
    details: {
      CancellationReasons: [
        { Code: 'ValidationError', Message: 'An operand in the update expression has an incorrect data type' },
        { Code: 'None' },
      ],
    },
  });
});

test('requests that no transaction may make are refused', async () => {
  await expect(write(put('a', 1), add('a', 1))).rejects.toMatchObject({
    code: 'ValidationException',
    message: 'Transaction request cannot include multiple operations on one item',
  });
  await expect(write()).rejects.toMatchObject({ code: 'ValidationException' });
  const many = Array.from({ length: 101 }, (_, n) => put(`i${n}`, n));
  await expect(write(...many)).rejects.toMatchObject({ code: 'ValidationException' });
  await write(...many.slice(1));
  await expect(write({ ...put('x', 1), ...add('x', 1) })).rejects.toMatchObject({ code: 'ValidationException' });
  await expect(write({ Put: { TableName: 'Nowhere', Item: key('a') } })).rejects.toMatchObject({
    code: 'ResourceNotFoundException',
  });
});

test('a request token makes repeating harmless for ten minutes', async () => {
  const request = { TransactItems: [add('a', 1)], ClientRequestToken: 'token' };
  await cloud.call('TransactWriteItems', request);
  await cloud.call('TransactWriteItems', request);
  expect(await numbers()).toEqual({ a: 1 });
  const other = cloud.call('TransactWriteItems', { ...request, TransactItems: [add('a', 2)] });
  await expect(other).rejects.toMatchObject({ code: 'IdempotentParameterMismatchException' });
  await cloud.clock.advanceBy(10 * 60 * 1000);
  await cloud.call('TransactWriteItems', request);
  expect(await numbers()).toEqual({ a: 2 });
});

test('a cancelled transaction does not use up its token', async () => {
  const request = { TransactItems: [put('a', 1, absent)], ClientRequestToken: 'token' };
  await cloud.call('PutItem', { TableName, Item: { ...key('a'), n: { N: '0' } } });
  await expect(cloud.call('TransactWriteItems', request)).rejects.toMatchObject({
    code: 'TransactionCanceledException',
  });
  await cloud.call('DeleteItem', { TableName, Key: key('a') });
  await cloud.call('TransactWriteItems', request);
  expect(await numbers()).toEqual({ a: 1 });
});

test('TransactGetItems reads in order, absent items included, and tells what it costs', async () => {
  await write(put('a', 1), put('b', 2));
  const Get = (id: string, more: AwsShape = {}) => ({ Get: { TableName, Key: key(id), ...more } });
  const read = await cloud.call('TransactGetItems', {
    TransactItems: [Get('b', { ProjectionExpression: 'n' }), Get('none'), Get('a')],
    ReturnConsumedCapacity: 'TOTAL',
  });
  expect(read.Responses).toEqual([{ Item: { n: { N: '2' } } }, {}, { Item: { ...key('a'), n: { N: '1' } } }]);
  expect(read.ConsumedCapacity).toEqual([{ TableName, CapacityUnits: 6, ReadCapacityUnits: 6 }]);
});

test('no reader sees half a transfer, and concurrent transfers lose nothing', async () => {
  await write(put('a', 500), put('b', 500));
  const transfers = Array.from({ length: 60 }, (_, n) => write(add('a', n), add('b', -n)));
  const reads = Array.from({ length: 60 }, async () => {
    const TransactItems = ['a', 'b'].map((id) => ({ Get: { TableName, Key: key(id) } }));
    const { Responses } = await cloud.call('TransactGetItems', { TransactItems });
    return Responses.reduce((sum: number, { Item }: AwsShape) => sum + Number(Item.n.N), 0);
  });
  expect(new Set(await Promise.all(reads))).toEqual(new Set([1000]));
  await Promise.all(transfers);
  expect(await numbers()).toEqual({ a: 500 + 1770, b: 500 - 1770 });
});

test('random transactions do what a model does', async () => {
  type Action = {
    kind: 'put' | 'add' | 'delete' | 'check';
    id: string;
    n: number;
    condition: 'none' | 'exists' | 'absent';
  };
  const action: fc.Arbitrary<Action> = fc.record({
    kind: fc.constantFrom('put', 'add', 'delete', 'check'),
    id: fc.constantFrom('a', 'b', 'c', 'd'),
    n: fc.integer({ min: -9, max: 9 }),
    condition: fc.constantFrom('none', 'exists', 'absent'),
  });
  const transaction = fc.uniqueArray(action, { minLength: 1, maxLength: 4, selector: ({ id }) => id });

  const request = ({ kind, id, n, condition }: Action): AwsShape => {
    const expected = condition === 'none' && kind === 'check' ? 'exists' : condition;
    const guard =
      expected === 'none'
        ? {}
        : { ConditionExpression: `attribute_${expected === 'exists' ? 'exists' : 'not_exists'}(id)` };
    if (kind === 'put') return put(id, n, guard);
    if (kind === 'add') return add(id, n, guard);
    return { [kind === 'delete' ? 'Delete' : 'ConditionCheck']: { TableName, Key: key(id), ...guard } };
  };
  const holds = (model: Map<string, number>, { kind, id, condition }: Action) => {
    const expected = condition === 'none' && kind === 'check' ? 'exists' : condition;
    return expected === 'none' || model.has(id) === (expected === 'exists');
  };

  await fc.assert(
    fc.asyncProperty(fc.array(transaction, { maxLength: 12 }), async (transactions) => {
      await Promise.all(['a', 'b', 'c', 'd'].map((id) => cloud.call('DeleteItem', { TableName, Key: key(id) })));
      const model = new Map<string, number>();
      for (const actions of transactions) {
        const reasons = actions.map((one) => (holds(model, one) ? 'None' : 'ConditionalCheckFailed'));
        const result = await write(...actions.map(request)).catch((error) =>
          error.details.CancellationReasons.map(({ Code }: AwsShape) => Code),
        );
        if (reasons.every((reason) => reason === 'None')) {
          for (const { kind, id, n } of actions) {
            if (kind === 'put') model.set(id, n);
            if (kind === 'add') model.set(id, (model.get(id) ?? 0) + n);
            if (kind === 'delete') model.delete(id);
          }
          expect(result).toEqual({});
        } else {
          expect(result).toEqual(reasons);
        }
        expect(await numbers()).toEqual(Object.fromEntries(model));
      }
    }),
    { numRuns: 40 },
  );
});
