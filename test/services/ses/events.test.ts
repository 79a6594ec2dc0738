import {
  CreateConfigurationSetCommand,
  CreateConfigurationSetEventDestinationCommand,
  CreateEmailIdentityCommand,
  DeleteConfigurationSetCommand,
  DeleteConfigurationSetEventDestinationCommand,
  GetConfigurationSetEventDestinationsCommand,
  SESv2Client,
  SendEmailCommand,
  UpdateConfigurationSetEventDestinationCommand,
} from '@aws-sdk/client-sesv2';
import type { AwsShape } from '../../../local/services/aws';
import { EventsService } from '../../../local/services/events/service';
import { SesService } from '../../../local/services/ses/service';
import { SnsService } from '../../../local/services/sns/service';
import { SqsService } from '../../../local/services/sqs/service';
import { WireServer } from '../../../local/services/wire/server';
import { identity, restarted, testParts } from '../wire/parts';

const parts = testParts();
const events = new EventsService(parts);
const sns = new SnsService(parts);
for (const service of [new SesService(parts), sns, new SqsService(parts), events]) parts.aws.register(service);
const server = new WireServer(parts);
let client: SESv2Client;

const busArn = 'arn:aws:events:us-east-1:123456789012:event-bus/default';
const via = { via: 'test' };
let topicArn: string;

beforeAll(async () => {
  const { url } = await server.start();
  client = new SESv2Client({ endpoint: url, region: 'us-east-1', credentials: identity, maxAttempts: 1 });
  await client.send(new CreateEmailIdentityCommand({ EmailIdentity: 'example.com' }));
  await client.send(new CreateConfigurationSetCommand({ ConfigurationSetName: 'loans' }));
  for (const QueueName of ['notes', 'bus']) await parts.aws.call('sqs', 'CreateQueue', { QueueName }, via);
  topicArn = (await parts.aws.call('sns', 'CreateTopic', { Name: 'feedback' }, via)).TopicArn;
  await parts.aws.call(
    'sns',
    'Subscribe',
    { TopicArn: topicArn, Protocol: 'sqs', Endpoint: 'arn:aws:sqs:us-east-1:123456789012:notes' },
    via,
  );
  const rule = { Name: 'mail', EventPattern: JSON.stringify({ source: ['aws.ses'] }) };
  await parts.aws.call('eventbridge', 'PutRule', rule, via);
  const Targets = [{ Id: 'queue', Arn: 'arn:aws:sqs:us-east-1:123456789012:bus' }];
  await parts.aws.call('eventbridge', 'PutTargets', { Rule: 'mail', Targets }, via);
  await destination('feedback', ['BOUNCE', 'COMPLAINT'], { SnsDestination: { TopicArn: topicArn } });
});
afterAll(async () => {
  await sns.stop();
  await events.stop();
  await server.stop();
});

function destination(EventDestinationName: string, MatchingEventTypes: unknown, to: AwsShape, Enabled = true) {
  return client.send(
    new CreateConfigurationSetEventDestinationCommand({
      ConfigurationSetName: 'loans',
      EventDestinationName,
      // biome-ignore lint/suspicious/noExplicitAny: what is refused has other types.
      EventDestination: { Enabled, MatchingEventTypes, ...to } as any,
    }),
  );
}

async function mail(to: string, set: string | undefined = 'loans') {
  const { MessageId } = await client.send(
    new SendEmailCommand({
      FromEmailAddress: 'Library <library@example.com>',
      Destination: { ToAddresses: [to] },
      Content: { Simple: { Subject: { Data: 'Dune' }, Body: { Text: { Data: 'text' } } } },
      EmailTags: [{ Name: 'mail', Value: 'reminder' }],
      ...(set && { ConfigurationSetName: set }),
    }),
  );
  await parts.work.idle();
  return MessageId;
}

