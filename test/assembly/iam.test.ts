import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as events from 'aws-cdk-lib/aws-events';
import * as eventTargets from 'aws-cdk-lib/aws-events-targets';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as eventSources from 'aws-cdk-lib/aws-lambda-event-sources';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as secrets from 'aws-cdk-lib/aws-secretsmanager';
import * as sns from 'aws-cdk-lib/aws-sns';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import * as tasks from 'aws-cdk-lib/aws-stepfunctions-tasks';
import { type App, CfnOutput, Duration, NestedStack, Stack } from 'aws-cdk-lib/core';
import { Cloud } from '../../local/assembly/cloud';
import type { AwsError } from '../../local/services/aws';
import { roleSession } from '../../local/services/role-session';
import { codeDirectory, synthesize } from './synthesize';

/** Calls what it is told to, with the SDK that the runtime brings; answers 'done' or the error. */
const CALLER = codeDirectory(`
exports.handler = async ({ sdk, command, input }) => {
  if (sdk === undefined) return 'done';
  const all = require('@aws-sdk/client-' + sdk);
  const [, Client] = Object.entries(all).find(([name]) => name.endsWith('Client') && name !== '__Client');
  try {
    await new Client({}).send(new all[command + 'Command'](input));
    return 'done';
  } catch (error) {
    return error.name + ' ' + error.$metadata?.httpStatusCode + ': ' + error.message;
  }
};`);

