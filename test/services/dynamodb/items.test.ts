import { type Cloud, inTemporaryDirectory, openDynamoDb, table } from './cloud';

describe('items', () => {
  let cloud: Cloud;
  beforeEach(async () => {
    cloud = await openDynamoDb();
    await cloud.call('CreateTable', table('Loans'));
  });
  afterEach(() => cloud.close());

  test('are put, read, updated and deleted', async () => {
    await cloud.call('PutItem', { TableName: 'Loans', Item: { id: { S: 'a' }, n: { N: '1' } } });
    const updated = await cloud.call('UpdateItem', {
      TableName: 'Loans',
      Key: { id: { S: 'a' } },
      UpdateExpression: 'ADD n :one',
      ExpressionAttributeValues: { ':one': { N: '1' } },
      ReturnValues: 'ALL_NEW',
      ReturnConsumedCapacity: 'TOTAL',
    });
    expect(updated).toEqual({
      Attributes: { id: { S: 'a' }, n: { N: '2' } },
      ConsumedCapacity: { TableName: 'Loans', CapacityUnits: 1 },
    });
    expect(await cloud.call('GetItem', { TableName: 'Loans', Key: { id: { S: 'a' } } })).toEqual({
      Item: { id: { S: 'a' }, n: { N: '2' } },
    });
    await cloud.call('DeleteItem', { TableName: 'Loans', Key: { id: { S: 'a' } } });
    expect(await cloud.call('GetItem', { TableName: 'Loans', Key: { id: { S: 'a' } } })).toEqual({});
  });

  test('take blobs as bytes or base64 and answer bytes', async () => {
    const bytes = new Uint8Array([0, 255, 7]);
    const Item = { id: { S: 'b' }, blob: { B: bytes }, blobs: { BS: [bytes] }, map: { M: { B: { S: 'not a blob' } } } };
    await cloud.call('PutItem', { TableName: 'Loans', Item });
    expect(await cloud.call('GetItem', { TableName: 'Loans', Key: { id: { S: 'b' } } })).toEqual({ Item });
    await cloud.call('PutItem', { TableName: 'Loans', Item: { id: { S: 'c' }, blob: { B: 'AP8H' } } });
    const answer = await cloud.call('GetItem', { TableName: 'Loans', Key: { id: { S: 'c' } } });
    expect(answer.Item.blob).toEqual({ B: bytes });
  });

  test('leave the caller its input unchanged', async () => {
    const input = {
      TableName: 'Loans',
      Key: { id: { S: 'a' } },
      UpdateExpression: 'SET n = :n',
      ExpressionAttributeValues: { ':n': { N: '1' } },
      Unknown: 1,
    };
    const before = structuredClone(input);
    await cloud.call('UpdateItem', input);
    expect(input).toEqual(before);
  });

  test('a failed condition answers the item when asked', async () => {
    const Item = { id: { S: 'a' }, n: { N: '1' } };
    await cloud.call('PutItem', { TableName: 'Loans', Item });
    const again = { TableName: 'Loans', Item, ConditionExpression: 'attribute_not_exists(id)' };
    await expect(cloud.call('PutItem', again)).rejects.toMatchObject({
      code: 'ConditionalCheckFailedException',
      message: 'The conditional request failed',
      details: {},
    });
    const asked = cloud.call('PutItem', { ...again, ReturnValuesOnConditionCheckFailure: 'ALL_OLD' });
    await expect(asked).rejects.toMatchObject({ details: { Item } });
  });

  test('what AWS refuses is refused in its words', async () => {
    await expect(cloud.call('GetItem', { TableName: 'Nowhere', Key: { id: { S: 'a' } } })).rejects.toMatchObject({
      code: 'ResourceNotFoundException',
      message: 'Requested resource not found',
    });
    await expect(cloud.call('PutItem', { TableName: 'Loans', Item: { n: { N: '1' } } })).rejects.toMatchObject({
      code: 'ValidationException',
      message: 'One or more parameter values were invalid: Missing the key id in the item',
    });
    await expect(cloud.call('Frobnicate', {})).rejects.toMatchObject({ code: 'UnknownOperationException' });
  });

  test('a hundred increments at once all count', async () => {
    await Promise.all(
      Array.from({ length: 100 }, () =>
        cloud.call('UpdateItem', {
          TableName: 'Loans',
          Key: { id: { S: 'a' } },
          UpdateExpression: 'ADD n :one',
          ExpressionAttributeValues: { ':one': { N: '1' } },
        }),
      ),
    );
    const { Item } = await cloud.call('GetItem', { TableName: 'Loans', Key: { id: { S: 'a' } } });
    expect(Item.n).toEqual({ N: '100' });
  });

  test('batches write and read many', async () => {
    const items = Array.from({ length: 25 }, (_, n) => ({ id: { S: `i${n}` }, n: { N: String(n) } }));
    const requests = items.map((Item) => ({ PutRequest: { Item } }));
    await cloud.call('BatchWriteItem', { RequestItems: { Loans: requests } });
    const { Responses } = await cloud.call('BatchGetItem', {
      RequestItems: { Loans: { Keys: items.map(({ id }) => ({ id })) } },
    });
    const byNumber = (a: (typeof items)[number], b: (typeof items)[number]) => Number(a.n.N) - Number(b.n.N);
    expect(Responses.Loans.sort(byNumber)).toEqual(items);
  });
});

