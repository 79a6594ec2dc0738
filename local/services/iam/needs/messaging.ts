import type { AwsShape } from '../../aws';
import { arnOf, each, type NeedsOfService, type Place, textOf } from './need';

/** SQS and SNS (…/list_amazonsqs.html, …/list_amazonsns.html): a batch needs the action of one message. */
function queueArn({ QueueUrl, QueueName }: AwsShape, place: Place): string {
  const given = textOf(QueueUrl ?? QueueName);
  return given.startsWith('arn:') ? given : arnOf(place, 'sqs', given.slice(given.lastIndexOf('/') + 1));
}

const onQueue = (action: string, input: AwsShape, place: Place) => [{ action, resource: queueArn(input, place) }];

export const SQS_NEEDS: NeedsOfService = {
  ...each(
    [
      'SendMessage',
      'ReceiveMessage',
      'DeleteMessage',
      'ChangeMessageVisibility',
      'GetQueueAttributes',
      'GetQueueUrl',
      'SetQueueAttributes',
      'PurgeQueue',
      'CreateQueue',
      'DeleteQueue',
      'ListQueueTags',
      'TagQueue',
      'UntagQueue',
      'ListDeadLetterSourceQueues',
    ],
    onQueue,
    'sqs',
  ),
  SendMessageBatch: (input, place) => onQueue('sqs:SendMessage', input, place),
  DeleteMessageBatch: (input, place) => onQueue('sqs:DeleteMessage', input, place),
  ChangeMessageVisibilityBatch: (input, place) => onQueue('sqs:ChangeMessageVisibility', input, place),
  ListQueues: () => [{ action: 'sqs:ListQueues', resource: '*' }],
  ...each(
    ['StartMessageMoveTask', 'ListMessageMoveTasks'],
    (action, { SourceArn }) => [{ action, resource: textOf(SourceArn) }],
    'sqs',
  ),
};

/** A message by SMS goes to no topic. */
const publish = ({ TopicArn, TargetArn }: AwsShape) => [
  { action: 'sns:Publish', resource: textOf(TopicArn ?? TargetArn) || '*' },
];

export const SNS_NEEDS: NeedsOfService = {
  Publish: publish,
  PublishBatch: publish,
  Subscribe: ({ TopicArn, Protocol, Endpoint }) => [
    {
      action: 'sns:Subscribe',
      resource: textOf(TopicArn),
      keys: { 'sns:Protocol': Protocol, 'sns:Endpoint': Endpoint },
    },
  ],
  ...each(
    ['GetTopicAttributes', 'SetTopicAttributes', 'DeleteTopic', 'ListSubscriptionsByTopic'],
    (action, { TopicArn }) => [{ action, resource: textOf(TopicArn) }],
    'sns',
  ),
  ...each(
    ['ListTagsForResource', 'TagResource', 'UntagResource'],
    (action, { ResourceArn }) => [{ action, resource: textOf(ResourceArn) }],
    'sns',
  ),
  ...each(
    ['Unsubscribe', 'GetSubscriptionAttributes', 'SetSubscriptionAttributes'],
    (action, { SubscriptionArn }) => {
      // A subscription is granted by its topic.
      const topic = textOf(SubscriptionArn).split(':').slice(0, 6).join(':');
      return [{ action, resource: topic, or: [{ action, resource: '*' }] }];
    },
    'sns',
  ),
  ...each(['ListTopics', 'ListSubscriptions'], (action) => [{ action, resource: '*' }], 'sns'),
  CreateTopic: ({ Name }, place) => [{ action: 'sns:CreateTopic', resource: arnOf(place, 'sns', textOf(Name)) }],
};
