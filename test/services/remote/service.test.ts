import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { AwsError, type AwsShape } from '../../../local/services/aws';
import { REMOTE_APIS } from '../../../local/services/remote/apis';
import { MissingService, type RemoteApi, RemoteService } from '../../../local/services/remote/service';
import { verifySignature } from '../../../local/services/sigv4';
import { identity } from '../wire/parts';

/** A service somewhere else: notes what it is sent and answers what the test wants. */
interface Sent {
  method: string;
  target: string;
  headers: Record<string, string>;
  body: Buffer;
}
type Reply = { status?: number; headers?: Record<string, string>; body?: string | Buffer };

let sent: Sent[] = [];
let reply: Reply = {};
let server: Server;
let endpoint: URL;

beforeAll(async () => {
  server = createServer(async (message: IncomingMessage, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of message) chunks.push(chunk as Buffer);
    const { method = '', url = '' } = message;
    sent.push({ method, target: url, headers: message.headers as Record<string, string>, body: Buffer.concat(chunks) });
    const { status = 200, headers = {}, body = '' } = reply;
    response.writeHead(status, headers).end(body);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  endpoint = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});
afterAll(() => new Promise((closed) => server.close(closed)));
beforeEach(() => {
  sent = [];
  reply = {};
});

const apiOf = (id: string) => REMOTE_APIS.find((api) => api.id === id) as RemoteApi;

function call(id: string, operation: string, input: AwsShape, at = endpoint, signal?: AbortSignal): Promise<AwsShape> {
  const service = new RemoteService(apiOf(id), at, { keys: identity, region: 'us-east-1' });
  return service.call(operation, input, { via: 'states', signal });
}

/** What the error of a call is, as AWS names it. */
async function failure(answering: Promise<unknown>): Promise<AwsError> {
  const error = await answering.catch((thrown: unknown) => thrown);
  if (error instanceof AwsError) return error;
  throw new Error(`No AWS error: ${error}`);
}

const request = () => {
  expect(sent).toHaveLength(1);
  return sent[0] as Sent;
};

test.each([
  ['dynamodb', 'PutItem', { TableName: 't' }],
  ['lambda', 'Invoke', { FunctionName: 'arn:aws:lambda:us-east-1:123456789012:function:f', Payload: '{}' }],
  ['sns', 'Publish', { TopicArn: 't', Message: 'a b&c' }],
  ['s3', 'PutObject', { Bucket: 'b', Key: 'a/../ü !.txt', Body: 'x' }],
  ['s3', 'ListObjectsV2', { Bucket: 'b', Prefix: 'a/ b' }],
])('signs calls of %s %s', async (id, operation, input) => {
  reply = { body: '<a/>' };
  await call(id, operation, input).catch(() => {});
  const { method, target, headers, body } = request();
  const signed = { method, target, url: new URL(target, endpoint), headers, body };
  expect(verifySignature(signed, identity, { service: apiOf(id).signingName })).toBe(true);
});

describe('JSON', () => {
  test('sends the operation as target, and reads instants by their names', async () => {
    reply = { body: '{"tasks":[{"taskArn":"t","createdAt":1767225600.5,"attempts":2,"startedAt":3}]}' };
    const answer = await call('ecs', 'RunTask', { taskDefinition: 'x', when: new Date(1000) });
    expect(answer).toEqual({
      tasks: [{ taskArn: 't', createdAt: new Date('2026-01-01T00:00:00.500Z'), attempts: 2, startedAt: 3 }],
    });
    const { method, target, headers, body } = request();
    expect([method, target, body.toString()]).toEqual(['POST', '/', '{"taskDefinition":"x","when":1}']);
    expect(headers).toMatchObject({
      'x-amz-target': 'AmazonEC2ContainerServiceV20141113.RunTask',
      'content-type': 'application/x-amz-json-1.1',
    });
  });

  test.each<[Reply, { code: string; message: string; status: number }]>([
    [
      { status: 400, body: '{"__type":"com.amazonaws.dynamodb.v20120810#ResourceNotFoundException","message":"No."}' },
      { code: 'ResourceNotFoundException', message: 'No.', status: 400 },
    ],
    [
      { status: 429, headers: { 'x-amzn-errortype': 'ThrottlingException:http://a.b/' }, body: '{"Message":"Slow."}' },
      { code: 'ThrottlingException', message: 'Slow.', status: 429 },
    ],
    [
      { status: 502, body: 'bad gateway' },
      { code: 'UnknownError', message: 'bad gateway', status: 502 },
    ],
  ])('reads the error of %j', async (given, expected) => {
    reply = given;
    expect(await failure(call('dynamodb', 'GetItem', {}))).toMatchObject(expected);
  });

  test('refuses an answer that is none', async () => {
    reply = { body: 'hello' };
    expect(await failure(call('sqs', 'SendMessage', {}))).toMatchObject({ code: 'SdkClientException' });
  });

  test('knows the paths of Batch', async () => {
    reply = { body: '{"jobId":"j"}' };
    expect(await call('batch', 'SubmitJob', { jobName: 'n' })).toEqual({ jobId: 'j' });
    expect(request().target).toBe('/v1/submitjob');
  });
});

describe('Query', () => {
  test('writes lists and maps, and reads them', async () => {
    reply = {
      body: `<?xml version="1.0"?><PublishResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><PublishResult>
        <MessageId>m&amp;1</MessageId><Tags><member><Key>a</Key></member></Tags>
        <Attributes><entry><key>k</key><value>v</value></entry></Attributes>
        </PublishResult><ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></PublishResponse>`,
    };
    const answer = await call('sns', 'Publish', {
      Message: 'hello',
      MessageAttributes: { kind: { DataType: 'String', StringValue: 'x' }, raw: { BinaryValue: Buffer.from('y') } },
      Entries: [{ Id: '1', Attributes: { a: 'b' } }],
    });
    expect(answer).toEqual({ MessageId: 'm&1', Tags: [{ Key: 'a' }], Attributes: { k: 'v' } });
    expect(Object.fromEntries(new URLSearchParams(request().body.toString()))).toEqual({
      Action: 'Publish',
      Version: '2010-03-31',
      Message: 'hello',
      'MessageAttributes.entry.1.Name': 'kind',
      'MessageAttributes.entry.1.Value.DataType': 'String',
      'MessageAttributes.entry.1.Value.StringValue': 'x',
      'MessageAttributes.entry.2.Name': 'raw',
      'MessageAttributes.entry.2.Value.BinaryValue': 'eQ==',
      'Entries.member.1.Id': '1',
      'Entries.member.1.Attributes.entry.1.key': 'a',
      'Entries.member.1.Attributes.entry.1.value': 'b',
    });
  });

  test('reads errors', async () => {
    const error = '<Error><Type>Sender</Type><Code>NotFound</Code><Message>Topic does not exist</Message></Error>';
    reply = { status: 404, body: `<ErrorResponse>${error}<RequestId>r</RequestId></ErrorResponse>` };
    expect(await failure(call('sns', 'Publish', {}))).toMatchObject({
      code: 'NotFound',
      message: 'Topic does not exist',
      status: 404,
    });
  });
});

describe('Lambda', () => {
  test('invokes by name or ARN, and tells what the function answered', async () => {
    reply = {
      headers: { 'x-amz-executed-version': '7', 'x-amz-function-error': 'Unhandled' },
      body: '{"errorType":"E"}',
    };
    const answer = await call('lambda', 'Invoke', {
      FunctionName: 'arn:aws:lambda:us-east-1:123456789012:function:f',
      Qualifier: '7',
      InvocationType: 'RequestResponse',
      Payload: Buffer.from('{"n":1}'),
    });
    expect(answer).toEqual({
      StatusCode: 200,
      ExecutedVersion: '7',
      FunctionError: 'Unhandled',
      Payload: Buffer.from('{"errorType":"E"}'),
    });
    const { method, target, headers, body } = request();
    expect([method, target, body.toString()]).toEqual([
      'POST',
      '/2015-03-31/functions/arn%3Aaws%3Alambda%3Aus-east-1%3A123456789012%3Afunction%3Af/invocations?Qualifier=7',
      '{"n":1}',
    ]);
    expect(headers['x-amz-invocation-type']).toBe('RequestResponse');
  });

  test('calls under the path of the endpoint', async () => {
    await call('lambda', 'Invoke', { FunctionName: 'f' }, new URL('/base/', endpoint));
    expect(request().target).toBe('/base/2015-03-31/functions/f/invocations');
  });

  test('does not know other operations', async () => {
    expect(await failure(call('lambda', 'CreateFunction', {}))).toMatchObject({ code: 'UnknownOperationException' });
    expect(sent).toEqual([]);
  });
});

describe('S3', () => {
  test('reads an object with its metadata', async () => {
    reply = {
      headers: { etag: '"e"', 'last-modified': 'Thu, 01 Jan 2026 00:00:00 GMT', 'x-amz-meta-kind': 'report' },
      body: Buffer.from('text'),
    };
    expect(await call('s3', 'GetObject', { Bucket: 'b', Key: 'a/b c.txt', VersionId: 'v' })).toMatchObject({
      Body: Buffer.from('text'),
      ETag: '"e"',
      LastModified: new Date('2026-01-01T00:00:00Z'),
      Metadata: { kind: 'report' },
    });
    expect([request().method, request().target]).toEqual(['GET', '/b/a/b%20c.txt?versionId=v']);
  });

  test('writes an object with its headers', async () => {
    await call('s3', 'PutObject', {
      Bucket: 'b',
      Key: 'k',
      Body: 'x',
      ContentType: 'text/plain',
      Metadata: { a: 'b' },
    });
    const { method, headers, body } = request();
    expect([method, body.toString()]).toEqual(['PUT', 'x']);
    expect(headers).toMatchObject({ 'content-type': 'text/plain', 'x-amz-meta-a': 'b', 'content-length': '1' });
  });

  test('lists objects', async () => {
    const object =
      '<Contents><Key>a&lt;1</Key><Size>3</Size><LastModified>2026-01-01T00:00:00.000Z</LastModified></Contents>';
    reply = {
      body: `<ListBucketResult><Name>b</Name><KeyCount>1</KeyCount><IsTruncated>false</IsTruncated>${object}<CommonPrefixes><Prefix>p/</Prefix></CommonPrefixes></ListBucketResult>`,
    };
    expect(await call('s3', 'ListObjectsV2', { Bucket: 'b', Prefix: 'x/', MaxKeys: 5 })).toEqual({
      Name: 'b',
      KeyCount: 1,
      IsTruncated: false,
      Contents: [{ Key: 'a<1', Size: 3, LastModified: new Date('2026-01-01T00:00:00Z') }],
      CommonPrefixes: [{ Prefix: 'p/' }],
    });
    expect(request().target).toBe('/b?list-type=2&max-keys=5&prefix=x%2F');
  });

  test('reads errors, with a body and without', async () => {
    reply = { status: 404, body: '<Error><Code>NoSuchKey</Code><Message>The key does not exist.</Message></Error>' };
    const missing = failure(call('s3', 'GetObject', { Bucket: 'b', Key: 'k' }));
    expect(await missing).toMatchObject({ code: 'NoSuchKey', message: 'The key does not exist.', status: 404 });
    reply = { status: 404 };
    expect(await failure(call('s3', 'HeadObject', { Bucket: 'b', Key: 'k' }))).toMatchObject({ code: 'NotFound' });
  });
});

test('nobody there is an error that can be retried', async () => {
  const error = await failure(call('dynamodb', 'GetItem', {}, new URL('http://127.0.0.1:1')));
  expect(error.code).toBe('SdkClientException');
  expect(error.message).toBe('Unable to execute HTTP request to http://127.0.0.1:1: connect ECONNREFUSED 127.0.0.1:1');
});

test('a call that nobody waits for any more is aborted', async () => {
  const silent = createServer(() => {});
  await new Promise<void>((listening) => silent.listen(0, '127.0.0.1', listening));
  const arrived = new Promise<IncomingMessage>((arrive) => silent.once('request', arrive));
  const controller = new AbortController();
  const at = new URL(`http://127.0.0.1:${(silent.address() as AddressInfo).port}`);
  const outcome = failure(call('lambda', 'Invoke', { FunctionName: 'f' }, at, controller.signal));
  const message = await arrived;
  const gone = new Promise((closed) => message.socket.once('close', closed));
  controller.abort();
  expect(await outcome).toMatchObject({ code: 'SdkClientException' });
  await gone;
  await new Promise((closed) => silent.close(closed));
});

test('without an endpoint the task fails with the variable that is to be set', async () => {
  await expect(new MissingService(apiOf('sqs')).call()).rejects.toMatchObject({
    error: 'Stepwright.NoEndpoint',
    cause: 'No endpoint of SQS is known: set SQS_ENDPOINT to its URL, or mock the state (SFN_MOCK_CONFIG).',
  });
});
