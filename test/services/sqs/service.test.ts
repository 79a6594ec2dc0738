import {
  ChangeMessageVisibilityCommand,
  CreateQueueCommand,
  DeleteMessageBatchCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  ListQueuesCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { SqsService } from '../../../local/services/sqs/service';
import { WireServer } from '../../../local/services/wire/server';
import { identity, restarted, testParts } from '../wire/parts';
import { signer } from '../wire/signing';

const parts = testParts();
let url = '';
const sqs = new SqsService(parts, { endpoint: () => url });
parts.aws.register(sqs);
const server = new WireServer(parts);
let client: SQSClient;

beforeAll(async () => {
  ({ url } = await server.start());
  client = new SQSClient({ endpoint: url, region: 'us-east-1', credentials: identity, maxAttempts: 1 });
});
afterAll(async () => {
  await sqs.stop();
  await server.stop();
});

async function queue(QueueName: string, Attributes?: Record<string, string>): Promise<string> {
  const { QueueUrl } = await client.send(new CreateQueueCommand({ QueueName, Attributes }));
  return QueueUrl as string;
}

async function receive(QueueUrl: string, input: object = {}) {
  const { Messages = [] } = await client.send(
    new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, ...input }),
  );
  return Messages;
}

test('a message with attributes is received once, hidden, received again, deleted', async () => {
  const QueueUrl = await queue('plain');
  expect(QueueUrl).toBe(`${url}/123456789012/plain`);
  await client.send(
    new SendMessageCommand({
      QueueUrl,
      MessageBody: 'grün',
      MessageAttributes: {
        kind: { DataType: 'String', StringValue: 'a' },
        blob: { DataType: 'Binary', BinaryValue: new Uint8Array([0, 255]) },
      },
    }),
  );
  // The SDK itself checks the digests of what it sent and received.
  const [first] = await receive(QueueUrl, { MessageAttributeNames: ['All'], MessageSystemAttributeNames: ['All'] });
  expect(first).toMatchObject({
    Body: 'grün',
    MessageAttributes: { kind: { StringValue: 'a' }, blob: { BinaryValue: new Uint8Array([0, 255]) } },
    Attributes: { ApproximateReceiveCount: '1', SentTimestamp: String(parts.clock.now()) },
  });
  expect(await receive(QueueUrl)).toEqual([]);
  await parts.clock.advanceBy(30_000);
  const [second] = await receive(QueueUrl, { MessageSystemAttributeNames: ['ApproximateReceiveCount'] });
  expect(second?.Attributes).toEqual({ ApproximateReceiveCount: '2' });
  await client.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: first?.ReceiptHandle }));
  await parts.clock.advanceBy(30_000);
  const [third] = await receive(QueueUrl);
  await client.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: third?.ReceiptHandle }));
  await parts.clock.advanceBy(30_000);
  expect(await receive(QueueUrl)).toEqual([]);
});

test('delay, retention and a changed visibility follow the virtual clock', async () => {
  const QueueUrl = await queue('timed', { DelaySeconds: '10', MessageRetentionPeriod: '60' });
  await client.send(new SendMessageCommand({ QueueUrl, MessageBody: 'm' }));
  expect(await receive(QueueUrl)).toEqual([]);
  await parts.clock.advanceBy(10_000);
  const [message] = await receive(QueueUrl);
  const ReceiptHandle = message?.ReceiptHandle;
  await client.send(new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout: 0 }));
  expect(await receive(QueueUrl, { VisibilityTimeout: 1 })).toHaveLength(1);
  await parts.clock.advanceBy(50_000);
  expect(await receive(QueueUrl)).toEqual([]);
});

