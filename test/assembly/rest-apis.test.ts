import * as apigateway from 'aws-cdk-lib/aws-apigateway';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { type App, Duration, Stack } from 'aws-cdk-lib/core';
import { Cloud } from '../../local/assembly/cloud';
import { describeDeployment } from '../../local/cli/summary';
import { codeDirectory, synthesize, temporaryDirectory, writeAssembly } from './synthesize';

const via = { via: 'test' };

/** A machine asks for a decision with a token in a message; a REST API hands the decision on. Beside it an API with all sorts of methods. */
function decisions(app: App): void {
  const stack = new Stack(app, 'Decisions');
  const fn = (id: string, source: string) =>
    new lambda.Function(stack, id, {
      runtime: lambda.Runtime.NODEJS_22_X,
      handler: 'index.handler',
      code: lambda.Code.fromAsset(codeDirectory(source)),
      timeout: Duration.seconds(10),
    });
  const queue = new sqs.Queue(stack, 'Asked');
  const send = { Type: 'Task', Resource: 'arn:aws:states:::sqs:sendMessage.waitForTaskToken', End: true };
  const definition = {
    QueryLanguage: 'JSONata',
    StartAt: 'Ask',
    States: {
      Ask: {
        ...send,
        Arguments: { QueueUrl: '${Queue}', MessageBody: { token: '{% $states.context.Task.Token %}' } },
      },
    },
  };
  new sfn.StateMachine(stack, 'Machine', {
    definitionBody: sfn.DefinitionBody.fromString(JSON.stringify(definition)),
    definitionSubstitutions: { Queue: queue.queueUrl },
  });
  const decide = fn(
    'Decide',
    `const { SFNClient, SendTaskSuccessCommand } = require('@aws-sdk/client-sfn');
    exports.handler = async ({ body, pathParameters, stageVariables }) => {
      const output = JSON.stringify({ decision: pathParameters.decision, by: stageVariables.desk });
      await new SFNClient({}).send(new SendTaskSuccessCommand({ taskToken: JSON.parse(body).token, output }));
      return { statusCode: 202, headers: { 'Access-Control-Allow-Origin': '*' }, body: '' };
    };`,
  );
  const desk = new apigateway.RestApi(stack, 'Desk', {
    restApiName: 'desk',
    deployOptions: { stageName: 'live', variables: { desk: 'north' } },
    defaultCorsPreflightOptions: {
      allowOrigins: ['https://a.example', 'https://b.example'],
      maxAge: Duration.hours(1),
    },
  });
  const choice = desk.root.addResource('decisions').addResource('{decision}');
  choice.addMethod('POST', new apigateway.LambdaIntegration(decide));
  choice.addMethod('GET', new apigateway.LambdaIntegration(decide), {
    authorizationType: apigateway.AuthorizationType.IAM,
  });

  const asked = fn(
    'Guard',
    `exports.handler = async ({ authorizationToken, methodArn }) => {
      const statement = { Effect: authorizationToken === 'Bearer me' ? 'Allow' : 'Deny', Action: 'execute-api:Invoke', Resource: methodArn };
      return { principalId: 'p', policyDocument: { Version: '2012-10-17', Statement: [statement] }, context: { level: 5 } };
    };`,
  );
  const teller = fn(
    'Teller',
    'exports.handler = async (event) => ({ body: JSON.stringify(event.requestContext.authorizer) });',
  );
  desk.root.addResource('guarded').addMethod('GET', new apigateway.LambdaIntegration(teller), {
    authorizer: new apigateway.TokenAuthorizer(stack, 'Guards', { handler: asked, validationRegex: 'Bearer .+' }),
  });

  const front = fn('Front', 'exports.handler = async ({ path }) => ({ body: path + " at " + process.env.DESK });');
  front.addEnvironment('DESK', `https://${desk.restApiId}.execute-api.${stack.region}.${stack.urlSuffix}/live`);
  new apigateway.LambdaRestApi(stack, 'Shop', { handler: front });
  const odd = desk.root.addResource('odd');
  odd.addMethod('GET', new apigateway.HttpIntegration('https://example.com'));
  odd.addMethod('PUT', new apigateway.LambdaIntegration(front), { apiKeyRequired: true });
  odd.addMethod('DELETE', new apigateway.LambdaIntegration(front), {
    authorizer: new apigateway.CognitoUserPoolsAuthorizer(stack, 'Pool', { cognitoUserPools: [] }),
  });
  odd.addMethod('ANY', new apigateway.LambdaIntegration(front));
  const python = new lambda.Function(stack, 'Python', {
    runtime: lambda.Runtime.PYTHON_3_13,
    handler: 'index.handler',
    code: lambda.Code.fromInline('pass'),
  });
  odd.addMethod('PATCH', new apigateway.LambdaIntegration(python));
  new apigateway.SpecRestApi(stack, 'Spec', {
    apiDefinition: apigateway.ApiDefinition.fromInline({ openapi: '3.0.1' }),
  });
}

