import type { Clock } from '../../runtime/clock';
import { AwsError, type AwsShape } from '../aws';
import type { Deduplication } from '../fifo/deduplication';
import { contentId, isFifo, isFifoId } from '../fifo/ids';
import type { AllMessages } from './all-messages';
import { md5, md5OfAttributes, readAttributes } from './attributes';
import { number } from './numbers';
import { attribute, type Queue, seconds } from './queues';

/** Owns how a message gets into its queue: what it may be, and that a FIFO queue takes it once. */
export class Sending {
  constructor(
    private readonly clock: Clock,
    private readonly messages: AllMessages,
    private readonly deduplication: Deduplication,
  ) {}

  /**
   * Takes a SendMessage request or an entry of a batch, and answers it.
   * @throws AwsError MissingParameter, InvalidParameterValue
   */
  send(queue: Queue, input: AwsShape): AwsShape {
    const { MessageBody: body } = input;
    if (typeof body !== 'string' || body === '') throw missing('MessageBody');
    const attributes = readAttributes(input.MessageAttributes);
    const most = Number(attribute(queue, 'MaximumMessageSize'));
    if (Buffer.byteLength(body) + Buffer.byteLength(JSON.stringify(attributes)) - 2 > most) {
      throw invalid(`One or more parameters are invalid. Reason: Message must be shorter than ${most} bytes.`);
    }
    const now = this.clock.now();
    const visibleAt = now + delaySeconds(queue, input) * 1000;
    const expiresAt = now + seconds(queue, 'MessageRetentionPeriod') * 1000;
    const digests = { MD5OfMessageBody: md5(body), MD5OfMessageAttributes: md5OfAttributes(attributes) };
    if (!isFifo(queue.name)) {
      const groupId = groupOfStandard(input);
      const message = { body, attributes, sentAt: now, ...(groupId !== undefined && { groupId }) };
      return { MessageId: this.messages.standard.add(queue.name, message, visibleAt, expiresAt).id, ...digests };
    }
    const { groupId, deduplicationId } = idsOfFifo(queue, input, body);
    const scope = attribute(queue, 'DeduplicationScope') === 'messageGroup' ? groupId : '';
    const first = this.deduplication.find(queue.name, scope, deduplicationId, now);
    if (first) return { MessageId: first.messageId, ...digests, SequenceNumber: first.sequenceNumber };
    const message = { body, attributes, sentAt: now, groupId, deduplicationId };
    const { id, sequenceNumber } = this.messages.fifo.add(queue.name, message, visibleAt, expiresAt);
    this.deduplication.remember(queue.name, scope, deduplicationId, { messageId: id, sequenceNumber }, now);
    return { MessageId: id, ...digests, SequenceNumber: sequenceNumber };
  }
}

/** FIFO queues delay all of their messages alike. */
function delaySeconds(queue: Queue, { DelaySeconds: given }: AwsShape): number {
  const ofQueue = seconds(queue, 'DelaySeconds');
  if (!isFifo(queue.name)) return number('DelaySeconds', given, ofQueue, 0, 900);
  if (Number(given ?? 0) !== 0) {
    throw invalidValue('DelaySeconds', given, 'The request include parameter that is not valid for this queue type.');
  }
  return ofQueue;
}

/** A standard queue may be told of groups, among which AWS is fair. */
function groupOfStandard({ MessageGroupId, MessageDeduplicationId }: AwsShape): string | undefined {
  if (given(MessageDeduplicationId)) {
    const reason = 'The request includes a parameter that is not valid for this queue type.';
    throw invalidValue('MessageDeduplicationId', MessageDeduplicationId, reason);
  }
  return given(MessageGroupId) ? requireId('MessageGroupId', MessageGroupId) : undefined;
}

function idsOfFifo(queue: Queue, { MessageGroupId, MessageDeduplicationId }: AwsShape, body: string) {
  if (!given(MessageGroupId)) throw missing('MessageGroupId');
  const groupId = requireId('MessageGroupId', MessageGroupId);
  if (given(MessageDeduplicationId)) {
    return { groupId, deduplicationId: requireId('MessageDeduplicationId', MessageDeduplicationId) };
  }
  if (attribute(queue, 'ContentBasedDeduplication') !== 'true') {
    throw invalid(
      'The queue should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly',
    );
  }
  return { groupId, deduplicationId: contentId(body) };
}

function requireId(name: string, id: unknown): string {
  if (isFifoId(id)) return id;
  throw invalidValue(name, id, `${name} can only include alphanumeric and punctuation characters. 1 to 128 in length.`);
}

function given(value: unknown): boolean {
  return value !== undefined && value !== null;
}

function missing(name: string): AwsError {
  return new AwsError('MissingParameter', `The request must contain the parameter ${name}.`);
}

function invalidValue(name: string, value: unknown, reason: string): AwsError {
  return invalid(`Value ${value} for parameter ${name} is invalid. Reason: ${reason}`);
}

function invalid(message: string): AwsError {
  return new AwsError('InvalidParameterValue', message);
}
