import { request as httpRequest } from 'node:http';
import { SignatureV4 } from '@smithy/signature-v4';
import { RestApiService } from '../../../local/services/apigateway/rest/service';
import type {
  FunctionCall,
  FunctionProxy,
  IntegrationResponse,
  Mock,
  RestMethodSpec,
} from '../../../local/services/apigateway/rest/spec';
import { parseTemplate } from '../../../local/services/apigateway/rest/vtl/parse';
import { ApiServers } from '../../../local/services/apigateway/servers';
import { makeLambda, makeParts, START } from '../lambda/local-cloud';
import { Sha256 } from './sha256';
import { capturedWarnings } from './warnings';

const parts = makeParts();
const { define, cleanUp } = makeLambda(parts);
const servers = new ApiServers(parts);
const apis = new RestApiService(parts, servers);
let url = '';
let functionArn = '';
const warnings = capturedWarnings();

const mock = (more: Partial<Mock> = {}): Mock => ({
  type: 'MOCK',
  requestTemplates: { 'application/json': parseTemplate('{"statusCode": 200}') },
  passthrough: 'WHEN_NO_MATCH',
  responses: [responding({ status: 204, headers: { 'x-own': { kind: 'literal', text: 'a' } } })],
  ...more,
});

function responding({ body, ...more }: Partial<IntegrationResponse> & { body?: string }): IntegrationResponse {
  const templates: Mock['requestTemplates'] = body === undefined ? {} : { 'application/json': parseTemplate(body) };
  return { status: 200, headers: {}, contentHandling: undefined, templates, ...more };
}

function put(resourceId: string, httpMethod: string, integration: RestMethodSpec['integration'], more: object = {}) {
  apis.putMethod('rest1', resourceId, httpMethod, { integration, authorization: { type: 'NONE' }, ...more });
}

const proxy = (more: Partial<FunctionProxy> = {}): FunctionProxy => ({
  type: 'AWS_PROXY',
  functionArn,
  timeoutMs: 29_000,
  ...more,
});

beforeAll(async () => {
  ({ arn: functionArn } = await define(
    `exports.handler = async (event) => {
      const answer = event.queryStringParameters?.answer;
      if (answer === 'fail') throw new Error('secret');
      if (answer === 'late') return new Promise((done) => setTimeout(done, 500));
      return answer ? JSON.parse(answer) : { statusCode: 200, body: JSON.stringify(event) };
    }`,
    { name: 'echo' },
  ));
  const spec = { id: 'rest1', name: 'Rest', rootResourceId: 'root', binaryMediaTypes: ['image/*'] };
  ({ url } = await apis.create(spec));
  const resource = (id: string, pathPart: string, parentId = 'root') =>
    apis.putResource('rest1', { id, parentId, pathPart });
  resource('things', 'things');
  resource('thing', '{id}', 'things');
  resource('special', 'special', 'things');
  resource('all', '{proxy+}');
  apis.putStage('rest1', { name: 'live', deploymentId: 'd1', variables: { table: 'T', fn: 'echo' } });
  put('thing', 'ANY', proxy());
  put('thing', 'PUT', { type: 'NOT_RUN', reason: 'integrations of the type HTTP' });
  put('special', 'GET', proxy(), { operationName: 'GetSpecial' });
  put('things', 'GET', proxy(), { authorization: { type: 'AWS_IAM' } });
  put('things', 'OPTIONS', mock());
  put('all', 'ANY', proxy());
});

afterAll(async () => {
  await servers.stop();
  await cleanUp();
  await parts.close();
});

const ask = (path: string, init?: RequestInit) => fetch(`${url}${path}`, init);
const event = async (path: string, init?: RequestInit) =>
  (await (await ask(path, init)).json()) as Record<string, Record<string, unknown>>;
const answering = (answer: unknown, headers: Record<string, string> = {}) =>
  ask(`/live/things/1?answer=${encodeURIComponent(JSON.stringify(answer))}`, { headers });

async function error(response: Response) {
  return [response.status, response.headers.get('x-amzn-errortype'), await response.text()];
}

/** What fetch would not send: headers spelled as they are and twice, and any target. */
function raw(path: string, headers: Record<string, string | string[]> = {}): Promise<{ status: number; body: string }> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const sent = httpRequest({ hostname, port, path, headers }, async (response) => {
      let body = '';
      for await (const chunk of response) body += chunk;
      resolve({ status: response.statusCode ?? 0, body });
    });
    sent.on('error', reject);
    sent.end();
  });
}

