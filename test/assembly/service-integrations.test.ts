import * as apigateway from 'aws-cdk-lib/aws-apigatewayv2';
import * as integrations from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import * as events from 'aws-cdk-lib/aws-events';
import * as eventTargets from 'aws-cdk-lib/aws-events-targets';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { type App, CfnOutput, Stack } from 'aws-cdk-lib/core';
import { Cloud } from '../../local/assembly/cloud';
import type { AwsShape } from '../../local/services/aws';
import { synthesize, writeAssembly } from './synthesize';

const { HttpStepFunctionsIntegration, HttpSqsIntegration, HttpEventBridgeIntegration } = integrations;
const { HttpIntegrationSubtype: Subtype, HttpMethod, MappingValue, ParameterMapping } = apigateway;
const via = { via: 'test' };
const START = Date.parse('2026-03-01T09:00:00Z');

/** An API whose routes call services without a function in between. */
function orders(app: App): void {
  const stack = new Stack(app, 'Orders');
  const api = new apigateway.HttpApi(stack, 'Api');
  const machine = (id: string, type: sfn.StateMachineType, definition: object) =>
    new sfn.StateMachine(stack, id, {
      stateMachineType: type,
      definitionBody: sfn.DefinitionBody.fromString(JSON.stringify(definition)),
    });
  const order = machine('Order', sfn.StateMachineType.STANDARD, {
    StartAt: 'Wait',
    States: { Wait: { Type: 'Wait', Seconds: 3600, End: true } },
  });
  const quote = machine('Quote', sfn.StateMachineType.EXPRESS, {
    StartAt: 'Wait',
    States: {
      Wait: { Type: 'Wait', Seconds: 60, Next: 'Check' },
      Check: {
        Type: 'Choice',
        Choices: [{ Variable: '$.bad', IsPresent: true, Next: 'Refuse' }],
        Default: 'Done',
      },
      Refuse: { Type: 'Fail', Error: 'Refused', Cause: 'It is bad.' },
      Done: { Type: 'Succeed' },
    },
  });
  const queue = new sqs.Queue(stack, 'Queue');
  const bus = new events.EventBus(stack, 'Bus');
  new events.Rule(stack, 'Heard', {
    eventBus: bus,
    eventPattern: { source: ['shop'] },
    targets: [new eventTargets.SqsQueue(queue)],
  });
  const post = (path: string, integration: apigateway.HttpRouteIntegration) =>
    api.addRoutes({ path, methods: [HttpMethod.POST], integration });
  const mapping = (values: Record<string, string>) =>
    Object.entries(values).reduce((all, [name, value]) => all.custom(name, value), new ParameterMapping());
  post(
    '/orders/{id}',
    new HttpStepFunctionsIntegration('Start', {
      stateMachine: order,
      parameterMapping: mapping({
        StateMachineArn: order.stateMachineArn,
        Name: 'order-${request.path.id}',
        Input: '{"order":${request.body},"by":"${request.header.x-user}"}',
      }),
    }),
  );
  post('/plain', new HttpStepFunctionsIntegration('Plain', { stateMachine: order }));
  post(
    '/quotes',
    new HttpStepFunctionsIntegration('Sync', {
      stateMachine: quote,
      subtype: Subtype.STEPFUNCTIONS_START_SYNC_EXECUTION,
      parameterMapping: new ParameterMapping()
        .custom('StateMachineArn', quote.stateMachineArn)
        .custom('Input', '$request.body'),
    }),
  );
  post(
    '/stop',
    new HttpStepFunctionsIntegration('Stop', {
      stateMachine: order,
      subtype: Subtype.STEPFUNCTIONS_STOP_EXECUTION,
      parameterMapping: new ParameterMapping()
        .custom('ExecutionArn', MappingValue.requestBody('arn').value)
        .custom('Error', 'Stopped')
        .custom('Cause', '$request.querystring.why'),
    }),
  );
  post('/events', new HttpEventBridgeIntegration('Put', { eventBusRef: bus.eventBusRef }));
  post(
    '/messages',
    new HttpSqsIntegration('Send', {
      queue,
      parameterMapping: mapping({
        QueueUrl: queue.queueUrl,
        MessageBody: '$request.body',
        DelaySeconds: '$request.querystring.delay',
        MessageAttributes: '{"caller":{"DataType":"String","StringValue":"${context.identity.userAgent}"}}',
      }),
    }),
  );
  post('/purge', new HttpSqsIntegration('Purge', { queue, subtype: Subtype.SQS_PURGE_QUEUE }));
  new CfnOutput(stack, 'Url', { value: api.apiEndpoint });
  new CfnOutput(stack, 'QueueUrl', { value: queue.queueUrl });
}