function shop(app: App): void {
  const stack = new Stack(app, 'Shop', { env: { account: '123456789012', region: 'us-east-1' } });
  const table = new dynamodb.Table(stack, 'Table', {
    partitionKey: { name: 'id', type: dynamodb.AttributeType.STRING },
  });
  table.addGlobalSecondaryIndex({
    indexName: 'byDay',
    partitionKey: { name: 'day', type: dynamodb.AttributeType.STRING },
  });
  const bucket = new s3.Bucket(stack, 'Bucket', { enforceSSL: true, minimumTLSVersion: 1.2 });
  const topic = new sns.Topic(stack, 'Topic', { enforceSSL: true });
  const queue = new sqs.Queue(stack, 'Queue', { enforceSSL: true });
  const polled = new sqs.Queue(stack, 'Polled', { enforceSSL: true });
  const bus = new events.EventBus(stack, 'Bus');
  const secret = new secrets.Secret(stack, 'Secret');
  const runtime = lambda.Runtime.NODEJS_22_X;
  const fn = (scope: Stack, id: string) =>
    new lambda.Function(scope, id, {
      functionName: id,
      runtime,
      handler: 'index.handler',
      code: lambda.Code.fromAsset(CALLER),
      timeout: Duration.seconds(30),
      memorySize: 256,
    });
  fn(stack, 'Bare');
  // Its grants come from the stack above.
  const granted = fn(new NestedStack(stack, 'Inner'), 'Granted');
  const callee = fn(stack, 'Callee');
  callee.addEventSource(new eventSources.SqsEventSource(polled));
  const inner = new sfn.StateMachine(stack, 'Called', {
    stateMachineName: 'Called',
    definitionBody: sfn.DefinitionBody.fromChainable(new sfn.Pass(stack, 'Nothing')),
  });

  const live = new lambda.Alias(stack, 'Live', { aliasName: 'live', version: fn(stack, 'Aliased').currentVersion });
  live.grantInvoke(granted);

  const { grantPrincipal } = granted;
  table.grantReadWriteData(granted);
  bucket.grantPut(granted);
  bucket.grantRead(granted, 'in/*');
  topic.grantPublish(granted);
  queue.grantSendMessages(granted);
  queue.grantConsumeMessages(granted);
  inner.grantStartExecution(granted);
  inner.grantRead(granted);
  callee.grantInvoke(granted);
  bus.grantPutEventsTo(granted);
  secret.grantRead(granted);
  grantPrincipal.addToPrincipalPolicy(
    new iam.PolicyStatement({ effect: iam.Effect.DENY, actions: ['sqs:PurgeQueue'], resources: ['*'] }),
  );

  const steps = [
    new tasks.DynamoPutItem(stack, 'Put', {
      table,
      item: { id: tasks.DynamoAttributeValue.fromString('1') },
      resultPath: sfn.JsonPath.DISCARD,
    }),
    new tasks.LambdaInvoke(stack, 'Invoke', {
      lambdaFunction: callee,
      payload: sfn.TaskInput.fromObject({}),
      resultPath: sfn.JsonPath.DISCARD,
    }),
    new tasks.SnsPublish(stack, 'Publish', {
      topic,
      message: sfn.TaskInput.fromText('x'),
      resultPath: sfn.JsonPath.DISCARD,
    }),
    new tasks.SqsSendMessage(stack, 'Send', {
      queue,
      messageBody: sfn.TaskInput.fromText('x'),
      resultPath: sfn.JsonPath.DISCARD,
    }),
    new tasks.EventBridgePutEvents(stack, 'Tell', {
      entries: [{ source: 'shop', detailType: 'Told', detail: sfn.TaskInput.fromText('{}'), eventBus: bus }],
      resultPath: sfn.JsonPath.DISCARD,
    }),
    new tasks.StepFunctionsStartExecution(stack, 'Nest', {
      stateMachine: inner,
      integrationPattern: sfn.IntegrationPattern.RUN_JOB,
      resultPath: sfn.JsonPath.DISCARD,
    }),
    new tasks.CallAwsService(stack, 'Store', {
      service: 's3',
      action: 'putObject',
      parameters: { Bucket: bucket.bucketName, Key: 'out/x', Body: 'x' },
      iamResources: [bucket.arnForObjects('out/*')],
      resultPath: sfn.JsonPath.DISCARD,
    }),
  ];
  const chain = steps.slice(1).reduce((all, step) => all.next(step), sfn.Chain.start(steps[0] as sfn.TaskStateBase));
  const careful = new sfn.StateMachine(stack, 'Careful', { definitionBody: sfn.DefinitionBody.fromChainable(chain) });
  new events.Rule(stack, 'Heard', {
    eventBus: bus,
    eventPattern: { detailType: ['Start'] },
    targets: [new eventTargets.SfnStateMachine(careful)],
  });

  const task = (Resource: string, Parameters: object) => ({
    Type: 'Task',
    Resource,
    Parameters,
    End: true,
    Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Caught' }],
  });
  const lacking = (id: string, Resource: string, Parameters: object) => {
    const definition = {
      StartAt: 'Do',
      States: { Do: task(`arn:aws:states:::${Resource}`, Parameters), Caught: { Type: 'Pass', End: true } },
    };
    return new sfn.StateMachine(stack, id, {
      stateMachineName: id,
      definitionBody: sfn.DefinitionBody.fromString(JSON.stringify(definition)),
    });
  };
  lacking('LacksPut', 'dynamodb:putItem', { TableName: table.tableName, Item: { id: { S: '2' } } });
  lacking('LacksPutBySdk', 'aws-sdk:dynamodb:putItem', { TableName: table.tableName, Item: { id: { S: '3' } } });
  lacking('LacksInvoke', 'lambda:invoke', { FunctionName: callee.functionArn });
  lacking('LacksPublish', 'sns:publish', { TopicArn: topic.topicArn, Message: 'x' });
  lacking('LacksSend', 'sqs:sendMessage', { QueueUrl: queue.queueUrl, MessageBody: 'x' });
  lacking('LacksStart', 'states:startExecution', { StateMachineArn: inner.stateMachineArn });
  const outputs = {
    table: table.tableName,
    bucket: bucket.bucketName,
    topic: topic.topicArn,
    queue: queue.queueUrl,
    polled: polled.queueUrl,
    bus: bus.eventBusName,
    secret: secret.secretArn,
    inner: inner.stateMachineArn,
    careful: careful.stateMachineArn,
  };
  for (const [name, value] of Object.entries(outputs)) new CfnOutput(stack, name, { value });
}

let assemblyDir: string;
beforeAll(() => {
  assemblyDir = synthesize(shop);
});

class Shop {
  private constructor(readonly cloud: Cloud) {}