test('a request becomes an event of payload format 1.0', async () => {
  const { status, body } = await raw('/live/things/a%20b%2Fc/?x=1&x=2&y=%C3%BC+1', {
    'tEsT-Header': ['one', 'two'],
    authorization: 'me',
    'user-agent': 'tester',
    'x-forwarded-for': '10.0.0.1',
  });
  expect(status).toBe(200);
  const { requestContext, ...received } = JSON.parse(body);
  const { host, port } = new URL(url);
  expect(received).toEqual({
    resource: '/things/{id}',
    path: '/things/a%20b%2Fc/',
    httpMethod: 'GET',
    headers: {
      'tEsT-Header': 'two',
      Authorization: 'me',
      'User-Agent': 'tester',
      Host: host,
      'X-Forwarded-For': '10.0.0.1, 127.0.0.1',
      'X-Forwarded-Port': port,
      'X-Forwarded-Proto': 'http',
    },
    multiValueHeaders: {
      'tEsT-Header': ['one', 'two'],
      Authorization: ['me'],
      'User-Agent': ['tester'],
      Host: [host],
      'X-Forwarded-For': ['10.0.0.1, 127.0.0.1'],
      'X-Forwarded-Port': [port],
      'X-Forwarded-Proto': ['http'],
    },
    queryStringParameters: { x: '2', y: 'ü 1' },
    multiValueQueryStringParameters: { x: ['1', '2'], y: ['ü 1'] },
    pathParameters: { id: 'a%20b%2Fc' },
    stageVariables: { table: 'T', fn: 'echo' },
    body: null,
    isBase64Encoded: false,
  });
  const requestId = expect.stringMatching(/^[0-9a-f-]{36}$/);
  expect(requestContext).toEqual({
    resourceId: 'thing',
    resourcePath: '/things/{id}',
    httpMethod: 'GET',
    extendedRequestId: requestId,
    requestTime: '01/Jan/2030:00:00:00 +0000',
    path: '/live/things/a%20b%2Fc/',
    accountId: '123456789012',
    protocol: 'HTTP/1.1',
    stage: 'live',
    domainPrefix: 'rest1',
    requestTimeEpoch: START,
    requestId,
    identity: {
      cognitoIdentityPoolId: null,
      cognitoIdentityId: null,
      cognitoAuthenticationType: null,
      cognitoAuthenticationProvider: null,
      principalOrgId: null,
      accountId: null,
      caller: null,
      user: null,
      userArn: null,
      accessKey: null,
      sourceIp: '127.0.0.1',
      userAgent: 'tester',
    },
    domainName: host,
    deploymentId: 'd1',
    apiId: 'rest1',
  });
});

test('what a request has not is null, and the method’s operation is named', async () => {
  expect(await event('/live/things/special')).toMatchObject({
    queryStringParameters: null,
    multiValueQueryStringParameters: null,
    pathParameters: null,
    requestContext: { operationName: 'GetSpecial' },
  });
});

test('the resource is chosen by the path, static before variable before greedy, and then the method', async () => {
  expect((await event('/live/things/special')).resource).toBe('/things/special');
  expect((await event('/live/things/other')).resource).toBe('/things/{id}');
  expect((await event('/live/things/a/b/')).pathParameters).toEqual({ proxy: 'things/a/b' });
  const unknown = [403, 'MissingAuthenticationTokenException', '{"message":"Missing Authentication Token"}'];
  expect(await error(await ask('/live/things/special', { method: 'POST' }))).toEqual(unknown);
  expect(await error(await ask('/live'))).toEqual(unknown);
  expect(await error(await ask('/live/things', { method: 'POST' }))).toEqual(unknown);
});

test('without the name of a stage nothing is reached', async () => {
  const forbidden = [403, 'ForbiddenException', '{"message":"Forbidden"}'];
  expect(await error(await ask('/things/1'))).toEqual(forbidden);
  expect(await error(await ask('/'))).toEqual(forbidden);
  expect((await raw('/live/%2e%2e/things/1')).status).toBe(403);
  expect((await raw('/live/things/1', { host: 'evil.example' })).status).toBe(403);
  expect((await raw('http://evil.example/live/things/1')).status).toBe(400);
  expect((await raw('/live/things/%E0%A4%A')).status).toBe(200);
});

