import { request as httpRequest } from 'node:http';
import { createServer } from 'node:net';
import { SignatureV4 } from '@smithy/signature-v4';
import { ApiServers, type ApiServersOptions } from '../../../local/services/apigateway/servers';
import { HttpApiService } from '../../../local/services/apigateway/service';
import type { HttpRouteSpec } from '../../../local/services/apigateway/spec';
import type { Parts } from '../../../local/services/parts';
import { makeLambda, makeParts, START } from '../lambda/local-cloud';
import { Sha256 } from './sha256';

const parts = makeParts();
const { define, cleanUp } = makeLambda(parts);
const servers = new ApiServers(parts);
const apis = new HttpApiService(parts, servers);
let url = '';
let functionArn = '';

const route = (
  routeKey: string,
  {
    arn = functionArn,
    timeoutMs = 30_000,
    ...more
  }: Partial<HttpRouteSpec> & { arn?: string; timeoutMs?: number } = {},
): HttpRouteSpec => ({
  routeKey,
  integration: { type: 'LAMBDA', functionArn: arn, timeoutMs },
  authorization: { type: 'NONE' },
  ...more,
});

beforeAll(async () => {
  const echo = `exports.handler = async (event) => event.queryStringParameters?.answer
    ? JSON.parse(event.queryStringParameters.answer)
    : { statusCode: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify(event) }`;
  ({ arn: functionArn } = await define(echo));
  ({ url } = await apis.create({ id: 'abc123', name: 'Test' }));
  apis.putRoute('abc123', route('ANY /things/{id}'));
  apis.putRoute('abc123', route('GET /signed', { authorization: { type: 'AWS_IAM' } }));
});

afterAll(async () => {
  await servers.stop();
  await cleanUp();
  await parts.close();
});

/** Another cloud's, or the same again. */
function serviceOn(own: Parts, options?: ApiServersOptions): HttpApiService & { stop(): Promise<void> } {
  const placed = new ApiServers(own, options);
  return Object.assign(new HttpApiService(own, placed), { stop: () => placed.stop() });
}

const answering = (answer: unknown) =>
  fetch(`${url}/things/1?answer=${encodeURIComponent(JSON.stringify(answer))}`, { redirect: 'manual' });

test('a request becomes an event of payload format 2.0', async () => {
  const response = await fetch(`${url}/things/a%20b?x=1&x=2&y=%C3%BC&empty=`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', cookie: 'a=1; b=2', 'X-Own': 'v', 'user-agent': 'tester' },
    body: '{"hello":"wörld"}',
  });
  const { headers, ...event } = (await response.json()) as Record<string, Record<string, string>>;
  const host = new URL(url).host;
  expect(event).toEqual({
    version: '2.0',
    routeKey: 'ANY /things/{id}',
    rawPath: '/things/a b',
    rawQueryString: 'x=1&x=2&y=%C3%BC&empty=',
    cookies: ['a=1', 'b=2'],
    queryStringParameters: { x: '1,2', y: 'ü', empty: '' },
    requestContext: {
      accountId: '123456789012',
      apiId: 'abc123',
      domainName: host,
      domainPrefix: 'abc123',
      http: { method: 'POST', path: '/things/a b', protocol: 'HTTP/1.1', sourceIp: '127.0.0.1', userAgent: 'tester' },
      requestId: response.headers.get('apigw-requestid'),
      routeKey: 'ANY /things/{id}',
      stage: '$default',
      time: '01/Jan/2030:00:00:00 +0000',
      timeEpoch: START,
    },
    pathParameters: { id: 'a b' },
    body: '{"hello":"wörld"}',
    isBase64Encoded: false,
  });
  expect(headers).toMatchObject({ 'x-own': 'v', host, 'content-type': 'application/json' });
  expect(headers).not.toHaveProperty('cookie');
});

test.each([
  ['text/plain; charset=utf-8', false],
  ['application/xml', false],
  ['application/x-www-form-urlencoded', true],
  ['application/octet-stream', true],
  [undefined, true],
])('a body of type %s is handed on as base64: %s', async (type, isBase64Encoded) => {
  const response = await fetch(`${url}/things/1`, {
    method: 'PUT',
    body: Buffer.from('a=1'),
    headers: type === undefined ? {} : { 'content-type': type },
  });
  const body = isBase64Encoded ? Buffer.from('a=1').toString('base64') : 'a=1';
  expect(await response.json()).toMatchObject({ body, isBase64Encoded });
});

test('a result with a status code says the whole answer', async () => {
  const response = await answering({
    statusCode: 303,
    headers: { Location: '/x', 'X-Number': 5 },
    cookies: ['a=1', 'b=2; HttpOnly'],
  });
  expect(response.status).toBe(303);
  expect(response.headers.get('location')).toBe('/x');
  expect(response.headers.get('x-number')).toBe('5');
  expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2; HttpOnly']);
});

