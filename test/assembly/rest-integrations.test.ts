import * as apigateway from 'aws-cdk-lib/aws-apigateway';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as events from 'aws-cdk-lib/aws-events';
import * as targets from 'aws-cdk-lib/aws-events-targets';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as sns from 'aws-cdk-lib/aws-sns';
import * as subscriptions from 'aws-cdk-lib/aws-sns-subscriptions';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { type App, RemovalPolicy, Stack } from 'aws-cdk-lib/core';
import { Cloud } from '../../local/assembly/cloud';
import type { AwsShape } from '../../local/services/aws';
import { capturedWarnings } from '../services/apigateway/warnings';
import { codeDirectory, synthesize, writeAssembly } from './synthesize';

const via = { via: 'test' };
const START = Date.parse('2026-03-01T09:00:00Z');
const FORM = { 'integration.request.header.Content-Type': "'application/x-www-form-urlencoded'" };

/** Methods in front of services, as the CDK makes them and as tutorials write them. */
function shop(app: App): void {
  const stack = new Stack(app, 'Shop');
  const credentialsRole = new iam.Role(stack, 'Role', {
    assumedBy: new iam.ServicePrincipal('apigateway.amazonaws.com'),
  });
  const machine = (id: string, type: sfn.StateMachineType, definition: object) =>
    new sfn.StateMachine(stack, id, {
      stateMachineType: type,
      definitionBody: sfn.DefinitionBody.fromString(JSON.stringify({ QueryLanguage: 'JSONata', ...definition })),
    });
  const guard = new lambda.Function(stack, 'Guard', {
    runtime: lambda.Runtime.NODEJS_22_X,
    handler: 'index.handler',
    code: lambda.Code.fromAsset(
      codeDirectory(`exports.handler = async (event) => {
        if (event.type === 'TOKEN') return {
          principalId: 'ada',
          policyDocument: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] },
          context: { level: 5 },
        };
        if (event.fail) throw new Error(event.fail);
        return { got: event };
      };`),
    ),
  });

  const quote = machine('Quote', sfn.StateMachineType.EXPRESS, {
    StartAt: 'Wait',
    States: {
      Wait: { Type: 'Wait', Seconds: 5, Next: 'Check' },
      Check: {
        Type: 'Choice',
        Choices: [{ Condition: '{% $exists($states.input.body.bad) %}', Next: 'Refuse' }],
        Default: 'Done',
      },
      Refuse: { Type: 'Fail', Error: 'Refused', Cause: 'It is bad.' },
      Done: { Type: 'Succeed' },
    },
  });
  new apigateway.StepFunctionsRestApi(stack, 'Quotes', {
    stateMachine: quote,
    headers: true,
    path: true,
    querystring: true,
    authorizer: true,
    requestContext: { httpMethod: true, stage: true, authorizerPrincipalId: true, caller: true },
    defaultMethodOptions: { authorizer: new apigateway.TokenAuthorizer(stack, 'Token', { handler: guard }) },
  });

  const api = new apigateway.RestApi(stack, 'Api', {
    restApiName: 'api',
    deployOptions: { variables: { shop: 'north' } },
    binaryMediaTypes: ['image/*'],
  });
  const path = (name: string) => api.root.resourceForPath(name);
  const responses: apigateway.IntegrationResponse[] = [
    { statusCode: '200' },
    {
      statusCode: '400',
      selectionPattern: '4\\d{2}',
      responseTemplates: { 'application/json': `{"error":"$input.path('$.__type')"}` },
    },
  ];
  const methodResponses = [{ statusCode: '200' }, { statusCode: '400' }];
  const aws = (
    service: string,
    to: Partial<apigateway.AwsIntegrationProps>,
    options: apigateway.IntegrationOptions = {},
  ) =>
    new apigateway.AwsIntegration({
      service,
      ...to,
      integrationHttpMethod: 'POST',
      options: { credentialsRole, integrationResponses: responses, ...options },
    });
  const json = (template: unknown) => ({
    requestTemplates: { 'application/json': typeof template === 'string' ? template : JSON.stringify(template) },
  });

  // Every tutorial's.
  const order = machine('Order', sfn.StateMachineType.STANDARD, {
    StartAt: 'Done',
    States: { Done: { Type: 'Succeed' } },
  });
  path('/orders').addMethod(
    'POST',
    aws(
      'states',
      { action: 'StartExecution' },
      json({
        input: "$util.escapeJavaScript($input.json('$'))",
        stateMachineArn: order.stateMachineArn,
      }),
    ),
    { methodResponses },
  );
  order.grantStartExecution(credentialsRole);
  const poor = new iam.Role(stack, 'Poor', { assumedBy: new iam.ServicePrincipal('apigateway.amazonaws.com') });
  for (const [name, options] of [
    ['poor', { credentialsRole: poor }],
    ['nobody', { credentialsRole: undefined }],
  ] as const) {
    const template = json({ input: '{}', stateMachineArn: order.stateMachineArn });
    const integration = aws('states', { action: 'StartExecution' }, { ...template, ...options });
    path(`/${name}`).addMethod('POST', integration, { methodResponses });
  }

  // A link in a mail.
  const asked = new sqs.Queue(stack, 'Asked');
  const approval = machine('Approval', sfn.StateMachineType.STANDARD, {
    StartAt: 'Ask',
    States: {
      Ask: {
        Type: 'Task',
        Resource: 'arn:aws:states:::sqs:sendMessage.waitForTaskToken',
        Arguments: { QueueUrl: asked.queueUrl, MessageBody: { token: '{% $states.context.Task.Token %}' } },
        End: true,
      },
    },
  });
  asked.grantSendMessages(approval);
  approval.grantTaskResponse(credentialsRole);
  const decide = (action: string, template: string) =>
    path(`/${action}`).addMethod('GET', aws('states', { action }, json(template)), {
      methodResponses,
      requestParameters: { 'method.request.querystring.token': true },
    });
  decide(
    'SendTaskSuccess',
    `{"output": "\\"Approved by $util.escapeJavaScript($input.params('by'))\\"", "taskToken": "$input.params('token')"}`,
  );
  decide('SendTaskFailure', `{"error": "Rejected", "taskToken": "$util.escapeJavaScript($input.params('token'))"}`);

  const queue = new sqs.Queue(stack, 'Queue');
  queue.grantSendMessages(credentialsRole);
  path('/queue').addMethod(
    'POST',
    aws(
      'sqs',
      { path: `${stack.account}/${queue.queueName}` },
      {
        requestParameters: FORM,
        passthroughBehavior: apigateway.PassthroughBehavior.NEVER,
        ...json(
          'Action=SendMessage&MessageBody=$util.urlEncode($input.body)&MessageAttribute.1.Name=shop&MessageAttribute.1.Value.DataType=String&MessageAttribute.1.Value.StringValue=$stageVariables.shop',
        ),
      },
    ),
    { methodResponses },
  );

  const topic = new sns.Topic(stack, 'Topic');
  topic.grantPublish(credentialsRole);
  topic.addSubscription(new subscriptions.SqsSubscription(queue, { rawMessageDelivery: true }));
  path('/topic').addMethod(
    'POST',
    aws(
      'sns',
      {
        action: 'Publish',
        actionParameters: {
          'MessageAttributes.entry.1.Name': 'shop',
          'MessageAttributes.entry.1.Value.DataType': 'String',
          'MessageAttributes.entry.1.Value.StringValue': 'a & b',
        },
      },
      {
        requestParameters: {
          'integration.request.querystring.TopicArn': `'${topic.topicArn}'`,
          'integration.request.querystring.Message': 'method.request.body.text',
        },
      },
    ),
    { methodResponses },
  );

  const table = new dynamodb.Table(stack, 'Table', {
    partitionKey: { name: 'id', type: dynamodb.AttributeType.STRING },
    removalPolicy: RemovalPolicy.DESTROY,
  });
  table.grantReadWriteData(credentialsRole);
  const item = path('/items/{id}');
  item.addMethod(
    'PUT',
    aws(
      'dynamodb',
      { action: 'PutItem' },
      json(
        `{"TableName": "${table.tableName}", "Item": {"id": {"S": "$input.params('id')"}, "price": {"N": "$input.path('$.price')"}, "tags": {"L": [#foreach($tag in $input.path('$.tags')){"S": "$tag"}#if($foreach.hasNext),#end#end]}}}`,
      ),
    ),
    { methodResponses },
  );
  item.addMethod(
    'GET',
    aws(
      'dynamodb',
      { action: 'GetItem' },
      {
        ...json(`{"TableName": "${table.tableName}", "Key": {"id": {"S": "$input.params('id')"}}}`),
        integrationResponses: [
          {
            statusCode: '200',
            responseParameters: { 'method.response.header.X-Price': 'integration.response.body.Item.price.N' },
            responseTemplates: {
              'application/json': `#if($input.path('$').Item == "")
#set($context.responseOverride.status = 404)
{"message": "No $input.params('id')"}
#else
#set($item = $input.path('$.Item'))
{"tags": [#foreach($tag in $item.tags.L)"$tag.S"#if($foreach.hasNext), #end#end], "price": $item.price.N}
#end`,
            },
          },
        ],
      },
    ),
    { methodResponses: [{ statusCode: '200', responseParameters: { 'method.response.header.X-Price': false } }] },
  );

  const bus = new events.EventBus(stack, 'Bus', { eventBusName: 'shop' });
  bus.grantPutEventsTo(credentialsRole);
  new events.Rule(stack, 'Heard', {
    eventBus: bus,
    eventPattern: { source: ['shop'] },
    targets: [new targets.SqsQueue(queue, { message: events.RuleTargetInput.fromEventPath('$.detail') })],
  });
  path('/events').addMethod(
    'POST',
    aws(
      'events',
      { action: 'PutEvents' },
      {
        requestParameters: {
          'integration.request.header.X-Amz-Target': "'AWSEvents.PutEvents'",
          'integration.request.header.Content-Type': "'application/x-amz-json-1.1'",
        },
        ...json(
          `{"Entries": [{"Source": "shop", "DetailType": "Order", "EventBusName": "shop", "Detail": "$util.escapeJavaScript($input.json('$'))"}]}`,
        ),
      },
    ),
    { methodResponses },
  );

  const bucket = new s3.Bucket(stack, 'Bucket');
  bucket.grantReadWrite(credentialsRole);
  const object = path('/objects/{key}');
  for (const method of ['PUT', 'GET']) {
    const integration = new apigateway.AwsIntegration({
      service: 's3',
      path: `${bucket.bucketName}/drafts/{object}`,
      integrationHttpMethod: method,
      options: {
        credentialsRole,
        requestParameters: { 'integration.request.path.object': 'method.request.path.key' },
        integrationResponses: [
          {
            statusCode: '200',
            responseParameters: { 'method.response.header.Content-Type': 'integration.response.header.Content-Type' },
          },
          { statusCode: '404', selectionPattern: '404', responseTemplates: { 'application/json': '{"no": "such"}' } },
        ],
      },
    });
    object.addMethod(method, integration, {
      requestParameters: { 'method.request.path.key': true },
      methodResponses: [
        { statusCode: '200', responseParameters: { 'method.response.header.Content-Type': true } },
        { statusCode: '404' },
      ],
    });
  }

  path('/function').addMethod(
    'POST',
    new apigateway.LambdaIntegration(guard, {
      proxy: false,
      ...json(`{"fail": "$input.path('$.fail')", "who": "$context.identity.sourceIp$context.nothing.at.all"}`),
      integrationResponses: [
        { statusCode: '200' },
        {
          statusCode: '422',
          selectionPattern: '.*No stock.*',
          responseTemplates: { 'application/json': `{"message": "$input.path('$.errorMessage')"}` },
        },
      ],
    }),
    { methodResponses: [{ statusCode: '200' }, { statusCode: '422' }] },
  );
  const fails = (name: string, template: string) =>
    path(`/${name}`).addMethod('POST', aws('states', { action: 'StartExecution' }, json(template)), {
      methodResponses,
    });
  fails('malformed', '#if($input.body)');
  fails('endless', '#set($a = "aa")#foreach($i in [1..1000])#set($a = "$a$a")#end');
  path('/evaluated').addMethod('POST', aws('states', { action: 'StartExecution' }, json('#evaluate($input.body)')), {
    methodResponses,
  });
  path('/mail').addMethod('POST', aws('email', { action: 'SendRawEmail' }), { methodResponses });
}