/** What lies in a queue, taken out. */
async function taken(queue: string): Promise<AwsShape[]> {
  const QueueUrl = `https://sqs.us-east-1.amazonaws.com/123456789012/${queue}`;
  const { Messages = [] } = await parts.aws.call('sqs', 'ReceiveMessage', { QueueUrl, MaxNumberOfMessages: 10 }, via);
  for (const { ReceiptHandle } of Messages) {
    await parts.aws.call('sqs', 'DeleteMessage', { QueueUrl, ReceiptHandle }, via);
  }
  return Messages.map(({ Body }: AwsShape) => JSON.parse(Body));
}

const records = async () => (await taken('notes')).map(({ Message }) => JSON.parse(Message));

test('a bounce reaches the topic as SES words it', async () => {
  const messageId = await mail('bounce@simulator.amazonses.com');
  expect(await records()).toEqual([
    {
      eventType: 'Bounce',
      bounce: {
        bounceType: 'Permanent',
        bounceSubType: 'General',
        bouncedRecipients: [
          {
            emailAddress: 'bounce@simulator.amazonses.com',
            action: 'failed',
            status: '5.1.1',
            diagnosticCode: 'smtp; 550 5.1.1 user unknown',
          },
        ],
        timestamp: '2026-01-01T00:00:00.000Z',
        feedbackId: expect.stringMatching(/./),
        reportingMTA: expect.stringContaining('dns; '),
      },
      mail: {
        timestamp: '2026-01-01T00:00:00.000Z',
        source: 'Library <library@example.com>',
        sourceArn: 'arn:aws:ses:us-east-1:123456789012:identity/example.com',
        sendingAccountId: '123456789012',
        messageId,
        destination: ['bounce@simulator.amazonses.com'],
        headersTruncated: false,
        headers: expect.arrayContaining([{ name: 'Subject', value: 'Dune' }]),
        commonHeaders: expect.objectContaining({ subject: 'Dune' }),
        tags: expect.objectContaining({ 'ses:configuration-set': ['loans'], mail: ['reminder'] }),
      },
    },
  ]);
});

test.each([
  ['complaint@simulator.amazonses.com', ['Complaint'], { complaint: { complaintFeedbackType: 'abuse' } }],
  ['complaint+zoe@Simulator.amazonses.com', ['Complaint'], {}],
  ['suppressionlist@simulator.amazonses.com', ['Bounce'], { bounce: { bounceType: 'Permanent' } }],
  ['ooto@simulator.amazonses.com', ['Bounce'], { bounce: { bounceType: 'Transient' } }],
  ['success@simulator.amazonses.com', [], undefined],
  ['reader@example.org', [], undefined],
  ['bounce@simulator.amazonses.com.example.org', [], undefined],
])('of a mail to %s the topic hears %j', async (to, types, content) => {
  await mail(to);
  const heard = await records();
  expect(heard.map(({ eventType }) => eventType)).toEqual(types);
  if (content) expect(heard[0]).toMatchObject(content);
});

test('a mail outside of the configuration set tells nobody', async () => {
  await mail('bounce@simulator.amazonses.com', '');
  expect(await records()).toEqual([]);
});

test('the default bus gets events of its kind, each once', async () => {
  await destination('bus', ['SEND', 'DELIVERY', 'COMPLAINT'], { EventBridgeDestination: { EventBusArn: busArn } });
  await mail('complaint@simulator.amazonses.com');
  const heard = await taken('bus');
  expect(heard.map((event) => event['detail-type'])).toEqual([
    'Email Sent',
    'Email Delivered',
    'Email Complaint Received',
  ]);
  expect(heard[0]).toMatchObject({
    source: 'aws.ses',
    resources: ['arn:aws:ses:us-east-1:123456789012:configuration-set/loans'],
    detail: { eventType: 'Send', send: {}, mail: { destination: ['complaint@simulator.amazonses.com'] } },
  });
  await records();
});

test('nobody else may send events as SES', async () => {
  const entry = { Source: 'aws.ses', DetailType: 'Email Bounced', Detail: '{}' };
  const { Entries } = await parts.aws.call('eventbridge', 'PutEvents', { Entries: [entry] }, { via: 'wire' });
  expect(Entries[0]).toMatchObject({ ErrorCode: 'NotAuthorizedForSourceException' });
});

