import type { AwsShape } from '../../../local/services/aws';
import { needsOf } from '../../../local/services/iam/needs';

/** docs.aws.amazon.com/service-authorization/latest/reference: what single calls need. `or` comes after a bar. */
const PLACE = { accountId: '123456789012', region: 'eu-west-1' };
const short = (arn: string) => arn.replace(/^arn:aws:[\w-]+:(eu-west-1)?:(123456789012)?:/, '');

function needed(service: string, operation: string, input: AwsShape, known: string[] = []): string[] | undefined {
  return needsOf(service, operation)?.(input, PLACE, () => known).map(({ action, resource, or = [] }) =>
    [{ action, resource }, ...or].map((grant) => `${grant.action} ${short(grant.resource)}`).join(' | '),
  );
}

const MACHINE = 'arn:aws:states:eu-west-1:123456789012:stateMachine:Loan';

test.each<[string, string, AwsShape, string[]]>([
  ['dynamodb', 'GetItem', { TableName: 'T' }, ['dynamodb:GetItem table/T']],
  [
    'dynamodb',
    'PutItem',
    { TableName: 'arn:aws:dynamodb:eu-west-1:123456789012:table/T' },
    ['dynamodb:PutItem table/T'],
  ],
  ['dynamodb', 'Query', { TableName: 'T', IndexName: 'I' }, ['dynamodb:Query table/T/index/I']],
  [
    'dynamodb',
    'BatchWriteItem',
    { RequestItems: { T: [], U: [] } },
    ['dynamodb:BatchWriteItem table/T', 'dynamodb:BatchWriteItem table/U'],
  ],
  [
    'dynamodb',
    'TransactWriteItems',
    {
      TransactItems: [
        { Put: { TableName: 'T' } },
        { Put: { TableName: 'T' } },
        { Delete: { TableName: 'U' } },
        { ConditionCheck: { TableName: 'U' } },
      ],
    },
    ['dynamodb:PutItem table/T', 'dynamodb:DeleteItem table/U', 'dynamodb:ConditionCheckItem table/U'],
  ],
  ['dynamodb', 'TransactGetItems', { TransactItems: [{ Get: { TableName: 'T' } }] }, ['dynamodb:GetItem table/T']],
  ['s3', 'HeadObject', { Bucket: 'b', Key: 'k/l' }, ['s3:GetObject b/k/l']],
  ['s3', 'GetObject', { Bucket: 'b', Key: 'k', VersionId: '1' }, ['s3:GetObjectVersion b/k']],
  [
    's3',
    'PutObject',
    { Bucket: 'b', Key: 'k', Tagging: 'a=b', ACL: 'private' },
    ['s3:PutObject b/k', 's3:PutObjectAcl b/k', 's3:PutObjectTagging b/k'],
  ],
  ['s3', 'CopyObject', { Bucket: 'b', Key: 'k', CopySource: '/a/x%20y' }, ['s3:GetObject a/x y', 's3:PutObject b/k']],
  ['s3', 'CompleteMultipartUpload', { Bucket: 'b', Key: 'k' }, ['s3:PutObject b/k']],
  ['s3', 'ListObjectsV2', { Bucket: 'b', Prefix: 'p' }, ['s3:ListBucket b']],
  [
    's3',
    'DeleteObjects',
    { Bucket: 'b', Delete: { Objects: [{ Key: 'k' }, { Key: 'l', VersionId: '1' }] } },
    ['s3:DeleteObject b/k', 's3:DeleteObjectVersion b/l'],
  ],
  ['s3', 'ListBuckets', {}, ['s3:ListAllMyBuckets *']],
  ['lambda', 'Invoke', { FunctionName: 'f' }, ['lambda:InvokeFunction function:f']],
  ['lambda', 'Invoke', { FunctionName: 'f', Qualifier: 'live' }, ['lambda:InvokeFunction function:f:live']],
  [
    'lambda',
    'Invoke',
    { FunctionName: 'arn:aws:lambda:eu-west-1:123456789012:function:f:7' },
    ['lambda:InvokeFunction function:f:7'],
  ],
  ['lambda', 'Invoke', { FunctionName: '123456789012:function:f' }, ['lambda:InvokeFunction function:f']],
  ['sfn', 'StartExecution', { stateMachineArn: MACHINE }, ['states:StartExecution stateMachine:Loan']],
  [
    'sfn',
    'StartExecution',
    { stateMachineArn: `${MACHINE}:live` },
    ['states:StartExecution stateMachine:Loan:live | states:StartExecution stateMachine:Loan'],
  ],
  [
    'sfn',
    'StopExecution',
    { executionArn: `${MACHINE.replace('stateMachine', 'execution')}:x` },
    ['states:StopExecution execution:Loan:x'],
  ],
  ['sqs', 'SendMessageBatch', { QueueUrl: 'http://127.0.0.1:4566/123456789012/q' }, ['sqs:SendMessage q']],
  ['sqs', 'ReceiveMessage', { QueueUrl: 'arn:aws:sqs:eu-west-1:123456789012:q' }, ['sqs:ReceiveMessage q']],
  ['sns', 'PublishBatch', { TopicArn: 'arn:aws:sns:eu-west-1:123456789012:t' }, ['sns:Publish t']],
  ['sns', 'Publish', { PhoneNumber: '+4912345' }, ['sns:Publish *']],
  [
    'eventbridge',
    'PutEvents',
    { Entries: [{}, { EventBusName: 'b' }] },
    ['events:PutEvents event-bus/default', 'events:PutEvents event-bus/b'],
  ],
  ['eventbridge', 'PutRule', { Name: 'r', EventBusName: 'b' }, ['events:PutRule rule/b/r']],
  [
    'scheduler',
    'CreateSchedule',
    { Name: 's', GroupName: 'g', Target: { RoleArn: 'arn:aws:iam::123456789012:role/R' } },
    ['scheduler:CreateSchedule schedule/g/s', 'iam:PassRole role/R'],
  ],
  [
    'sesv2',
    'SendEmail',
    { FromEmailAddress: '"Desk" <desk@Mail.Example.com>', ConfigurationSetName: 'c', Content: { Simple: {} } },
    [
      'ses:SendEmail identity/desk@mail.example.com | ses:SendEmail identity/mail.example.com | ses:SendEmail identity/example.com | ses:SendEmail identity/com',
      'ses:SendEmail configuration-set/c',
    ],
  ],
  ['cloudwatch', 'PutMetricData', { Namespace: 'n' }, ['cloudwatch:PutMetricData *']],
  [
    'cloudwatchlogs',
    'PutLogEvents',
    { logGroupName: 'g', logStreamName: 's' },
    ['logs:PutLogEvents log-group:g:log-stream:s'],
  ],
  [
    'cloudwatchlogs',
    'CreateLogStream',
    { logGroupName: 'g' },
    ['logs:CreateLogStream log-group:g:* | logs:CreateLogStream log-group:g'],
  ],
])('%s %s %j', (service, operation, input, expected) => {
  expect(needed(service, operation, input)).toEqual(expected);
});

test('who answers a task needs its state machine, or an activity', () => {
  expect(needed('sfn', 'SendTaskSuccess', { taskToken: 'x' }, [MACHINE, `${MACHINE}2`])).toEqual([
    'states:SendTaskSuccess stateMachine:Loan | states:SendTaskSuccess stateMachine:Loan2',
  ]);
  expect(needed('sfn', 'SendTaskSuccess', { taskToken: 'none' })).toEqual([]);
});

test('what is in no table needs nothing', () => {
  expect(needed('sts', 'GetCallerIdentity', {})).toBeUndefined();
  expect(needed('dynamodb', 'toString', {})).toBeUndefined();
});
