import { ApiServers } from '../../../local/services/apigateway/servers';
import { HttpApiService } from '../../../local/services/apigateway/service';
import type { HttpRouteSpec } from '../../../local/services/apigateway/spec';
import { makeLambda, makeParts } from '../lambda/local-cloud';
import { capturedWarnings } from './warnings';

/** Routes with Lambda authorizers, whose function answers what the header says, and counts how often it is asked. */
const parts = makeParts();
const { define, cleanUp } = makeLambda(parts);
const servers = new ApiServers(parts);
const apis = new HttpApiService(parts, servers);
let url = '';
const warnings = capturedWarnings();
const API = 'arn:aws:execute-api:us-east-1:123456789012:auth1';

beforeAll(async () => {
  const { arn: functionArn } = await define('exports.handler = async (event) => event.requestContext.authorizer');
  const { arn: asked } = await define(
    `let asked = 0;
    exports.handler = async (event) => {
      asked += 1;
      const answer = JSON.parse(event.headers['x-answer'] ?? '{"isAuthorized":true}');
      if (answer === 'fail') throw new Error(event.headers['x-error']);
      return typeof answer === 'object' && answer ? { context: { asked, event }, ...answer } : answer;
    };`,
    { name: 'authorizer' },
  );
  ({ url } = await apis.create({ id: 'auth1', name: 'Authorized' }));
  apis.putStage('auth1', 'live');
  const route = (routeKey: string, more: object = {}) => {
    const authorization: HttpRouteSpec['authorization'] = {
      type: 'CUSTOM',
      authorizerId: 'plain',
      functionArn: asked,
      payloadFormatVersion: '2.0',
      simpleResponses: true,
      identitySources: ['$request.header.Authorization'],
      ttlSeconds: 0,
      ...more,
    };
    apis.putRoute('auth1', {
      routeKey,
      integration: { type: 'LAMBDA', functionArn, timeoutMs: 30_000 },
      authorization,
    });
  };
  route('ANY /simple/{id}');
  route('GET /policy/{id}', { simpleResponses: false });
  route('GET /former/{id}', { simpleResponses: false, payloadFormatVersion: '1.0' });
  route('GET /kept/{id}', { authorizerId: 'kept', ttlSeconds: 300, simpleResponses: false });
  const perRoute = {
    authorizerId: 'per-route',
    ttlSeconds: 300,
    identitySources: ['$request.querystring.who', '$context.routeKey'],
  };
  route('GET /one', perRoute);
  route('GET /two', perRoute);
});

afterAll(async () => {
  await servers.stop();
  await cleanUp();
  await parts.close();
});

async function visit(path: string, headers: Record<string, string> = {}) {
  const response = await fetch(`${url}${path}`, { headers: { authorization: 'me', ...headers } });
  return { status: response.status, body: (await response.json()) as { lambda: { asked: number; event: object } } };
}

const answering = (answer: unknown, path = '/simple/1', headers: Record<string, string> = {}) =>
  visit(path, { ...headers, 'x-answer': JSON.stringify(answer) });

const policy = (...statements: object[]) => ({ principalId: 'p', policyDocument: { Statement: statements } });
const statement = (Effect: string, Resource: string | string[], Action: string | string[] = 'execute-api:Invoke') => ({
  Effect,
  Resource,
  Action,
});

test('the function gets an event of payload format 2.0, and its context reaches the route’s function', async () => {
  const { status, body } = await visit('/live/simple/a%20b?x=1', { cookie: 'a=b', 'x-more': 'm' });
  expect(status).toBe(200);
  expect(body.lambda).toEqual({
    asked: expect.any(Number),
    event: {
      version: '2.0',
      type: 'REQUEST',
      routeArn: `${API}/live/GET/simple/a%20b`,
      identitySource: ['me'],
      routeKey: 'ANY /simple/{id}',
      rawPath: '/live/simple/a b',
      rawQueryString: 'x=1',
      cookies: ['a=b'],
      headers: expect.objectContaining({ authorization: 'me', 'x-more': 'm' }),
      queryStringParameters: { x: '1' },
      pathParameters: { id: 'a b' },
      requestContext: expect.objectContaining({
        accountId: '123456789012',
        apiId: 'auth1',
        http: expect.objectContaining({ method: 'GET', path: '/live/simple/a b' }),
        routeKey: 'ANY /simple/{id}',
        stage: 'live',
      }),
    },
  });
});

test('the function gets an event of payload format 1.0', async () => {
  const answer = policy(statement('Allow', '*'));
  const { body } = await answering(answer, '/former/7?y=2');
  expect(body.lambda).toMatchObject({
    event: {
      version: '1.0',
      type: 'REQUEST',
      methodArn: `${API}/$default/GET/former/7`,
      identitySource: 'me',
      authorizationToken: 'me',
      resource: '/former/{id}',
      path: '/former/7',
      httpMethod: 'GET',
      queryStringParameters: { y: '2' },
      pathParameters: { id: '7' },
      requestContext: { stage: '$default', resourcePath: '/former/{id}', identity: { sourceIp: expect.any(String) } },
    },
  });
});