test('a function says status, headers once or several times, and body', async () => {
  const response = await answering({
    statusCode: '201',
    headers: { 'X-One': true, 'X-Both': 'b', Connection: 'close', Date: 'then' },
    multiValueHeaders: { 'Set-Cookie': ['a=1', 'b=2'], 'X-Both': ['a', 'b'] },
    body: 'text',
  });
  expect([response.status, await response.text()]).toEqual([201, 'text']);
  expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
  expect(Object.fromEntries(response.headers)).toMatchObject({
    'content-type': 'application/json',
    'x-one': 'true',
    'x-both': 'a, b',
    'x-amzn-remapped-connection': 'close',
    'x-amzn-remapped-date': 'then',
    'x-amzn-requestid': expect.any(String),
  });
  expect([(await answering({})).status, (await answering({ body: null, headers: null })).status]).toEqual([200, 200]);
});

test.each([
  ['a text'],
  [null],
  [{ message: 'no answer' }],
  [{ statusCode: 200, cookies: ['a=1'] }],
  [{ statusCode: 'many' }],
  [{ statusCode: 200, body: { not: 'text' } }],
  [{ statusCode: 200, headers: { a: { b: 1 } } }],
  [{ statusCode: 200, headers: { 'x-break': 'a\r\nset-cookie: b' } }],
  [{ statusCode: 200, multiValueHeaders: { a: 'no list' } }],
])('a malformed result, %j, is a 502, and said', async (answer) => {
  expect(await error(await answering(answer))).toEqual([
    502,
    'InternalServerErrorException',
    '{"message": "Internal server error"}',
  ]);
  expect(warnings).toEqual([expect.stringContaining('Malformed Lambda proxy response')]);
});

test('an error of the function is a 502, no function a 500, and a slow one a 504', async () => {
  const server = 'InternalServerErrorException';
  const failed = '{"message": "Internal server error"}';
  expect(await error(await ask('/live/things/1?answer=fail'))).toEqual([502, server, failed]);
  put('special', 'PATCH', proxy({ functionArn: functionArn.replace('echo', 'nobody') }));
  expect(await error(await ask('/live/things/special', { method: 'PATCH' }))).toEqual([500, server, failed]);
  put('special', 'PATCH', proxy({ timeoutMs: 50 }));
  const late = await ask('/live/things/special?answer=late', { method: 'PATCH' });
  expect(await error(late)).toEqual([504, server, '{"message": "Endpoint request timed out"}']);
  await parts.work.idle();
});

test('a stage’s variable may name the function', async () => {
  put('special', 'PATCH', proxy({ functionArn: functionArn.replace('echo', '${stageVariables.fn}') }));
  expect((await event('/live/things/special', { method: 'PATCH' })).httpMethod).toBe('PATCH');
});

test('bodies of binary types are base64 for the function, and answers for who accepts them', async () => {
  const bytes = Buffer.from([0, 255]);
  const send = (type: string) =>
    event('/live/things/1', { method: 'POST', body: bytes, headers: { 'content-type': type } });
  expect(await send('image/png')).toMatchObject({ body: 'AP8=', isBase64Encoded: true });
  expect(await send('text/plain')).toMatchObject({ body: '\0\ufffd', isBase64Encoded: false });
  const answer = { statusCode: 200, body: 'AP8=', isBase64Encoded: true };
  const accepted = await answering(answer, { accept: 'image/webp, */*' });
  expect(Buffer.from(await accepted.arrayBuffer())).toEqual(bytes);
  expect(await (await answering(answer, { accept: 'text/html, image/png' })).text()).toBe('AP8=');
});

test('HEAD gets the headers alone, and a body over 10 MB is too long', async () => {
  const head = await ask('/live/things/1', { method: 'HEAD' });
  expect([head.status, await head.text()]).toEqual([200, '']);
  expect(Number(head.headers.get('content-length'))).toBeGreaterThan(0);
  const large = await ask('/live/things/1', { method: 'POST', body: Buffer.alloc(10 * 1024 * 1024 + 1) });
  expect([large.status, await large.json()]).toEqual([413, { message: 'Request Too Long' }]);
});

