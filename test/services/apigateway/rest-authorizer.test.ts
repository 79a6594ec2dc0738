import { RestApiService } from '../../../local/services/apigateway/rest/service';
import type { CustomAuthorization } from '../../../local/services/apigateway/rest/spec';
import { ApiServers } from '../../../local/services/apigateway/servers';
import { makeLambda, makeParts } from '../lambda/local-cloud';
import { capturedWarnings } from './warnings';

/** Methods with authorizers, whose function answers what the token says, and counts how often it is asked. */
const parts = makeParts();
const { define, cleanUp } = makeLambda(parts);
const servers = new ApiServers(parts);
const apis = new RestApiService(parts, servers);
const API = 'arn:aws:execute-api:us-east-1:123456789012:guarded';
let url = '';
const warnings = capturedWarnings();

beforeAll(async () => {
  const { arn: functionArn } = await define(
    'exports.handler = async (event) => ({ body: JSON.stringify(event.requestContext.authorizer) })',
  );
  const { arn: guard } = await define(
    `let asked = 0;
    exports.handler = async (event) => {
      asked += 1;
      const said = event.authorizationToken ?? event.headers.Authorization;
      if (said === 'Unauthorized' || said === 'fail') throw new Error(said);
      const { effect = 'Allow', resource = '*', ...more } = JSON.parse(said);
      const Statement = [{ Effect: effect, Action: 'execute-api:Invoke', Resource: resource }];
      const context = { asked, yes: true, none: null, event: JSON.stringify(event) };
      return { principalId: 'p', policyDocument: { Version: '2012-10-17', Statement }, context, ...more };
    };`,
    { name: 'guard' },
  );
  const spec = { id: 'guarded', name: 'Guarded', rootResourceId: 'root', binaryMediaTypes: [] };
  ({ url } = await apis.create(spec));
  for (const name of ['live', 'test']) apis.putStage('guarded', { name, deploymentId: 'd', variables: { who: name } });
  const method = (path: string, more: Partial<CustomAuthorization>) => {
    const authorization: CustomAuthorization = {
      type: 'CUSTOM',
      authorizerId: path,
      kind: 'REQUEST',
      functionArn: guard,
      identitySources: ['method.request.header.Authorization'],
      ttlSeconds: 0,
      ...more,
    };
    apis.putResource('guarded', { id: path, parentId: 'root', pathPart: path });
    apis.putResource('guarded', { id: `${path}-one`, parentId: path, pathPart: '{id}' });
    const integration = { type: 'AWS_PROXY', functionArn, timeoutMs: 29_000 } as const;
    apis.putMethod('guarded', `${path}-one`, 'ANY', { integration, authorization });
  };
  method('token', { kind: 'TOKEN' });
  method('request', {});
  method('kept', { kind: 'TOKEN', ttlSeconds: 300 });
  method('several', {
    identitySources: ['method.request.querystring.q', 'stageVariables.who', 'context.identity.sourceIp'],
  });
  method('strange', { identitySources: ['context.identity'] });
});

afterAll(async () => {
  await servers.stop();
  await cleanUp();
  await parts.close();
});

async function ask(path: string, said: unknown = {}) {
  const authorization = typeof said === 'string' ? said : JSON.stringify(said);
  const response = await fetch(`${url}${path}`, { headers: { authorization, 'x-own': 'v' } });
  const body = (await response.json()) as Record<string, string>;
  return { status: response.status, type: response.headers.get('x-amzn-errortype'), body };
}

test('the function gets a token and the method, and what it tells of the caller reaches the method’s, as texts', async () => {
  const { body } = await ask('/live/token/a%20b');
  expect(body).toEqual({
    principalId: 'p',
    asked: expect.stringMatching(/^\d+$/),
    yes: 'true',
    none: null,
    integrationLatency: 0,
    event: expect.any(String),
  });
  expect(JSON.parse(body.event as string)).toEqual({
    type: 'TOKEN',
    methodArn: `${API}/live/GET/token/a%20b`,
    authorizationToken: '{}',
  });
});

test('or it gets the request', async () => {
  const { body } = await ask('/test/request/7?x=1');
  expect(JSON.parse(body.event as string)).toMatchObject({
    type: 'REQUEST',
    methodArn: `${API}/test/GET/request/7`,
    resource: '/request/{id}',
    path: '/request/7',
    httpMethod: 'GET',
    headers: { Authorization: '{}', 'x-own': 'v' },
    multiValueHeaders: { 'x-own': ['v'] },
    queryStringParameters: { x: '1' },
    pathParameters: { id: '7' },
    stageVariables: { who: 'test' },
    requestContext: { stage: 'test', resourcePath: '/request/{id}', apiId: 'guarded' },
  });
  expect(JSON.parse((await ask('/live/request/7')).body.event as string).queryStringParameters).toEqual({});
});

const DENIED = 'User is not authorized to access this resource';

test.each([
  [
    'a policy that denies',
    { effect: 'Deny' },
    403,
    'AccessDeniedException',
    { Message: `${DENIED} with an explicit deny` },
  ],
  [
    'a policy of something else',
    { resource: `${API}/live/GET/other` },
    403,
    'AccessDeniedException',
    { Message: DENIED },
  ],
  ['Unauthorized', 'Unauthorized', 401, 'UnauthorizedException', { message: 'Unauthorized' }],
  ['an error', 'fail', 500, 'AuthorizerConfigurationException', { message: null }],
  ['no principal', { principalId: null }, 500, 'AuthorizerConfigurationException', { message: null }],
  ['a context with objects', { context: { a: {} } }, 500, 'AuthorizerConfigurationException', { message: null }],
])('when it answers %s, the caller is not let in', async (_what, said, status, type, body) => {
  for (const path of ['/live/token/1', '/live/request/1'])
    expect(await ask(path, said)).toEqual({ status, type, body });
});

test('without its identity the caller is not authorized, wherever that is looked for', async () => {
  expect((await ask('/live/several/1')).status).toBe(401);
  expect((await ask('/live/several/1?q=')).status).toBe(401);
  expect((await ask('/live/several/1?q=me')).status).toBe(200);
  expect((await ask('/live/strange/1')).status).toBe(401);
  expect((await fetch(`${url}/live/token/1`)).status).toBe(401);
  expect(warnings).toEqual([]);
});

test('an answer is kept for its time, by stage and identity, and held against each request', async () => {
  const only = { resource: `${API}/live/GET/kept/1` };
  const times = async (path: string) => (await ask(path, only)).body.asked;
  const first = await times('/live/kept/1');
  expect(await times('/live/kept/1')).toBe(first);
  expect((await ask('/live/kept/2', only)).status).toBe(403);
  expect((await ask('/test/kept/1', only)).status).toBe(403);
  await parts.clock.advanceBy(300_000);
  expect(Number(await times('/live/kept/1'))).toBeGreaterThan(Number(first));
});