test('a binary answer is decoded, and text has a type', async () => {
  const binary = await answering({
    statusCode: 200,
    body: Buffer.from([0, 255]).toString('base64'),
    isBase64Encoded: true,
  });
  expect([...new Uint8Array(await binary.arrayBuffer())]).toEqual([0, 255]);
  const text = await answering({ statusCode: 201, body: 'plain' });
  expect([text.status, text.headers.get('content-type'), await text.text()]).toEqual([
    201,
    'text/plain; charset=utf-8',
    'plain',
  ]);
});

test('a result without a status code is the body of a 200', async () => {
  const response = await answering({ a: 1 });
  expect([response.status, response.headers.get('content-type')]).toEqual([200, 'application/json']);
  expect(await response.json()).toEqual({ a: 1 });
});

test.each([
  [{ statusCode: 'many' }],
  [{ statusCode: 99 }],
  [{ statusCode: 200, body: { not: 'text' } }],
  [{ statusCode: 200, headers: { 'x-break': 'a\r\nset-cookie: b' } }],
  [{ statusCode: 200, cookies: ['a\nb'] }],
])('a result that cannot be sent, %j, is a 500', async (answer) => {
  const response = await answering(answer);
  expect(response.status).toBe(500);
  expect(await response.json()).toEqual({ message: 'Internal Server Error' });
  expect(response.headers.getSetCookie()).toEqual([]);
});

test('HEAD gets the headers alone', async () => {
  const response = await fetch(`${url}/things/1`, { method: 'HEAD' });
  expect(response.status).toBe(200);
  expect(Number(response.headers.get('content-length'))).toBeGreaterThan(0);
  expect(await response.text()).toBe('');
});

test('no route is a 404, an error of the function a 500, a slow one a 503', async () => {
  const missing = await fetch(`${url}/nothing`);
  expect([missing.status, await missing.json()]).toEqual([404, { message: 'Not Found' }]);

  const failing = await define(`exports.handler = async () => { throw new Error('secret') }`, { name: 'failing' });
  apis.putRoute('abc123', route('GET /failing', { arn: failing.arn }));
  const failed = await fetch(`${url}/failing`);
  expect([failed.status, await failed.json()]).toEqual([500, { message: 'Internal Server Error' }]);

  const slow = await define(`exports.handler = () => new Promise((r) => setTimeout(r, 500))`, { name: 'slow' });
  apis.putRoute('abc123', route('GET /slow', { arn: slow.arn, timeoutMs: 100 }));
  const late = await fetch(`${url}/slow`);
  expect([late.status, await late.json()]).toEqual([503, { message: 'Service Unavailable' }]);
  await parts.work.idle();
});

test('a function’s time counts from when it begins: who waits for room on this machine loses none', async () => {
  const own = makeParts();
  let begin: () => void = () => {};
  const asked = new Promise<void>((resolve) => {
    own.aws.register({
      id: 'lambda',
      signingName: 'lambda',
      protocol: { kind: 'json', targetPrefix: 'Lambda', version: '1.1' },
      async call(_operation, _input, { begun }) {
        await new Promise<void>((room) => {
          begin = room;
          resolve();
        });
        begun?.();
        return { Payload: Buffer.from('"there"') };
      },
    });
  });
  const full = serviceOn(own);
  const api = await full.create({ id: 'full', name: 'Full' });
  full.putRoute('full', route('GET /', { timeoutMs: 20 }));
  const answer = fetch(api.url);
  await asked;
  await new Promise((passed) => setTimeout(passed, 60));
  begin();
  expect(await (await answer).text()).toBe('there');
  await full.stop();
  await own.close();
});

test('a body over 10 MB is refused', async () => {
  const response = await fetch(`${url}/things/1`, { method: 'POST', body: Buffer.alloc(10 * 1024 * 1024 + 1) });
  expect(response.status).toBe(413);
});

test('AWS_IAM lets in who signs with the key of the identity, by header or query, and nobody else', async () => {
  const { accessKeyId, secretAccessKey } = parts.identity;
  const signer = (secret: string, service = 'execute-api') =>
    new SignatureV4({
      service,
      region: 'us-east-1',
      credentials: { accessKeyId, secretAccessKey: secret },
      sha256: Sha256,
    });
  const { hostname, port, host } = new URL(url);
  const unsigned = {
    method: 'GET',
    protocol: 'http:',
    hostname,
    port: Number(port),
    path: '/signed',
    headers: { host },
  };
  const get = async (secret: string, service?: string) => {
    const { headers } = await signer(secret, service).sign(unsigned);
    return fetch(`${url}/signed`, { headers });
  };

  const allowed = await get(secretAccessKey);
  expect(allowed.status).toBe(200);
  expect(((await allowed.json()) as { requestContext: object }).requestContext).toMatchObject({
    authorizer: { iam: { accessKey: accessKeyId, accountId: '123456789012' } },
  });
  const { query } = await signer(secretAccessKey).presign(unsigned, { signingDate: new Date(START) });
  expect((await fetch(`${url}/signed?${new URLSearchParams(query as Record<string, string>)}`)).status).toBe(200);

  for (const refused of [await get('wrong'), await get(secretAccessKey, 's3'), await fetch(`${url}/signed`)]) {
    expect([refused.status, await refused.json()]).toEqual([403, { message: 'Forbidden' }]);
  }
});