describe('integrations of a synthesized REST API with AWS services', () => {
  let cloud: Cloud;
  let api = '';
  const warnings = capturedWarnings();

  beforeAll(async () => {
    cloud = await Cloud.boot({ assemblyDir: synthesize(shop), clock: { start: START, scale: 0 }, iam: 'enforce' });
    api = cloud.endpoints.apis.api as string;
  });
  afterAll(() => cloud.stop());

  const call = (service: string, operation: string, input: AwsShape) => cloud.aws.call(service, operation, input, via);
  const refOf = (logicalId: string) =>
    cloud.report.deployed.find((resource) => new RegExp(`^${logicalId}[0-9A-F]{8}$`).test(resource.logicalId))
      ?.ref as string;
  const ask = async (path: string, init: RequestInit & { json?: unknown } = {}) => {
    const response = await fetch(path.startsWith('http') ? path : `${api}${path}`, {
      method: 'POST',
      ...init,
      ...(init.json !== undefined && { body: JSON.stringify(init.json) }),
      headers: { 'content-type': 'application/json', ...init.headers },
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, json: () => JSON.parse(text) };
  };
  const received = async (queue: string) => {
    await cloud.work.idle();
    const input = { QueueUrl: refOf(queue), MaxNumberOfMessages: 10, MessageAttributeNames: ['All'] };
    return ((await call('sqs', 'ReceiveMessage', input)).Messages ?? []) as AwsShape[];
  };

  test('the CDK’s StepFunctionsRestApi answers what an Express execution does, with all of the request', async () => {
    const headers = { authorization: 'Bearer me', 'x-own': 'a\\b' };
    const quote = async (json: object, query = '') => {
      const asked = ask(`${cloud.endpoints.apis.Quotes}/${query}`, { json, headers });
      while ((await Promise.race([asked, new Promise((done) => setImmediate(done, 'waits'))])) === 'waits') {
        await cloud.clock.advanceBy(5000);
      }
      return asked;
    };
    const good = await quote({ text: 'it\'s "so"\n', amount: 1.5 }, '?size=L&note="ü"/');
    expect([good.status, good.json()]).toEqual([
      200,
      {
        body: { text: 'it\'s "so"\n', amount: 1.5 },
        header: expect.objectContaining({ 'x-own': 'a\\b' }),
        querystring: { size: 'L', note: '"ü"/' },
        path: {},
        authorizer: { level: '5', principalId: 'ada', integrationLatency: '0' },
        requestContext: { httpMethod: 'POST', stage: 'prod', authorizerPrincipalId: 'ada', caller: '' },
      },
    ]);
    const bad = await quote({ bad: true });
    expect([bad.status, bad.json()]).toEqual([500, { error: 'Refused', cause: 'It is bad.' }]);
    // The CDK's template escapes an apostrophe of a parameter once too often.
    const apostrophe = await quote({}, "?note=it's");
    expect([apostrophe.status, apostrophe.json()]).toEqual([400, { error: 'Bad request!' }]);
    expect(warnings).toEqual([]);
  });

  test('StartExecution starts, and its errors come back as the service gives them', async () => {
    const input = { text: 'She said "yes" and\nleft', price: 9.5, big: 12345678901234567890n.toString() };
    const { executionArn } = (await ask('/orders', { json: input })).json();
    await cloud.work.idle();
    const execution = await call('sfn', 'DescribeExecution', { executionArn });
    expect([execution.status, JSON.parse(execution.input)]).toEqual(['SUCCEEDED', input]);
    const refused = await ask('/orders', { body: 'no JSON' });
    expect([refused.status, refused.json().message]).toEqual([
      400,
      expect.stringMatching(/^Could not parse request body into json: /),
    ]);
    // Java's escape of an apostrophe is none of JSON: hence the replaceAll in AWS's examples.
    const apostrophe = await ask('/orders', { json: { text: "it's" } });
    expect([apostrophe.status, apostrophe.json()]).toEqual([400, { error: 'SerializationException' }]);
    expect((await ask('/orders', { body: '<a/>', headers: { 'content-type': 'text/xml' } })).status).toBe(400);
  });

  test('a role that lacks a grant is refused by the service', async () => {
    const poor = await ask('/poor', { json: {} });
    expect([poor.status, poor.json()]).toEqual([400, { error: 'AccessDeniedException' }]);
    const warned = cloud.report.warnings.filter(({ logicalId }) => /^Apinobody/.test(logicalId));
    expect(warned.map(({ message }) => message)).toEqual([
      'It has no Credentials: on AWS, the service refuses its calls.',
    ]);
  });

  test('a link answers the task that waits, once', async () => {
    const decisions = async (query: (token: string) => string) => {
      const { executionArn } = await call('sfn', 'StartExecution', { stateMachineArn: refOf('Approval') });
      const [message] = await received('Asked');
      await call('sqs', 'DeleteMessage', { QueueUrl: refOf('Asked'), ReceiptHandle: message?.ReceiptHandle });
      const link = query(encodeURIComponent(JSON.parse(message?.Body).token));
      const [first, second] = [await ask(link, { method: 'GET' }), await ask(link, { method: 'GET' })];
      await cloud.work.idle();
      const { status, output, error } = await call('sfn', 'DescribeExecution', { executionArn });
      return [first.status, second.status, second.json(), status, output ?? error];
    };
    expect(await decisions((token) => `/SendTaskSuccess?token=${token}&by=Ada`)).toEqual([
      200,
      400,
      { error: 'TaskTimedOut' },
      'SUCCEEDED',
      '"Approved by Ada"',
    ]);
    expect((await decisions((token) => `/SendTaskFailure?token=${token}`)).slice(3)).toEqual(['FAILED', 'Rejected']);
  });

  test('queues and topics take forms and parameters, and answer in JSON', async () => {
    const sent = await ask('/queue', { json: { text: 'a & b = ü' } });
    const published = await ask('/topic', { json: { text: 'told' } });
    expect([sent.json(), published.json()]).toEqual([
      {
        SendMessageResponse: {
          SendMessageResult: expect.objectContaining({ MessageId: expect.any(String) }),
          ResponseMetadata: { RequestId: expect.any(String) },
        },
      },
      { PublishResponse: expect.objectContaining({ PublishResult: { MessageId: expect.any(String) } }) },
    ]);
    const messages = await received('Queue');
    expect(messages.map(({ Body, MessageAttributes }) => [Body, MessageAttributes?.shop?.StringValue])).toEqual([
      ['{"text":"a & b = ü"}', 'north'],
      ['told', 'a & b'],
    ]);
    const unsupported = await ask('/queue', { body: 'a', headers: { 'content-type': 'text/plain' } });
    expect([unsupported.status, unsupported.json()]).toEqual([415, { message: 'Unsupported Media Type' }]);
    const empty = await ask('/topic', { json: { text: '' } });
    expect(empty.status).toBe(400);
  });

  test('DynamoDB stores and finds, and a response overrides its status', async () => {
    expect((await ask('/items/a%20b', { method: 'PUT', json: { price: 12.5, tags: ['x', 'y'] } })).status).toBe(200);
    const found = await ask('/items/a%20b', { method: 'GET' });
    expect([found.status, found.json(), found.headers.get('x-price')]).toEqual([
      200,
      { tags: ['x', 'y'], price: 12.5 },
      '12.5',
    ]);
    const missing = await ask('/items/none', { method: 'GET' });
    expect([missing.status, missing.json(), missing.headers.get('x-price')]).toEqual([
      404,
      { message: 'No none' },
      null,
    ]);
    const refused = await ask('/items/x', { method: 'PUT', json: { price: 'many', tags: [] } });
    expect([refused.status, refused.json().error]).toEqual([400, expect.stringMatching(/ValidationException$/)]);
  });

  test('EventBridge and S3 are asked in their own protocols', async () => {
    const put = await ask('/events', { json: { order: 7 } });
    expect(put.json()).toMatchObject({ FailedEntryCount: 0 });
    expect((await received('Queue')).map(({ Body }) => Body)).toContain('{"order":7}');
    const bytes = Buffer.from([0, 255, 10]);
    const image = { 'content-type': 'image/png' };
    expect((await ask('/objects/a.png', { method: 'PUT', body: bytes, headers: image })).status).toBe(200);
    const response = await fetch(`${api}/objects/a.png`);
    expect([response.headers.get('content-type'), Buffer.from(await response.arrayBuffer())]).toEqual([
      'image/png',
      bytes,
    ]);
    const missing = await ask('/objects/..%2Fnone', { method: 'GET' });
    expect([missing.status, missing.json()]).toEqual([404, { no: 'such' }]);
  });

  test('a function that is no proxy gets what the template makes, and its error’s message chooses the response', async () => {
    const failing = async (fail?: string) => {
      const { status, json } = await ask('/function', { json: { fail } });
      return [status, json()];
    };
    expect(await failing()).toEqual([200, { got: { fail: '', who: '127.0.0.1' } }]);
    expect(await failing('Sorry: No stock left')).toEqual([422, { message: 'Sorry: No stock left' }]);
    // What no pattern matches is the default's, as on AWS.
    expect(await failing('Other')).toEqual([200, expect.objectContaining({ errorMessage: 'Other' })]);
  });

  test('a template that cannot be run fails its requests, and is told of', async () => {
    for (const name of ['/malformed', '/endless']) {
      const { status, json } = await ask(name, { json: {} });
      expect([status, json()]).toEqual([500, { message: 'Internal server error' }]);
    }
    expect(warnings).toEqual([
      expect.stringMatching(/POST \/malformed: Execution failed due to configuration error: Line 1, column 17: #if/),
      expect.stringMatching(/POST \/endless: .*The template makes texts that are too long/),
    ]);
    const malformed = cloud.report.warnings.filter(({ logicalId }) => /^Apimalformed/.test(logicalId));
    expect(malformed.map(({ message }) => message)).toEqual([
      expect.stringMatching(
        /^Its RequestTemplates for application\/json cannot be run, and such requests fail. Line 1/,
      ),
    ]);
    const named = cloud.report.notRun.map(({ reason }) => reason).sort();
    expect(named).toEqual([
      expect.stringMatching(/^integrations with arn.*:email:action\/SendRawEmail/),
      'templates with #evaluate',
    ]);
    expect([(await ask('/mail')).status, (await ask('/evaluated')).status]).toEqual([501, 501]);
  });
});

test.each([
  [{ 'integration.request.header.X': 'method.request.querystring.x' }, 'method.request.querystring.x'],
  [{ 'integration.request.header.X': 'somewhere' }, 'somewhere'],
  [{ 'request.header.X': "'a'" }, 'request.header.X'],
])(
  'a mapping of what the method has not declared, or that is none, is refused as API Gateway does: %j',
  async (parameters, fault) => {
    const Integration = {
      Type: 'AWS',
      IntegrationHttpMethod: 'POST',
      Uri: 'arn:aws:apigateway:us-east-1:states:action/StartExecution',
      RequestParameters: parameters,
    };
    const resources = {
      Api: { Type: 'AWS::ApiGateway::RestApi', Properties: { Name: 'Api' } },
      Post: {
        Type: 'AWS::ApiGateway::Method',
        Properties: {
          RestApiId: { Ref: 'Api' },
          ResourceId: { 'Fn::GetAtt': ['Api', 'RootResourceId'] },
          HttpMethod: 'POST',
          Integration,
        },
      },
    };
    const booted = Cloud.boot({ assemblyDir: writeAssembly('App', resources), clock: { start: START, scale: 0 } });
    await expect(booted).rejects.toThrow(`errors : [Invalid mapping expression parameter specified: ${fault}]`);
  },
);