  static async open(iam: 'warn' | 'enforce' | 'off'): Promise<Shop> {
    return new Shop(await Cloud.boot({ assemblyDir, iam, clock: { scale: 0 } }));
  }

  get names(): Record<string, string> {
    return this.cloud.outputs.Shop as Record<string, string>;
  }

  /** Has a function make a call with its SDK; what it says came of it. */
  async has(functionName: string, sdk: string, command: string, input: object): Promise<string> {
    const Payload = JSON.stringify({ sdk, command, input });
    const request = { FunctionName: functionName, Payload };
    const { Payload: answer } = await this.cloud.aws.call('lambda', 'Invoke', request, { via: 'test' });
    await this.cloud.work.idle();
    return JSON.parse(Buffer.from(answer).toString());
  }

  /** The same call as the function's SDK would make it, without the function. */
  async would(functionName: string, service: string, operation: string, input: object): Promise<string> {
    const { aws, work } = this.cloud;
    const request = { FunctionName: functionName };
    const { Role, FunctionArn } = await aws.call('lambda', 'GetFunctionConfiguration', request, { via: 'test' });
    try {
      await aws.call(service, operation, input, { via: 'wire', role: roleSession(Role, functionName, FunctionArn) });
      return 'done';
    } catch (error) {
      const { code, status, message } = error as AwsError;
      return `${code} ${status}: ${message}`;
    } finally {
      await work.idle();
    }
  }

  async run(name: string) {
    const stateMachineArn = name.startsWith('arn:')
      ? name
      : `arn:aws:states:us-east-1:123456789012:stateMachine:${name}`;
    const { executionArn } = await this.cloud.aws.call('sfn', 'StartExecution', { stateMachineArn }, { via: 'test' });
    await this.cloud.work.idle();
    const { status, output, error, cause } = await this.cloud.aws.call(
      'sfn',
      'DescribeExecution',
      { executionArn },
      { via: 'test' },
    );
    return { status, error, cause, ...(output && JSON.parse(output)) };
  }

  get denials(): string[] {
    return (
      this.cloud.permissions?.denials.map(({ session, action }) => `${session.holder.split(':').at(-1)} ${action}`) ??
      []
    );
  }
}

const USER = 'User: arn:aws:sts::123456789012:assumed-role/';

