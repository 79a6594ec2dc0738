import type { Json } from '../../local/asl/json';

/** Sound requests of all services, for fuzzers to spoil. */

const account = 'us-east-1:123456789012';

interface JsonSample {
  service: string;
  version: string;
  target: string;
  input: Json;
}

function jsonSamples(service: string, prefix: string, version: string, inputs: Record<string, Json>): JsonSample[] {
  return Object.entries(inputs).map(([operation, input]) => ({
    service,
    version,
    target: `${prefix}.${operation}`,
    input,
  }));
}

const TABLE = {
  TableName: 'table',
  KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
  AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
  BillingMode: 'PAY_PER_REQUEST',
};
const KEY = { id: { S: 'a' } };
const UPDATE = {
  TableName: 'table',
  Key: KEY,
  UpdateExpression: 'SET #n = if_not_exists(#n, :z) + :one',
  ConditionExpression: 'attribute_not_exists(x)',
  ExpressionAttributeNames: { '#n': 'n' },
  ExpressionAttributeValues: { ':one': { N: '1' }, ':z': { N: '0' } },
};
const QUEUE = `http://127.0.0.1/123456789012/queue`;
const BUS_RULE = {
  Name: 'rule',
  EventPattern: '{"source":["a",{"prefix":"b"}],"detail":{"n":[{"numeric":[">",1]}]}}',
  State: 'ENABLED',
};

export const JSON_SAMPLES: JsonSample[] = [
  ...jsonSamples('dynamodb', 'DynamoDB_20120810', '1.0', {
    CreateTable: TABLE,
    DescribeTable: { TableName: 'table' },
    ListTables: { Limit: 1 },
    PutItem: { TableName: 'table', Item: { ...KEY, l: { L: [{ N: '1' }, { BOOL: true }] }, b: { B: 'AQ==' } } },
    GetItem: { TableName: 'table', Key: KEY, ConsistentRead: true, ProjectionExpression: 'id, l[0]' },
    UpdateItem: UPDATE,
    DeleteItem: { TableName: 'table', Key: KEY, ReturnValues: 'ALL_OLD' },
    Query: {
      TableName: 'table',
      KeyConditionExpression: 'id = :i',
      ExpressionAttributeValues: { ':i': { S: 'a' } },
      Limit: 1,
      ExclusiveStartKey: KEY,
    },
    Scan: {
      TableName: 'table',
      FilterExpression: 'contains(id, :a)',
      ExpressionAttributeValues: { ':a': { S: 'a' } },
      Segment: 0,
      TotalSegments: 2,
    },
    BatchGetItem: { RequestItems: { table: { Keys: [KEY] } } },
    BatchWriteItem: {
      RequestItems: { table: [{ PutRequest: { Item: KEY } }, { DeleteRequest: { Key: { id: { S: 'b' } } } }] },
    },
    TransactWriteItems: {
      TransactItems: [{ Put: { TableName: 'table', Item: KEY } }, { Update: UPDATE }],
      ClientRequestToken: 't',
    },
    TransactGetItems: { TransactItems: [{ Get: { TableName: 'table', Key: KEY } }] },
    UpdateTimeToLive: { TableName: 'table', TimeToLiveSpecification: { AttributeName: 'ttl', Enabled: true } },
    DescribeTimeToLive: { TableName: 'table' },
  }),
  ...jsonSamples('sqs', 'AmazonSQS', '1.0', {
    CreateQueue: {
      QueueName: 'queue',
      Attributes: { VisibilityTimeout: '30', RedrivePolicy: '{"maxReceiveCount":1,"deadLetterTargetArn":"a"}' },
    },
    SendMessage: {
      QueueUrl: QUEUE,
      MessageBody: 'body',
      DelaySeconds: 0,
      MessageAttributes: { a: { DataType: 'String', StringValue: 'b' } },
    },
    SendMessageBatch: {
      QueueUrl: QUEUE,
      Entries: [
        { Id: '1', MessageBody: 'b' },
        { Id: '2', MessageBody: 'c' },
      ],
    },
    ReceiveMessage: {
      QueueUrl: QUEUE,
      MaxNumberOfMessages: 1,
      WaitTimeSeconds: 0,
      VisibilityTimeout: 1,
      AttributeNames: ['All'],
    },
    DeleteMessage: { QueueUrl: QUEUE, ReceiptHandle: 'x' },
    DeleteMessageBatch: { QueueUrl: QUEUE, Entries: [{ Id: '1', ReceiptHandle: 'x' }] },
    ChangeMessageVisibility: { QueueUrl: QUEUE, ReceiptHandle: 'x', VisibilityTimeout: 1 },
    GetQueueAttributes: { QueueUrl: QUEUE, AttributeNames: ['All'] },
    SetQueueAttributes: { QueueUrl: QUEUE, Attributes: { VisibilityTimeout: '1' } },
    GetQueueUrl: { QueueName: 'queue' },
    ListQueues: { QueueNamePrefix: 'q', MaxResults: 1 },
    PurgeQueue: { QueueUrl: QUEUE },
  }),
  ...jsonSamples('events', 'AWSEvents', '1.1', {
    PutRule: BUS_RULE,
    PutTargets: {
      Rule: 'rule',
      Targets: [
        {
          Id: '1',
          Arn: `arn:aws:sqs:${account}:queue`,
          InputTransformer: { InputPathsMap: { a: '$.detail' }, InputTemplate: '{"a":<a>}' },
        },
      ],
    },
    PutEvents: { Entries: [{ Source: 'a', DetailType: 'd', Detail: '{"n":2}', Time: 1, Resources: ['r'] }] },
    DescribeRule: { Name: 'rule' },
    ListRules: { NamePrefix: 'r', Limit: 1 },
    ListTargetsByRule: { Rule: 'rule' },
    RemoveTargets: { Rule: 'rule', Ids: ['1'] },
    TestEventPattern: { EventPattern: BUS_RULE.EventPattern, Event: '{"source":"a","detail":{}}' },
  }),
  ...jsonSamples('logs', 'Logs_20140328', '1.1', {
    CreateLogGroup: { logGroupName: 'group' },
    CreateLogStream: { logGroupName: 'group', logStreamName: 's' },
    PutLogEvents: { logGroupName: 'group', logStreamName: 's', logEvents: [{ timestamp: 1, message: 'm' }] },
    GetLogEvents: { logGroupName: 'group', logStreamName: 's', limit: 1, startFromHead: true },
    FilterLogEvents: { logGroupName: 'group', filterPattern: '"a"', startTime: 0, endTime: 9, logStreamNames: ['s'] },
    DescribeLogGroups: { logGroupNamePrefix: 'g', limit: 1 },
    PutRetentionPolicy: { logGroupName: 'group', retentionInDays: 1 },
  }),
  ...jsonSamples('monitoring', 'GraniteServiceVersion20100801', '1.0', {
    PutMetricData: {
      Namespace: 'n',
      MetricData: [{ MetricName: 'm', Value: 1, Dimensions: [{ Name: 'd', Value: 'v' }], Timestamp: 1 }],
    },
    ListMetrics: { Namespace: 'n' },
    GetMetricStatistics: {
      Namespace: 'n',
      MetricName: 'm',
      StartTime: 0,
      EndTime: 100,
      Period: 60,
      Statistics: ['Sum'],
    },
  }),
  ...jsonSamples('secretsmanager', 'secretsmanager', '1.1', {
    CreateSecret: { Name: 'secret', SecretString: 's', ClientRequestToken: 'a'.repeat(32) },
    GetSecretValue: { SecretId: 'secret', VersionStage: 'AWSCURRENT' },
    PutSecretValue: { SecretId: 'secret', SecretString: 't' },
    DescribeSecret: { SecretId: 'secret' },
    GetRandomPassword: { PasswordLength: 10, ExcludePunctuation: true },
  }),
];

