import { Cloud } from '../../local/assembly/cloud';
import { roleSession } from '../../local/services/role-session';
import { temporaryDirectory, writeAssembly } from './synthesize';

/** Roles and policies as templates say them, asked by calls that are made with a role. */
const ROLE = 'arn:aws:iam::123456789012:role/Worker';
const role = (properties: object = {}) => ({
  Type: 'AWS::IAM::Role',
  Properties: { RoleName: 'Worker', ...properties },
});
const document = (...Statement: object[]) => ({ Version: '2012-10-17', Statement });
const allow = (Action: string, more: object = {}) => ({ Effect: 'Allow', Action, Resource: '*', ...more });
const inline = (...statements: object[]) => [{ PolicyName: 'own', PolicyDocument: document(...statements) }];

let cloud: Cloud | undefined;
afterEach(async () => {
  await cloud?.stop();
  cloud = undefined;
});

async function boot(resources: Record<string, object>, dataDir?: string): Promise<Cloud> {
  await cloud?.stop();
  const assemblyDir = writeAssembly('Roles', resources);
  cloud = await Cloud.boot({
    assemblyDir,
    iam: 'enforce',
    clock: { scale: 0 },
    ...(dataDir !== undefined && { dataDir }),
  });
  return cloud;
}

/** 'allowed', or why not; of what is not there the service's own refusal counts as allowed. */
async function asked(service: string, operation: string, input: object, roleArn = ROLE): Promise<string> {
  const role = roleSession(roleArn, 'test', 'arn:aws:lambda:us-east-1:123456789012:function:test');
  try {
    await (cloud as Cloud).aws.call(service, operation, input, { via: 'wire', role });
    return 'allowed';
  } catch (error) {
    const { message } = error as Error;
    return /is not authorized to perform/.test(message) ? message.replace(/^.*? (?=because|with an)/s, '') : 'allowed';
  }
}

const SEND = ['sqs', 'SendMessage', { QueueUrl: 'http://x/123456789012/q', MessageBody: 'x' }] as const;
const NO_GRANT = 'because no identity-based policy allows the sqs:sendmessage action';
const TABLE = {
  TableName: 'Orders',
  BillingMode: 'PAY_PER_REQUEST',
  AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
  KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
};
const queue = { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'q' } };

test('a role has its own policies, attached ones and managed ones of the stack', async () => {
  await boot({ Role: role({ Policies: inline(allow('sqs:SendMessage')) }) });
  expect(await asked(...SEND)).toBe('allowed');
  const PolicyDocument = document(allow('sqs:*'));
  await boot({
    Role: role(),
    Own: { Type: 'AWS::IAM::Policy', Properties: { PolicyName: 'p', PolicyDocument, Roles: [{ Ref: 'Role' }] } },
  });
  expect(await asked(...SEND)).toBe('allowed');
  const managed = { Type: 'AWS::IAM::ManagedPolicy', Properties: { PolicyDocument } };
  await boot({ Managed: managed, Role: role({ ManagedPolicyArns: [{ Ref: 'Managed' }] }) });
  expect(await asked(...SEND)).toBe('allowed');
  await boot({ Role: role(), Managed: { ...managed, Properties: { PolicyDocument, Roles: [{ Ref: 'Role' }] } } });
  expect(await asked(...SEND)).toBe('allowed');
  await boot({ Role: role({ Policies: inline(allow('sqs:ReceiveMessage')) }) });
  expect(await asked(...SEND)).toBe(NO_GRANT);
});

