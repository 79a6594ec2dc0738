import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  type App,
  aws_apigatewayv2 as apigateway,
  CfnOutput,
  aws_cloudwatch as cloudwatch,
  Duration,
  aws_dynamodb as dynamodb,
  aws_events as events,
  aws_events_targets as eventTargets,
  aws_apigatewayv2_integrations as integrations,
  aws_lambda as lambda,
  Stack,
  aws_stepfunctions as sfn,
  aws_sns as sns,
  aws_sqs as sqs,
  aws_sns_subscriptions as subscriptions,
} from 'aws-cdk-lib';
import { Cloud } from '../../local/assembly/cloud';
import { codeDirectory, synthesize, temporaryDirectory } from './synthesize';

const via = { via: 'test' };
const START = Date.parse('2026-03-01T09:00:00Z');

/** POST /orders starts a workflow that writes a row, tells a topic, and calls a function, which mails. */
const API_CODE = `
const { randomUUID } = require('node:crypto');
exports.handler = async (event) => {
  if (event.routeKey === 'GET /where') return { statusCode: 200, body: process.env.SELF_URL };
  return { statusCode: 202, body: JSON.stringify({ id: JSON.parse(event.body).id, endpoint: Boolean(process.env.AWS_ENDPOINT_URL) }) };
};`;
const ECHO_CODE =
  'exports.handler = async (event) => ({ shouted: event.text.toUpperCase(), at: new Date().toISOString() });';

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
    StartAt: 'Shout',
    States: {
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
  const machine = new sfn.StateMachine(stack, 'Order', {
    definitionBody: sfn.DefinitionBody.fromFile(definitionFile),
    definitionSubstitutions: { ShoutArn: shout.functionArn, Table: table.tableName, Topic: topic.topicArn },
  });
  const bus = new events.EventBus(stack, 'Bus');
  new events.Rule(stack, 'OnOrder', {
    eventBus: bus,
    eventPattern: { source: ['test.orders'] },
    targets: [new eventTargets.SfnStateMachine(machine, { input: events.RuleTargetInput.fromEventPath('$.detail') })],
  });
  const front = new lambda.Function(stack, 'Front', code(API_CODE));
  const api = new apigateway.HttpApi(stack, 'OrdersApi', { apiName: 'orders-api' });
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

  test('an event starts the workflow, whose tasks reach function, table and queue', async () => {
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

  test('refuses a data directory that another cloud uses, and one of another version', async () => {
    await expect(boot()).rejects.toThrow(`${join(dataDir, 'store.db')} is in use by another process`);
  });

  test('names the port that is in use', async () => {
    const awsPort = Number(new URL(cloud.endpoints.aws).port);
    await expect(Cloud.boot({ assemblyDir, awsPort })).rejects.toThrow(
      `Port ${awsPort}, for the AWS APIs, is in use by another program.`,
    );
  });
});

describe('a deployment over an earlier one', () => {
  const dataDir = temporaryDirectory();
  const bootWith = (build: (stack: Stack) => void) =>
    Cloud.boot({ assemblyDir: synthesize((app) => build(new Stack(app, 'App'))), dataDir, clock: { scale: 0 } });
  const definition = (result: string) => ({
    definitionBody: sfn.DefinitionBody.fromString(
      JSON.stringify({ StartAt: 'A', States: { A: { Type: 'Pass', Result: result, End: true } } }),
    ),
  });

  test('updates what changed, keeps data, and takes back the rules that are gone', async () => {
    const first = await bootWith((stack) => {
      const machine = new sfn.StateMachine(stack, 'Machine', definition('one'));
      const schedule = events.Schedule.rate(Duration.hours(1));
      new events.Rule(stack, 'Hourly', { schedule, targets: [new eventTargets.SfnStateMachine(machine)] });
      const table = new dynamodb.Table(stack, 'Table', {
        partitionKey: { name: 'id', type: dynamodb.AttributeType.STRING },
      });
      new CfnOutput(stack, 'TableName', { value: table.tableName });
    });
    const TableName = String(first.outputs.App?.TableName);
    await first.aws.call('dynamodb', 'PutItem', { TableName, Item: { id: { S: 'kept' } } }, via);
    await first.stop();

    const second = await bootWith((stack) => {
      new sfn.StateMachine(stack, 'Machine', definition('two'));
      new dynamodb.Table(stack, 'Table', {
        partitionKey: { name: 'id', type: dynamodb.AttributeType.STRING },
        timeToLiveAttribute: 'expiresAt',
      }).addGlobalSecondaryIndex({
        indexName: 'by-owner',
        partitionKey: { name: 'owner', type: dynamodb.AttributeType.STRING },
      });
    });
    try {
      const { Items } = await second.aws.call('dynamodb', 'Scan', { TableName }, via);
      expect(Items).toEqual([{ id: { S: 'kept' } }]);
      const { Table } = await second.aws.call('dynamodb', 'DescribeTable', { TableName }, via);
      expect(Table.GlobalSecondaryIndexes).toHaveLength(1);
      const { stateMachines } = await second.aws.call('sfn', 'ListStateMachines', {}, via);
      expect(stateMachines).toHaveLength(1);
      const { stateMachineArn } = stateMachines[0];
      const machine = await second.aws.call('sfn', 'DescribeStateMachine', { stateMachineArn }, via);
      expect(JSON.parse(machine.definition).States.A.Result).toBe('two');
      expect((await second.aws.call('eventbridge', 'ListRules', {}, via)).Rules).toEqual([]);
    } finally {
      await second.stop();
    }
  });

  test('refuses to replace a table that holds data', async () => {
    const boot = bootWith((stack) => {
      new dynamodb.Table(stack, 'Table', { partitionKey: { name: 'other', type: dynamodb.AttributeType.STRING } });
    });
    await expect(boot).rejects.toThrow(
      /Table[0-9A-F]+ \(AWS::DynamoDB::Table\) cannot be deployed: The table .* has the key id/,
    );
  });
});

test('a definition that is refused fails the boot with the state and the reason', async () => {
  const assemblyDir = synthesize((app) => {
    const broken = { StartAt: 'Begin', States: { Begin: { Type: 'Pass', Next: 'Nowhere' } } };
    new sfn.StateMachine(new Stack(app, 'Broken'), 'Machine', {
      definitionBody: sfn.DefinitionBody.fromString(JSON.stringify(broken)),
    });
  });
  await expect(Cloud.boot({ assemblyDir })).rejects.toThrow(
    /Broken\.template\.json: Machine\w+ \(AWS::StepFunctions::StateMachine\).*Nowhere/s,
  );
});

test('an asset that is absent fails the boot by name', async () => {
  const assemblyDir = synthesize(orders);
  const { files } = JSON.parse(readFileSync(join(assemblyDir, 'Orders.assets.json'), 'utf8'));
  const [asset] = Object.values(files as Record<string, { source: { path: string; packaging: string } }>).filter(
    ({ source }) => source.packaging === 'zip',
  );
  const path = join(assemblyDir, asset?.source.path as string);
  rmSync(path, { recursive: true });
  await expect(Cloud.boot({ assemblyDir })).rejects.toThrow(`The asset ${path} of the stack Orders is absent.`);
});
