import type { Clock } from '../../runtime/clock';
import type { Store } from '../../runtime/store';
import { AwsError, type AwsShape } from '../aws';
import { Deduplication, type FirstSent } from '../fifo/deduplication';
import { contentId, isFifo, isFifoId } from '../fifo/ids';
import type { Topic } from './model';

/** What orders a message and tells it from a repeat; a standard topic has the group alone, if any. */
export interface MessageIds {
  readonly groupId?: string;
  readonly deduplicationId?: string;
}

/**
 * Owns what FIFO topics know beyond standard ones: what was published within five minutes, and how many messages a topic has
 * numbered. Durable with the deliveries of the message.
 */
export class FifoTopics {
  readonly #deduplication: Deduplication;

  constructor(
    private readonly store: Store,
    private readonly clock: Clock,
  ) {
    this.#deduplication = new Deduplication(store, 'sns_deduplication');
    store.schema(
      'CREATE TABLE IF NOT EXISTS sns_sequence (topic TEXT PRIMARY KEY, count INTEGER NOT NULL) WITHOUT ROWID',
    );
  }

  /** The message of these ids that came first, or this one, which is numbered and known from now on. */
  accept(topic: Topic, { groupId = '', deduplicationId = '' }: MessageIds, messageId: string): FirstSent {
    const now = this.clock.now();
    const scope = topic.attributes.FifoThroughputScope === 'MessageGroup' ? groupId : '';
    const first = this.#deduplication.find(topic.arn, scope, deduplicationId, now);
    if (first) return first;
    const sent = { messageId, sequenceNumber: this.#nextNumber(topic.arn) };
    this.#deduplication.remember(topic.arn, scope, deduplicationId, sent, now);
    return sent;
  }

  /** For when the topic is deleted. Its numbers go on, should it come again: they order what is under way. */
  forget(topicArn: string): void {
    this.#deduplication.forget(topicArn);
  }

  #nextNumber(topicArn: string): string {
    const count =
      'INSERT INTO sns_sequence (topic, count) VALUES (?, 1) ON CONFLICT (topic) DO UPDATE SET count = count + 1';
    this.store.run(count, topicArn);
    const found = this.store.get<{ count: number }>('SELECT count FROM sns_sequence WHERE topic = ?', topicArn);
    return (FIRST_SEQUENCE_NUMBER + BigInt(found?.count ?? 0) * 1000n).toString();
  }
}

/**
 * The ids of a Publish request or an entry of a batch.
 * @throws AwsError InvalidParameterException
 */
export function readIds(topic: Topic, input: AwsShape): MessageIds {
  const { MessageGroupId, MessageDeduplicationId } = input;
  const groupId = readId('MessageGroupId', MessageGroupId);
  const deduplicationId = readId('MessageDeduplicationId', MessageDeduplicationId);
  if (!isFifo(topic.arn)) {
    if (deduplicationId !== undefined) {
      throw invalid(
        'MessageDeduplicationId Reason: The request includes MessageDeduplicationId parameter that is not valid for this topic type',
      );
    }
    return groupId === undefined ? {} : { groupId };
  }
  if (groupId === undefined) throw invalid('The MessageGroupId parameter is required for FIFO topics');
  if (deduplicationId !== undefined) return { groupId, deduplicationId };
  if (topic.attributes.ContentBasedDeduplication !== 'true') {
    throw invalid(
      'The topic should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly',
    );
  }
  return { groupId, deduplicationId: contentId(String(input.Message)) };
}

/** What a queue is told of a message's ids: standard ones know groups alone. */
export function idsFor(queueArn: string, { groupId, deduplicationId }: MessageIds): AwsShape {
  return {
    ...(groupId !== undefined && { MessageGroupId: groupId }),
    ...(isFifo(queueArn) && deduplicationId !== undefined && { MessageDeduplicationId: deduplicationId }),
  };
}

function readId(name: string, value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (isFifoId(value)) return value;
  throw invalid(`${name} Reason: it can only include alphanumeric and punctuation characters. 1 to 128 in length`);
}

function invalid(what: string): AwsError {
  return new AwsError('InvalidParameterException', `Invalid parameter: ${what}`);
}

/** Twenty digits, as AWS's are. */
const FIRST_SEQUENCE_NUMBER = 10_000_000_000_000_000_000n;