test("AWS's own policies are known, or nothing is refused for want of a grant, which the start says", async () => {
  const aws = (name: string) => `arn:aws:iam::aws:policy/${name}`;
  const { report } = await boot({
    Role: role({ ManagedPolicyArns: [aws('service-role/AWSLambdaBasicExecutionRole')] }),
  });
  expect(report.warnings).toEqual([]);
  expect(await asked(...SEND)).toBe(NO_GRANT);
  expect(await asked('cloudwatchlogs', 'PutLogEvents', { logGroupName: 'g', logStreamName: 's', logEvents: [] })).toBe(
    'allowed',
  );

  const denies = inline({ ...allow('sqs:PurgeQueue'), Effect: 'Deny' });
  const { report: second } = await boot({
    Role: role({ ManagedPolicyArns: [aws('AmazonBraketFullAccess')], Policies: denies }),
  });
  expect(second.warnings).toMatchObject([
    { logicalId: 'Role', message: expect.stringContaining('AmazonBraketFullAccess') },
  ]);
  expect(await asked(...SEND)).toBe('allowed');
  expect(await asked('sqs', 'PurgeQueue', { QueueUrl: 'q' })).toBe('with an explicit deny in an identity-based policy');
});

test('what AWS refuses as no policy is a warning, and what is not known here is none', async () => {
  const { Resource: _, ...everywhere } = allow('sqs:SendMessage');
  const about = (Resource: unknown) => ({ ...allow('sqs:SendMessage'), Resource });
  const PolicyDocument = document(
    about({ Ref: 'Table' }),
    about({ Ref: 'Cluster' }),
    about({ 'Fn::Sub': '${Cluster.Endpoint}/x' }),
    about('{{resolve:ssm:/shared/queue-arn}}'),
    { ...about({ Ref: 'Topic' }), Sid: 'Reads', Condition: { StringEqual: { 'aws:SourceAccount': '1' } } },
  );
  const { report } = await boot({
    Cluster: { Type: 'AWS::EKS::Cluster' },
    Topic: { Type: 'AWS::SNS::Topic', Properties: { TopicName: 't' } },
    Table: { Type: 'AWS::DynamoDB::Table', Properties: TABLE },
    Role: role({ Policies: inline(everywhere) }),
    Managed: { Type: 'AWS::IAM::ManagedPolicy', Properties: { PolicyDocument } },
    Topics: {
      Type: 'AWS::SNS::TopicPolicy',
      Properties: { Topics: [{ Ref: 'Topic' }, { Ref: 'Topic' }], PolicyDocument: document(allow('sns:Publish')) },
    },
  });
  const told = report.warnings.filter(({ message }) => !message.includes('stays as it is'));
  const refuses = 'AWS refuses to deploy it: malformed policy document';
  expect(told.map(({ logicalId, message }) => [logicalId, message])).toEqual([
    ['Role', `${refuses} own, statement 1: Policy statement must contain resources.`],
    ['Managed', `${refuses}, statement 1: Resource Orders must be in ARN format or "*".`],
    ['Managed', `${refuses}, statement Reads: Syntax errors in policy. (StringEqual is no condition operator.)`],
    ['Topics', `${refuses}, statement 1: Missing required field Principal.`],
  ]);
});

test('a policy may be a text of JSON', async () => {
  const PolicyDocument = JSON.stringify(document(allow('sqs:SendMessage')));
  const { report } = await boot({ Role: role({ Policies: [{ PolicyName: 'own', PolicyDocument }] }) });
  expect(report.warnings).toEqual([]);
  expect(await asked(...SEND)).toBe('allowed');
});

test('a role that the stacks do not make is refused nothing', async () => {
  await boot({ Role: role() });
  expect(await asked(...SEND, 'arn:aws:iam::123456789012:role/Elsewhere')).toBe('allowed');
});

test("a permissions boundary bounds, be it the stack's or one of AWS's", async () => {
  const Policies = inline(allow('*'));
  const PolicyDocument = document(allow('s3:*'));
  const Boundary = { Type: 'AWS::IAM::ManagedPolicy', Properties: { PolicyDocument } };
  await boot({ Boundary, Role: role({ Policies, PermissionsBoundary: { Ref: 'Boundary' } }) });
  expect(await asked(...SEND)).toBe('because no permissions boundary allows the sqs:sendmessage action');
  await boot({ Role: role({ Policies, PermissionsBoundary: 'arn:aws:iam::aws:policy/AmazonSQSFullAccess' }) });
  expect(await asked(...SEND)).toBe('allowed');
});

