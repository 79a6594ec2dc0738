import {
  CreateTopicCommand,
  DeleteTopicCommand,
  GetSubscriptionAttributesCommand,
  GetTopicAttributesCommand,
  ListSubscriptionsByTopicCommand,
  PublishBatchCommand,
  PublishCommand,
  SNSClient,
  SubscribeCommand,
} from '@aws-sdk/client-sns';
import { AwsError, type AwsShape } from '../../../local/services/aws';
import type { Parts } from '../../../local/services/parts';
import { SesService } from '../../../local/services/ses/service';
import { SnsService } from '../../../local/services/sns/service';
import { SqsService } from '../../../local/services/sqs/service';
import { WireServer } from '../../../local/services/wire/server';
import { identity, restarted, testParts } from '../wire/parts';

const parts = testParts();
const sns = new SnsService(parts);
const ses = new SesService(parts);
const invoked: AwsShape[] = [];
let lambdaFails: AwsError | undefined;
const lambda = {
  id: 'lambda',
  signingName: 'lambda',
  protocol: { kind: 'http' as const, handle: () => Promise.reject(new Error('not used')) },
  async call(_operation: string, input: AwsShape) {
    if (lambdaFails) throw lambdaFails;
    invoked.push(input);
    return { StatusCode: 202 };
  },
};
for (const service of [sns, ses, new SqsService(parts), lambda]) parts.aws.register(service);
const server = new WireServer(parts);
let client: SNSClient;

beforeAll(async () => {
  const { url } = await server.start();
  client = new SNSClient({ endpoint: url, region: 'us-east-1', credentials: identity, maxAttempts: 1 });
});
afterAll(async () => {
  await sns.stop();
  await server.stop();
});
beforeEach(() => {
  lambdaFails = undefined;
  invoked.length = 0;
});

const test_ = { via: 'test' };
const queueArn = (name: string) => `arn:aws:sqs:us-east-1:123456789012:${name}`;

async function topic(Name: string): Promise<string> {
  return (await client.send(new CreateTopicCommand({ Name }))).TopicArn as string;
}

async function subscribedQueue(TopicArn: string, name: string, Attributes: Record<string, string> = {}) {
  await parts.aws.call('sqs', 'CreateQueue', { QueueName: name }, test_);
  await client.send(new SubscribeCommand({ TopicArn, Protocol: 'sqs', Endpoint: queueArn(name), Attributes }));
}

async function bodies(name: string, where: Parts = parts): Promise<string[]> {
  await where.work.idle();
  const input = { QueueUrl: name, MaxNumberOfMessages: 10, MessageAttributeNames: ['All'] };
  const { Messages = [] } = await where.aws.call('sqs', 'ReceiveMessage', input, test_);
  return Messages.map(({ Body }: AwsShape) => Body);
}

test('a message reaches queues, functions and mailboxes, each in its form', async () => {
  const TopicArn = await topic('alerts');
  await subscribedQueue(TopicArn, 'enveloped');
  await subscribedQueue(TopicArn, 'raw', { RawMessageDelivery: 'true' });
  const Endpoint = 'arn:aws:lambda:us-east-1:123456789012:function:f';
  await client.send(new SubscribeCommand({ TopicArn, Protocol: 'lambda', Endpoint }));
  await client.send(new SubscribeCommand({ TopicArn, Protocol: 'email', Endpoint: 'ops@example.com' }));
  const { MessageId } = await client.send(
    new PublishCommand({
      TopicArn,
      Subject: 'It broke',
      Message: 'hello <b>',
      MessageAttributes: { kind: { DataType: 'String', StringValue: 'x' } },
    }),
  );
  expect(JSON.parse((await bodies('enveloped'))[0] as string)).toEqual({
    Type: 'Notification',
    MessageId,
    TopicArn,
    Subject: 'It broke',
    Message: 'hello <b>',
    Timestamp: '2026-01-01T00:00:00.000Z',
    MessageAttributes: { kind: { Type: 'String', Value: 'x' } },
  });
  expect(await bodies('raw')).toEqual(['hello <b>']);
  expect(JSON.parse(new TextDecoder().decode(invoked[0]?.Payload))).toMatchObject({
    Records: [{ EventSource: 'aws:sns', Sns: { Message: 'hello <b>', Subject: 'It broke', MessageId } }],
  });
  expect(ses.mails()).toMatchObject([
    { from: 'alerts <no-reply@sns.amazonaws.com>', to: ['ops@example.com'], subject: 'It broke', text: 'hello <b>' },
  ]);
});

