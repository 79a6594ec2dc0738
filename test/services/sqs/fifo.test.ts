import {
  ChangeMessageVisibilityCommand,
  CreateQueueCommand,
  DeleteMessageCommand,
  DeleteQueueCommand,
  GetQueueAttributesCommand,
  type Message,
  PurgeQueueCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SetQueueAttributesCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import fc from 'fast-check';
import { SqsService } from '../../../local/services/sqs/service';
import { WireServer } from '../../../local/services/wire/server';
import { identity, restarted, testParts } from '../wire/parts';

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

let made = 0;

/** A new FIFO queue that goes by content, with a visibility timeout of 30 seconds. */
async function queue(attributes: Record<string, string> = {}): Promise<string> {
  made += 1;
  const Attributes = { FifoQueue: 'true', ContentBasedDeduplication: 'true', ...attributes };
  const { QueueUrl } = await client.send(new CreateQueueCommand({ QueueName: `q${made}.fifo`, Attributes }));
  return QueueUrl as string;
}

function send(QueueUrl: string, MessageGroupId: string | undefined, MessageBody: string, more: object = {}) {
  return client.send(new SendMessageCommand({ QueueUrl, MessageGroupId, MessageBody, ...more }));
}

/** Messages 'a1', 'b1', …, each in the group that its first letter names. */
async function sendAll(QueueUrl: string, ...bodies: string[]): Promise<void> {
  for (const body of bodies) await send(QueueUrl, body.charAt(0), body);
}

async function receive(QueueUrl: string, input: object = {}): Promise<Message[]> {
  const request = { QueueUrl, MaxNumberOfMessages: 10, MessageSystemAttributeNames: ['All' as const], ...input };
  return (await client.send(new ReceiveMessageCommand(request))).Messages ?? [];
}

async function bodies(QueueUrl: string, input: object = {}) {
  return (await receive(QueueUrl, input)).map(({ Body }) => Body);
}

function remove(QueueUrl: string, { ReceiptHandle }: Message) {
  return client.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
}

const pass = (seconds: number) => parts.clock.advanceBy(seconds * 1000);

test('messages of a group come in order, and none while another of it is in flight', async () => {
  const url = await queue();
  await sendAll(url, 'a1', 'b1', 'a2', 'a3');
  const [a1] = await receive(url, { MaxNumberOfMessages: 1 });
  expect(a1).toMatchObject({ Body: 'a1', Attributes: { MessageGroupId: 'a' } });
  expect(await bodies(url)).toEqual(['b1']);
  expect(await bodies(url)).toEqual([]);
  await remove(url, a1 as Message);
  expect(await bodies(url)).toEqual(['a2', 'a3']);
  // What comes back comes before what stands behind it, and holds it up.
  await pass(30);
  expect(await bodies(url, { MaxNumberOfMessages: 2 })).toEqual(['b1', 'a2']);
  expect(await bodies(url)).toEqual([]);
});

test('one receipt takes as much of a group as it may before it goes on to the next', async () => {
  const url = await queue();
  await sendAll(url, 'a1', 'b1', 'a2', 'c1', 'b2');
  expect(await bodies(url, { MaxNumberOfMessages: 3 })).toEqual(['a1', 'a2', 'b1']);
  expect(await bodies(url)).toEqual(['c1']);
});

test('a group is held up while any message of it is in flight', async () => {
  const url = await queue();
  await sendAll(url, 'a1', 'a2', 'a3');
  const [a1, a2] = (await receive(url, { MaxNumberOfMessages: 2 })) as [Message, Message];
  const { ReceiptHandle } = a1;
  await client.send(new ChangeMessageVisibilityCommand({ QueueUrl: url, ReceiptHandle, VisibilityTimeout: 0 }));
  expect(await bodies(url)).toEqual([]);
  await remove(url, a2);
  expect(await bodies(url)).toEqual(['a1', 'a3']);
});

test('who waits for messages gets those of a group that goes on', async () => {
  const url = await queue({ VisibilityTimeout: '10' });
  await sendAll(url, 'a1', 'a2');
  const [a1] = await receive(url, { MaxNumberOfMessages: 1 });
  const waiting = bodies(url, { WaitTimeSeconds: 20 });
  await remove(url, a1 as Message);
  expect(await waiting).toEqual(['a2']);
  const returning = sqs.call('ReceiveMessage', { QueueUrl: url, WaitTimeSeconds: 20 }, { via: 'test' });
  await pass(10);
  expect(await returning).toMatchObject({ Messages: [{ Body: 'a2' }] });
});

describe('what is sent once more by the same id', () => {
  test('is accepted and not delivered for five minutes, also when the first was deleted', async () => {
    const url = await queue();
    const first = await send(url, 'a', 'order', { MessageDeduplicationId: 'id-1' });
    expect(first.SequenceNumber).toMatch(/^\d{20}$/);
    const [received] = (await receive(url)) as [Message];
    expect(received.Attributes).toMatchObject({
      MessageDeduplicationId: 'id-1',
      MessageGroupId: 'a',
      SequenceNumber: first.SequenceNumber,
    });
    await remove(url, received);
    await pass(299);
    const { MessageId, SequenceNumber } = first;
    // Of another group and content, even.
    const again = await send(url, 'b', 'another', { MessageDeduplicationId: 'id-1' });
    expect(again).toMatchObject({ MessageId, SequenceNumber });
    await client.send(new PurgeQueueCommand({ QueueUrl: url }));
    expect(await send(url, 'a', 'order', { MessageDeduplicationId: 'id-1' })).toMatchObject({ MessageId });
    expect(await bodies(url)).toEqual([]);
    await pass(1);
    const later = await send(url, 'a', 'order', { MessageDeduplicationId: 'id-1' });
    expect(later.MessageId).not.toBe(MessageId);
    expect(BigInt(later.SequenceNumber as string)).toBeGreaterThan(BigInt(SequenceNumber as string));
    expect(await bodies(url)).toEqual(['order']);
  });

  test('is known by its content, but not by its attributes, where the queue is so', async () => {
    const url = await queue();
    const first = await send(url, 'a', 'same');
    const MessageAttributes = { kind: { DataType: 'String', StringValue: 'x' } };
    expect(await send(url, 'a', 'same', { MessageAttributes })).toMatchObject({ MessageId: first.MessageId });
    const [only, ...others] = await receive(url);
    // sha256('same')
    const digest = '0967115f2813a3541eaef77de9d9d5773f1c0c04314b0bbfe4ff3b3b1c55b5d5';
    expect(only?.Attributes?.MessageDeduplicationId).toBe(digest);
    expect(others).toEqual([]);
  });

  test('is another message in another group, where the queue is so', async () => {
    const url = await queue({ DeduplicationScope: 'messageGroup', FifoThroughputLimit: 'perMessageGroupId' });
    for (const group of ['a', 'b', 'a']) await send(url, group, 'same');
    expect((await receive(url)).map(({ Attributes }) => Attributes?.MessageGroupId)).toEqual(['a', 'b']);
  });

  test('is known after a restart, as are order and what is in flight', async () => {
    const url = await queue();
    await sendAll(url, 'a1', 'a2', 'b1');
    await receive(url, { MaxNumberOfMessages: 1 });
    const later = new SqsService(restarted(parts));
    const call = (operation: string, input: object) =>
      later.call(operation, { QueueUrl: url, ...input }, { via: 'test' });
    await call('SendMessage', { MessageBody: 'a1', MessageGroupId: 'a' });
    const { Messages } = await call('ReceiveMessage', { MaxNumberOfMessages: 10 });
    expect(Messages).toMatchObject([{ Body: 'b1' }]);
  });

  test('is forgotten with the queue', async () => {
    const url = await queue();
    await send(url, 'a', 'm');
    await client.send(new DeleteQueueCommand({ QueueUrl: url }));
    made -= 1;
    expect(await queue()).toBe(url);
    await send(url, 'a', 'm');
    expect(await bodies(url)).toEqual(['m']);
  });
});

describe('an attempt to receive that is made again', () => {
  const attempt = { ReceiveRequestAttemptId: 'attempt-1', MaxNumberOfMessages: 2 };

  test('gets the same messages with the same receipts, which are hidden anew', async () => {
    const url = await queue();
    await sendAll(url, 'a1', 'a2', 'a3', 'b1');
    const first = await receive(url, attempt);
    await pass(20);
    expect(await receive(url, attempt)).toEqual(first);
    await pass(20);
    expect(await bodies(url)).toEqual(['b1']);
    await remove(url, first[0] as Message);
    await pass(10);
    expect(await bodies(url)).toEqual(['a2', 'a3']);
  });

  test('gets them also while time goes on as it is answered', async () => {
    let now = parts.clock.now();
    const clock = Object.assign(Object.create(parts.clock), {
      now: () => {
        now += 1;
        return now;
      },
    });
    const later = new SqsService({ ...parts, clock });
    const QueueUrl = await queue();
    await sendAll(QueueUrl, 'a1', 'a2');
    const take = () => later.call('ReceiveMessage', { QueueUrl, ...attempt }, { via: 'test' });
    const first = await take();
    expect(first.Messages).toHaveLength(2);
    expect(await take()).toEqual(first);
    expect(await take()).toEqual(first);
  });

  test('is one like any other once a message of it has changed, or five minutes are over', async () => {
    const url = await queue({ VisibilityTimeout: '600' });
    await sendAll(url, 'a1', 'a2', 'b1');
    const [a1] = await receive(url, attempt);
    await remove(url, a1 as Message);
    expect(await bodies(url, attempt)).toEqual(['b1']);
    await pass(299);
    expect(await bodies(url, attempt)).toEqual(['b1']);
    await pass(1);
    expect(await bodies(url, attempt)).toEqual([]);
  });
});

test("the delay is the queue's alone, and a change holds for what was sent before", async () => {
  const url = await queue({ DelaySeconds: '60' });
  await sendAll(url, 'a1', 'a2');
  await expect(send(url, 'a', 'm', { DelaySeconds: 5 })).rejects.toMatchObject({
    message:
      'Value 5 for parameter DelaySeconds is invalid. Reason: The request include parameter that is not valid for this queue type.',
  });
  await send(url, 'a', 'a3', { DelaySeconds: 0 });
  await pass(59);
  expect(await bodies(url)).toEqual([]);
  await client.send(new SetQueueAttributesCommand({ QueueUrl: url, Attributes: { DelaySeconds: '10' } }));
  expect(await bodies(url)).toEqual(['a1', 'a2', 'a3']);
  await sendAll(url, 'b1');
  const deployed = { QueueName: url.split('/').at(-1), Attributes: { FifoQueue: 'true', DelaySeconds: '0' } };
  await parts.aws.call('sqs', 'CreateQueue', deployed, { via: 'cloudformation' });
  expect(await bodies(url)).toEqual(['b1']);
});

test('a receipt that is over deletes nothing and says so; that of a message that is gone deletes nothing', async () => {
  const url = await queue();
  await sendAll(url, 'a1');
  const [first] = (await receive(url)) as [Message];
  await pass(30);
  const expired = {
    name: 'InvalidParameterValue',
    message: `Value ${first.ReceiptHandle} for parameter ReceiptHandle is invalid. Reason: The receipt handle has expired.`,
  };
  await expect(remove(url, first)).rejects.toMatchObject(expired);
  const [second] = (await receive(url)) as [Message];
  await expect(remove(url, first)).rejects.toMatchObject(expired);
  await remove(url, second);
  await remove(url, second);
});

test('a message received too often moves with its group to a dead-letter queue, which is a FIFO queue, too', async () => {
  const dead = await queue({ MessageRetentionPeriod: '60' });
  const standard = 'arn:aws:sqs:us-east-1:123456789012:standard';
  const policy = (deadLetterTargetArn: string) => ({
    RedrivePolicy: JSON.stringify({ deadLetterTargetArn, maxReceiveCount: 1 }),
  });
  await expect(queue(policy(standard))).rejects.toMatchObject({
    name: 'InvalidParameterValue',
    message: expect.stringMatching(/Reason: Dead-letter queue must be same type of queue as the source/),
  });
  const { Attributes } = await client.send(new GetQueueAttributesCommand({ QueueUrl: dead, AttributeNames: ['All'] }));
  const url = await queue(policy(Attributes?.QueueArn as string));
  await sendAll(url, 'a1', 'b1', 'a2');
  const [a1, ...others] = await receive(url, { MaxNumberOfMessages: 2 });
  for (const other of others) await remove(url, other);
  await pass(100);
  expect(await bodies(url, { MaxNumberOfMessages: 1 })).toEqual(['b1']);
  const letters = await receive(dead);
  expect(letters).toMatchObject([
    {
      MessageId: a1?.MessageId,
      Attributes: {
        MessageGroupId: 'a',
        MessageDeduplicationId: a1?.MessageId,
        DeadLetterQueueSourceArn: expect.any(String),
      },
    },
  ]);
  // Its age begins anew there.
  await pass(59);
  expect(await bodies(dead)).toEqual(['a1']);
  await pass(60);
  expect(await bodies(dead)).toEqual([]);
});

test('a batch answers for each entry, in their order', async () => {
  const url = await queue();
  const Entries = [
    { Id: 'a', MessageBody: '1', MessageGroupId: 'g' },
    { Id: 'b', MessageBody: '2' },
    { Id: 'c', MessageBody: '1', MessageGroupId: 'g' },
    { Id: 'd', MessageBody: '3', MessageGroupId: 'g' },
  ];
  const { Successful = [], Failed } = await client.send(new SendMessageBatchCommand({ QueueUrl: url, Entries }));
  const [a, c, d] = Successful.map(({ SequenceNumber }) => SequenceNumber);
  expect(Successful.map(({ Id }) => Id)).toEqual(['a', 'c', 'd']);
  expect(c).toBe(a);
  expect(BigInt(d as string)).toBeGreaterThan(BigInt(a as string));
  expect(Failed).toMatchObject([
    {
      Id: 'b',
      Code: 'MissingParameter',
      Message: 'The request must contain the parameter MessageGroupId.',
      SenderFault: true,
    },
  ]);
  expect(await bodies(url)).toEqual(['1', '3']);
});

test.each<[string, Record<string, string>, object, string, string]>([
  [
    'no group',
    {},
    { MessageGroupId: undefined },
    'MissingParameter',
    'The request must contain the parameter MessageGroupId.',
  ],
  [
    'a group with a space',
    {},
    { MessageGroupId: 'a b' },
    'InvalidParameterValue',
    'Value a b for parameter MessageGroupId is invalid. Reason: MessageGroupId can only include alphanumeric and punctuation characters. 1 to 128 in length.',
  ],
  [
    'an id that is too long',
    {},
    { MessageDeduplicationId: 'x'.repeat(129) },
    'InvalidParameterValue',
    `Value ${'x'.repeat(129)} for parameter MessageDeduplicationId is invalid. Reason: MessageDeduplicationId can only include alphanumeric and punctuation characters. 1 to 128 in length.`,
  ],
  [
    'neither an id nor a queue that goes by content',
    { ContentBasedDeduplication: 'false' },
    {},
    'InvalidParameterValue',
    'The queue should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly',
  ],
])('a message with %s is refused', async (_case, attributes, input, name, message) => {
  const url = await queue(attributes);
  await expect(send(url, 'a', 'm', input)).rejects.toMatchObject({ name, message });
});

test('the attributes are those of FIFO queues, and what they may be is checked', async () => {
  const url = await queue();
  const { Attributes } = await client.send(new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ['All'] }));
  expect(Attributes).toMatchObject({
    FifoQueue: 'true',
    ContentBasedDeduplication: 'true',
    DeduplicationScope: 'queue',
    FifoThroughputLimit: 'perQueue',
  });
  const create = (QueueName: string, given: Record<string, string>) =>
    client.send(new CreateQueueCommand({ QueueName, Attributes: given }));
  const set = (given: Record<string, string>) =>
    client.send(new SetQueueAttributesCommand({ QueueUrl: url, Attributes: given }));
  await expect(create('plain', { FifoQueue: 'true' })).rejects.toMatchObject({
    name: 'InvalidParameterValue',
    message: expect.stringMatching(/must end with \.fifo suffix/),
  });
  await expect(create(`${'x'.repeat(76)}.fifo`, { FifoQueue: 'true' })).rejects.toThrow(/1 to 80 in length/);
  await expect(create('x.fifo', {})).rejects.toThrow(/alphanumeric/);
  await expect(create('plain', { ContentBasedDeduplication: 'true' })).rejects.toMatchObject({
    name: 'InvalidAttributeName',
    message: 'Unknown Attribute ContentBasedDeduplication.',
  });
  await expect(set({ FifoQueue: 'false' })).rejects.toMatchObject({
    name: 'InvalidAttributeValue',
    message: 'Invalid value for the parameter FifoQueue. Reason: Modifying queue type is not supported.',
  });
  await expect(set({ DeduplicationScope: 'group' })).rejects.toMatchObject({ name: 'InvalidAttributeValue' });
  await expect(set({ FifoThroughputLimit: 'perMessageGroupId' })).rejects.toThrow(/DeduplicationScope is messageGroup/);
  await set({ FifoThroughputLimit: 'perMessageGroupId', DeduplicationScope: 'messageGroup' });
});