test('policies on queues, topics, buckets, functions, buses and secrets count', async () => {
  const Principal = { AWS: { 'Fn::GetAtt': ['Role', 'Arn'] } };
  const lets = (Action: string, Resource: unknown = '*') => document({ Effect: 'Allow', Action, Principal, Resource });
  await boot({
    Role: role({ Policies: inline(allow('s3:*')) }),
    Queue: queue,
    Queues: {
      Type: 'AWS::SQS::QueuePolicy',
      Properties: {
        Queues: [{ Ref: 'Queue' }],
        PolicyDocument: lets('sqs:SendMessage', { 'Fn::GetAtt': ['Queue', 'Arn'] }),
      },
    },
    Topic: { Type: 'AWS::SNS::Topic', Properties: { TopicName: 't' } },
    Topics: {
      Type: 'AWS::SNS::TopicPolicy',
      Properties: { Topics: [{ Ref: 'Topic' }], PolicyDocument: lets('sns:Publish') },
    },
    Bucket: { Type: 'AWS::S3::Bucket', Properties: { BucketName: 'bucket' } },
    Buckets: {
      Type: 'AWS::S3::BucketPolicy',
      Properties: {
        Bucket: { Ref: 'Bucket' },
        PolicyDocument: document(
          {
            Effect: 'Deny',
            Action: 's3:*',
            Principal: '*',
            Resource: 'arn:aws:s3:::bucket/*',
            Condition: { Bool: { 'aws:SecureTransport': 'false' } },
          },
          { Effect: 'Deny', Action: 's3:DeleteObject', Principal: '*', Resource: 'arn:aws:s3:::bucket/kept/*' },
        ),
      },
    },
    Permission: {
      Type: 'AWS::Lambda::Permission',
      Properties: { FunctionName: 'f', Action: 'lambda:InvokeFunction', Principal: { 'Fn::GetAtt': ['Role', 'Arn'] } },
    },
    Bus: {
      Type: 'AWS::Events::EventBusPolicy',
      Properties: {
        StatementId: 's',
        Statement: { Effect: 'Allow', Action: 'events:PutEvents', Principal, Resource: '*' },
      },
    },
    Secret: { Type: 'AWS::SecretsManager::Secret', Properties: { Name: 's', SecretString: 'x' } },
    Secrets: {
      Type: 'AWS::SecretsManager::ResourcePolicy',
      Properties: { SecretId: { Ref: 'Secret' }, ResourcePolicy: lets('secretsmanager:GetSecretValue') },
    },
  });
  expect(await asked(...SEND)).toBe('allowed');
  expect(await asked('sqs', 'ReceiveMessage', { QueueUrl: 'q' })).toContain('because no identity-based policy');
  expect(await asked('sns', 'Publish', { TopicArn: 'arn:aws:sns:us-east-1:123456789012:t', Message: 'x' })).toBe(
    'allowed',
  );
  expect(await asked('s3', 'PutObject', { Bucket: 'bucket', Key: 'kept/x', Body: Buffer.from('x') })).toBe('allowed');
  expect(await asked('s3', 'DeleteObject', { Bucket: 'bucket', Key: 'kept/x' })).toBe(
    'with an explicit deny in a resource-based policy',
  );
  expect(await asked('lambda', 'Invoke', { FunctionName: 'f' })).toBe('allowed');
  expect(await asked('lambda', 'Invoke', { FunctionName: 'g' })).toContain('because no identity-based policy');
  expect(await asked('eventbridge', 'PutEvents', { Entries: [{ Source: 's', DetailType: 'd', Detail: '{}' }] })).toBe(
    'allowed',
  );
  expect(await asked('secretsmanager', 'GetSecretValue', { SecretId: 's' })).toBe('allowed');
  expect(await asked('secretsmanager', 'PutSecretValue', { SecretId: 's', SecretString: 'y' })).toContain('because no');
});

