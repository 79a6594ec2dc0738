import { randomUUID } from 'node:crypto';
import { AwsError, type AwsService, type AwsShape, type WireProtocol } from '../aws';
import { Deliveries } from '../delivery/deliveries';
import { isFifo } from '../fifo/ids';
import type { Parts } from '../parts';
import { deliver, giveUp } from './deliver';
import { FifoTopics, readIds } from './fifo-topics';
import { wants } from './filter';
import {
  type Endpoint,
  isConfirmed,
  type Notification,
  type NotificationDelivery,
  type Subscription,
  type Topic,
} from './model';
import { readPublication } from './publish';
import { defaultAttributes } from './topic-attributes';
import { Topics } from './topics';

const OPERATIONS = new Set([
  'CreateTopic',
  'DeleteTopic',
  'GetSubscriptionAttributes',
  'GetTopicAttributes',
  'ListSubscriptions',
  'ListSubscriptionsByTopic',
  'ListTagsForResource',
  'ListTopics',
  'Publish',
  'PublishBatch',
  'SetSubscriptionAttributes',
  'SetTopicAttributes',
  'Subscribe',
  'TagResource',
  'Unsubscribe',
  'UntagResource',
]);

/**
 * Owns SNS: topics, and what is published to them on its way to queues, functions and mailboxes.
 *
 * T1  A Publish that was answered reaches each subscriber that wants it at least once, also over a restart.
 * T2  E-mail needs no confirmation here: the local mailbox is nobody's inbox. HTTP, SMS, mobile push and Firehose
 *     subscriptions stay unconfirmed and get nothing.
 * T3  What is published to a FIFO topic reaches each subscriber in the order of its message group: what cannot be delivered
 *     holds up what is behind it, until it is given up.
 */
export class SnsService implements AwsService {
  readonly id = 'sns';
  readonly signingName = 'sns';
  readonly operations = OPERATIONS;
  readonly protocol: WireProtocol = {
    kind: 'query',
    xmlNamespace: 'http://sns.amazonaws.com/doc/2010-03-31/',
    maps: new Set(['Attributes']),
    queryCodes: {
      AuthorizationErrorException: 'AuthorizationError',
      NotFoundException: 'NotFound',
      ResourceNotFoundException: 'ResourceNotFound',
      InvalidParameterException: 'InvalidParameter',
      InvalidParameterValueException: 'ParameterValueInvalid',
      EmptyBatchRequestException: 'EmptyBatchRequest',
      TooManyEntriesInBatchRequestException: 'TooManyEntriesInBatchRequest',
      BatchEntryIdsNotDistinctException: 'BatchEntryIdsNotDistinct',
    },
  };
  readonly #topics: Topics;
  readonly #fifo: FifoTopics;
  readonly #deliveries: Deliveries<NotificationDelivery>;

