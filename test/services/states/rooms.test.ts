import { DynamoDbService } from '../../../local/services/dynamodb/service';
import { S3Service } from '../../../local/services/s3/service';
import { SecretsManagerService } from '../../../local/services/secretsmanager/service';
import { SnsService } from '../../../local/services/sns/service';
import { SqsService } from '../../../local/services/sqs/service';
import { StsService } from '../../../local/services/sts/service';
import { LocalCloud, task } from './local-cloud';

const ORDERED = 'http://127.0.0.1:1/123456789012/ordered.fifo';
const TOLD = 'arn:aws:sns:us-east-1:123456789012:told.fifo';

/** State machines and the services that they call, as a local cloud has them. */
let cloud: LocalCloud;
let machines = 0;

beforeAll(async () => {
  cloud = new LocalCloud();
  const { parts } = cloud;
  for (const service of [
    new DynamoDbService(parts),
    new S3Service(parts),
    new SecretsManagerService(parts),
    new SnsService(parts),
    new SqsService(parts, { endpoint: () => 'http://127.0.0.1:1' }),
    new StsService(parts),
  ]) {
    cloud.aws.register(service);
  }
  const call = (service: string, operation: string, input: object) =>
    cloud.aws.call(service, operation, input, { via: 'test' });
  await call('s3', 'CreateBucket', { Bucket: 'data' });
  await call('sqs', 'CreateQueue', { QueueName: 'queue' });
  await call('sqs', 'CreateQueue', { QueueName: 'ordered.fifo', Attributes: { FifoQueue: 'true' } });
  await call('sns', 'CreateTopic', { Name: 'told.fifo', Attributes: { FifoTopic: 'true' } });
  await call('dynamodb', 'CreateTable', {
    TableName: 'things',
    AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
    KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    BillingMode: 'PAY_PER_REQUEST',
  });
});
afterAll(() => cloud.close());

async function outcome(resource: string, parameters: object): Promise<unknown> {
  machines += 1;
  const definition = task(`arn:aws:states:::${resource}`, parameters);
  const { status, output, error, cause } = await cloud.run(definition, {}, `machine-${machines}`);
  return status === 'SUCCEEDED'
    ? JSON.parse(output)
    : [error, cause.replace(/Request ID: [-0-9a-f]{36}/, 'Request ID')];
}

test('an object is stored with the checksum of the SDK, and read with what S3 knows of it', async () => {
  const ETag = '"68934a3e9455fa72420237eb05902327"';
  const object = { Bucket: 'data', Key: 'k' };
  expect(await outcome('aws-sdk:s3:putObject', { ...object, Body: false })).toEqual({
    ChecksumCRC32: 'K81oMA==',
    ChecksumType: 'FULL_OBJECT',
    ETag,
    ServerSideEncryption: 'AES256',
  });
  expect(await outcome('aws-sdk:s3:getObject', object)).toEqual({
    AcceptRanges: 'bytes',
    Body: 'false',
    ContentLength: 5,
    ContentType: 'text/plain; charset=UTF-8',
    ETag,
    LastModified: '2026-03-01T08:00:00Z',
    Metadata: {},
    ServerSideEncryption: 'AES256',
  });
});

test('a bucket is configured and described in the spelling of the SDK', async () => {
  const CorsRules = [{ Id: 'one', AllowedMethods: ['GET'], AllowedOrigins: ['*'] }];
  expect(await outcome('aws-sdk:s3:putBucketCors', { Bucket: 'data', CorsConfiguration: { CorsRules } })).toEqual({});
  expect(await outcome('aws-sdk:s3:getBucketCors', { Bucket: 'data' })).toEqual({ CorsRules });
});

test('an item goes in by one kind of integration and comes out by the other', async () => {
  const TableName = 'things';
  const Key = { id: { S: 'a' } };
  await outcome('dynamodb:putItem', { TableName, Item: { ...Key, on: { BOOL: true }, no: { NULL: true } } });
  expect(await outcome('aws-sdk:dynamodb:getItem', { TableName, Key })).toEqual({
    Item: { ...Key, on: { Bool: true }, no: { Nul: true } },
  });
  await outcome('aws-sdk:dynamodb:putItem', { TableName, Item: { ...Key, off: { Bool: false }, many: { Ns: ['1'] } } });
  expect(await outcome('dynamodb:getItem', { TableName, Key })).toMatchObject({
    Item: { ...Key, off: { BOOL: false }, many: { NS: ['1'] } },
  });
});