test('without the right to list a bucket, what is missing in it is not told to be missing', async () => {
  const get = { Bucket: 'bucket', Key: 'none' };
  const Bucket = { Type: 'AWS::S3::Bucket', Properties: { BucketName: 'bucket' } };
  const missing = async () => [await asked('s3', 'GetObject', get), await asked('s3', 'HeadObject', get)];
  const no = 'because no identity-based policy allows the s3:ListBucket action';
  await boot({ Bucket, Role: role({ Policies: inline(allow('s3:GetObject')) }) });
  expect(await missing()).toEqual([no, no]);
  await boot({ Bucket, Role: role({ Policies: inline(allow('s3:GetObject'), allow('s3:ListBucket')) }) });
  expect(await missing()).toEqual(['allowed', 'allowed']);
});

test('partitions of a table are told by its key, and what cannot be told is not refused', async () => {
  const attribute = { AttributeName: 'owner', AttributeType: 'S' };
  const Condition = { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['ada#*'] } };
  const tagged = { StringEquals: { 'aws:ResourceTag/team': 'x' } };
  await boot({
    Table: {
      Type: 'AWS::DynamoDB::Table',
      Properties: {
        TableName: 'Table',
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: [attribute],
        KeySchema: [{ AttributeName: 'owner', KeyType: 'HASH' }],
      },
    },
    Role: role({
      Policies: inline(
        allow('dynamodb:*Item*', { Condition }),
        allow('dynamodb:Query', { Condition }),
        allow('sqs:*', { Condition: tagged }),
      ),
    }),
  });
  const TableName = 'Table';
  const item = (owner: string) => ({ owner: { S: owner } });
  const query = (owner: string) => ({
    TableName,
    KeyConditionExpression: '#o = :o',
    ExpressionAttributeNames: { '#o': 'owner' },
    ExpressionAttributeValues: { ':o': { S: owner } },
  });
  const no = expect.stringContaining('because no identity-based policy');
  const answers = [
    await asked('dynamodb', 'PutItem', { TableName, Item: item('ada#1') }),
    await asked('dynamodb', 'PutItem', { TableName, Item: item('eve#1') }),
    await asked('dynamodb', 'TransactWriteItems', {
      TransactItems: [{ Put: { TableName, Item: item('ada#2') } }, { Delete: { TableName, Key: item('ada#1') } }],
    }),
    await asked('dynamodb', 'TransactWriteItems', {
      TransactItems: [{ Put: { TableName, Item: item('ada#2') } }, { Put: { TableName, Item: item('eve#2') } }],
    }),
    await asked('dynamodb', 'BatchWriteItem', { RequestItems: { Table: [{ PutRequest: { Item: item('eve#3') } }] } }),
    await asked('dynamodb', 'BatchGetItem', { RequestItems: { Table: { Keys: [item('ada#3')] } } }),
    await asked('dynamodb', 'Query', query('ada#1')),
    await asked('dynamodb', 'Query', query('eve#1')),
    await asked(...SEND),
  ];
  expect(answers).toEqual(['allowed', no, 'allowed', no, no, 'allowed', 'allowed', no, 'allowed']);
});

test('what a deployment takes from a role is gone with it, also from data that stays', async () => {
  const dataDir = temporaryDirectory();
  const Own = {
    Type: 'AWS::IAM::Policy',
    Properties: { PolicyName: 'p', PolicyDocument: document(allow('sqs:*')), Roles: [{ Ref: 'Role' }] },
  };
  await boot({ Queue: queue, Role: role(), Own }, dataDir);
  expect(await asked(...SEND)).toBe('allowed');
  await boot({ Queue: queue, Role: role() }, dataDir);
  expect(await asked(...SEND)).toBe(NO_GRANT);
  await boot({ Queue: queue, Role: role(), Own }, dataDir);
  expect(await asked(...SEND)).toBe('allowed');
});