describe('queries and scans', () => {
  const sorted = table('Scores', {
    KeySchema: [
      { AttributeName: 'game', KeyType: 'HASH' },
      { AttributeName: 'score', KeyType: 'RANGE' },
    ],
    AttributeDefinitions: [
      { AttributeName: 'game', AttributeType: 'S' },
      { AttributeName: 'score', AttributeType: 'N' },
      { AttributeName: 'player', AttributeType: 'S' },
    ],
    GlobalSecondaryIndexes: [
      {
        IndexName: 'byPlayer',
        KeySchema: [{ AttributeName: 'player', KeyType: 'HASH' }],
        Projection: { ProjectionType: 'ALL' },
      },
    ],
  });

  test('page through a range in both directions, over more rows than are read at once', async () => {
    const cloud = await openDynamoDb();
    await cloud.call('CreateTable', sorted);
    const scores = Array.from({ length: 300 }, (_, n) => (n - 150) * 7);
    for (const score of scores) {
      const Item = { game: { S: 'one' }, score: { N: String(score) }, player: { S: score % 2 ? 'odd' : 'even' } };
      await cloud.call('PutItem', { TableName: 'Scores', Item });
    }
    for (const forward of [true, false]) {
      const seen: number[] = [];
      let ExclusiveStartKey: unknown;
      do {
        const page = await cloud.call('Query', {
          TableName: 'Scores',
          KeyConditionExpression: 'game = :l AND score >= :s',
          ExpressionAttributeValues: { ':l': { S: 'one' }, ':s': { N: '-700' } },
          ScanIndexForward: forward,
          Limit: 130,
          ExclusiveStartKey,
        });
        seen.push(...page.Items.map((item: { score: { N: string } }) => Number(item.score.N)));
        ExclusiveStartKey = page.LastEvaluatedKey;
      } while (ExclusiveStartKey);
      const expected = scores.filter((score) => score >= -700);
      expect(seen).toEqual(forward ? expected : expected.reverse());
    }
    const all = await cloud.call('Scan', { TableName: 'Scores', Select: 'COUNT' });
    expect(all.Count).toBe(300);
    const odd = await cloud.call('Query', {
      TableName: 'Scores',
      IndexName: 'byPlayer',
      KeyConditionExpression: 'player = :p',
      ExpressionAttributeValues: { ':p': { S: 'odd' } },
    });
    expect(odd.Count).toBe(scores.filter((score) => score % 2).length);
    await cloud.close();
  });
});

test('everything is there again after closing and opening', async () => {
  await inTemporaryDirectory(async (dir) => {
    let cloud = await openDynamoDb(dir);
    await cloud.call('CreateTable', table('Loans'));
    const Item = { id: { S: 'a' }, text: { S: 'ünïcödé \u0000 \u{1F600}' } };
    await cloud.call('PutItem', { TableName: 'Loans', Item });
    await cloud.close();
    cloud = await openDynamoDb(dir);
    expect(await cloud.call('GetItem', { TableName: 'Loans', Key: { id: { S: 'a' } } })).toEqual({ Item });
    await cloud.close();
  });
});
