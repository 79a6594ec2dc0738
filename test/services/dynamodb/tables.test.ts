import { type Cloud, openDynamoDb, START, table } from './cloud';

let cloud: Cloud;
beforeEach(async () => {
  cloud = await openDynamoDb();
});
afterEach(() => cloud.close());

const TableName = 'Loans';

test('a table is active at once, with what CloudFormation configures', async () => {
  const created = await cloud.call('CreateTable', {
    ...table(TableName),
    StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_IMAGE' },
    SSESpecification: { Enabled: true },
    Tags: [{ Key: 'stage', Value: 'dev' }],
  });
  const TableArn = 'arn:aws:dynamodb:us-east-1:123456789012:table/Loans';
  expect(created.TableDescription).toMatchObject({
    TableArn,
    TableStatus: 'ACTIVE',
    CreationDateTime: new Date(START),
    BillingModeSummary: { BillingMode: 'PAY_PER_REQUEST' },
    LatestStreamArn: expect.stringContaining(`${TableArn}/stream/`),
    SSEDescription: { Status: 'ENABLED' },
  });
  await expect(cloud.call('CreateTable', table(TableName))).rejects.toMatchObject({
    code: 'ResourceInUseException',
    message: 'Table already exists: Loans',
  });
  await cloud.call('TagResource', { ResourceArn: TableArn, Tags: [{ Key: 'a', Value: '1' }] });
  await cloud.call('UntagResource', { ResourceArn: TableArn, TagKeys: ['stage'] });
  expect(await cloud.call('ListTagsOfResource', { ResourceArn: TableArn })).toEqual({
    Tags: [{ Key: 'a', Value: '1' }],
  });
  const PointInTimeRecoverySpecification = { PointInTimeRecoveryEnabled: true };
  await cloud.call('UpdateContinuousBackups', { TableName, PointInTimeRecoverySpecification });
  expect(await cloud.call('DescribeContinuousBackups', { TableName })).toMatchObject({
    ContinuousBackupsDescription: { PointInTimeRecoveryDescription: { PointInTimeRecoveryStatus: 'ENABLED' } },
  });
  const { Table } = await cloud.call('DescribeTable', { TableName: TableArn });
  expect(Object.keys(Table).filter((name) => !/^[A-Z]/.test(name))).toEqual([]);
});

test('tables are listed a page at a time', async () => {
  for (const name of ['One', 'Two', 'Three']) await cloud.call('CreateTable', table(name));
  const first = await cloud.call('ListTables', { Limit: 2 });
  expect(first).toEqual({ TableNames: ['One', 'Three'], LastEvaluatedTableName: 'Three' });
  expect(await cloud.call('ListTables', { ExclusiveStartTableName: 'Three' })).toEqual({ TableNames: ['Two'] });
});

test('a deleted table is gone with its items; a protected one is not deleted', async () => {
  await cloud.call('CreateTable', table(TableName, { DeletionProtectionEnabled: true }));
  await cloud.call('PutItem', { TableName, Item: { id: { S: 'a' } } });
  await expect(cloud.call('DeleteTable', { TableName })).rejects.toMatchObject({ code: 'ValidationException' });
  await cloud.call('UpdateTable', { TableName, DeletionProtectionEnabled: false });
  await cloud.call('DeleteTable', { TableName });
  await expect(cloud.call('DescribeTable', { TableName })).rejects.toMatchObject({
    message: 'Requested resource not found: Table: Loans not found',
  });
  await cloud.call('CreateTable', table(TableName));
  expect((await cloud.call('Scan', { TableName })).Count).toBe(0);
});

test('an index made later holds the items that are there', async () => {
  await cloud.call('CreateTable', table(TableName));
  for (const [id, status] of [
    ['a', 'out'],
    ['b', 'in'],
    ['c', 'out'],
  ] as const) {
    await cloud.call('PutItem', { TableName, Item: { id: { S: id }, state: { S: status } } });
  }
  const Create = {
    IndexName: 'byState',
    KeySchema: [{ AttributeName: 'state', KeyType: 'HASH' }],
    Projection: { ProjectionType: 'ALL' },
  };
  const AttributeDefinitions = [{ AttributeName: 'state', AttributeType: 'S' }];
  await cloud.call('UpdateTable', { TableName, AttributeDefinitions, GlobalSecondaryIndexUpdates: [{ Create }] });
  const query = {
    TableName,
    IndexName: 'byState',
    KeyConditionExpression: '#s = :s',
    ExpressionAttributeNames: { '#s': 'state' },
    ExpressionAttributeValues: { ':s': { S: 'out' } },
  };
  expect((await cloud.call('Query', query)).Count).toBe(2);
  await cloud.call('UpdateTable', { TableName, GlobalSecondaryIndexUpdates: [{ Delete: { IndexName: 'byState' } }] });
  await expect(cloud.call('Query', query)).rejects.toMatchObject({ code: 'ValidationException' });
});

test.each<[string, object]>([
  ['TransactWriteItems', {}],
  ['TransactWriteItems', { TransactItems: [null] }],
  ['TransactWriteItems', { TransactItems: [{ Put: { TableName: 5, Item: {} } }] }],
  ['TransactGetItems', { TransactItems: [null] }],
  ['TransactGetItems', { TransactItems: [{ Get: [] }] }],
  ['UpdateTable', { TableName, GlobalSecondaryIndexUpdates: [null] }],
  ['UpdateTable', { TableName, GlobalSecondaryIndexUpdates: 5 }],
  ['UpdateTable', { TableName, BillingMode: 'FREE' }],
  ['UpdateTable', { TableName }],
  ['TagResource', { ResourceArn: TableName, Tags: 5 }],
  ['UntagResource', { ResourceArn: TableName, TagKeys: [5] }],
  ['UpdateTimeToLive', {}],
  ['DescribeTimeToLive', { TableName: {} }],
  ['PutItem', { TableName: 5 }],
  ['Scan', { TableName, FilterExpression: 'size(' }],
])('%s %j is refused as a request that does not fit', async (operation, input) => {
  await cloud.call('CreateTable', table(TableName));
  await expect(cloud.call(operation, input)).rejects.toMatchObject({
    code: expect.stringMatching(/^(ValidationException|SerializationException)$/),
    status: 400,
  });
});