test('schedules, pipes and rules call with the roles that they are given', async () => {
  const RoleArn = { 'Fn::GetAtt': ['Role', 'Arn'] };
  const Target = { 'Fn::GetAtt': ['Queue', 'Arn'] };
  const other = { ...queue, Properties: { QueueName: 'source' } };
  const { aws, clock, work, permissions, report } = await boot({
    Role: role({ Policies: inline(allow('sqs:ReceiveMessage'), allow('sqs:DeleteMessage')) }),
    Queue: queue,
    Source: other,
    Schedule: {
      Type: 'AWS::Scheduler::Schedule',
      Properties: {
        Name: 's',
        ScheduleExpression: 'rate(1 hour)',
        FlexibleTimeWindow: { Mode: 'OFF' },
        Target: { Arn: Target, RoleArn, RetryPolicy: { MaximumRetryAttempts: 0 } },
      },
    },
    Pipe: {
      Type: 'AWS::Pipes::Pipe',
      Properties: { Name: 'p', RoleArn, Source: { 'Fn::GetAtt': ['Source', 'Arn'] }, Target },
    },
    Rule: {
      Type: 'AWS::Events::Rule',
      Properties: {
        Name: 'r',
        EventPattern: { source: ['x'] },
        Targets: [{ Id: '1', Arn: Target, RoleArn, RetryPolicy: { MaximumRetryAttempts: 0 } }],
      },
    },
  });
  await aws.call('sqs', 'SendMessage', { QueueUrl: 'source', MessageBody: '{}' }, { via: 'test' });
  await aws.call(
    'eventbridge',
    'PutEvents',
    { Entries: [{ Source: 'x', DetailType: 'd', Detail: '{}' }] },
    { via: 'test' },
  );
  await work.idle();
  await clock.advanceTo(clock.now() + 3_600_000);
  await work.idle();
  const { Attributes } = await aws.call(
    'sqs',
    'GetQueueAttributes',
    { QueueUrl: 'q', AttributeNames: ['All'] },
    { via: 'test' },
  );
  expect(Attributes.ApproximateNumberOfMessages).toBe('0');
  expect(report.warnings).toMatchObject([
    {
      logicalId: 'Pipe',
      message:
        'AWS refuses to deploy it: its role may not do sqs:GetQueueAttributes, which the polling of arn:aws:sqs:us-east-1:123456789012:source takes.',
    },
  ]);
  // Told once for the role, though three of them lack it.
  const told = permissions?.denials.map(({ session, action, resource }) => [
    session.holder.split(':')[2],
    action,
    resource,
  ]);
  expect(told).toEqual([
    [expect.stringMatching(/^(events|pipes|scheduler)$/), 'sqs:SendMessage', 'arn:aws:sqs:us-east-1:123456789012:q'],
  ]);
});

test('what AWS asks of a role at the deployment is a warning', async () => {
  const waits = {
    StartAt: 'Wait',
    States: {
      Wait: {
        Type: 'Task',
        Resource: 'arn:aws:states:::states:startExecution.sync:2',
        Parameters: { StateMachineArn: 'x' },
        End: true,
      },
    },
  };
  const RoleArn = { 'Fn::GetAtt': ['Role', 'Arn'] };
  const logs = {
    Level: 'ALL',
    Destinations: [{ CloudWatchLogsLogGroup: { LogGroupArn: { 'Fn::GetAtt': ['Log', 'Arn'] } } }],
  };
  const stack = (...statements: object[]) => ({
    Role: role({ Policies: inline(...statements) }),
    Log: { Type: 'AWS::Logs::LogGroup', Properties: { LogGroupName: 'g' } },
    Waits: {
      Type: 'AWS::StepFunctions::StateMachine',
      Properties: {
        StateMachineName: 'w',
        RoleArn,
        DefinitionString: JSON.stringify(waits),
        LoggingConfiguration: logs,
      },
    },
  });
  const rule = 'arn:aws:events:us-east-1:123456789012:rule/StepFunctionsGetEventsForStepFunctionsExecutionRule';
  const { report } = await boot(stack(allow('sqs:SendMessage')));
  expect(report.warnings).toEqual([
    {
      stack: 'Roles',
      logicalId: 'Waits',
      type: 'AWS::StepFunctions::StateMachine',
      message: 'AWS refuses to deploy it: its role may not do logs:CreateLogDelivery, which its log takes.',
    },
    {
      stack: 'Roles',
      logicalId: 'Waits',
      type: 'AWS::StepFunctions::StateMachine',
      message: `AWS refuses to deploy it: its role may not do events:PutTargets, events:PutRule, events:DescribeRule, which a Task takes that waits for an execution (on ${rule}).`,
    },
  ]);
  const managed = ['events:PutTargets', 'events:PutRule', 'events:DescribeRule'].map((action) => ({
    ...allow(action),
    Resource: rule,
  }));
  expect((await boot(stack(allow('logs:*'), ...managed))).report.warnings).toEqual([]);
});

