import {
  CreateTopicCommand,
  DeleteTopicCommand,
  GetTopicAttributesCommand,
  PublishBatchCommand,
  PublishCommand,
  SetTopicAttributesCommand,
  SNSClient,
  SubscribeCommand,
} from '@aws-sdk/client-sns';
import { AwsError, type AwsShape } from '../../../local/services/aws';
import type { Parts } from '../../../local/services/parts';
import { SnsService } from '../../../local/services/sns/service';
import { SqsService } from '../../../local/services/sqs/service';
import { WireServer } from '../../../local/services/wire/server';
import { silenceStderr } from '../delivery/targets';
import { identity, restarted, testParts } from '../wire/parts';

silenceStderr();
const parts = testParts();
const sns = new SnsService(parts);
for (const service of [sns, new SqsService(parts)]) parts.aws.register(service);
const server = new WireServer(parts);
let client: SNSClient;

/** Whether a queue takes this message now. */
let isDown: (queue: string, body: string) => boolean = () => false;
parts.aws.intercept((_service, operation, { QueueUrl, MessageBody }) => {
  if (operation === 'SendMessage' && isDown(QueueUrl, MessageBody)) {
    throw new AwsError('ServiceUnavailable', 'The service is down.', 503);
  }
});

beforeAll(async () => {
  const { url } = await server.start();
  client = new SNSClient({ endpoint: url, region: 'us-east-1', credentials: identity, maxAttempts: 1 });
});
afterAll(async () => {
  await sns.stop();
  await server.stop();
});
beforeEach(() => {
  isDown = () => false;
});

const via = { via: 'test' };
const queueArn = (name: string) => `arn:aws:sqs:us-east-1:123456789012:${name}`;
let made = 0;

async function topic(attributes: Record<string, string> = {}): Promise<string> {
  made += 1;
  const Attributes = { FifoTopic: 'true', ContentBasedDeduplication: 'true', ...attributes };
  return (await client.send(new CreateTopicCommand({ Name: `t${made}.fifo`, Attributes }))).TopicArn as string;
}

/** Makes a queue that subscribes to raw messages, and answers its name. */
async function subscribed(TopicArn: string, kind: '.fifo' | '' = '.fifo', attributes: Record<string, string> = {}) {
  made += 1;
  const QueueName = `q${made}${kind}`;
  await parts.aws.call('sqs', 'CreateQueue', { QueueName, Attributes: kind ? { FifoQueue: 'true' } : {} }, via);
  const Attributes = { RawMessageDelivery: 'true', ...attributes };
  await client.send(new SubscribeCommand({ TopicArn, Protocol: 'sqs', Endpoint: queueArn(QueueName), Attributes }));
  return QueueName;
}

function publish(TopicArn: string, Message: string, MessageGroupId: string | undefined = 'g', more: object = {}) {
  return client.send(new PublishCommand({ TopicArn, Message, MessageGroupId, ...more }));
}

async function received(QueueUrl: string, where: Parts = parts): Promise<AwsShape[]> {
  await where.work.idle();
  const input = { QueueUrl, MaxNumberOfMessages: 10, MessageSystemAttributeNames: ['All'] };
  return (await where.aws.call('sqs', 'ReceiveMessage', input, via)).Messages ?? [];
}

async function bodies(queue: string, where: Parts = parts): Promise<string[]> {
  return (await received(queue, where)).map(({ Body }) => Body);
}

test('a message reaches FIFO and standard queues with its group, numbered, and a FIFO queue with its id', async () => {
  const TopicArn = await topic();
  const [ordered, plain] = [await subscribed(TopicArn), await subscribed(TopicArn, '')];
  const enveloped = await subscribed(TopicArn, '.fifo', { RawMessageDelivery: 'false' });
  const { MessageId, SequenceNumber } = await publish(TopicArn, 'hello', 'ann', { MessageDeduplicationId: 'id-1' });
  expect(SequenceNumber).toMatch(/^\d{20}$/);
  const ids = { MessageGroupId: 'ann', MessageDeduplicationId: 'id-1' };
  expect(await received(ordered)).toMatchObject([{ Body: 'hello', Attributes: ids }]);
  const [unordered] = await received(plain);
  expect(unordered).toMatchObject({ Body: 'hello', Attributes: { MessageGroupId: 'ann' } });
  expect(unordered?.Attributes).not.toHaveProperty('MessageDeduplicationId');
  const [notification] = await bodies(enveloped);
  const known = { Type: 'Notification', MessageId, SequenceNumber, TopicArn, Message: 'hello' };
  expect(JSON.parse(notification as string)).toMatchObject(known);
});

