import { cpSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as apigateway from 'aws-cdk-lib/aws-apigatewayv2';
import * as authorizers from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import * as integrations from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as events from 'aws-cdk-lib/aws-events';
import * as eventTargets from 'aws-cdk-lib/aws-events-targets';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as lambdaSources from 'aws-cdk-lib/aws-lambda-event-sources';
import * as sns from 'aws-cdk-lib/aws-sns';
import * as subscriptions from 'aws-cdk-lib/aws-sns-subscriptions';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { type App, CfnOutput, Duration, Stack } from 'aws-cdk-lib/core';
import { Cloud } from '../../local/assembly/cloud';
import { DataDirectoryError } from '../../local/assembly/errors';
import { codeDirectory, synthesize, temporaryDirectory, writeAssembly } from './synthesize';

const via = { via: 'test' };
const START = Date.parse('2026-03-01T09:00:00Z');

const API_CODE = `
exports.handler = async (event) => {
  if (event.routeKey === 'GET /where') return { statusCode: 200, body: process.env.SELF_URL };
  return { statusCode: 202, headers: { 'content-type': 'application/json' }, body: JSON.stringify({ id: JSON.parse(event.body).id, endpoint: Boolean(process.env.AWS_ENDPOINT_URL) }) };
};`;
const ECHO_CODE =
  'exports.handler = async (event) => ({ shouted: event.text.toUpperCase(), at: new Date().toISOString() });';

/** An event starts a workflow that calls a function, waits a day, writes a row and tells a topic; beside it an API. */
function orders(app: App): void {
  const data = new Stack(app, 'Data');
  const table = new dynamodb.Table(data, 'Orders', {
    partitionKey: { name: 'id', type: dynamodb.AttributeType.STRING },
  });

  const stack = new Stack(app, 'Orders');
  const queue = new sqs.Queue(stack, 'Told');
  const topic = new sns.Topic(stack, 'Done');
  topic.addSubscription(new subscriptions.SqsSubscription(queue, { rawMessageDelivery: true }));
  const code = (source: string) => ({
    runtime: lambda.Runtime.NODEJS_22_X,
    handler: 'index.handler',
    code: lambda.Code.fromAsset(codeDirectory(source)),
    timeout: Duration.seconds(10),
  });
  const shout = new lambda.Function(stack, 'Shout', code(ECHO_CODE));
  const definition = {
    QueryLanguage: 'JSONata',
    StartAt: 'Register',
    States: {
      Register: {
        Type: 'Task',
        Resource: 'arn:aws:states:::apigateway:invoke',
        Arguments: {
          ApiEndpoint: '${ApiHost}',
          Method: 'POST',
          Path: '/orders',
          RequestBody: { id: '{% $states.input.id %}' },
        },
        Output: "{% $states.result.StatusCode = 202 ? $states.result.ResponseBody : $error('not registered') %}",
        Next: 'Shout',
      },
      Shout: {
        Type: 'Task',
        Resource: '${ShoutArn}',
        Arguments: { text: '{% $states.input.id %}' },
        Assign: { shouted: '{% $states.result.shouted %}' },
        Output: '{% $states.input %}',
        Next: 'Pause',
      },
      Pause: { Type: 'Wait', Seconds: 86_400, Next: 'Store' },
      Store: {
        Type: 'Task',
        Resource: 'arn:aws:states:::dynamodb:putItem',
        Arguments: {
          TableName: '${Table}',
          Item: { id: { S: '{% $states.input.id %}' }, shouted: { S: '{% $shouted %}' } },
        },
        Next: 'Tell',
      },
      Tell: {
        Type: 'Task',
        Resource: 'arn:aws:states:::sns:publish',
        Arguments: { TopicArn: '${Topic}', Message: '{% $shouted %}' },
        End: true,
      },
    },
  };
  const definitionFile = join(temporaryDirectory(), 'order.asl.json');
  writeFileSync(definitionFile, JSON.stringify(definition));
  const api = new apigateway.HttpApi(stack, 'OrdersApi', { apiName: 'orders-api' });
  const machine = new sfn.StateMachine(stack, 'Order', {
    definitionBody: sfn.DefinitionBody.fromFile(definitionFile),
    definitionSubstitutions: {
      ApiHost: `${api.apiId}.execute-api.${stack.region}.${stack.urlSuffix}`,
      ShoutArn: shout.functionArn,
      Table: table.tableName,
      Topic: topic.topicArn,
    },
  });
  const bus = new events.EventBus(stack, 'Bus');
  new events.Rule(stack, 'OnOrder', {
    eventBus: bus,
    eventPattern: { source: ['test.orders'] },
    targets: [new eventTargets.SfnStateMachine(machine, { input: events.RuleTargetInput.fromEventPath('$.detail') })],
  });
  const front = new lambda.Function(stack, 'Front', code(API_CODE));
  front.addEnvironment('SELF_URL', api.url as string);
  for (const [path, method] of [
    ['/orders', apigateway.HttpMethod.POST],
    ['/where', apigateway.HttpMethod.GET],
  ] as const) {
    api.addRoutes({ path, methods: [method], integration: new integrations.HttpLambdaIntegration('Front', front) });
  }
  new cloudwatch.Alarm(stack, 'Alarm', { metric: machine.metricFailed(), threshold: 1, evaluationPeriods: 1 });
  new CfnOutput(stack, 'MachineArn', { value: machine.stateMachineArn });
  new CfnOutput(stack, 'Url', { value: api.url as string });
  new CfnOutput(stack, 'QueueUrl', { value: queue.queueUrl });
  new CfnOutput(stack, 'BusName', { value: bus.eventBusName });
  new CfnOutput(data, 'TableName', { value: table.tableName });
}

describe('a cloud booted from a synthesized app', () => {
  const assemblyDir = synthesize(orders);
  const dataDir = temporaryDirectory();
  let cloud: Cloud;

  const boot = () => Cloud.boot({ assemblyDir, dataDir, clock: { start: START, scale: 0 } });
  const output = (stack: string, name: string) => String(cloud.outputs[stack]?.[name]);
  const items = async () =>
    (await cloud.aws.call('dynamodb', 'Scan', { TableName: output('Data', 'TableName') }, via)).Items;
  const order = (id: string) =>
    cloud.aws.call(
      'eventbridge',
      'PutEvents',
      {
        Entries: [
          {
            EventBusName: output('Orders', 'BusName'),
            Source: 'test.orders',
            DetailType: 'Order',
            Detail: JSON.stringify({ id }),
          },
        ],
      },
      via,
    );

  beforeAll(async () => {
    cloud = await boot();
  });
  afterAll(() => cloud.stop());

  test('serves the API, and functions know its local address', async () => {
    const url = cloud.endpoints.apis['orders-api'] as string;
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(cloud.endpoints.apis.Orders).toBe(url);
    const answer = await fetch(`${url}/orders`, { method: 'POST', body: JSON.stringify({ id: 'o-1' }) });
    expect(answer.status).toBe(202);
    expect(await answer.json()).toEqual({ id: 'o-1', endpoint: true });
    expect(await (await fetch(`${url}/where`)).text()).toBe(`${url}/`);
    expect(output('Orders', 'Url')).toBe(`${url}/`);
  });

  test('an event starts the workflow, whose tasks reach API, function, table and queue', async () => {
    await order('first');
    await cloud.clock.advanceBy(2 * 86_400_000);
    expect(await items()).toEqual([{ id: { S: 'first' }, shouted: { S: 'FIRST' } }]);
    const { Messages } = await cloud.aws.call('sqs', 'ReceiveMessage', { QueueUrl: output('Orders', 'QueueUrl') }, via);
    expect(Messages.map((message: { Body: string }) => message.Body)).toEqual(['FIRST']);
  });

  test('lists by logical id and type what it does not run', () => {
    expect(cloud.report.notRun).toEqual([
      expect.objectContaining({ stack: 'Orders', logicalId: 'Alarm7103F465', type: 'AWS::CloudWatch::Alarm' }),
    ]);
    expect(cloud.report.ignored).toEqual([]);
    expect(cloud.report.deployed.map(({ type }) => type)).toContain('AWS::StepFunctions::StateMachine');
  });

  test('a restart on the same data directory goes on where it was', async () => {
    await order('second');
    await cloud.work.idle();
    const { credentials } = cloud.endpoints;
    const url = cloud.endpoints.apis.Orders;
    const machineArn = output('Orders', 'MachineArn');
    const before = cloud.clock.now();
    await cloud.stop();

    cloud = await boot();
    expect(cloud.clock.now()).toBeGreaterThanOrEqual(before);
    expect(cloud.endpoints.credentials).toEqual(credentials);
    expect(cloud.endpoints.apis.Orders).toBe(url);
    expect(statSync(join(dataDir, 'keys.json')).mode & 0o777).toBe(0o600);
    const { executions } = await cloud.aws.call('sfn', 'ListExecutions', { stateMachineArn: machineArn }, via);
    expect(executions.map((execution: { status: string }) => execution.status).sort()).toEqual([
      'RUNNING',
      'SUCCEEDED',
    ]);

    await cloud.clock.advanceBy(2 * 86_400_000);
    expect((await items()).map((item: { id: { S: string } }) => item.id.S).sort()).toEqual(['first', 'second']);
  });

  test('refuses a data directory that another cloud uses', async () => {
    await expect(boot()).rejects.toThrow(`${join(dataDir, 'store.db')} is in use by another process`);
  });

  test('an asset that is absent fails the boot by name', async () => {
    const copy = temporaryDirectory();
    cpSync(assemblyDir, copy, { recursive: true });
    const { files } = JSON.parse(readFileSync(join(copy, 'Orders.assets.json'), 'utf8'));
    const assets = Object.values(files as Record<string, { source: { path: string; packaging: string } }>);
    const path = join(copy, assets.find(({ source }) => source.packaging === 'zip')?.source.path as string);
    rmSync(path, { recursive: true });
    await expect(Cloud.boot({ assemblyDir: copy })).rejects.toThrow(`The asset ${path} of the stack Orders is absent.`);
  });

  test('names the port that is in use', async () => {
    const awsPort = Number(new URL(cloud.endpoints.aws).port);
    await expect(Cloud.boot({ assemblyDir, awsPort })).rejects.toThrow(
      `Port ${awsPort}, for the AWS APIs, is in use by another program.`,
    );
  });
});

const ROLE = 'arn:aws:iam::123456789012:role/any';
const table = (key: string, more: object = {}) => ({
  Type: 'AWS::DynamoDB::Table',
  Properties: {
    AttributeDefinitions: [{ AttributeName: key, AttributeType: 'S' }],
    KeySchema: [{ AttributeName: key, KeyType: 'HASH' }],
    BillingMode: 'PAY_PER_REQUEST',
    ...more,
  },
});
const machine = (state: object) => ({
  Type: 'AWS::StepFunctions::StateMachine',
  Properties: { RoleArn: ROLE, Definition: { StartAt: 'Begin', States: { Begin: state } } },
});

const inlineFunction = (code: string, Runtime = 'nodejs22.x') => ({
  Type: 'AWS::Lambda::Function',
  Properties: { Runtime, Handler: 'index.handler', Role: ROLE, Code: { ZipFile: code } },
});

describe('a deployment over an earlier one', () => {
  const dataDir = temporaryDirectory();
  const bootWith = (resources: Record<string, object>) =>
    Cloud.boot({ assemblyDir: writeAssembly('App', resources), dataDir, clock: { scale: 0 } });
  const refOf = (cloud: Cloud, logicalId: string) =>
    cloud.report.deployed.find((resource) => resource.logicalId === logicalId)?.ref;

  test('updates what changed, keeps data, and takes back the rules that are gone', async () => {
    const first = await bootWith({
      Machine: machine({ Type: 'Pass', Result: 'one', End: true }),
      Hourly: {
        Type: 'AWS::Events::Rule',
        Properties: {
          ScheduleExpression: 'rate(1 hour)',
          Targets: [{ Id: 'T', Arn: { Ref: 'Machine' }, RoleArn: ROLE }],
        },
      },
      Table: table('id'),
    });
    const TableName = refOf(first, 'Table');
    expect((await first.aws.call('eventbridge', 'ListRules', {}, via)).Rules).toHaveLength(1);
    await first.aws.call('dynamodb', 'PutItem', { TableName, Item: { id: { S: 'kept' } } }, via);
    await first.stop();

    const index = {
      IndexName: 'by-owner',
      KeySchema: [{ AttributeName: 'owner', KeyType: 'HASH' }],
      Projection: { ProjectionType: 'ALL' },
    };
    const second = await bootWith({
      Machine: machine({ Type: 'Pass', Result: 'two', End: true }),
      Table: table('id', {
        AttributeDefinitions: ['id', 'owner'].map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
        GlobalSecondaryIndexes: [index],
        TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
      }),
    });
    try {
      const { Items } = await second.aws.call('dynamodb', 'Scan', { TableName }, via);
      expect(Items).toEqual([{ id: { S: 'kept' } }]);
      const { Table } = await second.aws.call('dynamodb', 'DescribeTable', { TableName }, via);
      expect(Table.GlobalSecondaryIndexes).toHaveLength(1);
      const { TimeToLiveDescription } = await second.aws.call('dynamodb', 'DescribeTimeToLive', { TableName }, via);
      expect(TimeToLiveDescription).toMatchObject({ AttributeName: 'expiresAt', TimeToLiveStatus: 'ENABLED' });
      const { stateMachines } = await second.aws.call('sfn', 'ListStateMachines', {}, via);
      expect(stateMachines).toHaveLength(1);
      const { stateMachineArn } = stateMachines[0];
      const { definition } = await second.aws.call('sfn', 'DescribeStateMachine', { stateMachineArn }, via);
      expect(JSON.parse(definition).States.Begin.Result).toBe('two');
      expect((await second.aws.call('eventbridge', 'ListRules', {}, via)).Rules).toEqual([]);
    } finally {
      await second.stop();
    }
  });

  test('sets back what the template no longer sets', async () => {
    const resources = (queue: object, subscription: object) => ({
      Queue: { Type: 'AWS::SQS::Queue', Properties: queue },
      Topic: { Type: 'AWS::SNS::Topic', Properties: {} },
      Subscription: {
        Type: 'AWS::SNS::Subscription',
        Properties: {
          TopicArn: { Ref: 'Topic' },
          Protocol: 'sqs',
          Endpoint: { 'Fn::GetAtt': ['Queue', 'Arn'] },
          ...subscription,
        },
      },
    });
    const first = await bootWith(
      resources(
        { VisibilityTimeout: 90, DelaySeconds: 5 },
        { FilterPolicy: { kind: ['a'] }, RawMessageDelivery: true },
      ),
    );
    await first.stop();

    const second = await bootWith(resources({ DelaySeconds: 5 }, {}));
    try {
      const QueueUrl = refOf(second, 'Queue');
      const queue = await second.aws.call('sqs', 'GetQueueAttributes', { QueueUrl, AttributeNames: ['All'] }, via);
      expect(queue.Attributes).toMatchObject({ VisibilityTimeout: '30', DelaySeconds: '5' });
      const SubscriptionArn = refOf(second, 'Subscription');
      const { Attributes } = await second.aws.call('sns', 'GetSubscriptionAttributes', { SubscriptionArn }, via);
      expect(Attributes).toMatchObject({ RawMessageDelivery: 'false' });
      expect(Attributes.FilterPolicy).toBeFalsy();
    } finally {
      await second.stop();
    }
  });

  test('changes the event source of a function, and takes back the one that is gone', async () => {
    const resources = (id: string, source?: object) => ({
      Jobs: { Type: 'AWS::SQS::Queue', Properties: {} },
      Worker: inlineFunction('exports.handler = async () => null;'),
      ...(source && {
        [id]: {
          Type: 'AWS::Lambda::EventSourceMapping',
          Properties: {
            EventSourceArn: { 'Fn::GetAtt': ['Jobs', 'Arn'] },
            FunctionName: { Ref: 'Worker' },
            ...source,
          },
        },
      }),
    });
    const mappings = async (cloud: Cloud) => {
      const { EventSourceMappings } = await cloud.aws.call('lambda', 'ListEventSourceMappings', {}, via);
      await cloud.stop();
      return EventSourceMappings;
    };
    const narrow = { BatchSize: 3, ScalingConfig: { MaximumConcurrency: 2 } };
    const [first] = await mappings(await bootWith(resources('Source', { ...narrow, Enabled: false })));
    expect(first).toMatchObject({ ...narrow, State: 'Disabled' });
    const again = await mappings(await bootWith(resources('Renamed', {})));
    expect(again).toMatchObject([{ UUID: first.UUID, BatchSize: 10, State: 'Enabled' }]);
    expect(again[0].ScalingConfig).toBeUndefined();
    await expect(bootWith({ ...resources('Renamed', {}), ...resources('Twin', {}) })).rejects.toThrow(
      /Twin .* cannot be deployed: ResourceConflictException: An event source mapping with SQS arn/,
    );
    const short = {
      ...resources('Renamed', {}),
      Jobs: { Type: 'AWS::SQS::Queue', Properties: { VisibilityTimeout: 2 } },
    };
    await expect(bootWith(short)).rejects.toThrow(
      'InvalidParameterValueException: Queue visibility timeout: 2 seconds is less than Function timeout: 3 seconds',
    );
    expect(await mappings(await bootWith(resources('None')))).toEqual([]);
  });

  test('refuses to replace a table that holds data', async () => {
    await expect(bootWith({ Table: table('other') })).rejects.toThrow(
      /Table \(AWS::DynamoDB::Table\) cannot be deployed: The table .* has the key id \(HASH\) in the data directory/,
    );
  });
});

describe("another app's data directory", () => {
  const dataDir = temporaryDirectory();
  const bootIn = (assemblyDir: string) => Cloud.boot({ assemblyDir, dataDir, clock: { scale: 0 } });
  const app = () => writeAssembly('App', { Machine: machine({ Type: 'Wait', Seconds: 60, End: true }) });

  test('is refused before anything in it changes', async () => {
    const first = await bootIn(app());
    const stateMachineArn = first.report.deployed[0]?.ref;
    const { executionArn } = await first.aws.call('sfn', 'StartExecution', { stateMachineArn }, via);
    await first.work.idle();
    await first.stop();

    const refused = bootIn(writeAssembly('Other', { Machine: machine({ Type: 'Pass', End: true }) }));
    await expect(refused).rejects.toThrow(DataDirectoryError);
    await expect(refused).rejects.toThrow(
      `The data directory ${dataDir} belongs to another app: it holds the stack App, and the assembly has ` +
        'the stack Other; name another directory with --data.',
    );

    const again = await bootIn(app());
    try {
      expect((await again.aws.call('sfn', 'ListStateMachines', {}, via)).stateMachines).toHaveLength(1);
      const status = async () => (await again.aws.call('sfn', 'DescribeExecution', { executionArn }, via)).status;
      expect(await status()).toBe('RUNNING');
      await again.clock.advanceBy(60_000);
      expect(await status()).toBe('SUCCEEDED');
    } finally {
      await again.stop();
    }
  });

  test('may be an earlier state of the same app: one common stack is enough', async () => {
    const grown = synthesize((root) => {
      for (const name of ['App', 'More']) new sns.Topic(new Stack(root, name), 'Topic');
    });
    const cloud = await bootIn(grown);
    expect(new Set(cloud.report.deployed.map(({ stack }) => stack))).toEqual(new Set(['App', 'More']));
    await cloud.stop();
  });
});

test('properties that are set, not honoured and not inert are listed', async () => {
  const assemblyDir = writeAssembly('App', {
    Bucket: {
      Type: 'AWS::S3::Bucket',
      Properties: { Tags: [{ Key: 'a', Value: 'b' }], LifecycleConfiguration: { Rules: [] } },
    },
    Schedule: {
      Type: 'AWS::Scheduler::Schedule',
      Properties: {
        ScheduleExpression: 'rate(1 day)',
        FlexibleTimeWindow: { Mode: 'OFF' },
        Target: { Arn: 'arn:aws:sqs:us-east-1:123456789012:q', RoleArn: ROLE, EcsParameters: {} },
      },
    },
    Queue: { Type: 'AWS::SQS::Queue', Condition: 'Never' },
  });
  const template = join(assemblyDir, 'App.template.json');
  const content = JSON.parse(readFileSync(template, 'utf8'));
  writeFileSync(template, JSON.stringify({ ...content, Conditions: { Never: { 'Fn::Equals': [1, 2] } } }));
  const cloud = await Cloud.boot({ assemblyDir });
  try {
    const ignored = cloud.report.ignored.map(({ logicalId, type, property }) => [logicalId, type, property]);
    expect(ignored).toEqual([
      ['Bucket', 'AWS::S3::Bucket', 'LifecycleConfiguration'],
      ['Schedule', 'AWS::Scheduler::Schedule', 'Target.EcsParameters'],
    ]);
    expect(cloud.report.deployed.map(({ logicalId }) => logicalId)).toEqual(['Bucket', 'Schedule']);
  } finally {
    await cloud.stop();
  }
});

test.each<[string, Record<string, object>, string]>([
  [
    'a definition, with the state and the reason',
    { Machine: machine({ Type: 'Pass', Next: 'Nowhere' }) },
    'Machine (AWS::StepFunctions::StateMachine) cannot be deployed: InvalidDefinition',
  ],
  [
    'resources that depend on each other',
    { A: { Type: 'AWS::SNS::Topic', DependsOn: 'B' }, B: { Type: 'AWS::SNS::Topic', DependsOn: ['A'] } },
    'App.template.json: resources depend on each other: A -> B -> A.',
  ],
  [
    'a reference to nothing',
    { Topic: { Type: 'AWS::SNS::Topic', Properties: { TopicName: { Ref: 'Nobody' } } } },
    "Topic (AWS::SNS::Topic) cannot be deployed: There is no resource or parameter 'Nobody'.",
  ],
  [
    'code that is no asset of the stack',
    {
      Function: {
        Type: 'AWS::Lambda::Function',
        Properties: { Runtime: 'nodejs22.x', Handler: 'i.h', Role: ROLE, Code: { S3Bucket: 'b', S3Key: 'k' } },
      },
    },
    'Function (AWS::Lambda::Function) cannot be deployed: No asset of the stack App is uploaded to s3://b/k.',
  ],
])('the boot is refused for %s', async (_case, resources, message) => {
  await expect(Cloud.boot({ assemblyDir: writeAssembly('App', resources) })).rejects.toThrow(message);
});

test('what AWS takes and the local cloud does not run is listed with its reason, and the rest runs', async () => {
  const code = 'exports.handler = async () => "from the template";';
  const assemblyDir = writeAssembly('App', {
    Inline: inlineFunction(code),
    Snake: inlineFunction(code, 'python3.13'),
    SnakeLive: { Type: 'AWS::Lambda::Version', Properties: { FunctionName: { Ref: 'Snake' } } },
    Subscription: {
      Type: 'AWS::SNS::Subscription',
      Properties: {
        TopicArn: { Ref: 'Topic' },
        Protocol: 'lambda',
        Endpoint: { 'Fn::GetAtt': ['Snake', 'Arn'] },
      },
    },
    Machine: machine({ Type: 'Task', Resource: { 'Fn::GetAtt': ['Snake', 'Arn'] }, End: true }),
    Rule: {
      Type: 'AWS::Events::Rule',
      Properties: {
        ScheduleExpression: 'rate(1 day)',
        Targets: [
          { Id: 'T', Arn: { 'Fn::GetAtt': ['Snake', 'Arn'] } },
          { Id: 'Job', Arn: 'arn:aws:batch:us-east-1:123456789012:job-queue/q', RoleArn: ROLE },
        ],
      },
    },
    Daily: {
      Type: 'AWS::Scheduler::Schedule',
      Properties: {
        ScheduleExpression: 'rate(1 day)',
        FlexibleTimeWindow: { Mode: 'OFF' },
        Target: { Arn: 'arn:aws:ecs:us-east-1:123456789012:cluster/c', RoleArn: ROLE },
      },
    },
    Topic: {
      Type: 'AWS::SNS::Topic',
      Properties: { Subscription: [{ Protocol: 'sms', Endpoint: '+15550100' }] },
    },
    Phone: {
      Type: 'AWS::SNS::Subscription',
      Properties: { TopicArn: { Ref: 'Topic' }, Protocol: 'sms', Endpoint: '+15550100' },
    },
  });
  const cloud = await Cloud.boot({ assemblyDir });
  try {
    expect(cloud.report.notRun.map(({ logicalId, reason }) => [logicalId, reason])).toEqual([
      ['Snake', 'runtime python3.13'],
      ['SnakeLive', 'needs Snake'],
      ['Subscription', 'needs Snake'],
      ['Daily', 'schedules for ecs'],
      ['Phone', 'subscriptions by sms'],
    ]);
    expect(cloud.report.warnings.map(({ logicalId, message }) => [logicalId, message])).toEqual([
      ['Topic', 'Its subscription by sms gets nothing: that is not run here.'],
      ['Machine', 'It uses Snake, which is not run here.'],
      ['Rule', 'The target Job gets nothing: arn:aws:batch:us-east-1:123456789012:job-queue/q is not run here.'],
      ['Rule', 'It uses Snake, which is not run here.'],
    ]);
    const FunctionName = cloud.report.deployed[0]?.ref;
    const { Payload } = await cloud.aws.call('lambda', 'Invoke', { FunctionName }, via);
    expect(Buffer.from(Payload).toString()).toBe('"from the template"');
  } finally {
    await cloud.stop();
  }
});

test('routes ask the functions that authorize their callers', async () => {
  const assemblyDir = synthesize((app) => {
    const stack = new Stack(app, 'Guarded');
    const inline = (id: string, code: string) =>
      new lambda.Function(stack, id, {
        runtime: lambda.Runtime.NODEJS_22_X,
        handler: 'index.handler',
        code: lambda.Code.fromInline(code),
      });
    const guard = inline(
      'Guard',
      `exports.handler = async ({ identitySource: [who] }) => ({ isAuthorized: who === 'ada', context: { who } });`,
    );
    const page = inline('Page', 'exports.handler = async ({ requestContext }) => requestContext.authorizer;');
    const api = new apigateway.HttpApi(stack, 'Api', {
      defaultAuthorizer: new authorizers.HttpLambdaAuthorizer('Guards', guard, {
        responseTypes: [authorizers.HttpLambdaResponseType.SIMPLE],
      }),
    });
    const integration = new integrations.HttpLambdaIntegration('Page', page);
    api.addRoutes({ path: '/page', methods: [apigateway.HttpMethod.GET], integration });
    new CfnOutput(stack, 'Url', { value: api.apiEndpoint });
  });
  const cloud = await Cloud.boot({ assemblyDir });
  try {
    expect([...cloud.report.notRun, ...cloud.report.ignored]).toEqual([]);
    const visit = (headers: Record<string, string>) => fetch(`${cloud.outputs.Guarded?.Url}/page`, { headers });
    const answer = await visit({ authorization: 'ada' });
    expect(await answer.json()).toEqual({ lambda: { who: 'ada' } });
    expect((await visit({ authorization: 'eve' })).status).toBe(403);
    expect((await visit({})).status).toBe(401);
  } finally {
    await cloud.stop();
  }
});

test('functions take messages from queues; other event sources are listed as not run', async () => {
  const assemblyDir = synthesize((app) => {
    const stack = new Stack(app, 'Jobs');
    const deadLetters = new sqs.Queue(stack, 'Dead');
    const queue = new sqs.Queue(stack, 'Queue', { deadLetterQueue: { queue: deadLetters, maxReceiveCount: 2 } });
    const table = new dynamodb.Table(stack, 'Table', {
      partitionKey: { name: 'id', type: dynamodb.AttributeType.STRING },
      stream: dynamodb.StreamViewType.NEW_IMAGE,
    });
    const worker = new lambda.Function(stack, 'Worker', {
      runtime: lambda.Runtime.NODEJS_22_X,
      handler: 'index.handler',
      code: lambda.Code.fromInline(`exports.handler = async ({ Records }) => ({
        batchItemFailures: Records.filter(({ body }) => body === 'bad').map(({ messageId: itemIdentifier }) => ({ itemIdentifier })),
      });`),
      timeout: Duration.seconds(10),
    });
    worker.addEventSource(new lambdaSources.SqsEventSource(queue, { batchSize: 5, reportBatchItemFailures: true }));
    worker.addEventSource(
      new lambdaSources.SqsEventSource(sqs.Queue.fromQueueArn(stack, 'Theirs', `${deadLetters.queueArn}-of-others`)),
    );
    worker.addEventSource(
      new lambdaSources.DynamoEventSource(table, { startingPosition: lambda.StartingPosition.LATEST }),
    );
    new CfnOutput(stack, 'Url', { value: queue.queueUrl });
    new CfnOutput(stack, 'DeadUrl', { value: deadLetters.queueUrl });
  });
  const cloud = await Cloud.boot({ assemblyDir, clock: { scale: 0 } });
  try {
    expect(cloud.report.notRun).toMatchObject([
      { type: 'AWS::Lambda::EventSourceMapping', reason: 'queues that no stack makes' },
      { type: 'AWS::Lambda::EventSourceMapping', reason: 'event sources from dynamodb' },
    ]);
    expect(cloud.report.ignored).toMatchObject([{ property: 'StreamSpecification' }]);
    const call = (operation: string, input: object) => cloud.aws.call('sqs', operation, input, via);
    const { Url, DeadUrl } = cloud.outputs.Jobs ?? {};
    for (const MessageBody of ['good', 'bad']) await call('SendMessage', { QueueUrl: Url, MessageBody });
    await cloud.clock.advanceBy(90_000);
    const { Attributes } = await call('GetQueueAttributes', { QueueUrl: Url, AttributeNames: ['All'] });
    expect(Attributes).toMatchObject({
      ApproximateNumberOfMessages: '0',
      ApproximateNumberOfMessagesNotVisible: '0',
    });
    const { Messages } = await call('ReceiveMessage', { QueueUrl: DeadUrl, MaxNumberOfMessages: 10 });
    expect(Messages).toMatchObject([{ Body: 'bad' }]);
  } finally {
    await cloud.stop();
  }
});

test('queues and topics that keep order are deployed under names that end as theirs do, and hand on to functions', async () => {
  const code =
    'exports.handler = async ({ Records }) => { if (Records.some(({ body }) => body === "bad")) throw Error("bad"); };';
  const resources = (rest: object = {}) => ({
    Dead: { Type: 'AWS::SQS::Queue', Properties: { FifoQueue: true } },
    Ordered: {
      Type: 'AWS::SQS::Queue',
      Properties: {
        FifoQueue: true,
        DeduplicationScope: 'messageGroup',
        FifoThroughputLimit: 'perMessageGroupId',
        RedrivePolicy: { deadLetterTargetArn: { 'Fn::GetAtt': ['Dead', 'Arn'] }, maxReceiveCount: 1 },
        ...rest,
      },
    },
    Topic: { Type: 'AWS::SNS::Topic', Properties: { FifoTopic: true, ContentBasedDeduplication: true } },
    Subscription: {
      Type: 'AWS::SNS::Subscription',
      Properties: {
        TopicArn: { Ref: 'Topic' },
        Protocol: 'sqs',
        Endpoint: { 'Fn::GetAtt': ['Ordered', 'Arn'] },
        RawMessageDelivery: true,
      },
    },
    Worker: inlineFunction(code),
    Source: {
      Type: 'AWS::Lambda::EventSourceMapping',
      Properties: {
        EventSourceArn: { 'Fn::GetAtt': ['Ordered', 'Arn'] },
        FunctionName: { Ref: 'Worker' },
        BatchSize: 1,
      },
    },
  });
  const dataDir = temporaryDirectory();
  const boot = (rest?: object) =>
    Cloud.boot({ assemblyDir: writeAssembly('App', resources(rest)), dataDir, clock: { scale: 0 } });
  const refs = (cloud: Cloud) =>
    Object.fromEntries(cloud.report.deployed.map(({ logicalId, ref }) => [logicalId, ref])) as Record<string, string>;
  const first = await boot();
  const stderr = jest.spyOn(process.stderr, 'write').mockReturnValue(true);
  try {
    expect(first.report.notRun).toEqual([]);
    const { Dead, Ordered, Topic: TopicArn } = refs(first);
    for (const ref of [Dead, Ordered, TopicArn]) expect(ref).toMatch(/App-\w+-\w+\.fifo$/);
    for (const Message of ['good', 'bad', 'better']) {
      await first.aws.call('sns', 'Publish', { TopicArn, Message, MessageGroupId: 'g' }, via);
    }
    await first.clock.advanceBy(60_000);
    const receive = { QueueUrl: Dead, MaxNumberOfMessages: 10 };
    expect((await first.aws.call('sqs', 'ReceiveMessage', receive, via)).Messages).toMatchObject([{ Body: 'bad' }]);
    const ask = { QueueUrl: Ordered, AttributeNames: ['All'] };
    const { Attributes } = await first.aws.call('sqs', 'GetQueueAttributes', ask, via);
    expect(Attributes).toMatchObject({ ApproximateNumberOfMessages: '0', FifoThroughputLimit: 'perMessageGroupId' });
  } finally {
    stderr.mockRestore();
    await first.stop();
  }
  // Properties that are gone are set back.
  const second = await boot({ FifoThroughputLimit: undefined, DeduplicationScope: undefined });
  try {
    const ask = { QueueUrl: refs(second).Ordered, AttributeNames: ['DeduplicationScope'] };
    const { Attributes } = await second.aws.call('sqs', 'GetQueueAttributes', ask, via);
    expect(Attributes).toEqual({ DeduplicationScope: 'queue' });
  } finally {
    await second.stop();
  }
});

test('what is not run is missed in other stacks too', async () => {
  const assemblyDir = synthesize((app) => {
    const snake = new lambda.Function(new Stack(app, 'Functions'), 'Snake', {
      code: lambda.Code.fromInline('def handler(event, context): pass'),
      runtime: lambda.Runtime.PYTHON_3_13,
      handler: 'index.handler',
    });
    const topic = new sns.Topic(new Stack(app, 'Topics'), 'Topic');
    new sns.Subscription(topic, 'Sub', {
      topic,
      protocol: sns.SubscriptionProtocol.LAMBDA,
      endpoint: snake.functionArn,
    });
  });
  const cloud = await Cloud.boot({ assemblyDir });
  try {
    expect(cloud.report.notRun).toMatchObject([
      { stack: 'Functions', reason: 'runtime python3.13' },
      { stack: 'Topics', type: 'AWS::SNS::Subscription', reason: expect.stringMatching(/^needs Snake/) },
    ]);
    expect(cloud.report.deployed.map(({ type }) => type)).toContain('AWS::SNS::Topic');
  } finally {
    await cloud.stop();
  }
});

test('what a state machine asks for and the local cloud does not run is reported', async () => {
  const assemblyDir = writeAssembly('App', {
    Machine: machine({
      Type: 'Task',
      Resource: 'arn:aws:states:::aws-sdk:s3:putBucketWebsite',
      Parameters: { Bucket: 'b', WebsiteConfiguration: {} },
      End: true,
    }),
  });
  const cloud = await Cloud.boot({ assemblyDir });
  try {
    expect(cloud.report.warnings).toEqual([
      {
        stack: 'App',
        logicalId: 'Machine',
        type: 'AWS::StepFunctions::StateMachine',
        message: '/States/Begin/Resource: The local cloud does not run arn:aws:states:::aws-sdk:s3:putBucketWebsite.',
      },
    ]);
  } finally {
    await cloud.stop();
  }
});