describe('enforced', () => {
  let shop: Shop;
  beforeAll(async () => {
    shop = await Shop.open('enforce');
  });
  afterAll(() => shop.cloud.stop());

  test("what the CDK's grants give is allowed, and nobody is told of it", async () => {
    const { warnings } = shop.cloud.report;
    expect(warnings.filter(({ message }) => message.includes('malformed policy'))).toEqual([]);
    const { table, bucket, topic, queue, bus, secret, inner } = shop.names;
    const Item = { id: { S: '1' }, day: { S: 'today' } };
    const Key = { id: { S: '1' } };
    const calls: Array<[service: string, operation: string, input: object]> = [
      ['dynamodb', 'PutItem', { TableName: table, Item }],
      ['dynamodb', 'GetItem', { TableName: table, Key }],
      [
        'dynamodb',
        'Query',
        {
          TableName: table,
          IndexName: 'byDay',
          KeyConditionExpression: '#d = :d',
          ExpressionAttributeNames: { '#d': 'day' },
          ExpressionAttributeValues: { ':d': Item.day },
        },
      ],
      ['dynamodb', 'Scan', { TableName: table }],
      ['dynamodb', 'BatchWriteItem', { RequestItems: { [table as string]: [{ PutRequest: { Item } }] } }],
      ['dynamodb', 'BatchGetItem', { RequestItems: { [table as string]: { Keys: [Key] } } }],
      ['dynamodb', 'TransactWriteItems', { TransactItems: [{ Put: { TableName: table, Item } }] }],
      ['s3', 'PutObject', { Bucket: bucket, Key: 'in/x', Body: Buffer.from('x') }],
      ['s3', 'GetObject', { Bucket: bucket, Key: 'in/x' }],
      ['s3', 'ListObjectsV2', { Bucket: bucket, Prefix: 'in/' }],
      ['sns', 'Publish', { TopicArn: topic, Message: 'x' }],
      ['sqs', 'SendMessage', { QueueUrl: queue, MessageBody: 'x' }],
      ['sqs', 'SendMessageBatch', { QueueUrl: queue, Entries: [{ Id: '1', MessageBody: 'x' }] }],
      ['sqs', 'ReceiveMessage', { QueueUrl: queue }],
      ['sfn', 'StartExecution', { stateMachineArn: inner, name: 'first' }],
      ['sfn', 'DescribeExecution', { executionArn: `${inner?.replace(':stateMachine:', ':execution:')}:first` }],
      ['sfn', 'ListExecutions', { stateMachineArn: inner }],
      ['lambda', 'Invoke', { FunctionName: 'Callee', Payload: '{}' }],
      ['lambda', 'Invoke', { FunctionName: 'Aliased', Qualifier: 'live', Payload: '{}' }],
      [
        'eventbridge',
        'PutEvents',
        { Entries: [{ EventBusName: bus, Source: 'shop', DetailType: 'Start', Detail: '{}' }] },
      ],
      ['secretsmanager', 'GetSecretValue', { SecretId: secret }],
    ];
    const answers: Record<string, string> = {};
    for (const [service, operation, input] of calls)
      answers[`${service} ${operation} ${'Qualifier' in input ? input.Qualifier : ''}`] = await shop.would(
        'Granted',
        service,
        operation,
        input,
      );
    expect(answers).toEqual(Object.fromEntries(Object.keys(answers).map((call) => [call, 'done'])));
    // The event of the function started it, by the rule's role.
    const { executions } = await shop.cloud.aws.call(
      'sfn',
      'ListExecutions',
      { stateMachineArn: shop.names.careful },
      { via: 'test' },
    );
    expect(executions.map(({ status }: { status: string }) => status)).toEqual(['SUCCEEDED']);
    expect(shop.denials).toEqual([]);
  });

  test("and what the CDK's tasks give their state machine", async () => {
    const { status, error, cause } = await shop.run(shop.names.careful as string);
    expect({ status, error, cause }).toEqual({ status: 'SUCCEEDED' });
    expect(shop.denials).toEqual([]);
  });

  test('a function polls its queue', async () => {
    await shop.cloud.aws.call('sqs', 'SendMessage', { QueueUrl: shop.names.polled, MessageBody: 'x' }, { via: 'test' });
    await shop.cloud.work.idle();
    const { Attributes } = await shop.cloud.aws.call(
      'sqs',
      'GetQueueAttributes',
      { QueueUrl: shop.names.polled, AttributeNames: ['All'] },
      { via: 'test' },
    );
    expect(Attributes).toMatchObject({ ApproximateNumberOfMessages: '0', ApproximateNumberOfMessagesNotVisible: '0' });
    expect(shop.denials).toEqual([]);
  });

  test.each<[string, string, string, (names: Record<string, string>) => object]>([
    [
      'AccessDeniedException 400: ROLE is not authorized to perform: dynamodb:GetItem on resource: arn:aws:dynamodb:us-east-1:123456789012:table/TABLE because no identity-based policy allows the dynamodb:GetItem action',
      'dynamodb',
      'GetItem',
      ({ table }) => ({ TableName: table, Key: { id: { S: '1' } } }),
    ],
    [
      'AccessDenied 403: ROLE is not authorized to perform: s3:PutObject on resource: "arn:aws:s3:::BUCKET/a b" because no identity-based policy allows the s3:PutObject action',
      's3',
      'PutObject',
      ({ bucket }) => ({ Bucket: bucket, Key: 'a b', Body: Buffer.from('x') }),
    ],
    [
      'AuthorizationErrorException 403: ROLE is not authorized to perform: SNS:Publish on resource: TOPIC because no identity-based policy allows the SNS:Publish action',
      'sns',
      'Publish',
      ({ topic }) => ({ TopicArn: topic, Message: 'x' }),
    ],
    [
      'AccessDenied 403: ROLE is not authorized to perform: sqs:sendmessage on resource: QUEUEARN because no identity-based policy allows the sqs:sendmessage action',
      'sqs',
      'SendMessage',
      ({ queue }) => ({ QueueUrl: queue, MessageBody: 'x' }),
    ],
    [
      'AccessDeniedException 400: ROLE is not authorized to perform: states:StartExecution on resource: INNER because no identity-based policy allows the states:StartExecution action',
      'sfn',
      'StartExecution',
      ({ inner }) => ({ stateMachineArn: inner }),
    ],
    [
      'AccessDeniedException 403: ROLE is not authorized to perform: lambda:InvokeFunction on resource: arn:aws:lambda:us-east-1:123456789012:function:Callee because no identity-based policy allows the lambda:InvokeFunction action',
      'lambda',
      'Invoke',
      () => ({ FunctionName: 'Callee' }),
    ],
    [
      'AccessDeniedException 400: ROLE is not authorized to perform: events:PutEvents on resource: arn:aws:events:us-east-1:123456789012:event-bus/BUS because no identity-based policy allows the events:PutEvents action',
      'eventbridge',
      'PutEvents',
      ({ bus }) => ({ Entries: [{ EventBusName: bus, Source: 's', DetailType: 't', Detail: '{}' }] }),
    ],
    [
      'AccessDenied 403: ROLE is not authorized to perform: cloudwatch:PutMetricData because no identity-based policy allows the cloudwatch:PutMetricData action',
      'cloudwatch',
      'PutMetricData',
      () => ({ Namespace: 'n', MetricData: [{ MetricName: 'm', Value: 1 }] }),
    ],
    [
      "AccessDeniedException 403: User `ROLEARN' is not authorized to perform `ses:SendEmail' on resource `arn:aws:ses:us-east-1:123456789012:identity/a@example.com'",
      'sesv2',
      'SendEmail',
      () => ({
        FromEmailAddress: 'A <a@example.com>',
        Destination: { ToAddresses: ['b@example.com'] },
        Content: { Simple: { Subject: { Data: 's' }, Body: { Text: { Data: 't' } } } },
      }),
    ],
  ])('without a grant: %s', async (expected, service, operation, input) => {
    const { table, bucket, topic, queue, inner, bus } = shop.names as Record<
      'table' | 'bucket' | 'topic' | 'queue' | 'inner' | 'bus',
      string
    >;
    const answer = await shop.would('Bare', service, operation, input(shop.names));
    const role = /assumed-role\/(Shop-BareServiceRole[\w-]+)\/Bare/.exec(answer)?.[1];
    const queueArn = `arn:aws:sqs:us-east-1:123456789012:${queue.split('/').at(-1)}`;
    const filled: Array<[string, string]> = [
      ['ROLEARN', `arn:aws:sts::123456789012:assumed-role/${role}/Bare`],
      ['ROLE', `${USER}${role}/Bare`],
      ['TABLE', table],
      ['BUCKET', bucket],
      ['TOPIC', topic],
      ['QUEUEARN', queueArn],
      ['INNER', inner],
      ['BUS', bus],
    ];
    expect(answer).toBe(filled.reduce((text, [name, value]) => text.replace(name, value), expected));
  });

  test("a function's own calls are those of its role, of an SDK that reads JSON and of one that reads XML", async () => {
    const { table, bucket } = shop.names;
    const get = { TableName: table, Key: { id: { S: '1' } } };
    const put = { Bucket: bucket, Key: 'in/y', Body: 'y' };
    const answers = await Promise.all([
      shop.has('Granted', 'dynamodb', 'GetItem', get),
      shop.has('Granted', 's3', 'PutObject', put),
      shop.has('Bare', 'dynamodb', 'GetItem', get),
      shop.has('Bare', 's3', 'PutObject', put),
    ]);
    expect(answers).toEqual([
      'done',
      'done',
      expect.stringMatching(
        /^AccessDeniedException 400: User: .*\/Bare is not authorized to perform: dynamodb:GetItem /,
      ),
      expect.stringMatching(
        /^AccessDenied 403: User: .*\/Bare is not authorized to perform: s3:PutObject on resource: "/,
      ),
    ]);
  });

  test('a grant on an alias is none on its function', async () => {
    const answer = await shop.would('Granted', 'lambda', 'Invoke', { FunctionName: 'Aliased', Payload: '{}' });
    expect(answer).toContain('AccessDeniedException');
  });

  test('an explicit deny says so', async () => {
    const answer = await shop.would('Granted', 'sqs', 'PurgeQueue', { QueueUrl: shop.names.queue });
    expect(answer).toMatch(
      /^AccessDenied 403: .* sqs:purgequeue .* with an explicit deny in an identity-based policy$/,
    );
  });

  test.each([
    [
      'LacksPut',
      'DynamoDB.AmazonDynamoDBException',
      'dynamodb:PutItem',
      'Service: AmazonDynamoDBv2; Status Code: 400; Error Code: AccessDeniedException; Request ID: ',
    ],
    [
      'LacksPutBySdk',
      'DynamoDb.DynamoDbException',
      'dynamodb:PutItem',
      'Service: DynamoDb, Status Code: 400, Request ID: ',
    ],
    [
      'LacksInvoke',
      'Lambda.AWSLambdaException',
      'lambda:InvokeFunction',
      'Service: AWSLambda; Status Code: 403; Error Code: AccessDeniedException; Request ID: ',
    ],
    [
      'LacksPublish',
      'SNS.AuthorizationErrorException',
      'SNS:Publish',
      'Service: AmazonSNS; Status Code: 403; Error Code: AuthorizationError; Request ID: ',
    ],
    [
      'LacksSend',
      'SQS.AmazonSQSException',
      'sqs:sendmessage',
      'Service: AmazonSQS; Status Code: 403; Error Code: AccessDenied; Request ID: ',
    ],
    [
      'LacksStart',
      'StepFunctions.AWSStepFunctionsException',
      'states:StartExecution',
      'Service: AWSStepFunctions; Status Code: 400; Error Code: AccessDeniedException; Request ID: ',
    ],
  ])("%s: a Catch sees AWS's name and text, %s", async (name, error, action, service) => {
    const { status, Error: caught, Cause } = await shop.run(name);
    expect({ status, caught }).toEqual({ status: 'SUCCEEDED', caught: error });
    expect(Cause).toContain(` is not authorized to perform: ${action} on resource: arn:aws:`);
    expect(Cause).toContain(`because no identity-based policy allows the ${action} action (${service}`);
  });

  test('the developer may do everything', async () => {
    const put = { TableName: shop.names.table, Item: { id: { S: 'mine' } } };
    await expect(shop.cloud.aws.call('dynamodb', 'PutItem', put, { via: 'wire' })).resolves.toBeDefined();
  });
});

test('as a warning the call is done, and told once for each action and resource', async () => {
  const shop = await Shop.open('warn');
  const heard: string[] = [];
  shop.cloud.permissions?.onDenial(({ action, enforced }) => heard.push(`${action} ${enforced}`));
  const put = (id: string) =>
    shop.has('Bare', 'dynamodb', 'PutItem', { TableName: shop.names.table, Item: { id: { S: id } } });
  expect([await put('1'), await put('2')]).toEqual(['done', 'done']);
  expect(await shop.run('LacksPut')).toMatchObject({ status: 'SUCCEEDED', SdkHttpMetadata: { HttpStatusCode: 200 } });
  expect(shop.denials).toEqual(['Bare dynamodb:PutItem', 'LacksPut dynamodb:PutItem']);
  expect(heard).toEqual(['dynamodb:PutItem false', 'dynamodb:PutItem false']);
  await shop.cloud.stop();
});

test('who does not look is told nothing, and refuses nothing', async () => {
  const shop = await Shop.open('off');
  expect(await shop.run('LacksPut')).toMatchObject({ status: 'SUCCEEDED', SdkHttpMetadata: { HttpStatusCode: 200 } });
  expect(shop.cloud.permissions).toBeUndefined();
  await shop.cloud.stop();
});