test('secrets and callers can be asked for', async () => {
  const created = await outcome('aws-sdk:secretsmanager:createSecret', { Name: 'door', SecretString: { code: 1 } });
  expect(created).toMatchObject({ Arn: expect.stringContaining(':secret:door-'), Name: 'door' });
  expect(await outcome('aws-sdk:secretsmanager:getSecretValue', { SecretId: 'door' })).toMatchObject({
    CreatedDate: '2026-03-01T08:00:00Z',
    SecretString: '{"code":1}',
  });
  expect(await outcome('aws-sdk:sts:getCallerIdentity', {})).toMatchObject({ Account: '123456789012' });
});

test.each<[string, object]>([
  ['sqs:sendMessage', { QueueUrl: ORDERED, MessageBody: 'm' }],
  ['aws-sdk:sqs:sendMessage', { QueueUrl: ORDERED, MessageBody: 'm' }],
  ['sns:publish', { TopicArn: TOLD, Message: 'm' }],
  ['aws-sdk:sns:publish', { TopicArn: TOLD, Message: 'm' }],
])('%s to one that keeps order tells the number of the message, and sends it once', async (resource, message) => {
  const input = { ...message, MessageGroupId: 'g', MessageDeduplicationId: resource };
  const sent = { MessageId: expect.any(String), SequenceNumber: expect.stringMatching(/^\d{20}$/) };
  const first = await outcome(resource, input);
  expect(first).toMatchObject(sent);
  const { MessageId, SequenceNumber } = first as Record<string, string>;
  expect(await outcome(resource, input)).toMatchObject({ MessageId, SequenceNumber });
});

test.each<[string, object, string, string]>([
  [
    'sqs:sendMessage',
    { QueueUrl: ORDERED, MessageBody: 'm' },
    'SQS.AmazonSQSException',
    'The request must contain the parameter MessageGroupId. (Service: AmazonSQS; Status Code: 400; Error Code: MissingParameter; Request ID; Proxy: null)',
  ],
  [
    'sns:publish',
    { TopicArn: TOLD, Message: 'm' },
    'SNS.InvalidParameterException',
    'Invalid parameter: The MessageGroupId parameter is required for FIFO topics (Service: AmazonSNS; Status Code: 400; Error Code: InvalidParameter; Request ID; Proxy: null)',
  ],
  [
    'sns:publish',
    { TopicArn: 'arn:aws:sns:us-east-1:123456789012:none', Message: 'm' },
    'SNS.NotFoundException',
    'Topic does not exist (Service: AmazonSNS; Status Code: 404; Error Code: NotFound; Request ID; Proxy: null)',
  ],
  [
    'sqs:sendMessage',
    { QueueUrl: 'http://127.0.0.1:1/123456789012/queue', MessageBody: '' },
    'SQS.AmazonSQSException',
    'The request must contain the parameter MessageBody. (Service: AmazonSQS; Status Code: 400; Error Code: MissingParameter; Request ID; Proxy: null)',
  ],
  [
    'dynamodb:putItem',
    { TableName: '/things', Item: { id: { S: 'a' } } },
    'DynamoDB.AmazonDynamoDBException',
    "1 validation error detected: Value '/things' at 'tableName' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+ (Service: AmazonDynamoDBv2; Status Code: 400; Error Code: ValidationException; Request ID; Proxy: null)",
  ],
  [
    'aws-sdk:secretsmanager:createSecret',
    { Name: 'two words', SecretString: 's' },
    'SecretsManager.SecretsManagerException',
    'Invalid name. Must be a valid name containing alphanumeric characters, or any of the following: -/_+=.@! (Service: SecretsManager, Status Code: 400, Request ID)',
  ],
])('%s with %j fails as on AWS', async (resource, parameters, error, cause) => {
  expect(await outcome(resource, parameters)).toEqual([error, cause]);
});
