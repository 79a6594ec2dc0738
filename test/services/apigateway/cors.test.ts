import { Cloud } from '../../../local/assembly/cloud';
import { ApiServers } from '../../../local/services/apigateway/servers';
import { HttpApiService } from '../../../local/services/apigateway/service';
import { writeAssembly } from '../../assembly/synthesize';
import { makeLambda, makeParts } from '../lambda/local-cloud';

const SHOP = 'https://shop.example';
const cors = {
  allowOrigins: [SHOP, 'http://*'],
  allowMethods: ['GET', 'POST'],
  allowHeaders: ['authorization', 'content-type'],
  exposeHeaders: ['x-number'],
  allowCredentials: true,
  maxAge: 300,
};

const parts = makeParts();
const { define, cleanUp } = makeLambda(parts);
const servers = new ApiServers(parts);
const apis = new HttpApiService(parts, servers);
let url = '';

beforeAll(async () => {
  const { arn } = await define(`exports.handler = async ({ routeKey }) => ({
    statusCode: 200, body: routeKey,
    headers: { 'x-number': '5', 'Access-Control-Allow-Origin': 'https://own.example', 'Access-Control-Max-Age': '1' },
  })`);
  ({ url } = await apis.create({ id: 'cors', name: 'Cors' }));
  apis.configureCors('cors', cors);
  const integration = { type: 'LAMBDA', functionArn: arn, timeoutMs: 30_000 } as const;
  const route = (routeKey: string, type: 'NONE' | 'AWS_IAM') =>
    apis.putRoute('cors', { routeKey, integration, authorization: { type } });
  route('POST /items', 'AWS_IAM');
  route('GET /items', 'NONE');
  route('ANY /guarded', 'AWS_IAM');
  route('OPTIONS /own', 'NONE');
});

afterAll(async () => {
  await servers.stop();
  await cleanUp();
  await parts.close();
});

async function ask(method: string, path: string, headers: Record<string, string> = {}) {
  const response = await fetch(`${url}${path}`, { method, headers });
  const said = [...response.headers].filter(([name]) => /^access-control-|^content-/.test(name));
  return { status: response.status, body: await response.text(), headers: Object.fromEntries(said) };
}

const preflight = (path: string, origin: string) =>
  ask('OPTIONS', path, { origin, 'access-control-request-method': 'POST' });

const allowing = (origin: string) => ({
  'access-control-allow-origin': origin,
  'access-control-allow-credentials': 'true',
});

test('a preflight that no route takes is answered by the API, whatever the routes want of a caller', async () => {
  const allowed = {
    ...allowing(SHOP),
    'access-control-allow-methods': 'GET,POST',
    'access-control-allow-headers': 'authorization,content-type',
    'access-control-max-age': '300',
  };
  expect(await preflight('/items', SHOP)).toEqual({ status: 204, body: '', headers: allowed });
  expect(await preflight('/nowhere', SHOP)).toEqual({ status: 204, body: '', headers: allowed });
  expect((await preflight('/items', 'http://any.example:8080')).headers).toMatchObject(
    allowing('http://any.example:8080'),
  );
});

test('who is not allowed, or sends no preflight, is told nothing of CORS', async () => {
  const nothing = { status: 204, body: '', headers: {} };
  expect(await preflight('/items', 'https://evil.example')).toEqual(nothing);
  expect(await preflight('/items', 'null')).toEqual(nothing);
  expect(await ask('OPTIONS', '/items', { origin: SHOP })).toEqual(nothing);
  expect(await ask('OPTIONS', '/items')).toEqual(nothing);
});

test('a route that takes OPTIONS gets preflights as any request, with its authorization', async () => {
  expect(await preflight('/guarded', SHOP)).toMatchObject({ status: 403 });
  expect(await preflight('/own', SHOP)).toMatchObject({ status: 200, body: 'OPTIONS /own' });
});

test('answers carry the configured headers for an origin that is allowed, and never the function’s own', async () => {
  const type = { 'content-type': 'text/plain; charset=utf-8', 'content-length': '10' };
  const exposed = { ...allowing(SHOP), 'access-control-expose-headers': 'x-number' };
  expect((await ask('GET', '/items', { origin: SHOP })).headers).toEqual({ ...type, ...exposed });
  expect((await ask('GET', '/items', { origin: 'https://evil.example' })).headers).toEqual(type);
  expect((await ask('GET', '/items')).headers).toEqual(type);
  const refused = await ask('POST', '/items', { origin: SHOP });
  expect([refused.status, refused.headers]).toEqual([403, expect.objectContaining(exposed)]);
});

test('without a configuration, OPTIONS is a request like another and the function’s headers are its own', async () => {
  apis.configureCors('cors', undefined);
  try {
    expect(await preflight('/items', SHOP)).toMatchObject({ status: 404 });
    const { headers } = await ask('GET', '/items', { origin: SHOP });
    expect(headers).toMatchObject({ 'access-control-allow-origin': 'https://own.example' });
  } finally {
    apis.configureCors('cors', cors);
  }
});

const deploy = (CorsConfiguration: object) =>
  Cloud.boot({
    assemblyDir: writeAssembly(
      'Web',
      { Api: { Type: 'AWS::ApiGatewayV2::Api', Properties: { Name: 'web', ProtocolType: 'HTTP', CorsConfiguration } } },
      { Url: { Value: { 'Fn::GetAtt': ['Api', 'ApiEndpoint'] } } },
    ),
  });

test('a template configures it', async () => {
  const cloud = await deploy({ AllowOrigins: ['*', 'https://*.shop.example'], AllowMethods: ['*'], MaxAge: '60' });
  try {
    expect([cloud.report.ignored, cloud.report.notRun]).toEqual([[], []]);
    expect(cloud.report.warnings).toMatchObject([
      { message: expect.stringContaining('The origin https://*.shop.example allows nobody') },
    ]);
    const answer = await fetch(`${cloud.outputs.Web?.Url}/x`, {
      method: 'OPTIONS',
      headers: { origin: SHOP, 'access-control-request-method': 'PUT' },
    });
    expect([...answer.headers].filter(([name]) => name.startsWith('access-control-'))).toEqual([
      ['access-control-allow-methods', '*'],
      ['access-control-allow-origin', '*'],
      ['access-control-max-age', '60'],
    ]);
  } finally {
    await cloud.stop();
  }
});

test.each([
  [{ AllowOrigins: ['*'], AllowCredentials: true }, "allow-credentials is not supported if 'allow-origin' is *"],
  [{ AllowOrigins: ['shop.example'] }, 'Invalid format for origin shop.example'],
  [{ MaxAge: 86_401 }, 'Invalid max-age 86401: it is a number of seconds from -1 to 86400'],
])('%j is refused', async (configuration, message) => {
  await expect(deploy(configuration)).rejects.toThrow(
    `Web.template.json: Api (AWS::ApiGatewayV2::Api) cannot be deployed: BadRequestException: ${message}`,
  );
});