test.each<[string, unknown, string, number]>([
  ['yes', { isAuthorized: true }, '/simple/1', 200],
  ['no', { isAuthorized: false }, '/simple/1', 403],
  ['a text for yes', { isAuthorized: 'true' }, '/simple/1', 500],
  ['a policy for yes', policy(statement('Allow', '*')), '/simple/1', 500],
  ['nothing', null, '/simple/1', 500],
  ['a list', [true], '/policy/1', 500],
  ['yes for a policy', { isAuthorized: true }, '/policy/1', 500],
  ['a policy of everything', policy(statement('Allow', '*', '*')), '/policy/1', 200],
  ['a policy of this request', policy(statement('Allow', `${API}/$default/GET/policy/1`)), '/policy/1', 200],
  ['a policy of another', policy(statement('Allow', `${API}/$default/GET/policy/12`)), '/policy/1', 403],
  ['a policy of one character more', policy(statement('Allow', `${API}/*/GET/policy/1?`)), '/policy/1', 403],
  ['a policy of one character', policy(statement('Allow', ['x', `${API}/*/GET/policy/?`])), '/policy/1', 200],
  ['a policy of another method', policy(statement('Allow', `${API}/*/POST/*`)), '/policy/1', 403],
  ['a policy of another action', policy(statement('Allow', '*', 's3:*')), '/policy/1', 403],
  ['a policy that denies', policy(statement('Deny', '*')), '/policy/1', 403],
  ['one that denies a part', policy(statement('Allow', '*'), statement('Deny', '*/policy/1')), '/policy/1', 403],
  ['one that denies another part', policy(statement('Allow', '*'), statement('Deny', '*/policy/2')), '/policy/1', 200],
  ['a policy without statements', policy(), '/policy/1', 403],
  ['a policy with a condition', policy({ ...statement('Allow', '*'), Condition: {} }), '/policy/1', 500],
  ['a policy without an effect', policy({ Action: '*', Resource: '*' }), '/policy/1', 500],
  ['a policy without resources', policy({ Effect: 'Allow', Action: '*' }), '/policy/1', 500],
  ['a policy without a principal', { policyDocument: { Statement: [] } }, '/policy/1', 500],
])('when it answers %s, the caller gets the right answer', async (_, answer, path, status) => {
  const { body, ...got } = await answering(answer, path);
  expect(got.status).toBe(status);
  expect(warnings).toHaveLength(status === 500 ? 1 : 0);
  if (status !== 200) expect(body).toEqual({ message: status === 403 ? 'Forbidden' : 'Internal Server Error' });
});

test('without its identity the caller is not authorized, and the function not asked', async () => {
  const before = (await visit('/simple/1')).body.lambda;
  expect(await visit('/simple/1', { authorization: '' })).toEqual({ status: 401, body: { message: 'Unauthorized' } });
  const after = (await visit('/simple/1')).body.lambda;
  expect(after.asked).toBe(before.asked + 1);
});

test('a function that fails with Unauthorized says just that; any other failure is an error', async () => {
  expect((await answering('fail', '/simple/1', { 'x-error': 'Unauthorized' })).status).toBe(401);
  expect((await answering('fail', '/simple/1', { 'x-error': 'broken' })).status).toBe(500);
});

test('a failure is not kept', async () => {
  const identity = { authorization: 'carl' };
  expect((await answering(policy({ Effect: 'Perhaps' }), '/kept/1', identity)).status).toBe(500);
  expect((await answering(policy(statement('Allow', '*')), '/kept/1', identity)).status).toBe(200);
});

test('an answer is kept for its time, by the identity alone, and held against each request', async () => {
  const answer = policy(statement('Allow', `${API}/*/GET/kept/1`));
  const first = await answering(answer, '/kept/1', { authorization: 'ada' });
  expect(first.status).toBe(200);
  expect(await answering(policy(), '/kept/1', { authorization: 'ada' })).toEqual(first);
  expect((await answering(policy(statement('Allow', '*')), '/kept/2', { authorization: 'ada' })).status).toBe(403);
  expect((await answering(policy(), '/kept/1', { authorization: 'bob' })).status).toBe(403);
  await parts.clock.advanceBy(299_000);
  expect((await answering(policy(), '/kept/1', { authorization: 'ada' })).status).toBe(200);
  await parts.clock.advanceBy(1_000);
  expect((await answering(policy(), '/kept/1', { authorization: 'ada' })).status).toBe(403);
});

test('with the route among the identity sources, answers are kept for each route', async () => {
  expect((await answering({ isAuthorized: true }, '/one?who=a')).status).toBe(200);
  expect((await answering({ isAuthorized: false }, '/one?who=a')).status).toBe(200);
  expect((await answering({ isAuthorized: false }, '/two?who=a')).status).toBe(403);
  expect((await visit('/one')).status).toBe(401);
});