test('destinations are listed, changed and deleted, and go with their set', async () => {
  const named = { ConfigurationSetName: 'loans', EventDestinationName: 'bus' };
  await client.send(
    new UpdateConfigurationSetEventDestinationCommand({
      ...named,
      EventDestination: { Enabled: false, MatchingEventTypes: ['SEND'], SnsDestination: { TopicArn: topicArn } },
    }),
  );
  const list = () => client.send(new GetConfigurationSetEventDestinationsCommand({ ConfigurationSetName: 'loans' }));
  expect((await list()).EventDestinations).toEqual([
    { Name: 'bus', Enabled: false, MatchingEventTypes: ['SEND'], SnsDestination: { TopicArn: topicArn } },
    expect.objectContaining({ Name: 'feedback', Enabled: true }),
  ]);
  await mail('reader@example.org');
  expect([...(await records()), ...(await taken('bus'))]).toEqual([]);
  await client.send(new DeleteConfigurationSetEventDestinationCommand(named));
  const again = client.send(new DeleteConfigurationSetEventDestinationCommand(named));
  await expect(again).rejects.toMatchObject({ name: 'NotFoundException' });
  expect((await list()).EventDestinations).toHaveLength(1);

  await client.send(new CreateConfigurationSetCommand({ ConfigurationSetName: 'loans2' }));
  await client.send(new DeleteConfigurationSetCommand({ ConfigurationSetName: 'loans2' }));
  expect((await list()).EventDestinations).toHaveLength(1);
});

test('an event that a process left on its way arrives when the next one starts', async () => {
  const lame = restarted(parts);
  const first = new SesService(lame);
  lame.aws.register(first);
  const input = {
    FromEmailAddress: 'library@example.com',
    Destination: { ToAddresses: ['bounce@simulator.amazonses.com'] },
    Content: { Simple: { Subject: { Data: 'Dune' }, Body: { Text: { Data: 'text' } } } },
    ConfigurationSetName: 'loans',
  };
  // The process ends with the mail stored and nobody told.
  await first.stop();
  await lame.aws.call('sesv2', 'SendEmail', input, via);
  expect(await records()).toEqual([]);
  const next = new SesService(parts);
  await next.start();
  await parts.work.idle();
  expect((await records()).map(({ eventType }) => eventType)).toEqual(['Bounce']);
  await next.stop();
});

describe('refuses', () => {
  const topic = () => ({ SnsDestination: { TopicArn: topicArn } });
  test.each<[string, () => Promise<unknown>, string]>([
    ['a name with a slash', () => destination('a/b', ['SEND'], topic()), 'BadRequestException'],
    ['a name twice', () => destination('feedback', ['SEND'], topic()), 'AlreadyExistsException'],
    ['no event type', () => destination('x', [], topic()), 'BadRequestException'],
    ['an unknown event type', () => destination('x', ['BOUNCED'], topic()), 'BadRequestException'],
    ['no destination', () => destination('x', ['SEND'], {}), 'BadRequestException'],
    [
      'two destinations',
      () => destination('x', ['SEND'], { ...topic(), EventBridgeDestination: { EventBusArn: busArn } }),
      'BadRequestException',
    ],
    [
      'a bus of one’s own',
      () => destination('x', ['SEND'], { EventBridgeDestination: { EventBusArn: busArn.replace('default', 'mine') } }),
      'BadRequestException',
    ],
    [
      'what is not run here',
      () => destination('x', ['SEND'], { CloudWatchDestination: { DimensionConfigurations: [] } }),
      'BadRequestException',
    ],
    [
      'a set that does not exist',
      () =>
        client.send(
          new CreateConfigurationSetEventDestinationCommand({
            ConfigurationSetName: 'none',
            EventDestinationName: 'x',
            EventDestination: { MatchingEventTypes: ['SEND'], ...topic() },
          }),
        ),
      'NotFoundException',
    ],
  ])('%s', async (_, refused, name) => {
    await expect(refused()).rejects.toMatchObject({ name });
  });
});