const TOPIC = `arn:aws:sns:${account}:topic`;

const FORMS: Array<Record<string, string>> = [
  { Action: 'CreateTopic', Name: 'topic', 'Attributes.entry.1.key': 'DisplayName', 'Attributes.entry.1.value': 'd' },
  {
    Action: 'Publish',
    TopicArn: TOPIC,
    Message: 'm',
    Subject: 's',
    'MessageAttributes.entry.1.Name': 'a',
    'MessageAttributes.entry.1.Value.DataType': 'String',
    'MessageAttributes.entry.1.Value.StringValue': 'b',
  },
  {
    Action: 'PublishBatch',
    TopicArn: TOPIC,
    'PublishBatchRequestEntries.member.1.Id': '1',
    'PublishBatchRequestEntries.member.1.Message': 'm',
  },
  {
    Action: 'Subscribe',
    TopicArn: TOPIC,
    Protocol: 'sqs',
    Endpoint: `arn:aws:sqs:${account}:queue`,
    'Attributes.entry.1.key': 'FilterPolicy',
    'Attributes.entry.1.value': '{"a":["b"]}',
  },
  { Action: 'GetTopicAttributes', TopicArn: TOPIC },
  { Action: 'ListTopics', NextToken: 'x' },
  { Action: 'ListSubscriptionsByTopic', TopicArn: TOPIC },
];

export const QUERY_SAMPLES: Array<{ service: string; form: Json }> = FORMS.map((form) => ({ service: 'sns', form }));

const MAIL = {
  FromEmailAddress: 'a@example.com',
  Destination: { ToAddresses: ['b@example.com'] },
  Content: { Simple: { Subject: { Data: 's' }, Body: { Text: { Data: 't' }, Html: { Data: '<p>' } } } },
};
const SCHEDULE = {
  ScheduleExpression: 'rate(1 hour)',
  FlexibleTimeWindow: { Mode: 'OFF' },
  Target: { Arn: `arn:aws:sqs:${account}:queue`, RoleArn: 'arn:aws:iam::123456789012:role/r', Input: '{}' },
  StartDate: 1,
};

export const REST_SAMPLES: Array<{ service: string; method: string; path: string; input: Json }> = [
  { service: 'ses', method: 'POST', path: '/v2/email/outbound-emails', input: MAIL },
  { service: 'ses', method: 'POST', path: '/v2/email/identities', input: { EmailIdentity: 'a@example.com' } },
  { service: 'ses', method: 'GET', path: '/v2/email/identities', input: '' },
  { service: 'scheduler', method: 'POST', path: '/schedules/nightly', input: SCHEDULE },
  { service: 'scheduler', method: 'PUT', path: '/schedules/nightly', input: SCHEDULE },
  { service: 'scheduler', method: 'GET', path: '/schedules', input: '' },
  { service: 'lambda', method: 'POST', path: '/2015-03-31/functions/f/invocations', input: { a: 1 } },
  { service: 'lambda', method: 'GET', path: '/2015-03-31/functions/f', input: '' },
  { service: 'lambda', method: 'GET', path: '/2015-03-31/functions', input: '' },
  { service: 's3', method: 'PUT', path: '/bucket', input: '' },
  { service: 's3', method: 'PUT', path: '/bucket/key', input: 'body' },
  { service: 's3', method: 'GET', path: '/bucket/key', input: '' },
  { service: 's3', method: 'GET', path: '/bucket', input: '' },
  { service: 's3', method: 'DELETE', path: '/bucket/key', input: '' },
  { service: 's3', method: 'POST', path: '/bucket?delete', input: '<Delete><Object><Key>k</Key></Object></Delete>' },
];