describe('routes that call services', () => {
  let cloud: Cloud;
  beforeAll(async () => {
    cloud = await Cloud.boot({ assemblyDir: synthesize(orders), clock: { start: START, scale: 0 }, iam: 'enforce' });
  });
  afterAll(async () => {
    await cloud.stop();
    expect(cloud.permissions?.denials.map(({ action }) => action)).toEqual(['states:StopExecution']);
  });

  const output = (name: string) => String(cloud.outputs.Orders?.[name]);
  const post = async (path: string, body = '', headers: Record<string, string> = {}) => {
    const response = await fetch(`${output('Url')}${path}`, { method: 'POST', body, headers });
    return {
      status: response.status,
      type: response.headers.get('content-type'),
      body: (await response.json()) as AwsShape,
    };
  };
  const messages = async () => {
    const asked = { QueueUrl: output('QueueUrl'), MaxNumberOfMessages: 10, MessageAttributeNames: ['All'] };
    return (await cloud.aws.call('sqs', 'ReceiveMessage', asked, via)).Messages ?? [];
  };
  const execution = (executionArn: string) => cloud.aws.call('sfn', 'DescribeExecution', { executionArn }, via);

  test('are all run', () => {
    expect([...cloud.report.notRun, ...cloud.report.ignored, ...cloud.report.warnings]).toEqual([]);
  });

  test('start and stop executions, and answer what Step Functions answers', async () => {
    const started = await post('/orders/7', '{"n":1}', { 'x-user': 'ada' });
    expect(started).toEqual({
      status: 200,
      type: 'application/x-amz-json-1.0',
      body: { executionArn: expect.stringMatching(/:execution:.*:order-7$/), startDate: START / 1000 },
    });
    const { executionArn } = started.body;
    expect(JSON.parse((await execution(executionArn)).input)).toEqual({ order: { n: 1 }, by: 'ada' });
    expect((await post('/stop?why=late', JSON.stringify({ arn: executionArn }))).body).toEqual({
      stopDate: START / 1000,
    });
    expect(await execution(executionArn)).toMatchObject({ status: 'ABORTED', error: 'Stopped', cause: 'late' });
    expect((await execution((await post('/plain')).body.executionArn)).input).toBe('{}');
  });

  test("answer a service's error as the service does", async () => {
    const refused = await post('/orders/8', '{"n":', { 'x-user': 'ada' });
    expect(refused).toMatchObject({ status: 400, body: { __type: 'InvalidExecutionInput' } });
    const { body } = await post('/plain', '{}');
    const none = JSON.stringify({ arn: body.executionArn.replace(/[^:]+$/, 'none') });
    expect(await post('/stop?why=late', none)).toMatchObject({
      status: 400,
      body: { __type: 'ExecutionDoesNotExist' },
    });
    // The role that the CDK makes is for the executions of one state machine.
    const other = JSON.stringify({ arn: 'arn:aws:states:us-east-1:123456789012:execution:a:b' });
    expect(await post('/stop?why=late', other)).toMatchObject({
      status: 400,
      body: { __type: 'AccessDeniedException', message: expect.stringContaining('/BackplaneAssumeRoleSession is not') },
    });
  });

  test('refuse a request that lacks what a parameter takes from it', async () => {
    const warned = jest.spyOn(process, 'emitWarning').mockImplementation(() => {});
    try {
      expect(await post('/orders/9', '{"n":1}')).toMatchObject({ status: 400, body: { message: 'Bad Request' } });
      expect(await post('/messages?delay=soon', 'x')).toMatchObject({ status: 400, body: { message: 'Bad Request' } });
      expect(warned.mock.calls.map(([text]) => text)).toEqual([
        expect.stringMatching(/POST \/orders\/\{id\}: Unable to resolve property Input from source .*x-user/),
        expect.stringMatching(
          /POST \/messages: Unable to resolve property DelaySeconds from source \$request.querystring.delay. Please make sure that the value is not empty and is of correct type.$/,
        ),
      ]);
    } finally {
      warned.mockRestore();
    }
  });

  test('wait for an Express execution, while time may pass', async () => {
    const quoted = async (body: string) => {
      const asked = post('/quotes', body);
      const due = cloud.clock.now() + 60_000;
      while ((cloud.clock.nextDue() ?? Number.POSITIVE_INFINITY) > due) await new Promise(setImmediate);
      await cloud.clock.advanceBy(60_000);
      return asked;
    };
    const [good, bad] = [await quoted('{"n":2}'), await quoted('{"bad":1}')];
    expect(good).toMatchObject({ status: 200, body: { status: 'SUCCEEDED', output: '{"n":2}' } });
    expect(bad).toMatchObject({ status: 200, body: { status: 'FAILED', error: 'Refused', cause: 'It is bad.' } });
  });

  test('send messages and events', async () => {
    const sent = await post('/messages?delay=5', 'hello', { 'user-agent': 'tester' });
    expect(sent).toMatchObject({ status: 200, body: { MessageId: expect.any(String) } });
    expect(await messages()).toEqual([]);
    await cloud.clock.advanceBy(5_000);
    const caller = { DataType: 'String', StringValue: 'tester' };
    expect(await messages()).toMatchObject([{ Body: 'hello', MessageAttributes: { caller } }]);
    const put = await post('/events', JSON.stringify({ Source: 'shop', DetailType: 'Order', Detail: { id: 1 } }));
    expect(put).toMatchObject({
      status: 200,
      type: 'application/x-amz-json-1.1',
      body: { FailedEntryCount: 0, Entries: [{ EventId: expect.any(String) }] },
    });
    await cloud.work.idle();
    const [heard] = await messages();
    expect(JSON.parse(heard.Body)).toMatchObject({ source: 'shop', 'detail-type': 'Order', detail: { id: 1 } });
    expect((await post('/purge')).status).toBe(200);
  });
});