describe('REST APIs of a synthesized app', () => {
  const assemblyDir = synthesize(decisions);
  const dataDir = temporaryDirectory();
  let cloud: Cloud;
  let desk = '';
  let shop = '';

  const boot = async () => {
    cloud = await Cloud.boot({ assemblyDir, dataDir, clock: { scale: 0 } });
    desk = cloud.endpoints.apis.desk as string;
    shop = cloud.endpoints.apis.Shop as string;
  };
  const refOf = (type: string) => cloud.report.deployed.find((resource) => resource.type === type)?.ref;

  beforeAll(boot);
  afterAll(() => cloud.stop());

  test('are named with their stages, one port each, and outputs and functions have these addresses', async () => {
    expect([desk, shop]).toEqual([
      expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/live$/),
      expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/prod$/),
    ]);
    expect(new URL(desk).port).not.toBe(new URL(shop).port);
    expect(Object.values(cloud.outputs.Decisions ?? {})).toEqual(expect.arrayContaining([`${desk}/`, `${shop}/`]));
    expect(await (await fetch(`${shop}/a/b`)).text()).toBe(`/a/b at ${desk}`);
    const said = describeDeployment(cloud.report, cloud.services.apiServers.apis());
    expect(said).toMatch(/REST APIs +desk\n +Shop\n/);
  });

  test('a method answers a task that waits, and its data and address are there after a restart', async () => {
    const start = { stateMachineArn: refOf('AWS::StepFunctions::StateMachine'), input: '{}' };
    const { executionArn } = await cloud.aws.call('sfn', 'StartExecution', start, via);
    await cloud.work.idle();
    const before = desk;
    await cloud.stop();
    await boot();
    expect(desk).toBe(before);
    const QueueUrl = refOf('AWS::SQS::Queue');
    const { Messages } = await cloud.aws.call('sqs', 'ReceiveMessage', { QueueUrl }, via);
    const response = await fetch(`${desk}/decisions/yes`, { method: 'POST', body: Messages[0].Body });
    expect([response.status, await response.text()]).toEqual([202, '']);
    await cloud.work.idle();
    expect(await cloud.aws.call('sfn', 'DescribeExecution', { executionArn }, via)).toMatchObject({
      status: 'SUCCEEDED',
      output: '{"decision":"yes","by":"north"}',
    });
    expect((await fetch(`${desk}/decisions/yes`)).status).toBe(403);
  });

  test.each(['https://a.example', 'https://b.example', 'https://other.example'])(
    'the CDK’s preflights are answered, to %s',
    async (origin) => {
      const response = await fetch(`${desk}/decisions/yes`, { method: 'OPTIONS', headers: { origin } });
      expect([response.status, Object.fromEntries(response.headers)]).toEqual([
        204,
        expect.objectContaining({
          'access-control-allow-origin': origin.replace('other', 'a'),
          'access-control-allow-methods': 'OPTIONS,GET,PUT,POST,DELETE,PATCH,HEAD',
          'access-control-max-age': '3600',
          vary: 'Origin',
        }),
      ]);
      expect(cloud.report.warnings).toEqual([]);
    },
  );

  test('an authorizer says who may call', async () => {
    const ask = async (authorization: string) => {
      const response = await fetch(`${desk}/guarded`, { headers: { authorization } });
      return [response.status, await response.json()];
    };
    expect(await ask('Bearer me')).toEqual([200, { principalId: 'p', level: '5', integrationLatency: 0 }]);
    const Message = 'User is not authorized to access this resource with an explicit deny';
    expect(await ask('Bearer you')).toEqual([403, { Message }]);
    expect(await ask('me')).toEqual([401, { message: 'Unauthorized' }]);
  });

  test('what is not run is named, and answers that it is not', async () => {
    const named = cloud.report.notRun.map(({ type, reason }) => `${type.replace('AWS::', '')}: ${reason}`);
    expect(named.sort()).toEqual([
      'ApiGateway::Authorizer: authorizers of the type COGNITO_USER_POOLS',
      expect.stringMatching(/^ApiGateway::Deployment: needs Spec/),
      'ApiGateway::Method: integrations of the type HTTP_PROXY',
      'ApiGateway::Method: methods that want an API key',
      expect.stringMatching(/^ApiGateway::Method: needs Pool/),
      expect.stringMatching(/^ApiGateway::Method: needs Python/),
      'ApiGateway::RestApi: REST APIs that are described by OpenAPI',
      expect.stringMatching(/^ApiGateway::Stage: needs Spec/),
      expect.stringMatching(/^Lambda::Function: /),
    ]);
    const ask = async (method: string) => (await fetch(`${desk}/odd`, { method })).status;
    expect(await Promise.all(['GET', 'PUT', 'DELETE', 'PATCH', 'POST'].map(ask))).toEqual([501, 501, 501, 501, 200]);
    expect(cloud.report.ignored).toEqual([]);
  });
});