test('AWS_IAM lets in who signs with the key of the identity, and says as REST APIs do what is wrong', async () => {
  const { hostname, port, host } = new URL(url);
  const { accessKeyId, secretAccessKey } = parts.identity;
  const get = async (credentials: object = {}, service = 'execute-api') => {
    const signer = new SignatureV4({
      service,
      region: 'us-east-1',
      credentials: { accessKeyId, secretAccessKey, ...credentials },
      sha256: Sha256,
    });
    const target = { method: 'GET', protocol: 'http:', hostname, port: Number(port), path: '/live/things' };
    const { headers } = await signer.sign({ ...target, headers: { host } });
    return ask('/live/things', { headers });
  };
  const allowed = (await (await get()).json()) as { requestContext: { identity: object } };
  expect(allowed.requestContext.identity).toMatchObject({
    accessKey: accessKeyId,
    accountId: '123456789012',
    userArn: 'arn:aws:iam::123456789012:root',
  });
  const refused = await Promise.all([
    ask('/live/things'),
    ask('/live/things', { headers: { authorization: 'Bearer x' } }),
    get({ accessKeyId: 'AKIDOTHER' }),
    get({ secretAccessKey: 'wrong' }),
  ]);
  expect(refused.map((response) => [response.status, response.headers.get('x-amzn-errortype')])).toEqual([
    [403, 'MissingAuthenticationTokenException'],
    [403, 'IncompleteSignatureException'],
    [403, 'UnrecognizedClientException'],
    [403, 'InvalidSignatureException'],
  ]);
  expect(await refused[0]?.json()).toEqual({ message: 'Missing Authentication Token' });
});

test('a method that is not run says so, and its resource’s ANY does not stand in for it', async () => {
  const response = await ask('/live/things/1', { method: 'PUT' });
  expect([response.status, await response.json()]).toEqual([
    501,
    { message: 'The local cloud does not run this method: integrations of the type HTTP.' },
  ]);
});

test('a mock’s templates say its status and its answer', async () => {
  const options = (query = '') =>
    ask(`/live/things${query}`, { method: 'OPTIONS', headers: { origin: 'https://b.example' } });
  const plain = await options();
  expect([plain.status, plain.headers.get('x-own'), await plain.text()]).toEqual([204, 'a', '']);
  put(
    'things',
    'OPTIONS',
    mock({
      requestTemplates: {
        'application/json': parseTemplate(`{"statusCode": #if($input.params('bad') == "yes")422#{else}200#end}`),
      },
      responses: [
        responding({ selectionPattern: '4\\d\\d', status: 400, body: '{"bad": "$input.params().querystring"}' }),
        responding({
          headers: {
            'x-table': { kind: 'stageVariables', name: 'table' },
            'x-no': { kind: 'stageVariables', name: 'no' },
            'x-path': { kind: 'context', name: 'resourcePath' },
            'x-over': { kind: 'literal', text: 'mapped' },
          },
          body: `{"a":1}#set($context.responseOverride.header.X-Over = ["$input.params('origin')", "2"])#set($context.responseOverride.status = 203)`,
        }),
      ],
    }),
  );
  const [good, bad] = [await options(), await options('?bad=yes')];
  expect([good.status, await good.json(), Object.fromEntries(good.headers)]).toEqual([
    203,
    { a: 1 },
    expect.objectContaining({ 'x-over': 'https://b.example, 2', 'x-table': 'T', 'x-path': '/things' }),
  ]);
  expect(good.headers.has('x-no')).toBe(false);
  expect([bad.status, await bad.json()]).toEqual([400, { bad: '{bad=yes}' }]);
});

test.each([
  [
    'sets an override twice',
    '#set($context.responseOverride.status = 201)#set($context.responseOverride.status = 202)',
  ],
  ['overrides the status by none', '#set($context.responseOverride.status = "many")'],
  ['overrides a header by what cannot be sent', '#set($context.responseOverride.header.x = "a\nb: c")'],
  ['fails in a call', '$input.body.substring(99)'],
])('a template that %s is a 500, and said', async (_what, body) => {
  put('things', 'PATCH', mock({ responses: [responding({ body })] }));
  const response = await ask('/live/things', { method: 'PATCH' });
  expect([response.status, await response.text()]).toEqual([500, '{"message": "Internal server error"}']);
  expect(warnings).toEqual([expect.stringContaining('PATCH /things: Execution failed due to configuration error')]);
});

