import { createHash } from 'node:crypto';
import type { Collection } from '../../runtime/store';
import { AwsError, type AwsShape } from '../aws';
import { isFifo } from '../fifo/ids';
import type { Parts } from '../parts';
import { requireFilterPolicy } from './filter';
import type { Subscription, Topic } from './model';
import { requireAttribute, requireName } from './topic-attributes';

/** Owns topics and who subscribes to them. Creating and subscribing again answers the same ARN, as on AWS. */
export class Topics {
  readonly #topics: Collection<Topic>;
  readonly #subscriptions: Collection<Subscription>;

  constructor(private readonly parts: Parts) {
    this.#topics = parts.store.collection('sns_topics');
    this.#subscriptions = parts.store.collection('sns_subscriptions');
  }

  async create({ Name, Attributes = {}, Tags = [] }: AwsShape): Promise<string> {
    requireName(Name, Attributes);
    for (const [name, value] of Object.entries(Attributes)) requireAttribute(Name, name, value);
    const { region, accountId } = this.parts.identity;
    const arn = `arn:aws:sns:${region}:${accountId}:${Name}`;
    const old = this.#topics.get(arn);
    const tags = Object.fromEntries(Tags.map((tag: AwsShape) => [tag.Key, tag.Value]));
    await this.#topics.put(arn, {
      arn,
      attributes: { ...old?.attributes, ...Attributes },
      tags: { ...old?.tags, ...tags },
    });
    return arn;
  }

  /** Throws NotFoundException. */
  get(arn: unknown): Topic {
    const topic = typeof arn === 'string' ? this.#topics.get(arn) : undefined;
    if (!topic) throw new AwsError('NotFoundException', 'Topic does not exist', 404);
    return topic;
  }

  put(topic: Topic): Promise<void> {
    return this.#topics.put(topic.arn, topic);
  }

  /** @throws AwsError NotFoundException, InvalidParameterException */
  async setAttribute({ TopicArn, AttributeName, AttributeValue = '' }: AwsShape): Promise<void> {
    const topic = this.get(TopicArn);
    if (AttributeName === 'FifoTopic') throw invalid('AttributeName');
    requireAttribute(topic.arn, AttributeName, AttributeValue);
    await this.put({ ...topic, attributes: { ...topic.attributes, [AttributeName]: AttributeValue } });
  }

  /** With its subscriptions; a topic that does not exist is deleted already. */
  async delete(arn: string): Promise<void> {
    for (const { arn: subscription } of this.subscriptions(arn)) await this.unsubscribe(subscription);
    await this.#topics.delete(arn);
  }

  list(): Topic[] {
    return this.#topics.list().map(({ value }) => value);
  }

  async subscribe({ TopicArn, Protocol, Endpoint, Attributes = {} }: AwsShape): Promise<string> {
    const topic = this.get(TopicArn);
    if (!PROTOCOLS.has(Protocol)) throw invalid(`Amazon SNS does not support this protocol string: ${Protocol}`);
    if (typeof Endpoint !== 'string' || Endpoint === '') throw invalid('Endpoint');
    if (Protocol.startsWith('email') && !/^[^\s@]+@[^\s@]+$/.test(Endpoint)) throw invalid('Email address');
    if ((Protocol === 'sqs' || Protocol === 'lambda') && !Endpoint.startsWith(`arn:aws:${Protocol}:`)) {
      throw invalid(`${Protocol === 'sqs' ? 'SQS' : 'Lambda'} endpoint ARN`);
    }
    if (isFifo(topic.arn) && Protocol !== 'sqs') throw invalid(`Invalid protocol type: ${Protocol}`);
    if (!isFifo(topic.arn) && Protocol === 'sqs' && isFifo(Endpoint)) {
      const reason = 'FIFO SQS Queues can not be subscribed to standard SNS topics';
      throw invalid(`Invalid parameter: Endpoint Reason: ${reason}`);
    }
    requireFilterPolicy(Attributes.FilterPolicy ?? '');
    const hash = createHash('sha256').update(`${Protocol} ${Endpoint}`).digest('hex');
    const id = hash.slice(0, 32).replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
    const arn = `${topic.arn}:${id}`;
    const old = this.#subscriptions.get(arn);
    const attributes = { ...old?.attributes, ...Attributes };
    await this.#subscriptions.put(arn, {
      arn,
      topicArn: topic.arn,
      protocol: Protocol,
      endpoint: Endpoint,
      attributes,
    });
    return arn;
  }

  /** Throws NotFoundException. */
  subscription(arn: unknown): Subscription {
    const subscription = typeof arn === 'string' ? this.#subscriptions.get(arn) : undefined;
    if (!subscription) throw new AwsError('NotFoundException', 'Subscription does not exist', 404);
    return subscription;
  }

  async setSubscriptionAttribute({ SubscriptionArn, AttributeName, AttributeValue = '' }: AwsShape): Promise<void> {
    const subscription = this.subscription(SubscriptionArn);
    if (AttributeName === 'FilterPolicy') requireFilterPolicy(AttributeValue);
    const attributes = { ...subscription.attributes, [AttributeName]: AttributeValue };
    await this.#subscriptions.put(subscription.arn, { ...subscription, attributes });
  }

  unsubscribe(arn: string): Promise<void> {
    return this.#subscriptions.delete(arn);
  }

  /** Of one topic, or all. */
  subscriptions(topicArn?: string): Subscription[] {
    return this.#subscriptions.list(topicArn === undefined ? '' : `${topicArn}:`).map(({ value }) => value);
  }
}

const PROTOCOLS = new Set(['sqs', 'lambda', 'email', 'email-json', 'http', 'https', 'sms', 'application', 'firehose']);

function invalid(what: string): AwsError {
  return new AwsError('InvalidParameterException', `Invalid parameter: ${what}`);
}