describe('a REST API of a template', () => {
  const Api = { Type: 'AWS::ApiGateway::RestApi', Properties: { Name: 'Api' } };
  const Stage = {
    Type: 'AWS::ApiGateway::Deployment',
    Properties: { RestApiId: { Ref: 'Api' }, StageName: 'v1', StageDescription: { Variables: { a: '1' } } },
  };
  const mock = (integration: object, responses: object[] = [{ StatusCode: '200' }]) => ({
    Type: 'AWS::ApiGateway::Method',
    Properties: {
      RestApiId: { Ref: 'Api' },
      ResourceId: { 'Fn::GetAtt': ['Api', 'RootResourceId'] },
      HttpMethod: 'GET',
      AuthorizationType: 'NONE',
      Integration: { Type: 'MOCK', ...integration },
      MethodResponses: responses,
    },
  });
  const dataDir = temporaryDirectory();
  const boot = (resources: Record<string, object>) =>
    Cloud.boot({ assemblyDir: writeAssembly('App', resources), dataDir, clock: { scale: 0 } });

  test('changes and goes with its template', async () => {
    const first = await boot({
      Api,
      Stage,
      Get: mock({
        RequestTemplates: { 'application/json': '#if(true) {"statusCode": 200} #end' },
        IntegrationResponses: [{ StatusCode: '200', ResponseTemplates: { 'application/json': '$input.body' } }],
      }),
    });
    const url = first.endpoints.apis.Api as string;
    expect([await (await fetch(url)).json(), first.report.warnings]).toEqual([{}, []]);
    await first.stop();
    const second = await boot({
      Api,
      Stage,
      Get: mock({
        RequestTemplates: { 'application/json': '{"statusCode": 200}' },
        IntegrationResponses: [{ StatusCode: '200', ResponseTemplates: { 'application/json': '{"colour": "#fff"}' } }],
      }),
    });
    expect(second.endpoints.apis.Api).toBe(url);
    expect([await (await fetch(url)).json(), second.report.warnings]).toEqual([{ colour: '#fff' }, []]);
    await second.stop();
    const third = await boot({ Topic: { Type: 'AWS::SNS::Topic' } });
    expect(third.endpoints.apis).toEqual({});
    await expect(fetch(url)).rejects.toThrow();
    await third.stop();
  });

  test('has its requests validated, by their parameters and by models that may name each other', async () => {
    const model = (Name: string, Schema: object | string) => ({
      Type: 'AWS::ApiGateway::Model',
      Properties: { RestApiId: { Ref: 'Api' }, ContentType: 'application/json', Name, Schema },
    });
    const url = {
      'Fn::Join': ['', ['https://apigateway.amazonaws.com/restapis/', { Ref: 'Api' }, '/models/', { Ref: 'Item' }]],
    };
    const answer = {
      RequestTemplates: { 'application/json': '{"statusCode": 200}' },
      IntegrationResponses: [{ StatusCode: '200' }],
    };
    const get = mock(answer);
    const cloud = await boot({
      Api,
      Stage,
      Item: model('Item', '{"type": "string", "pattern": "^(a+)+$"}'),
      Order: model('Order', {
        $schema: 'http://json-schema.org/draft-04/schema#',
        type: 'object',
        required: ['items'],
        properties: {
          items: { type: 'array', minItems: 1, items: { $ref: url } },
          amount: { type: 'integer', minimum: 1 },
        },
        additionalProperties: false,
      }),
      Validator: {
        Type: 'AWS::ApiGateway::RequestValidator',
        Properties: { RestApiId: { Ref: 'Api' }, ValidateRequestBody: true, ValidateRequestParameters: true },
      },
      Any: {
        ...get,
        Properties: {
          ...get.Properties,
          HttpMethod: 'ANY',
          RequestValidatorId: { Ref: 'Validator' },
          RequestModels: { 'application/json': { Ref: 'Order' } },
          RequestParameters: {
            'method.request.querystring.q': true,
            'method.request.header.X-Own': true,
            'method.request.header.X-Other': false,
          },
        },
      },
    });
    expect([cloud.report.warnings, cloud.report.notRun, cloud.report.ignored]).toEqual([[], [], []]);
    const ask = async (body: string, query = '?q=1', headers = {}) => {
      const response = await fetch(`${cloud.endpoints.apis.Api}${query}`, {
        method: 'POST',
        body,
        headers: { 'content-type': 'application/json; charset=utf-8', 'x-own': 'a', ...headers },
      });
      return [response.status, await response.text()];
    };
    const warned = jest.spyOn(process, 'emitWarning').mockImplementation(() => {});
    const invalid = [400, '{"message":"Invalid request body"}'];
    expect(await ask('{"items": ["aa"], "amount": 1}')).toEqual([200, '']);
    for (const body of [
      '',
      'no',
      '[]',
      '{"items": []}',
      '{"items": ["b"]}',
      '{"items": ["a"], "amount": 1.5}',
      '{"items": ["a"], "x": 1}',
    ]) {
      expect([body, await ask(body)]).toEqual([body, invalid]);
    }
    expect(await ask('no', '?q=1', { 'content-type': 'text/plain' })).toEqual([
      500,
      '{"message": "Internal server error"}',
    ]);
    const missing = [400, '{"message":"Missing required request parameters: [q, X-Own]"}'];
    expect(await ask('{}', '?q=', { 'x-own': '' })).toEqual(missing);
    expect(await ask(JSON.stringify({ items: [`${'a'.repeat(50)}b`] }))).toEqual(invalid);
    expect(String(warned.mock.calls)).toMatch(/The model 'Order' .* takes too long/);
    warned.mockRestore();
    await cloud.stop();
    const unknown = { ...get, Properties: { ...get.Properties, RequestModels: { 'application/json': 'Nothing' } } };
    await expect(boot({ Api, Stage, Get: unknown })).rejects.toThrow('Invalid model identifier specified: Nothing');
  });

  test.each([
    [[{ StatusCode: '204' }], 'BadRequestException: No method response exists for method: 200.'],
    [
      [{ StatusCode: '200' }],
      'errors : [Invalid mapping expression parameter specified: method.response.header.X-Own]',
    ],
  ])(
    'is refused as API Gateway does when a method has not declared what it answers: %j',
    async (responses, message) => {
      const parameters = { 'method.response.header.X-Own': "'a'" };
      const integration = { IntegrationResponses: [{ StatusCode: '200', ResponseParameters: parameters }] };
      await expect(boot({ Api, Stage, Get: mock(integration, responses) })).rejects.toThrow(message);
    },
  );
});