/** What fetch would not send: a foreign Host header, a target that is not a path. */
function rawStatus(path: string, headers: Record<string, string>): Promise<number | undefined> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const sent = httpRequest({ hostname, port, path, headers }, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    sent.on('error', reject);
    sent.end();
  });
}

test.each([
  ['/things/1', { host: 'evil.example' }, 403],
  ['/things/1', { host: '127.0.0.1.evil.example' }, 403],
  ['/things/1', { host: '][' }, 403],
  ['/things/1', { host: '127.0.0.1:99999' }, 400],
  ['http://evil.example/things/1', {}, 400],
  ['/%', {}, 404],
  ['//', {}, 404],
  ['/things/%E0%A4%A', {}, 200],
  ['/things/1', { host: 'localhost:1' }, 200],
])('%s with %j is answered %d, and the server goes on', async (path, headers, status) => {
  expect(await rawStatus(path, headers as Record<string, string>)).toBe(status);
  expect((await fetch(`${url}/things/1`)).status).toBe(200);
});

test('a named stage answers under its name too', async () => {
  apis.putStage('abc123', 'dev');
  const event = await (await fetch(`${url}/dev/things/1`)).json();
  expect(event).toMatchObject({
    rawPath: '/dev/things/1',
    pathParameters: { id: '1' },
    requestContext: { stage: 'dev', http: { path: '/dev/things/1' } },
  });
  expect(await (await fetch(`${url}/things/dev`)).json()).toMatchObject({ requestContext: { stage: '$default' } });
  expect((await fetch(`${url}/dev`)).status).toBe(404);
});

test('creating again keeps the API, clearing takes its routes away', async () => {
  expect(await apis.create({ id: 'abc123', name: 'Test' })).toEqual({ url });
  const own = await apis.create({ id: 'second', name: 'Second' });
  apis.putRoute('second', route('$default'));
  expect((await fetch(`${own.url}/any`)).status).toBe(200);
  apis.clearRoutes('second');
  expect((await fetch(`${own.url}/any`)).status).toBe(404);
  expect(servers.apis()).toEqual([
    { id: 'abc123', name: 'Test', url },
    { id: 'second', name: 'Second', url: own.url },
  ]);
});

test('an API keeps its port over a restart, and says which port is in use', async () => {
  const first = serviceOn(parts);
  const { url: before } = await first.create({ id: 'kept', name: 'Kept' });
  await first.stop();
  const again = serviceOn(parts);
  expect((await again.create({ id: 'kept', name: 'Kept' })).url).toBe(before);
  await again.stop();

  const port = Number(new URL(before).port);
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(port, '127.0.0.1', resolve));
  const blocked = serviceOn(parts);
  await expect(blocked.create({ id: 'kept', name: 'Kept' })).rejects.toThrow(
    `Port ${port}, for the HTTP API 'Kept', is in use by another program.`,
  );
  await blocked.stop();
  await new Promise((resolve) => other.close(resolve));
});

test('with a first port, APIs take it and the next ones', async () => {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const { port: firstPort } = probe.address() as { port: number };
  await new Promise((resolve) => probe.close(resolve));
  const own = makeParts();
  const service = serviceOn(own, { firstPort });
  const urls = await Promise.all(['a', 'b'].map(async (id) => (await service.create({ id, name: id })).url));
  expect(urls).toEqual([`http://127.0.0.1:${firstPort}`, `http://127.0.0.1:${firstPort + 1}`]);
  await service.stop();
  await own.close();
});

test('an API that had a free port keeps it when that is made the first port', async () => {
  const own = makeParts();
  const free = serviceOn(own);
  const { url } = await free.create({ id: 'mailed', name: 'Mailed' });
  await free.stop();
  const fixed = serviceOn(own, { firstPort: Number(new URL(url).port) });
  expect((await fixed.create({ id: 'mailed', name: 'Mailed' })).url).toBe(url);
  await fixed.stop();
  await own.close();
});

test('requests that come before all is ready wait for it', async () => {
  let open = () => {};
  const ready = new Promise<void>((resolve) => {
    open = resolve;
  });
  const early = serviceOn(parts, { ready });
  try {
    const { url: own } = await early.create({ id: 'early', name: 'Early' });
    const asked = fetch(`${own}/late`);
    // The other API is asked after it and answers, as this one could have by then.
    expect((await fetch(`${url}/nowhere`)).status).toBe(404);
    early.putRoute('early', route('GET /late'));
    open();
    expect((await asked).status).toBe(200);
  } finally {
    await early.stop();
  }
});
