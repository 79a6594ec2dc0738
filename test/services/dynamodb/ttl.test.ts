import { type Cloud, inTemporaryDirectory, openDynamoDb, START, table } from './cloud';

const TableName = 'Sessions';
const seconds = (ms: number) => String(Math.floor((START + ms) / 1000));
const HOUR = 3600 * 1000;

const enable = (cloud: Cloud) =>
  cloud.call('UpdateTimeToLive', { TableName, TimeToLiveSpecification: { Enabled: true, AttributeName: 'until' } });
const put = (cloud: Cloud, id: string, until: object) =>
  cloud.call('PutItem', { TableName, Item: { id: { S: id }, until } });
const ids = async (cloud: Cloud) => {
  const { Items } = await cloud.call('Scan', { TableName });
  return Items.map((item: { id: { S: string } }) => item.id.S).sort();
};

test('items go when they expire, by the virtual clock, in order and not before', async () => {
  const cloud = await openDynamoDb();
  await cloud.call('CreateTable', table(TableName));
  await put(cloud, 'early', { N: seconds(HOUR) });
  await enable(cloud);
  await put(cloud, 'late', { N: seconds(3 * HOUR) });
  await put(cloud, 'text', { S: seconds(HOUR) });
  await put(cloud, 'ancient', { N: '1000' });
  await put(cloud, 'moved', { N: seconds(HOUR) });
  await put(cloud, 'moved', { N: seconds(5 * HOUR) });
  await cloud.clock.advanceBy(HOUR - 1000);
  expect(await ids(cloud)).toEqual(['ancient', 'early', 'late', 'moved', 'text']);
  await cloud.clock.advanceBy(1000);
  expect(await ids(cloud)).toEqual(['ancient', 'late', 'moved', 'text']);
  expect(cloud.clock.nextDue()).toBe(START + 3 * HOUR);
  await cloud.clock.advanceBy(100 * HOUR);
  expect(await ids(cloud)).toEqual(['ancient', 'text']);
  await cloud.close();
});

test('an expired item leaves the indexes too', async () => {
  const cloud = await openDynamoDb();
  await cloud.call('CreateTable', {
    ...table(TableName),
    AttributeDefinitions: [
      { AttributeName: 'id', AttributeType: 'S' },
      { AttributeName: 'until', AttributeType: 'N' },
    ],
    GlobalSecondaryIndexes: [
      {
        IndexName: 'byEnd',
        KeySchema: [{ AttributeName: 'until', KeyType: 'HASH' }],
        Projection: { ProjectionType: 'KEYS_ONLY' },
      },
    ],
  });
  await enable(cloud);
  for (let n = 0; n < 150; n++) await put(cloud, `item ${n}`, { N: seconds(HOUR) });
  await cloud.clock.advanceBy(HOUR);
  expect((await cloud.call('Scan', { TableName, IndexName: 'byEnd' })).Count).toBe(0);
  expect(await ids(cloud)).toEqual([]);
  await cloud.close();
});

test('TTL can be looked at and disabled', async () => {
  const cloud = await openDynamoDb();
  await cloud.call('CreateTable', table(TableName));
  const describe = async () => (await cloud.call('DescribeTimeToLive', { TableName })).TimeToLiveDescription;
  expect(await describe()).toEqual({ TimeToLiveStatus: 'DISABLED' });
  await enable(cloud);
  expect(await describe()).toEqual({ TimeToLiveStatus: 'ENABLED', AttributeName: 'until' });
  await expect(enable(cloud)).rejects.toMatchObject({ message: 'TimeToLive is already enabled' });
  await put(cloud, 'kept', { N: seconds(HOUR) });
  const off = { Enabled: false, AttributeName: 'until' };
  await cloud.call('UpdateTimeToLive', { TableName, TimeToLiveSpecification: off });
  await cloud.clock.advanceBy(2 * HOUR);
  expect(await ids(cloud)).toEqual(['kept']);
  await cloud.close();
});

test('what expired while the cloud was closed goes at the start', async () => {
  await inTemporaryDirectory(async (dir) => {
    let cloud = await openDynamoDb(dir);
    await cloud.call('CreateTable', table(TableName));
    await enable(cloud);
    await put(cloud, 'gone', { N: seconds(HOUR) });
    await put(cloud, 'there', { N: seconds(9 * HOUR) });
    await cloud.close();
    cloud = await openDynamoDb(dir);
    await cloud.clock.advanceBy(2 * HOUR);
    expect(await ids(cloud)).toEqual(['there']);
    expect(cloud.clock.nextDue()).toBe(START + 9 * HOUR);
    await cloud.close();
  });
});
