import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { LocalCloud, task } from './local-cloud';

let cloud: LocalCloud;
let api: Server;
let host: string;
let seen: Array<{ method?: string; url?: string; headers: Record<string, unknown>; body: string }>;
let answer: { status: number; type: string; body: string };

beforeEach(async () => {
  cloud = new LocalCloud();
  seen = [];
  answer = { status: 200, type: 'application/json', body: '{"ok":true}' };
  api = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    seen.push({ method: request.method, url: request.url, headers: request.headers, body });
    response.writeHead(answer.status, { 'content-type': answer.type }).end(answer.body);
  });
  await new Promise<void>((resolve) => api.listen(0, '127.0.0.1', resolve));
  host = `127.0.0.1:${(api.address() as AddressInfo).port}`;
});
afterEach(async () => {
  await cloud.close();
  api.closeAllConnections();
  await new Promise((resolve) => api.close(resolve));
});

const invoke = (parameters: object, suffix = '', state: object = {}) =>
  cloud.run(task(`arn:aws:states:::apigateway:invoke${suffix}`, { ApiEndpoint: host, ...parameters }, state));

it('calls an API and answers what it answered', async () => {
  const { output } = await invoke({
    Method: 'POST',
    Stage: 'dev',
    Path: 'loans',
    Headers: { 'X-Own': ['a', 'b'] },
    QueryParameters: { branch: ['north', 'south'] },
    RequestBody: { id: 1, note: null, list: [null, 2] },
  });
  expect(seen).toEqual([
    {
      method: 'POST',
      url: '/dev/loans?branch=north&branch=south',
      headers: expect.objectContaining({ 'x-own': 'a, b', 'content-type': 'application/json' }),
      body: '{"id":1,"list":[2]}',
    },
  ]);
  expect(JSON.parse(output)).toEqual({
    Headers: expect.objectContaining({ 'Content-Type': ['application/json'] }),
    ResponseBody: { ok: true },
    StatusCode: 200,
    StatusText: 'OK',
  });
});

it('keeps nulls if it is told to, and texts as they are', async () => {
  await invoke({ Method: 'PUT', RequestBody: { note: null }, AllowNullValues: true });
  await cloud.run(
    task('arn:aws:states:::apigateway:invoke', { ApiEndpoint: host, Method: 'PATCH', RequestBody: 'text' }),
    {},
    'text',
  );
  expect(seen.map(({ body }) => body)).toEqual(['{"note":null}', 'text']);
});

it('signs for APIs that ask for it', async () => {
  await invoke({ Method: 'GET', AuthType: 'IAM_ROLE' });
  expect(seen[0]?.headers.authorization).toMatch(/^AWS4-HMAC-SHA256 Credential=local\/\d+\/us-east-1\/execute-api\//);
});

it('fails with the status, and with what the API said as the cause', async () => {
  answer = { status: 403, type: 'application/json', body: '{"message":"Forbidden"}' };
  expect(await invoke({ Method: 'GET' })).toMatchObject({ error: 'ApiGateway.403', cause: '{"message":"Forbidden"}' });
});

it('fails, catchably, where nobody answers', async () => {
  const parameters = { ApiEndpoint: 'localhost:1', Method: 'GET' };
  expect(await invoke(parameters)).toMatchObject({
    error: 'ApiGateway.SdkClientException',
    cause: expect.stringMatching(/^Unable to execute HTTP request: /),
  });
});

it('waits for a token that went along', async () => {
  const { executionArn, status } = await invoke(
    { Method: 'POST', RequestBody: { token: '{% $states.context.Task.Token %}' } },
    '.waitForTaskToken',
  );
  expect(status).toBe('RUNNING');
  const { token } = JSON.parse(seen[0]?.body ?? '');
  await cloud.call('SendTaskSuccess', { taskToken: token, output: '"done"' });
  await cloud.work.idle();
  expect(await cloud.call('DescribeExecution', { executionArn })).toMatchObject({
    status: 'SUCCEEDED',
    output: '"done"',
  });
});

it.each([
  [{ Method: 'FETCH' }, "The value 'FETCH' of the field 'Method'"],
  [{ Method: 'GET', AuthType: 'NONE' }, "The value 'NONE' of the field 'AuthType'"],
  [{ Method: 'GET', Headers: { Host: ['x'] } }, "The header 'Host' is not allowed"],
  [{ Method: 'GET', ApiEndpoint: 'a b' }, "The value 'a b' of the field 'ApiEndpoint' is no host"],
])('refuses %j', async (parameters, cause) => {
  expect(await invoke(parameters)).toMatchObject({ error: 'States.Runtime', cause: expect.stringContaining(cause) });
  expect(seen).toEqual([]);
});