describe('what is published once more', () => {
  test('is accepted and not delivered for five minutes, known by its id or its content, also after a restart', async () => {
    const TopicArn = await topic();
    const queue = await subscribed(TopicArn);
    const { MessageId, SequenceNumber } = await publish(TopicArn, 'once');
    expect(await publish(TopicArn, 'once', 'another')).toMatchObject({ MessageId, SequenceNumber });
    const after = restarted(parts);
    expect(await new SnsService(after).call('Publish', { TopicArn, Message: 'once', MessageGroupId: 'g' })).toEqual({
      MessageId,
      SequenceNumber,
    });
    expect(await publish(TopicArn, 'once', 'g', { MessageDeduplicationId: 'x' })).not.toMatchObject({ MessageId });
    expect(await bodies(queue)).toEqual(['once', 'once']);
    await parts.clock.advanceBy(300_000);
    const later = await publish(TopicArn, 'once');
    expect(BigInt(later.SequenceNumber as string)).toBeGreaterThan(BigInt(SequenceNumber as string));
    expect(later.MessageId).not.toBe(MessageId);
  });

  test('is another message in another group, where the topic is so, and in a topic that is made anew', async () => {
    const TopicArn = await topic({ FifoThroughputScope: 'MessageGroup' });
    const [one, two] = [await publish(TopicArn, 'm', 'a'), await publish(TopicArn, 'm', 'b')];
    expect(one.MessageId).not.toBe(two.MessageId);
    await client.send(new DeleteTopicCommand({ TopicArn }));
    made -= 1;
    expect(await topic({ FifoThroughputScope: 'MessageGroup' })).toBe(TopicArn);
    expect((await publish(TopicArn, 'm', 'a')).MessageId).not.toBe(one.MessageId);
  });
});

describe('what cannot be delivered', () => {
  test('holds up its group at this subscriber, and nothing else, until it can', async () => {
    const TopicArn = await topic();
    const [shaky, sound] = [await subscribed(TopicArn), await subscribed(TopicArn)];
    isDown = (queue, body) => queue.endsWith(shaky) && body === 'a1';
    for (const message of ['a1', 'a2', 'b1', 'a3']) await publish(TopicArn, message, message.charAt(0));
    expect(await bodies(sound)).toEqual(['a1', 'a2', 'a3', 'b1']);
    expect(await bodies(shaky)).toEqual(['b1']);
    isDown = () => false;
    await parts.clock.advanceBy(3_000);
    expect(await bodies(shaky)).toEqual(['a1', 'a2', 'a3']);
  });

  test('arrives after a restart in its order', async () => {
    const TopicArn = await topic();
    const queue = await subscribed(TopicArn);
    isDown = () => true;
    for (const message of ['1', '2', '3', '4']) await publish(TopicArn, message);
    await parts.work.idle();
    const after = restarted(parts);
    const room = new SnsService(after);
    for (const service of [room, new SqsService(after)]) after.aws.register(service);
    await room.start();
    await after.clock.advanceBy(10_000);
    expect(await bodies(queue, after)).toEqual(['1', '2', '3', '4']);
    await room.stop();
  });

  test('goes to a FIFO dead-letter queue with its group once it is given up, and lets the others pass', async () => {
    await parts.aws.call('sqs', 'CreateQueue', { QueueName: 'letters.fifo', Attributes: { FifoQueue: 'true' } }, via);
    const TopicArn = await topic();
    const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: queueArn('letters.fifo') });
    const queue = await subscribed(TopicArn, '.fifo', { RedrivePolicy });
    await parts.aws.call('sqs', 'DeleteQueue', { QueueUrl: queue }, via);
    for (const message of ['1', '2']) await publish(TopicArn, message);
    expect(await received('letters.fifo')).toMatchObject([
      { Body: '1', Attributes: { MessageGroupId: 'g' } },
      { Body: '2', Attributes: { MessageGroupId: 'g' } },
    ]);
  });
});

