import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Store } from '../../../local/runtime/store';
import { AwsError, type AwsShape } from '../../../local/services/aws';
import { Faults } from '../../../local/services/faults';
import { UsageMeter } from '../../../local/services/metering/meter';
import { executionTrace, throughFunction } from '../../../local/services/metering/trace';
import { openDynamoDb, table } from '../dynamodb/cloud';
import { LocalCloud, task } from '../states/local-cloud';

const ARN = 'arn:aws:states:us-east-1:123456789012:execution:machine:one';
const text = (length: number) => ({ S: 'x'.repeat(length) });

describe('DynamoDB, by its rules', () => {
  let cloud: Awaited<ReturnType<typeof openDynamoDb>>;
  let meter: UsageMeter;

  beforeAll(async () => {
    cloud = await openDynamoDb();
    meter = new UsageMeter(cloud.store);
    cloud.aws.meterWith(meter);
    await cloud.call('CreateTable', table('plain'));
    await cloud.call(
      'CreateTable',
      table('indexed', {
        AttributeDefinitions: ['id', 'rank'].map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
        GlobalSecondaryIndexes: [
          {
            IndexName: 'byRank',
            KeySchema: [{ AttributeName: 'rank', KeyType: 'HASH' }],
            Projection: { ProjectionType: 'KEYS_ONLY' },
          },
        ],
      }),
    );
  });
  afterAll(() => cloud.close());

  let calls = 0;
  /** What one call uses. */
  async function usage(operation: string, input: AwsShape): Promise<AwsShape> {
    const arn = `${ARN}-${calls++}`;
    await cloud.aws
      .call('dynamodb', operation, input, { via: 'states', trace: executionTrace(arn) })
      .catch((error) => expect(error).toBeInstanceOf(AwsError));
    const { [`call:>dynamodb.${operation}`]: counted, ...units } = meter.usageOf(arn);
    expect(counted).toBe(1);
    return units;
  }

  const put = (TableName: string, Item: AwsShape) => ({ TableName, Item });
  const big = put('plain', { id: { S: 'big' }, text: text(5000) });
  const small = put('plain', { id: { S: 'small' } });
  const key = (id: string, more: AwsShape = {}) => ({ TableName: 'plain', Key: { id: { S: id } }, ...more });
  const refused = { ConditionExpression: 'attribute_not_exists(id)' };

  test.each<[string, string, AwsShape, AwsShape]>([
    ['a small write', 'PutItem', small, { 'dynamodb.write': 1 }],
    ['5 KB take five', 'PutItem', big, { 'dynamodb.write': 5 }],
    ['a small item in place of a large one', 'PutItem', put('plain', { id: { S: 'big' } }), { 'dynamodb.write': 5 }],
    ['the large one again', 'PutItem', big, { 'dynamodb.write': 5 }],
    ['a read that need not be consistent', 'GetItem', key('small'), { 'dynamodb.read': 0.5 }],
    ['a consistent one', 'GetItem', key('small', { ConsistentRead: true }), { 'dynamodb.read': 1 }],
    ['5 KB, consistent', 'GetItem', key('big', { ConsistentRead: true }), { 'dynamodb.read': 2 }],
    ['of nothing', 'GetItem', key('nothing'), { 'dynamodb.read': 0.5 }],
    [
      'a query that finds nothing',
      'Query',
      { TableName: 'plain', KeyConditionExpression: 'id = :id', ExpressionAttributeValues: { ':id': { S: 'no' } } },
      { 'dynamodb.read': 0.5 },
    ],
    ['a refused condition', 'PutItem', { ...small, ...refused }, { 'dynamodb.write': 1 }],
    [
      'a transaction takes twice as many',
      'TransactWriteItems',
      { TransactItems: [{ Put: big }, { Put: small }] },
      { 'dynamodb.write': 12 },
    ],
    [
      'a refused one, too',
      'TransactWriteItems',
      { TransactItems: [{ Put: { ...small, ...refused } }, { Put: big }] },
      { 'dynamodb.write': 4 },
    ],
    [
      'reads of a transaction',
      'TransactGetItems',
      { TransactItems: [{ Get: key('small') }, { Get: key('big') }] },
      { 'dynamodb.read': 6 },
    ],
    [
      'a new entry of an index',
      'PutItem',
      put('indexed', { id: { S: 'a' }, rank: { S: '1' }, text: text(1500) }),
      { 'dynamodb.write': 2 + 1 },
    ],
    [
      'nothing changes in the index',
      'PutItem',
      put('indexed', { id: { S: 'a' }, rank: { S: '1' }, text: text(1600) }),
      { 'dynamodb.write': 2 },
    ],
    [
      'another entry: one goes, one comes',
      'PutItem',
      put('indexed', { id: { S: 'a' }, rank: { S: '2' } }),
      { 'dynamodb.write': 2 + 2 },
    ],
    ['a request that is invalid', 'PutItem', put('plain', {}), {}],
    ['what is about tables', 'DescribeTable', { TableName: 'plain' }, {}],
  ])('%s', async (_, operation, input, expected) => {
    expect(await usage(operation, input)).toEqual(expected);
  });

  it('adds nothing to the answer that was not asked for', async () => {
    const caller = { via: 'states', trace: executionTrace(ARN) };
    expect(await cloud.aws.call('dynamodb', 'PutItem', small, caller)).toEqual({});
    const told = { ...small, ReturnConsumedCapacity: 'TOTAL' };
    expect(await cloud.aws.call('dynamodb', 'PutItem', told, caller)).toMatchObject({
      ConsumedCapacity: { TableName: 'plain', CapacityUnits: 1 },
    });
  });
});