describe('a long poll', () => {
  test('ends with the message that comes, and holds no clock', async () => {
    const QueueUrl = await queue('poll');
    const waiting = receive(QueueUrl, { WaitTimeSeconds: 20 });
    await parts.clock.advanceBy(5_000);
    await client.send(new SendMessageCommand({ QueueUrl, MessageBody: 'late', DelaySeconds: 5 }));
    await parts.clock.advanceBy(6_000);
    expect(await waiting).toMatchObject([{ Body: 'late' }]);
  });

  test('ends with nothing when its time is over', async () => {
    const QueueUrl = await queue('empty');
    let ended = false;
    const waiting = sqs.call('ReceiveMessage', { QueueUrl, WaitTimeSeconds: 20 }, { via: 'test' }).then((answer) => {
      ended = true;
      return answer;
    });
    await parts.clock.advanceBy(19_999);
    expect(ended).toBe(false);
    await parts.clock.advanceBy(1);
    expect(await waiting).toEqual({});
  });

  test('of a client that went away takes nothing', async () => {
    const QueueUrl = await queue('gone');
    const stop = new AbortController();
    const waiting = sqs.call('ReceiveMessage', { QueueUrl, WaitTimeSeconds: 20 }, { via: 'test', signal: stop.signal });
    stop.abort();
    await client.send(new SendMessageCommand({ QueueUrl, MessageBody: 'kept' }));
    expect(await waiting).toEqual({});
    expect(await receive(QueueUrl)).toMatchObject([{ Body: 'kept' }]);
  });
});

test('a message received too often moves to the dead-letter queue', async () => {
  const dead = await queue('dead');
  const RedrivePolicy = JSON.stringify({
    deadLetterTargetArn: 'arn:aws:sqs:us-east-1:123456789012:dead',
    maxReceiveCount: 2,
  });
  const QueueUrl = await queue('fragile', { RedrivePolicy, VisibilityTimeout: '1' });
  await client.send(new SendMessageCommand({ QueueUrl, MessageBody: 'poison' }));
  for (let i = 0; i < 2; i++) {
    expect(await receive(QueueUrl)).toHaveLength(1);
    await parts.clock.advanceBy(1_000);
  }
  expect(await receive(QueueUrl)).toEqual([]);
  expect(await receive(dead, { MessageSystemAttributeNames: ['All'] })).toMatchObject([
    { Body: 'poison', Attributes: { DeadLetterQueueSourceArn: expect.stringMatching(/:fragile$/) } },
  ]);
});

test('batches answer for each entry, and attributes count what is where', async () => {
  const QueueUrl = await queue('batch');
  const Entries = [
    { Id: 'a', MessageBody: '1' },
    { Id: 'b', MessageBody: '' },
    { Id: 'c', MessageBody: '3', DelaySeconds: 60 },
    { Id: 'd', MessageBody: '4' },
  ];
  const sent = await client.send(new SendMessageBatchCommand({ QueueUrl, Entries }));
  expect(sent.Successful?.map(({ Id }) => Id)).toEqual(['a', 'c', 'd']);
  expect(sent.Failed).toMatchObject([{ Id: 'b', Code: 'MissingParameter', SenderFault: true }]);
  const [first] = await receive(QueueUrl, { MaxNumberOfMessages: 1 });
  const { Attributes } = await client.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }));
  expect(Attributes).toMatchObject({
    ApproximateNumberOfMessages: '1',
    ApproximateNumberOfMessagesNotVisible: '1',
    ApproximateNumberOfMessagesDelayed: '1',
    VisibilityTimeout: '30',
    QueueArn: 'arn:aws:sqs:us-east-1:123456789012:batch',
  });
  const deleted = await client.send(
    new DeleteMessageBatchCommand({
      QueueUrl,
      Entries: [
        { Id: 'x', ReceiptHandle: first?.ReceiptHandle },
        { Id: 'y', ReceiptHandle: 'nonsense' },
      ],
    }),
  );
  expect(deleted).toMatchObject({ Successful: [{ Id: 'x' }], Failed: [{ Id: 'y', Code: 'ReceiptHandleIsInvalid' }] });
});

test('queues are made once, found and listed; errors are those of SQS', async () => {
  await queue('named', { VisibilityTimeout: '5' });
  await queue('named', { VisibilityTimeout: '5' });
  await expect(queue('named', { VisibilityTimeout: '6' })).rejects.toMatchObject({ name: 'QueueNameExists' });
  await parts.aws.call(
    'sqs',
    'CreateQueue',
    { QueueName: 'named', Attributes: { VisibilityTimeout: '6' } },
    { via: 'cloudformation' },
  );
  expect((await client.send(new ListQueuesCommand({ QueueNamePrefix: 'nam' }))).QueueUrls).toEqual([
    `${url}/123456789012/named`,
  ]);
  await expect(client.send(new GetQueueUrlCommand({ QueueName: 'none' }))).rejects.toMatchObject({
    name: 'QueueDoesNotExist',
  });
  await expect(queue('bad name')).rejects.toMatchObject({ message: expect.stringContaining('alphanumeric') });
  await expect(queue('x', { VisibilityTimeout: '-1' })).rejects.toMatchObject({ name: 'InvalidAttributeValue' });
  await expect(receive(`${url}/123456789012/named`, { WaitTimeSeconds: 21 })).rejects.toMatchObject({
    message: expect.stringContaining('WaitTimeSeconds'),
  });
});