test('a distributed Map starts executions of its own state machine', async () => {
  const item = {
    StartAt: 'Pass',
    States: { Pass: { Type: 'Pass', End: true } },
    ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
  };
  const maps = { StartAt: 'Map', States: { Map: { Type: 'Map', ItemProcessor: item, End: true } } };
  const RoleArn = { 'Fn::GetAtt': ['Role', 'Arn'] };
  const Maps = {
    Type: 'AWS::StepFunctions::StateMachine',
    Properties: { StateMachineName: 'm', RoleArn, DefinitionString: JSON.stringify(maps) },
  };
  expect((await boot({ Role: role(), Maps })).report.warnings).toMatchObject([
    {
      logicalId: 'Maps',
      message:
        'On AWS it fails: its role may not do states:StartExecution, which a distributed Map takes (on the state machine itself).',
    },
  ]);
  const own = { ...allow('states:StartExecution'), Resource: 'arn:aws:states:us-east-1:123456789012:stateMachine:m' };
  expect((await boot({ Role: role({ Policies: inline(own) }), Maps })).report.warnings).toEqual([]);
});

test('what nothing has used of the grants is known', async () => {
  const [first, second] = ['arn:aws:sqs:us-east-1:123456789012:q', 'arn:aws:sqs:us-east-1:123456789012:r'];
  await boot({
    Queue: queue,
    Idle: { Type: 'AWS::IAM::Role', Properties: { RoleName: 'Idle', Policies: inline(allow('s3:GetObject')) } },
    Role: role({
      Policies: inline(
        { ...allow('sqs:SendMessage'), Resource: [first, second] },
        { Effect: 'Allow', Action: ['sqs:Get*', 'sqs:PurgeQueue', 'xray:PutTraceSegments'], Resource: first },
        allow('lambda:InvokeFunction', {
          Resource: [
            'arn:aws:lambda:us-east-1:123456789012:function:f',
            'arn:aws:lambda:us-east-1:123456789012:function:f:*',
          ],
        }),
        { ...allow('sqs:DeleteQueue'), Effect: 'Deny' },
      ),
    }),
  });
  await asked(...SEND);
  await asked('sqs', 'GetQueueAttributes', { QueueUrl: 'q' });
  await asked('lambda', 'Invoke', { FunctionName: 'f' });
  const holder = 'arn:aws:lambda:us-east-1:123456789012:function:test';
  expect(cloud?.permissions?.unused()).toEqual([
    {
      roleArn: expect.stringContaining('role/Idle'),
      holders: [],
      grants: [{ actions: ['s3:GetObject'], resources: ['*'] }],
    },
    {
      roleArn: ROLE,
      holders: [holder],
      grants: [
        { actions: ['sqs:SendMessage'], resources: [second] },
        { actions: ['sqs:PurgeQueue'], resources: [first] },
      ],
    },
  ]);
});
