import { request as httpRequest } from 'node:http';
import { DynamoDBClient, GetItemCommand, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { GetAccountCommand, SESv2Client } from '@aws-sdk/client-sesv2';
import { CreateTopicCommand, GetTopicAttributesCommand, PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { AwsError, type AwsService, type AwsShape, type Caller, type HttpRequest } from '../../../local/services/aws';
import { WireServer } from '../../../local/services/wire/server';
import { identity, testParts } from './parts';
import { signer } from './signing';

/** A service that notes what it is called with and answers what the test wants. */
class Probe implements AwsService {
  calls: Array<{ operation: string; input: AwsShape; caller: Caller }> = [];
  answer: (operation: string, input: AwsShape, caller: Caller) => Promise<AwsShape> = async () => ({});
  readonly waits = new Set(['Query']);
  constructor(
    readonly id: string,
    readonly signingName: string,
    readonly protocol: AwsService['protocol'],
  ) {}
  call(operation: string, input: AwsShape, caller: Caller): Promise<AwsShape> {
    this.calls.push({ operation, input, caller });
    return this.answer(operation, input, caller);
  }
}

const parts = testParts();
const json = new Probe('dynamodb', 'dynamodb', { kind: 'json', targetPrefix: 'DynamoDB_20120810', version: '1.0' });
const query = new Probe('sns', 'sns', {
  kind: 'query',
  xmlNamespace: 'http://sns.amazonaws.com/doc/2010-03-31/',
  queryCodes: { NotFoundException: 'NotFound' },
  maps: new Set(['Attributes']),
});
let restRequests: HttpRequest[] = [];
const rest = new Probe('sesv2', 'ses', {
  kind: 'http',
  async handle(request) {
    restRequests.push(request);
    if (request.url.pathname.includes('bug')) throw new TypeError('a bug');
    return { status: 200, headers: { 'content-type': 'application/json' }, body: '{"SendingEnabled":true}' };
  },
});
const server = new WireServer(parts);
let url = '';
const config = (secretAccessKey = identity.secretAccessKey) => ({
  endpoint: url,
  region: 'us-east-1',
  credentials: { accessKeyId: identity.accessKeyId, secretAccessKey },
  maxAttempts: 1,
});

beforeAll(async () => {
  for (const service of [json, query, rest]) parts.aws.register(service);
  ({ url } = await server.start());
});
afterAll(() => server.stop());
beforeEach(() => {
  for (const probe of [json, query]) {
    probe.calls = [];
    probe.answer = async () => ({});
  }
  restRequests = [];
});

/** A request with nothing added to it. */
function raw(options: { headers?: Record<string, string>; path?: string; body?: string; method?: string }) {
  return new Promise<{ status: number; headers: Record<string, unknown>; body: string }>((resolve, reject) => {
    const message = httpRequest(url, {
      method: options.method ?? 'POST',
      path: options.path ?? '/',
      headers: options.headers,
    });
    message.once('error', reject);
    message.once('response', async (response) => {
      let body = '';
      for await (const chunk of response.setEncoding('utf8')) body += chunk;
      resolve({ status: response.statusCode ?? 0, headers: response.headers, body });
    });
    message.end(options.body);
  });
}

describe('a JSON service', () => {
  test('is called with the input and answers dates as epoch seconds and bytes as base64', async () => {
    json.answer = async () => ({ Item: { a: { B: new Uint8Array([1, 2, 3]) } }, At: new Date(1500) });
    const client = new DynamoDBClient(config());
    const answer = await client.send(new GetItemCommand({ TableName: 't', Key: { id: { S: 'é' } } }));
    expect(answer.Item?.a?.B).toEqual(new Uint8Array([1, 2, 3]));
    expect(json.calls).toMatchObject([
      { operation: 'GetItem', input: { TableName: 't', Key: { id: { S: 'é' } } }, caller: { via: 'wire' } },
    ]);
  });

  test('answers an AwsError by its name, text, status and details', async () => {
    json.answer = async () => {
      throw new AwsError('ConditionalCheckFailedException', 'The conditional request failed', 400, {
        Item: { id: { S: '1' } },
      });
    };
    const failed = new DynamoDBClient(config()).send(new GetItemCommand({ TableName: 't', Key: { id: { S: '1' } } }));
    await expect(failed).rejects.toMatchObject({
      name: 'ConditionalCheckFailedException',
      message: 'The conditional request failed',
      Item: { id: { S: '1' } },
      $metadata: { httpStatusCode: 400, requestId: expect.stringMatching(/^[0-9a-f-]{36}$/) },
    });
  });

  test('answers a bug as InternalFailure, tells stderr, and goes on', async () => {
    const stderr = jest.spyOn(process.stderr, 'write').mockReturnValue(true);
    json.answer = async () => {
      throw new TypeError('secret detail');
    };
    const client = new DynamoDBClient(config());
    const failed = await client.send(new ListTablesCommand({})).catch((error) => error);
    expect(failed).toMatchObject({ name: 'InternalFailure', $metadata: { httpStatusCode: 500 } });
    expect(failed.message).not.toContain('secret');
    expect(stderr).toHaveBeenCalledWith(expect.stringContaining('secret detail'));
    stderr.mockRestore();
    json.answer = async () => ({ TableNames: ['t'] });
    await expect(client.send(new ListTablesCommand({}))).resolves.toMatchObject({ TableNames: ['t'] });
  });

  test('is told when the client has gone away', async () => {
    const aborted = new Promise<void>((resolve) => {
      json.answer = (_operation, _input, { signal }) =>
        new Promise((_, reject) =>
          signal?.addEventListener('abort', () => {
            resolve();
            reject(new Error('gone'));
          }),
        );
    });
    const stop = new AbortController();
    const call = new DynamoDBClient(config()).send(new ListTablesCommand({}), { abortSignal: stop.signal });
    while (json.calls.length === 0) await new Promise((resolve) => setImmediate(resolve));
    expect(parts.work.busy).toBe(true);
    stop.abort();
    await expect(call).rejects.toMatchObject({ name: 'AbortError' });
    await aborted;
    await parts.work.idle();
  });
});

describe('a Query service', () => {
  test('gets nested members, lists and maps of the form, and answers XML', async () => {
    query.answer = async () => ({ MessageId: 'm-1' });
    const answer = await new SNSClient(config()).send(
      new PublishCommand({
        TopicArn: 'arn:aws:sns:us-east-1:123456789012:t',
        Message: 'a & <b>\n+ü',
        MessageAttributes: { kind: { DataType: 'String', StringValue: 'x=y' } },
      }),
    );
    expect(answer.MessageId).toBe('m-1');
    expect(query.calls[0]).toMatchObject({
      operation: 'Publish',
      input: {
        Message: 'a & <b>\n+ü',
        MessageAttributes: { kind: { DataType: 'String', StringValue: 'x=y' } },
      },
    });
    await new SNSClient(config()).send(new CreateTopicCommand({ Name: 't', Tags: [{ Key: 'a', Value: 'b' }] }));
    expect(query.calls[1]?.input).toEqual({ Name: 't', Tags: [{ Key: 'a', Value: 'b' }] });
  });

  test('answers maps as entries', async () => {
    query.answer = async () => ({ Attributes: { Policy: '{"a":"<&>"}', Owner: '1' } });
    const answer = await new SNSClient(config()).send(new GetTopicAttributesCommand({ TopicArn: 'arn' }));
    expect(answer.Attributes).toEqual({ Policy: '{"a":"<&>"}', Owner: '1' });
  });

  test('answers errors as XML', async () => {
    query.answer = async () => {
      throw new AwsError('NotFoundException', 'Topic does not exist', 404);
    };
    const failed = new SNSClient(config()).send(new GetTopicAttributesCommand({ TopicArn: 'arn' }));
    await expect(failed).rejects.toMatchObject({
      name: 'NotFoundException',
      message: 'Topic does not exist',
      $metadata: { httpStatusCode: 404 },
    });
  });
});

describe('a REST service', () => {
  test('gets path and query as sent', async () => {
    const answer = await new SESv2Client(config()).send(new GetAccountCommand({}));
    expect(answer.SendingEnabled).toBe(true);
    expect(restRequests).toMatchObject([
      { method: 'GET', url: expect.objectContaining({ pathname: '/v2/email/account' }) },
    ]);
  });
});

describe('refuses', () => {
  const target = { 'x-amz-target': 'DynamoDB_20120810.ListTables', 'content-type': 'application/x-amz-json-1.0' };

  test('what is not signed, as a web page would send it', async () => {
    const answer = await raw({ headers: target, body: '{}' });
    expect(answer).toMatchObject({
      status: 403,
      headers: { 'x-amzn-errortype': 'MissingAuthenticationTokenException' },
    });
    expect(answer.headers).not.toHaveProperty('access-control-allow-origin');
    expect(json.calls).toEqual([]);
  });

  test.each(['evil.example', 'evil.example:80', '127.0.0.1.evil.example', '[', 'a b', 'localhost:x'])(
    'the Host %j',
    async (host) => {
      const answer = await raw({ headers: { ...target, host }, body: '{}' });
      expect(answer).toMatchObject({ status: 403, headers: { 'x-amzn-errortype': 'AccessDeniedException' } });
    },
  );

  test('a wrong secret, a wrong key, another service', async () => {
    const wrongSecret = new DynamoDBClient(config('wrong')).send(new ListTablesCommand({}));
    await expect(wrongSecret).rejects.toMatchObject({
      name: 'InvalidSignatureException',
      $metadata: { httpStatusCode: 403 },
    });
    const stranger = new SNSClient({ ...config(), credentials: { accessKeyId: 'x', secretAccessKey: 'y' } });
    await expect(stranger.send(new CreateTopicCommand({ Name: 't' }))).rejects.toMatchObject({
      name: 'InvalidClientTokenId',
    });
    expect([...json.calls, ...query.calls]).toEqual([]);
  });

  test('malformed bodies, unknown targets and paths that are none', async () => {
    const signed = async (body: string, headers: Record<string, string>) => {
      const { hostname, port, host } = new URL(url);
      const request = { method: 'POST', protocol: 'http:', path: '/', hostname, port: Number(port), query: {}, body };
      return (await signer('dynamodb').sign({ ...request, headers: { host, ...headers } })).headers;
    };
    for (const body of ['{"a":', '[]', 'null', '"x"', '\u0000']) {
      const answer = await raw({ headers: await signed(body, target), body });
      expect(answer).toMatchObject({ status: 400, headers: { 'x-amzn-errortype': 'SerializationException' } });
    }
    for (const name of ['Other.ListTables', 'DynamoDB_20120810.', 'DynamoDB_20120810.__proto__']) {
      const headers = await signed('{}', { ...target, 'x-amz-target': name });
      expect(await raw({ headers, body: '{}' })).toMatchObject({
        status: 400,
        headers: { 'x-amzn-errortype': 'UnknownOperationException' },
      });
    }
    expect((await raw({ path: 'http://evil.example/', method: 'GET' })).status).toBe(400);
    expect((await raw({ headers: { ...target, 'content-length': String(2 ** 30) }, body: '' })).status).toBe(413);
    expect(json.calls).toEqual([]);
  });
});

describe('with any key', () => {
  const open = new WireServer(parts, { anyKey: true });
  let openUrl = '';
  beforeAll(async () => {
    ({ url: openUrl } = await open.start());
  });
  afterAll(() => open.stop());

  test('serves whoever signs, and nobody who does not', async () => {
    const stranger = { ...config('any secret'), endpoint: openUrl };
    await new DynamoDBClient(stranger).send(new ListTablesCommand({}));
    expect(json.calls).toHaveLength(1);
    const headers = { 'x-amz-target': 'DynamoDB_20120810.ListTables' };
    for (const authorization of [undefined, 'Basic eDp5', 'AWS4-HMAC-SHA256 nonsense']) {
      const signed = { ...headers, ...(authorization && { authorization }) };
      expect((await fetch(openUrl, { method: 'POST', headers: signed, body: '{}' })).status).toBe(403);
    }
    expect(json.calls).toHaveLength(1);
  });
});

test("serves the host that SDKs make of the loopback for StartSyncExecution: 'sync-' in front", async () => {
  const { port } = new URL(url);
  for (const name of ['sync-localhost', 'sync-127.0.0.1']) {
    const answer = await raw({ headers: { host: `${name}:${port}` } });
    expect(answer.headers['x-amzn-errortype']).toBe('MissingAuthenticationTokenException');
  }
});

test('calls that come before all is ready wait for it', async () => {
  let open = () => {};
  const ready = new Promise<void>((resolve) => {
    open = resolve;
  });
  const early = new WireServer(parts, { ready });
  try {
    const { url: endpoint } = await early.start();
    const asked = new DynamoDBClient({ ...config(), endpoint }).send(new ListTablesCommand());
    // The other server is asked after it and answers, as this one could have by then.
    await new DynamoDBClient(config()).send(new ListTablesCommand());
    expect(json.calls).toHaveLength(1);
    open();
    await asked;
    expect(json.calls).toHaveLength(2);
  } finally {
    await early.stop();
  }
});
