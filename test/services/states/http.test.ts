import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { AwsShape } from '../../../local/services/aws';
import { EventsService } from '../../../local/services/events/service';
import { SecretsManagerService } from '../../../local/services/secretsmanager/service';
import { LocalCloud, task } from './local-cloud';

interface Seen {
  method?: string;
  url?: string;
  headers: Record<string, unknown>;
  body: string;
}

let cloud: LocalCloud;
let api: Server;
let url: string;
let seen: Seen[];
let answer: { status: number; headers: Record<string, string>; body: string };

beforeEach(async () => {
  cloud = new LocalCloud();
  cloud.aws.register(new EventsService(cloud.parts));
  cloud.aws.register(new SecretsManagerService(cloud.parts));
  seen = [];
  answer = { status: 200, headers: { 'content-type': 'application/json' }, body: '{"ok":true}' };
  api = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    seen.push({ method: request.method, url: request.url, headers: request.headers, body });
    response.writeHead(answer.status, answer.headers).end(answer.body);
  });
  await new Promise<void>((resolve) => api.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(api.address() as AddressInfo).port}`;
});
afterEach(async () => {
  await cloud.close();
  api.closeAllConnections();
  await new Promise((resolve) => api.close(resolve));
});

const events = (operation: string, input: AwsShape) => cloud.aws.call('eventbridge', operation, input, { via: 'test' });
const API_KEY = { ApiKeyAuthParameters: { ApiKeyName: 'x-key', ApiKeyValue: 'open' } };
const BASIC = { BasicAuthParameters: { Username: 'ann', Password: 'secret' } };

async function connect(AuthorizationType: string, AuthParameters: AwsShape): Promise<string> {
  return (await events('CreateConnection', { Name: 'api', AuthorizationType, AuthParameters })).ConnectionArn;
}

async function invoke(ConnectionArn: string, more: object): Promise<AwsShape> {
  const parameters = { ApiEndpoint: `${url}/books`, Method: 'GET', Authentication: { ConnectionArn }, ...more };
  return cloud.run(task('arn:aws:states:::http:invoke', parameters));
}

it('calls with an API key, and answers what AWS answers', async () => {
  const told = await invoke(await connect('API_KEY', API_KEY), {
    QueryParameters: { title: 'a b', tag: ['x', 'y'] },
    Headers: { 'X-Trace': 7 },
  });
  expect(seen).toEqual([
    {
      method: 'GET',
      url: '/books?title=a+b&tag=x&tag=y',
      headers: expect.objectContaining({
        'x-key': 'open',
        'x-trace': '7',
        'user-agent': 'Amazon|StepFunctions|HttpInvoke|us-east-1',
        range: 'bytes=0-262144',
      }),
      body: '',
    },
  ]);
  expect(JSON.parse(told.output)).toEqual({
    Headers: expect.objectContaining({ 'content-type': ['application/json'] }),
    ResponseBody: { ok: true },
    StatusCode: 200,
    StatusText: 'OK',
  });
});

it('lets the connection have the last word', async () => {
  const connection = await connect('BASIC', {
    ...BASIC,
    InvocationHttpParameters: {
      HeaderParameters: [{ Key: 'X-Shop', Value: 'ours', IsValueSecret: true }],
      QueryStringParameters: [{ Key: 'v', Value: '2' }],
      BodyParameters: [{ Key: 'client', Value: 'loans' }],
    },
  });
  await invoke(connection, {
    Method: 'POST',
    Headers: { 'x-shop': 'theirs' },
    QueryParameters: { v: '1' },
    RequestBody: { client: 'else', book: 7 },
  });
  expect(seen[0]).toMatchObject({
    method: 'POST',
    url: '/books?v=2',
    headers: {
      authorization: `Basic ${Buffer.from('ann:secret').toString('base64')}`,
      'x-shop': 'ours',
      'content-type': 'application/json',
    },
    body: '{"client":"loans","book":7}',
  });
});

it.each([
  [undefined, 'list[0]=1&list[1]=2&deep[x]=y%26z'],
  ['INDICES', 'list[0]=1&list[1]=2&deep[x]=y%26z'],
  ['BRACKETS', 'list[]=1&list[]=2&deep[x]=y%26z'],
  ['REPEAT', 'list=1&list=2&deep[x]=y%26z'],
  ['COMMAS', 'list=1,2&deep[x]=y%26z'],
  ['NONE', 'list=%5B1%2C2%5D&deep[x]=y%26z'],
])('encodes forms with arrays as %s', async (ArrayFormat, body) => {
  const connection = await connect('API_KEY', API_KEY);
  const RequestBody = { list: [1, 2], deep: { x: 'y&z' } };
  const RequestEncodingOptions = ArrayFormat ? { ArrayFormat } : {};
  const Transform = { RequestBodyEncoding: 'URL_ENCODED', RequestEncodingOptions };
  await invoke(connection, { Method: 'PUT', RequestBody, Transform });
  expect(seen[0]?.body).toBe(body);
  expect(seen[0]?.headers['content-type']).toBe('application/x-www-form-urlencoded');
});

it('fails by the status of the answer', async () => {
  const connection = await connect('API_KEY', API_KEY);
  answer = { status: 404, headers: { 'content-type': 'text/plain' }, body: 'no such book' };
  expect(await invoke(connection, {})).toMatchObject({
    status: 'FAILED',
    error: 'States.Http.StatusCode.404',
    cause: 'no such book',
  });
});

it('gives text that is no JSON as text', async () => {
  answer = { status: 200, headers: { 'content-type': 'text/html' }, body: '<p>' };
  const told = await invoke(await connect('API_KEY', API_KEY), {});
  expect(JSON.parse(told.output).ResponseBody).toBe('<p>');
});

it.each([
  [{ ApiEndpoint: 'http://127.0.0.1:1/' }, 'States.Http.Socket'],
  [{ Method: 'BREW' }, 'States.Runtime'],
  [{ ApiEndpoint: 'ftp://127.0.0.1/' }, 'States.Runtime'],
  [{ Authentication: {} }, 'States.Runtime'],
  [
    { Authentication: { ConnectionArn: 'arn:aws:events:us-east-1:123456789012:connection/none/id' } },
    'Events.ConnectionResource.NotFound',
  ],
])('fails for %j', async (more, error) => {
  const told = await invoke(await connect('API_KEY', API_KEY), more);
  expect(told).toMatchObject({ status: 'FAILED', error });
  expect(seen).toEqual([]);
});

describe('connections', () => {
  it('tell nothing that is secret', async () => {
    await connect('API_KEY', {
      ...API_KEY,
      InvocationHttpParameters: {
        HeaderParameters: [
          { Key: 'a', Value: 'hidden', IsValueSecret: true },
          { Key: 'b', Value: 'told' },
        ],
      },
    });
    const described = await events('DescribeConnection', { Name: 'api' });
    expect(described).toMatchObject({
      Name: 'api',
      ConnectionState: 'AUTHORIZED',
      AuthorizationType: 'API_KEY',
      AuthParameters: {
        ApiKeyAuthParameters: { ApiKeyName: 'x-key' },
        InvocationHttpParameters: {
          HeaderParameters: [
            { Key: 'a', IsValueSecret: true },
            { Key: 'b', Value: 'told' },
          ],
        },
      },
    });
    expect(JSON.stringify(described)).not.toMatch(/hidden|open/);
  });

  it('change their authorisation and go', async () => {
    const arn = await connect('API_KEY', API_KEY);
    await events('UpdateConnection', { Name: 'api', AuthorizationType: 'BASIC', AuthParameters: BASIC });
    await invoke(arn, {});
    expect(seen[0]?.headers.authorization).toMatch(/^Basic /);
    expect((await events('ListConnections', {})).Connections).toMatchObject([{ Name: 'api' }]);
    await events('DeleteConnection', { Name: 'api' });
    await expect(events('DescribeConnection', { Name: 'api' })).rejects.toThrow("'api' does not exist");
  });

  it.each([
    [{ Name: 'a b', AuthorizationType: 'BASIC', AuthParameters: BASIC }, 'Name is not valid'],
    [{ Name: 'api', AuthorizationType: 'BASIC', AuthParameters: API_KEY }, 'does not fit the authorization type'],
    [{ Name: 'api', AuthorizationType: 'OAUTH_CLIENT_CREDENTIALS' }, 'only by API_KEY and BASIC'],
  ])('refuse %j', async (input, message) => {
    await expect(events('CreateConnection', input)).rejects.toThrow(message);
    await connect('API_KEY', API_KEY);
    await expect(connect('API_KEY', API_KEY)).rejects.toThrow('already exists');
  });
});