  constructor(private readonly parts: Parts) {
    this.#topics = new Topics(parts);
    this.#fifo = new FifoTopics(parts.store, parts.clock);
    this.#deliveries = new Deliveries(parts, {
      collection: 'sns_deliveries',
      send: (what) => deliver(parts, what),
      giveUp: (what, failure) => giveUp(parts, what, failure),
      laneOf: ({ notification: { topicArn, ids }, endpoint }) =>
        isFifo(topicArn) ? `${endpoint.arn} ${ids?.groupId}` : undefined,
    });
  }

  /** Goes on with deliveries of an earlier process; call it when queues and functions exist. */
  async start(): Promise<void> {
    this.#deliveries.start();
  }

  async stop(): Promise<void> {
    this.#deliveries.stop();
  }

  async call(operation: string, input: AwsShape): Promise<AwsShape> {
    const topics = this.#topics;
    switch (operation) {
      case 'CreateTopic':
        return { TopicArn: await topics.create(input) };
      case 'DeleteTopic':
        await topics.delete(input.TopicArn);
        this.#fifo.forget(input.TopicArn);
        return {};
      case 'ListTopics':
        return { Topics: topics.list().map(({ arn }) => ({ TopicArn: arn })) };
      case 'GetTopicAttributes':
        return { Attributes: this.#topicAttributes(topics.get(input.TopicArn)) };
      case 'SetTopicAttributes':
        await topics.setAttribute(input);
        return {};
      case 'Subscribe': {
        const SubscriptionArn = await topics.subscribe(input);
        return { SubscriptionArn: isConfirmed(input.Protocol) ? SubscriptionArn : 'pending confirmation' };
      }
      case 'Unsubscribe':
        await topics.unsubscribe(input.SubscriptionArn);
        return {};
      case 'ListSubscriptions':
        return { Subscriptions: topics.subscriptions().map(describe) };
      case 'ListSubscriptionsByTopic':
        return { Subscriptions: topics.subscriptions(topics.get(input.TopicArn).arn).map(describe) };
      case 'GetSubscriptionAttributes':
        return { Attributes: this.#subscriptionAttributes(topics.subscription(input.SubscriptionArn)) };
      case 'SetSubscriptionAttributes':
        await topics.setSubscriptionAttribute(input);
        return {};
      case 'Publish': {
        const answer = this.#publish(input.TopicArn ?? input.TargetArn, input);
        await this.parts.store.durable();
        return answer;
      }
      case 'PublishBatch':
        return this.#publishBatch(input);
      case 'TagResource':
      case 'UntagResource':
      case 'ListTagsForResource':
        return this.#tags(operation, input);
      default:
        throw new AwsError('InvalidAction', `The action ${operation} is not valid for this endpoint.`);
    }
  }

  #publish(topicArn: unknown, input: AwsShape): AwsShape {
    const topic = this.#topics.get(topicArn);
    const { subject, attributes, message } = readPublication(input);
    const ids = readIds(topic, input);
    const messageId = randomUUID();
    const first = isFifo(topic.arn) ? this.#fifo.accept(topic, ids, messageId) : undefined;
    if (first && first.messageId !== messageId) return answerOf(first.messageId, first.sequenceNumber);
    const sequenceNumber = first?.sequenceNumber;
    const timestamp = new Date(this.parts.clock.now()).toISOString();
    for (const subscription of this.#topics.subscriptions(topic.arn)) {
      const text = message(subscription.protocol);
      const notification: Notification = {
        messageId,
        topicArn: topic.arn,
        ...(subject !== undefined && { subject }),
        message: text,
        timestamp,
        attributes,
        ids,
        ...(sequenceNumber !== undefined && { sequenceNumber }),
      };
      if (!isConfirmed(subscription.protocol) || !wants(subscription, notification)) continue;
      const what = { notification, endpoint: endpointOf(subscription) };
      // In the order of their keys deliveries go on after a restart.
      this.#deliveries.add(`${sequenceNumber ?? messageId}/${subscription.arn}`, what, RETRIES);
    }
    return answerOf(messageId, sequenceNumber);
  }

  async #publishBatch({ TopicArn, PublishBatchRequestEntries: entries = [] }: AwsShape): Promise<AwsShape> {
    const topic = this.#topics.get(TopicArn);
    if (entries.length === 0) {
      throw new AwsError('EmptyBatchRequestException', "The batch request doesn't contain any entries.");
    }
    if (entries.length > 10) {
      const message = 'The batch request contains more entries than permissible.';
      throw new AwsError('TooManyEntriesInBatchRequestException', message);
    }
    if (new Set(entries.map(({ Id }: AwsShape) => Id)).size < entries.length) {
      const message = 'Two or more batch entries in the request have the same Id.';
      throw new AwsError('BatchEntryIdsNotDistinctException', message);
    }
    // Without their ids, none of a FIFO topic's are taken.
    if (isFifo(topic.arn)) for (const entry of entries) readIds(topic, entry);
    const Successful: AwsShape[] = [];
    const Failed: AwsShape[] = [];
    for (const entry of entries) {
      try {
        Successful.push({ Id: entry.Id, ...this.#publish(TopicArn, entry) });
      } catch (error) {
        if (!(error instanceof AwsError)) throw error;
        Failed.push({ Id: entry.Id, Code: error.code, Message: error.message, SenderFault: true });
      }
    }
    await this.parts.store.durable();
    return { Successful, Failed };
  }

  async #tags(operation: string, input: AwsShape): Promise<AwsShape> {
    const topic = this.#topics.get(input.ResourceArn);
    if (operation === 'ListTagsForResource') {
      return { Tags: Object.entries(topic.tags).map(([Key, Value]) => ({ Key, Value })) };
    }
    const tags = { ...topic.tags };
    for (const { Key, Value } of input.Tags ?? []) tags[Key] = Value;
    for (const key of input.TagKeys ?? []) delete tags[key];
    await this.#topics.put({ ...topic, tags });
    return {};
  }

  #topicAttributes({ arn, attributes }: Topic): Record<string, string> {
    const confirmed = this.#topics.subscriptions(arn).filter(({ protocol }) => isConfirmed(protocol)).length;
    const pending = this.#topics.subscriptions(arn).length - confirmed;
    return {
      TopicArn: arn,
      Owner: this.parts.identity.accountId,
      SubscriptionsConfirmed: String(confirmed),
      SubscriptionsPending: String(pending),
      SubscriptionsDeleted: '0',
      ...defaultAttributes(arn),
      ...attributes,
    };
  }

  #subscriptionAttributes({ arn, topicArn, protocol, endpoint, attributes }: Subscription): Record<string, string> {
    return {
      SubscriptionArn: arn,
      TopicArn: topicArn,
      Protocol: protocol,
      Endpoint: endpoint,
      Owner: this.parts.identity.accountId,
      PendingConfirmation: String(!isConfirmed(protocol)),
      RawMessageDelivery: 'false',
      ...attributes,
    };
  }
}

/** AWS tries queues and functions 100,015 times over 23 days (docs.aws.amazon.com/sns/latest/dg/sns-message-delivery-retries.html). */
const RETRIES = { attempts: 100_015, ageSeconds: 23 * 86_400 };

function answerOf(MessageId: string, SequenceNumber: string | undefined): AwsShape {
  return { MessageId, ...(SequenceNumber !== undefined && { SequenceNumber }) };
}

function endpointOf({ arn, protocol, endpoint, attributes }: Subscription): Endpoint {
  const { deadLetterTargetArn } = JSON.parse(attributes.RedrivePolicy || '{}');
  return { arn, protocol, endpoint, raw: attributes.RawMessageDelivery === 'true', deadLetterArn: deadLetterTargetArn };
}

function describe({ arn, topicArn, protocol, endpoint }: Subscription): AwsShape {
  const SubscriptionArn = isConfirmed(protocol) ? arn : 'PendingConfirmation';
  return { SubscriptionArn, TopicArn: topicArn, Protocol: protocol, Endpoint: endpoint, Owner: arn.split(':')[4] };
}