describe('an integration with a service', () => {
  const boot = async (properties: object) => {
    const cloud = await Cloud.boot({
      assemblyDir: writeAssembly('App', {
        Api: { Type: 'AWS::ApiGatewayV2::Api', Properties: { Name: 'api', ProtocolType: 'HTTP' } },
        Call: {
          Type: 'AWS::ApiGatewayV2::Integration',
          Properties: {
            ApiId: { Ref: 'Api' },
            IntegrationType: 'AWS_PROXY',
            IntegrationSubtype: 'SQS-SendMessage',
            PayloadFormatVersion: '1.0',
            ...properties,
          },
        },
      }),
    });
    await cloud.stop();
    return cloud.report.notRun.map(({ reason }) => reason);
  };
  const SEND = { QueueUrl: 'https://queue', MessageBody: '$request.body' };

  test.each<[string, object, string]>([
    [
      'a parameter that the operation has not',
      { RequestParameters: { ...SEND, MessageAttribute: 'x' } },
      'BadRequestException: Parameter: MessageAttribute does not fit schema for Operation: SQS-SendMessage.',
    ],
    [
      'one that is missing',
      { RequestParameters: { QueueUrl: 'https://queue' } },
      'Operation: SQS-SendMessage requires enabling passthrough, or defining all of the following parameters: [QueueUrl, MessageBody]',
    ],
    [
      'an expression that is none',
      { RequestParameters: { ...SEND, MessageBody: '$request.cookie.a' } },
      'errors : [Invalid source: $request.cookie.a specified for destination: MessageBody]',
    ],
    [
      'another format of payloads',
      { RequestParameters: SEND, PayloadFormatVersion: '2.0' },
      'The IntegrationSubtype SQS-SendMessage wants the IntegrationType AWS_PROXY and the PayloadFormatVersion 1.0.',
    ],
  ])('is refused for %s', async (_case, properties, message) => {
    await expect(boot(properties)).rejects.toThrow(message);
  });

  test.each<[string, object, string]>([
    [
      'Kinesis',
      { IntegrationSubtype: 'Kinesis-PutRecord', RequestParameters: {} },
      'the integration Kinesis-PutRecord',
    ],
    ['another region', { RequestParameters: { ...SEND, Region: 'eu-west-1' } }, 'other regions'],
    ['a stage variable', { RequestParameters: { ...SEND, MessageBody: '$stageVariables.a' } }, 'stage variables'],
  ])('is not run for %s, and says so', async (_case, properties, reason) => {
    expect(await boot(properties)).toEqual([reason]);
  });
});

test('a route that is not run takes its requests, and answers that it is not', async () => {
  const part = (Type: string, Properties: object) => ({
    Type: `AWS::ApiGatewayV2::${Type}`,
    Properties: { ApiId: { Ref: 'Api' }, ...Properties },
  });
  const call = (subtype: string, RequestParameters: object) =>
    part('Integration', {
      IntegrationType: 'AWS_PROXY',
      IntegrationSubtype: subtype,
      PayloadFormatVersion: '1.0',
      RequestParameters,
    });
  const target = (id: string) => ({ 'Fn::Join': ['/', ['integrations', { Ref: id }]] });
  const cloud = await Cloud.boot({
    assemblyDir: writeAssembly('App', {
      Api: { Type: 'AWS::ApiGatewayV2::Api', Properties: { Name: 'api', ProtocolType: 'HTTP' } },
      Events: call('EventBridge-PutEvents', { Source: 'a', DetailType: 'b', Detail: '{}' }),
      Stream: call('Kinesis-PutRecord', {}),
      Open: part('Route', { RouteKey: '$default', Target: target('Events') }),
      Put: part('Route', { RouteKey: 'PUT /stream', Target: target('Stream'), AuthorizationType: 'AWS_IAM' }),
    }),
  });
  try {
    const ask = (method: string) => fetch(`${cloud.endpoints.apis.api}/stream`, { method });
    const refused = await ask('PUT');
    expect([refused.status, await refused.json()]).toEqual([
      501,
      { message: 'The local cloud does not run this route: needs Stream.' },
    ]);
    expect((await ask('POST')).status).toBe(200);
  } finally {
    await cloud.stop();
  }
});