test('a batch answers for each entry, in order; without the ids that it needs it is refused as a whole', async () => {
  const TopicArn = await topic();
  const queue = await subscribed(TopicArn);
  const batch = (entries: object[]) =>
    client.send(
      new PublishBatchCommand({
        TopicArn,
        PublishBatchRequestEntries: entries.map((entry, index) => ({ Id: String(index), Message: 'm', ...entry })),
      }),
    );
  const one = { MessageGroupId: 'g' };
  const { Successful = [], Failed } = await batch([
    { ...one, Message: '1' },
    { ...one, Message: '2', Subject: 'a\nb' },
    { ...one, Message: '1' },
    { ...one, Message: '3' },
  ]);
  expect(Successful.map(({ Id }) => Id)).toEqual(['0', '2', '3']);
  expect(Successful[1]?.SequenceNumber).toBe(Successful[0]?.SequenceNumber);
  expect(Failed).toMatchObject([{ Id: '1' }]);
  expect(await bodies(queue)).toEqual(['1', '3']);
  await expect(batch([one, {}])).rejects.toMatchObject({
    message: 'Invalid parameter: The MessageGroupId parameter is required for FIFO topics',
  });
});

test.each<[string, Record<string, string>, object, string]>([
  ['no group', {}, { MessageGroupId: undefined }, 'The MessageGroupId parameter is required for FIFO topics'],
  ['a group with a space', {}, { MessageGroupId: 'a b' }, 'MessageGroupId Reason: '],
  [
    'neither an id nor a topic that goes by content',
    { ContentBasedDeduplication: 'false' },
    {},
    'The topic should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly',
  ],
])('a message with %s is refused', async (_case, attributes, more, message) => {
  const TopicArn = await topic(attributes);
  await expect(
    client.send(new PublishCommand({ TopicArn, Message: 'm', MessageGroupId: 'g', ...more })),
  ).rejects.toMatchObject({
    name: 'InvalidParameterException',
    message: expect.stringContaining(`Invalid parameter: ${message}`),
  });
});

test('topics of each kind have their names, attributes and subscribers', async () => {
  const TopicArn = await topic();
  const { Attributes } = await client.send(new GetTopicAttributesCommand({ TopicArn }));
  expect(Attributes).toMatchObject({
    FifoTopic: 'true',
    ContentBasedDeduplication: 'true',
    FifoThroughputScope: 'Topic',
  });
  const create = (Name: string, given?: Record<string, string>) =>
    client.send(new CreateTopicCommand({ Name, Attributes: given }));
  await expect(create('x.fifo')).rejects.toThrow('Invalid parameter: Topic Name');
  await expect(create('x', { FifoTopic: 'true' })).rejects.toThrow(/Fifo Topic names must end with \.fifo/);
  await expect(create('x', { ContentBasedDeduplication: 'true' })).rejects.toThrow(/only valid for FIFO topics/);
  const set = (AttributeName: string, AttributeValue: string) =>
    client.send(new SetTopicAttributesCommand({ TopicArn, AttributeName, AttributeValue }));
  await expect(set('FifoTopic', 'false')).rejects.toThrow('Invalid parameter: AttributeName');
  await expect(set('FifoThroughputScope', 'Queue')).rejects.toThrow(/Topic or MessageGroup/);
  await set('ContentBasedDeduplication', 'false');
  await expect(publish(TopicArn, 'm')).rejects.toThrow(/ContentBasedDeduplication/);
  const subscribe = (to: string, Protocol: string, Endpoint: string) =>
    client.send(new SubscribeCommand({ TopicArn: to, Protocol, Endpoint }));
  await expect(subscribe(TopicArn, 'email', 'a@b.example')).rejects.toThrow(
    'Invalid parameter: Invalid protocol type: email',
  );
  const { TopicArn: standard = '' } = await create('standard');
  await expect(subscribe(standard, 'sqs', queueArn('x.fifo'))).rejects.toThrow(
    'Endpoint Reason: FIFO SQS Queues can not be subscribed to standard SNS topics',
  );
});

test('a standard topic hands a group on to queues, and takes no ids for deduplication', async () => {
  const { TopicArn = '' } = await client.send(new CreateTopicCommand({ Name: 'fair' }));
  const queue = await subscribed(TopicArn, '');
  expect(await publish(TopicArn, 'm', 'tenant')).not.toHaveProperty('SequenceNumber');
  expect(await received(queue)).toMatchObject([{ Body: 'm', Attributes: { MessageGroupId: 'tenant' } }]);
  await expect(publish(TopicArn, 'm', 'tenant', { MessageDeduplicationId: 'x' })).rejects.toThrow(
    'MessageDeduplicationId Reason: The request includes MessageDeduplicationId parameter that is not valid for this topic type',
  );
});