test('a standard queue takes groups, among which AWS is fair, and no ids for deduplication', async () => {
  const { QueueUrl = '' } = await client.send(new CreateQueueCommand({ QueueName: 'fair' }));
  for (const body of ['1', '2']) await send(QueueUrl, 'tenant', body);
  const [one] = await receive(QueueUrl, { MaxNumberOfMessages: 1 });
  expect(one?.Attributes).toMatchObject({ MessageGroupId: 'tenant' });
  expect(await bodies(QueueUrl)).toHaveLength(1);
  await expect(send(QueueUrl, 'tenant', '3', { MessageDeduplicationId: 'id' })).rejects.toMatchObject({
    message:
      'Value id for parameter MessageDeduplicationId is invalid. Reason: The request includes a parameter that is not valid for this queue type.',
  });
});

test('whatever is received, deleted, given back and sent, each group is done in its order', async () => {
  const step = fc.oneof(
    fc.record({ kind: fc.constant('send' as const), group: fc.constantFrom('a', 'b') }),
    fc.record({ kind: fc.constant('receive' as const), most: fc.integer({ min: 1, max: 4 }) }),
    fc.record({ kind: fc.constant('delete' as const), which: fc.nat(9) }),
    fc.record({ kind: fc.constant('give back' as const), which: fc.nat(9) }),
    fc.record({ kind: fc.constant('pass' as const), seconds: fc.constantFrom(1, 30) }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 60, size: 'max' }), async (steps) => {
      made += 1;
      const QueueUrl = `model${made}.fifo`;
      const call = (operation: string, input: object) => sqs.call(operation, { QueueUrl, ...input }, { via: 'test' });
      await call('CreateQueue', { QueueName: QueueUrl, Attributes: { FifoQueue: 'true' } });
      /** What is in the queue, by group, in order; and what is in flight until when. */
      const there = new Map<string, string[]>();
      const inFlight = new Map<string, { receipt: string; until: number }>();
      const now = () => parts.clock.now();
      for (const step of steps) {
        for (const [body, { until }] of inFlight) if (until <= now()) inFlight.delete(body);
        if (step.kind === 'send') {
          const group = there.get(step.group) ?? [];
          made += 1;
          const MessageBody = `${step.group}${made}`;
          there.set(step.group, [...group, MessageBody]);
          await call('SendMessage', { MessageBody, MessageGroupId: step.group, MessageDeduplicationId: MessageBody });
        } else if (step.kind === 'receive') {
          const { Messages = [] } = await call('ReceiveMessage', { MaxNumberOfMessages: step.most });
          const free = [...there.values()].filter((group) => !group.some((body) => inFlight.has(body)));
          const got = new Map<string, string[]>();
          for (const { Body } of Messages) got.set(Body[0], [...(got.get(Body[0]) ?? []), Body]);
          expect(Messages).toHaveLength(Math.min(step.most, free.flat().length));
          for (const [group, some] of got) {
            expect(free).toContain(there.get(group));
            expect(some).toEqual(there.get(group)?.slice(0, some.length));
          }
          for (const { Body, ReceiptHandle } of Messages) {
            inFlight.set(Body, { receipt: ReceiptHandle, until: now() + 30_000 });
          }
        } else if (step.kind === 'pass') {
          await pass(step.seconds);
        } else {
          const [body, flight] = [...inFlight][step.which % inFlight.size] ?? [];
          if (!body || !flight) continue;
          inFlight.delete(body);
          if (step.kind === 'give back') {
            await call('ChangeMessageVisibility', { ReceiptHandle: flight.receipt, VisibilityTimeout: 0 });
            continue;
          }
          const group = there.get(body[0] as string) as string[];
          group.splice(group.indexOf(body), 1);
          await call('DeleteMessage', { ReceiptHandle: flight.receipt });
        }
      }
    }),
    { numRuns: 60 },
  );
});