describe('who pays', () => {
  let cloud: LocalCloud;
  let meter: UsageMeter;
  beforeEach(() => {
    cloud = new LocalCloud();
    meter = new UsageMeter(cloud.store);
    cloud.aws.meterWith(meter);
    for (const service of ['s3', 'sqs', 'sns', 'sesv2', 'eventbridge', 'cloudwatch', 'secretsmanager']) {
      cloud.play(service, () => ({ MessageId: 'm', FailedEntryCount: 0, Entries: [] }));
    }
  });
  afterEach(() => cloud.close());

  const as = (trace: string | undefined, service: string, operation: string, input: AwsShape = {}) =>
    cloud.aws.call(service, operation, input, { via: 'wire', trace });
  const outcome = (usage: AwsShape) =>
    Object.fromEntries(Object.entries(usage).filter(([name]) => !name.startsWith('call:')));

  it('is the execution for its tasks, each counted by its service’s rule', async () => {
    const kilobytes = 'x'.repeat(100 * 1024);
    const { executionArn } = await cloud.run(
      task('arn:aws:states:::sqs:sendMessage', { QueueUrl: 'http://queue', MessageBody: kilobytes }),
    );
    expect(meter.usageOf(executionArn)).toEqual({ 'call:>sqs.SendMessage': 1, 'sqs.requests': 2 });
    expect(meter.nobodys()).toEqual({});
  });

  test.each<[string, string, AwsShape, AwsShape]>([
    ['s3', 'PutObject', {}, { 's3.put': 1 }],
    ['s3', 'ListObjectsV2', {}, { 's3.put': 1 }],
    ['s3', 'HeadObject', {}, { 's3.get': 1 }],
    ['s3', 'DeleteObject', {}, {}],
    [
      'sqs',
      'SendMessageBatch',
      { Entries: [{ MessageBody: 'x'.repeat(65_536) }, { MessageBody: 'y' }] },
      { 'sqs.requests': 2 },
    ],
    ['sqs', 'ReceiveMessage', {}, { 'sqs.requests': 1 }],
    ['sns', 'Publish', { Message: 'x'.repeat(65_537) }, { 'sns.publishes': 2 }],
    [
      'eventbridge',
      'PutEvents',
      { Entries: [{ Source: 'a', Detail: '{}' }, { Source: 'aws.x' }] },
      { 'events.custom': 1 },
    ],
    ['sesv2', 'SendEmail', { Destination: { ToAddresses: ['a', 'b'], CcAddresses: ['c'] } }, { 'ses.mails': 3 }],
    ['sesv2', 'SendEmail', { Content: { Raw: {} } }, { 'ses.mails': 1 }],
    ['sesv2', 'GetAccount', {}, {}],
    ['cloudwatch', 'PutMetricData', {}, { 'cloudwatch.requests': 1 }],
    ['secretsmanager', 'GetSecretValue', {}, { 'secrets.requests': 1 }],
    ['eventbridge', 'PutEvents', { Entries: 'nonsense' }, { 'events.custom': 0 }],
  ])('counts %s:%s', async (service, operation, input, expected) => {
    await as(executionTrace(ARN), service, operation, input);
    expect(outcome(meter.usageOf(ARN))).toEqual(expected);
  });

  it('counts no call that a fault stopped before its service', async () => {
    const faults = new Faults(cloud.clock);
    cloud.aws.intercept(faults.intercept);
    faults.add({ service: 's3', error: { code: 'SlowDown', message: 'Slow down.', status: 503 } });
    await expect(as(executionTrace(ARN), 's3', 'PutObject')).rejects.toThrow('Slow down');
    expect(meter.usageOf(ARN)).toEqual({});
  });

  it('tells which function made a call', async () => {
    meter.know('credit');
    await as(throughFunction(executionTrace(ARN), 'credit'), 's3', 'GetObject');
    await as(throughFunction(throughFunction(executionTrace(ARN), 'credit'), 'other'), 's3', 'GetObject');
    expect(meter.usageOf(ARN)).toMatchObject({ 'call:credit>s3.GetObject': 1, 's3.get': 2 });
  });

  it('is the execution that a request starts, for all that the request uses', async () => {
    const stateMachineArn = await cloud.create({ StartAt: 'P', States: { P: { Type: 'Pass', End: true } } });
    const trace = meter.open();
    await as(trace, 's3', 'PutObject');
    const { executionArn } = await as(trace, 'sfn', 'StartExecution', { stateMachineArn });
    await as(trace, 's3', 'PutObject');
    meter.close(trace);
    expect(meter.usageOf(executionArn)).toMatchObject({ 's3.put': 2 });
    expect(meter.nobodys()).toEqual({});
  });

  it('is the execution whose task a request answers, and nobody for other requests', async () => {
    const waiting = task('arn:aws:states:::sqs:sendMessage.waitForTaskToken', {
      QueueUrl: 'http://queue',
      MessageBody: '{% $states.context.Task.Token %}',
    });
    const { executionArn } = await cloud.run(waiting);
    const taskToken = cloud.asked.find(({ service }) => service === 'sqs')?.input.MessageBody;

    const looks = meter.open();
    await as(looks, 's3', 'GetObject');
    meter.close(looks);
    const guesses = meter.open();
    await expect(as(guesses, 'sfn', 'SendTaskSuccess', { taskToken: 'guess', output: '{}' })).rejects.toThrow();
    meter.close(guesses);
    const answers = meter.open();
    await as(answers, 's3', 'PutObject');
    await as(answers, 'sfn', 'SendTaskSuccess', { taskToken, output: '{}' });
    meter.close(answers);

    expect(meter.usageOf(executionArn)).toMatchObject({ 'sqs.requests': 1, 's3.put': 1 });
    expect(outcome(meter.nobodys())).toEqual({ 's3.get': 1 });
  });

  test.each([
    ['nothing', undefined],
    ['a stranger’s trace', 'Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1'],
    ['garbage', 'Parent=;;=Parent=e'],
    ['very much', `Parent=e${'0'.repeat(15)};${'x'.repeat(5000)}`],
  ])('takes no notice of calls with %s', async (_, trace) => {
    await as(trace, 's3', 'PutObject');
    expect(meter.nobodys()).toEqual({});
  });

  it('keeps the trace that an execution was started in', () => {
    const given = 'Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8';
    expect(executionTrace(ARN, given)).toMatch(
      /^Root=1-5759e988-bd862e3fe1be46a994272793;Parent=e[0-9a-f]{15};Sampled=1$/,
    );
    expect(executionTrace(ARN)).toMatch(/^Root=1-[0-9a-f]{8}-[0-9a-f]{24};Parent=e/);
  });
});

test('what was counted survives a restart, and goes on', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'stepwright-usage-'));
  try {
    for (const round of [1, 2, 3]) {
      const store = Store.open(dir);
      const meter = new UsageMeter(store);
      meter.use(executionTrace(ARN), { 's3.put': 1, 'logs.bytes': 100 });
      expect(meter.usageOf(ARN)).toEqual({ 's3.put': round, 'logs.bytes': 100 * round });
      meter.flush();
      expect(meter.usageOf(ARN)).toEqual({ 's3.put': round, 'logs.bytes': 100 * round });
      await store.close();
    }
  } finally {
    rmSync(dir, { recursive: true });
  }
});