test('filter policies look at attributes or at the body', async () => {
  const TopicArn = await topic('filtered');
  await subscribedQueue(TopicArn, 'urgent', {
    FilterPolicy: '{"level":[{"numeric":[">=",5]}],"kind":[{"anything-but":"test"}]}',
  });
  await subscribedQueue(TopicArn, 'tagged', { FilterPolicy: '{"tags":["red"]}' });
  await subscribedQueue(TopicArn, 'by-body', {
    FilterPolicy: '{"game":{"level":[7]}}',
    FilterPolicyScope: 'MessageBody',
  });
  const publish = (Message: string, level: string, kind: string, tags = '[]') =>
    client.send(
      new PublishCommand({
        TopicArn,
        Message,
        MessageAttributes: {
          level: { DataType: 'Number', StringValue: level },
          kind: { DataType: 'String', StringValue: kind },
          tags: { DataType: 'String.Array', StringValue: tags },
        },
      }),
    );
  await publish('low', '4', 'real');
  await publish('test', '9', 'test');
  await publish('high', '9', 'real', '["blue","red"]');
  await publish('{"game":{"level":7}}', '1', 'test');
  const texts = async (name: string) => (await bodies(name)).map((body) => JSON.parse(body).Message);
  expect(await texts('urgent')).toEqual(['high']);
  expect(await texts('tagged')).toEqual(['high']);
  expect(await texts('by-body')).toEqual(['{"game":{"level":7}}']);
  const bad = client.send(
    new SubscribeCommand({
      TopicArn,
      Protocol: 'sqs',
      Endpoint: queueArn('x'),
      Attributes: { FilterPolicy: '{"a":1}' },
    }),
  );
  await expect(bad).rejects.toMatchObject({
    name: 'InvalidParameterException',
    message: expect.stringContaining('FilterPolicy'),
  });
});

test('a subscriber that fails is tried again in virtual time; one that is gone gives a dead letter', async () => {
  const TopicArn = await topic('shaky');
  const Endpoint = 'arn:aws:lambda:us-east-1:123456789012:function:f';
  await parts.aws.call('sqs', 'CreateQueue', { QueueName: 'letters' }, test_);
  const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: queueArn('letters') });
  await client.send(new SubscribeCommand({ TopicArn, Protocol: 'lambda', Endpoint, Attributes: { RedrivePolicy } }));
  lambdaFails = new AwsError('TooManyRequestsException', 'Rate Exceeded.', 429);
  await client.send(new PublishCommand({ TopicArn, Message: 'm1' }));
  await parts.clock.advanceBy(2_999);
  expect(invoked).toHaveLength(0);
  lambdaFails = undefined;
  await parts.clock.advanceBy(1);
  expect(invoked).toHaveLength(1);

  const stderr = jest.spyOn(process.stderr, 'write').mockReturnValue(true);
  lambdaFails = new AwsError('ResourceNotFoundException', 'Function not found: f', 404);
  await client.send(new PublishCommand({ TopicArn, Message: 'm2' }));
  await parts.work.idle();
  stderr.mockRestore();
  const { Messages } = await parts.aws.call(
    'sqs',
    'ReceiveMessage',
    { QueueUrl: 'letters', MessageAttributeNames: ['All'] },
    test_,
  );
  expect(Messages).toHaveLength(1);
  expect(JSON.parse(Messages[0].Body)).toMatchObject({ Message: 'm2' });
  expect(Messages[0].MessageAttributes).toMatchObject({ ERROR_CODE: { StringValue: 'ResourceNotFoundException' } });
});

test('what was published before a restart arrives after it', async () => {
  const TopicArn = await topic('lasting');
  await subscribedQueue(TopicArn, 'later');
  await sns.call('Publish', { TopicArn, Message: 'before' });
  const after = restarted(parts);
  const room = new SnsService(after);
  for (const service of [room, new SqsService(after)]) after.aws.register(service);
  await room.start();
  const [body] = await bodies('later', after);
  expect(JSON.parse(body as string)).toMatchObject({ Message: 'before' });
  await room.stop();
});

test('a batch answers for each entry', async () => {
  const TopicArn = await topic('batch');
  const PublishBatchRequestEntries = [
    { Id: 'a', Message: 'x' },
    { Id: 'b', Message: 'y', Subject: 'a\nb' },
  ];
  const answer = await client.send(new PublishBatchCommand({ TopicArn, PublishBatchRequestEntries }));
  expect(answer).toMatchObject({ Successful: [{ Id: 'a' }], Failed: [{ Id: 'b', SenderFault: true }] });
});

test('subscribing again is the same subscription; what nobody here can confirm stays pending', async () => {
  const TopicArn = await topic('subscribed');
  const email = new SubscribeCommand({ TopicArn, Protocol: 'email', Endpoint: 'a@b.example' });
  const { SubscriptionArn } = await client.send(email);
  expect((await client.send(email)).SubscriptionArn).toBe(SubscriptionArn);
  await client.send(new SubscribeCommand({ TopicArn, Protocol: 'https', Endpoint: 'https://example.com/' }));
  const { Subscriptions } = await client.send(new ListSubscriptionsByTopicCommand({ TopicArn }));
  expect(Subscriptions?.map((one) => one.SubscriptionArn).sort()).toEqual(
    ['PendingConfirmation', SubscriptionArn].sort(),
  );
  const attributes = await client.send(new GetSubscriptionAttributesCommand({ SubscriptionArn }));
  expect(attributes.Attributes).toMatchObject({ Protocol: 'email', PendingConfirmation: 'false' });
  expect((await client.send(new GetTopicAttributesCommand({ TopicArn }))).Attributes).toMatchObject({
    SubscriptionsConfirmed: '1',
    SubscriptionsPending: '1',
  });
  await client.send(new DeleteTopicCommand({ TopicArn }));
  await expect(client.send(new PublishCommand({ TopicArn, Message: 'm' }))).rejects.toMatchObject({
    name: 'NotFoundException',
  });
});