test('callers that speak Query send forms and read XML', async () => {
  const QueueUrl = await queue('query');
  const ask = async (form: Record<string, string>, path = new URL(QueueUrl).pathname, headers = {}) => {
    const { hostname, port, host } = new URL(url);
    const target = { method: 'POST', protocol: 'http:', hostname, port: Number(port), path };
    const type = 'application/x-www-form-urlencoded; charset=utf-8';
    const body = new URLSearchParams(form).toString();
    const signed = await signer('sqs').sign({ ...target, headers: { host, 'content-type': type, ...headers }, body });
    const response = await fetch(`${url}${path}`, { method: 'POST', headers: signed.headers, body });
    return [response.status, (await response.text()).replace(/<ResponseMetadata>.*?<\/ResponseMetadata>/, '')];
  };
  const xmlns = 'xmlns="http://queue.amazonaws.com/doc/2012-11-05/"';
  const batch = await ask({
    Action: 'SendMessageBatch',
    Version: '2012-11-05',
    'SendMessageBatchRequestEntry.1.Id': 'one',
    'SendMessageBatchRequestEntry.1.MessageBody': 'a',
    'SendMessageBatchRequestEntry.1.MessageAttribute.1.Name': 'kind',
    'SendMessageBatchRequestEntry.1.MessageAttribute.1.Value.DataType': 'String',
    'SendMessageBatchRequestEntry.1.MessageAttribute.1.Value.StringValue': 'x & y',
    'SendMessageBatchRequestEntry.2.Id': 'two',
    'SendMessageBatchRequestEntry.2.MessageBody': 'b',
    'SendMessageBatchRequestEntry.2.DelaySeconds': '60',
  });
  expect(batch).toEqual([
    200,
    expect.stringMatching(
      `^<SendMessageBatchResponse ${xmlns}><SendMessageBatchResult><SendMessageBatchResultEntry><Id>one</Id>.*</SendMessageBatchResultEntry><SendMessageBatchResultEntry><Id>two</Id>`,
    ),
  ]);
  expect(
    await ask(
      { Action: 'ReceiveMessage', QueueUrl, 'MessageAttributeName.1': 'All', 'AttributeName.1': 'SenderId' },
      '/',
    ),
  ).toEqual([
    200,
    expect.stringMatching(
      /<ReceiveMessageResult><Message><MessageId>.*<Body>a<\/Body>.*<MessageAttribute><Name>kind<\/Name><Value>.*<StringValue>x &amp; y<.*<\/Message><\/ReceiveMessageResult>/,
    ),
  ]);
  expect(await ask({ Action: 'SendMessage', MessageBody: 'a' }, '/123456789012/none')).toEqual([
    400,
    expect.stringContaining('<Type>Sender</Type><Code>AWS.SimpleQueueService.NonExistentQueue</Code>'),
  ]);
  const json = await ask({ Action: 'GetQueueAttributes', 'AttributeName.1': 'DelaySeconds' }, undefined, {
    accept: 'application/json',
  });
  expect([json[0], JSON.parse(String(json[1]))]).toEqual([
    200,
    {
      GetQueueAttributesResponse: {
        GetQueueAttributesResult: { Attributes: [{ Name: 'DelaySeconds', Value: '0' }] },
        ResponseMetadata: { RequestId: expect.any(String) },
      },
    },
  ]);
});

test('messages survive a restart', async () => {
  const QueueUrl = await queue('lasting');
  await client.send(new SendMessageCommand({ QueueUrl, MessageBody: 'still here' }));
  const answer = await new SqsService(restarted(parts)).call('ReceiveMessage', { QueueUrl }, { via: 'test' });
  expect(answer.Messages).toMatchObject([{ Body: 'still here' }]);
});