describe('a function that is no proxy', () => {
  const call = (more: Partial<FunctionCall> = {}): FunctionCall => ({
    ...mock(),
    type: 'FUNCTION',
    functionArn,
    timeoutMs: 29_000,
    requestTemplates: {},
    parameters: { header: {}, querystring: {}, path: {} },
    contentHandling: undefined,
    responses: [responding({ body: "$input.path('$.body')$input.path('$.errorMessage')" })],
    ...more,
  });
  const patch = async (integration: FunctionCall, init: RequestInit = {}) => {
    put('special', 'PATCH', integration);
    const response = await ask('/live/things/special', { method: 'PATCH', ...init });
    return [response.status, Buffer.from(await response.arrayBuffer()).toString()];
  };
  const png = { body: Buffer.from([0, 255]), headers: { 'content-type': 'image/png' } };

  test('gets the body as it is, or what templates and conversions make of it', async () => {
    expect(await patch(call(), { body: '{"a":1}' })).toEqual([200, '{"a":1}']);
    expect(await patch(call())).toEqual([200, '{}']);
    const requestTemplates = { 'image/png': parseTemplate('{"bytes": "$input.body"}') };
    expect(await patch(call({ requestTemplates, contentHandling: 'CONVERT_TO_TEXT' }), png)).toEqual([
      200,
      '{"bytes":"AP8="}',
    ]);
    const text = { body: Buffer.from('{"a":2}').toString('base64'), headers: { 'content-type': 'text/plain' } };
    expect(await patch(call({ contentHandling: 'CONVERT_TO_BINARY' }), text)).toEqual([200, '{"a":2}']);
  });

  test('answers bytes of a text in base64', async () => {
    put('special', 'PATCH', call({ responses: [responding({ body: 'AP8=', contentHandling: 'CONVERT_TO_BINARY' })] }));
    const response = await ask('/live/things/special', { method: 'PATCH' });
    expect(Buffer.from(await response.arrayBuffer())).toEqual(Buffer.from([0, 255]));
  });

  test('is not waited for where its event is mapped to be one', async () => {
    const header = { 'X-Amz-Invocation-Type': { kind: 'literal', text: 'Event' } } as const;
    const responses = [responding({ body: '[$input.body]' })];
    const answer = await patch(call({ parameters: { header, querystring: {}, path: {} }, responses }), { body: '{}' });
    expect(answer).toEqual([200, '[{}]']);
    await parts.work.idle();
  });

  test('must be there, in time, and get JSON', async () => {
    const failed = [500, '{"message": "Internal server error"}'];
    expect(await patch(call({ functionArn: functionArn.replace('echo', 'nobody') }))).toEqual(failed);
    expect(warnings).toEqual([expect.stringContaining('Lambda invocation failed: Function not found')]);
    expect(await patch(call(), { body: 'a=b' })).toEqual([
      400,
      expect.stringMatching(/^{"message":"Could not parse request body into json: /),
    ]);
    const late = { body: '{"queryStringParameters": {"answer": "late"}}' };
    expect(await patch(call({ timeoutMs: 50 }), late)).toEqual([504, '{"message": "Endpoint request timed out"}']);
    await parts.work.idle();
  });
});

test.each([
  ['no template, and no status in the body', mock({ requestTemplates: {} }), '', 500],
  ['no template, and a status in the body', mock({ requestTemplates: {} }), '{"statusCode": 200}', 204],
  ['another type', mock(), 'statusCode: 200', 204],
  ['another type where only templates pass', mock({ passthrough: 'WHEN_NO_TEMPLATES' }), '', 415],
  ['no template where nothing passes', mock({ requestTemplates: {}, passthrough: 'NEVER' }), '', 415],
  ['no response for the status', mock({ responses: [] }), 'statusCode: 200', 500],
])('a mock with %s', async (_what, integration, body, status) => {
  put('things', 'PATCH', integration);
  const headers = { 'content-type': 'text/plain' };
  expect((await ask('/live/things', { method: 'PATCH', body, headers })).status).toBe(status);
});

test('the API is listed under its stage, and without one when it has several', async () => {
  expect(servers.apis()).toEqual([{ id: 'rest1', name: 'Rest', url: `${url}/live` }]);
  apis.putStage('rest1', { name: 'test', deploymentId: 'd1', variables: {} });
  expect(servers.apis()).toEqual([{ id: 'rest1', name: 'Rest', url }]);
  expect(await event('/test/things/1')).toMatchObject({ stageVariables: null, requestContext: { stage: 'test' } });
});
