import { AwsError, type AwsService, type AwsShape, type Caller, type WireProtocol } from '../aws';
import { checkMembers } from '../members';
import type { Parts } from '../parts';
import { formatAttributes, md5, md5OfAttributes, readAttributes, selectAttributes } from './attributes';
import { runBatch } from './batch';
import { isReceipt, Messages, type Received } from './messages';
import { attribute, attributeNames, type Queue, Queues, redrive, seconds } from './queues';
import { Waiting } from './waiting';

const OPERATIONS = new Set([
  'ChangeMessageVisibility',
  'ChangeMessageVisibilityBatch',
  'CreateQueue',
  'DeleteMessage',
  'DeleteMessageBatch',
  'DeleteQueue',
  'GetQueueAttributes',
  'GetQueueUrl',
  'ListDeadLetterSourceQueues',
  'ListQueueTags',
  'ListQueues',
  'PurgeQueue',
  'ReceiveMessage',
  'SendMessage',
  'SendMessageBatch',
  'SetQueueAttributes',
  'TagQueue',
  'UntagQueue',
]);

/**
 * Owns SQS's standard queues.
 *
 * K1  A message that was accepted is durable, and received at least once unless it is deleted or expires.
 * K2  A received message is hidden for its visibility timeout of virtual time; received too often, it moves to the
 *     dead-letter queue in the same transaction.
 * K3  A caller that went away receives nothing.
 */
export class SqsService implements AwsService {
  readonly id = 'sqs';
  readonly signingName = 'sqs';
  readonly waits = new Set(['ReceiveMessage']);
  readonly operations = OPERATIONS;
  readonly protocol: WireProtocol = {
    kind: 'json',
    targetPrefix: 'AmazonSQS',
    version: '1.0',
    queryCodes: {
      QueueDoesNotExist: 'AWS.SimpleQueueService.NonExistentQueue',
      QueueNameExists: 'QueueAlreadyExists',
      EmptyBatchRequest: 'AWS.SimpleQueueService.EmptyBatchRequest',
      TooManyEntriesInBatchRequest: 'AWS.SimpleQueueService.TooManyEntriesInBatchRequest',
      BatchEntryIdsNotDistinct: 'AWS.SimpleQueueService.BatchEntryIdsNotDistinct',
      InvalidBatchEntryId: 'AWS.SimpleQueueService.InvalidBatchEntryId',
      MessageNotInflight: 'AWS.SimpleQueueService.MessageNotInflight',
      ReceiptHandleIsInvalid: 'ReceiptHandleIsInvalid',
      InvalidAttributeName: 'InvalidAttributeName',
      InvalidAttributeValue: 'InvalidAttributeValue',
      InvalidParameterValue: 'InvalidParameterValue',
    },
  };
  readonly #queues: Queues;
  readonly #messages: Messages;
  readonly #waiting: Waiting;
  #stopped = false;

  /** `endpoint` tells the URL of the AWS APIs, which queue URLs begin with. */
  constructor(
    private readonly parts: Parts,
    private readonly options: { endpoint?: () => string } = {},
  ) {
    this.#queues = new Queues(parts);
    this.#messages = new Messages(parts.store);
    this.#waiting = new Waiting(parts.clock);
  }

  /** Ends all long polls with nothing. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#waiting.wakeAll();
  }

  async call(operation: string, input: AwsShape, caller: Caller): Promise<AwsShape> {
    checkMembers(this.id, operation, input);
    switch (operation) {
      case 'CreateQueue':
        return { QueueUrl: this.#url(await this.#queues.create(input, caller)) };
      case 'GetQueueUrl':
        return { QueueUrl: this.#url(this.#queues.get(input.QueueName)) };
      case 'ListQueues':
        return { QueueUrls: this.#queues.list(input.QueueNamePrefix).map((queue) => this.#url(queue)) };
    }
    const queue = this.#queues.get(input.QueueUrl);
    switch (operation) {
      case 'SendMessage':
        return this.#durably(this.#send(queue, input));
      case 'SendMessageBatch':
        return this.#durably(await runBatch(input.Entries, async (entry) => this.#send(queue, entry)));
      case 'ReceiveMessage':
        return this.#receive(queue, input, caller);
      case 'DeleteMessage':
        return this.#durably(this.#delete(queue, input));
      case 'DeleteMessageBatch':
        return this.#durably(await runBatch(input.Entries, async (entry) => this.#delete(queue, entry)));
      case 'ChangeMessageVisibility':
        return this.#durably(this.#changeVisibility(queue, input));
      case 'ChangeMessageVisibilityBatch':
        return this.#durably(await runBatch(input.Entries, async (entry) => this.#changeVisibility(queue, entry)));
      case 'PurgeQueue':
        this.#messages.purge(queue.name);
        return this.#durably({});
      case 'DeleteQueue':
        this.#messages.purge(queue.name);
        await this.#queues.delete(queue);
        return {};
      case 'GetQueueAttributes':
        return { Attributes: this.#attributes(queue, input.AttributeNames ?? []) };
      case 'SetQueueAttributes':
        await this.#queues.setAttributes(queue, input.Attributes ?? {});
        return {};
      case 'ListDeadLetterSourceQueues': {
        const sources = this.#queues.list().filter((one) => redrive(one)?.deadLetterTargetArn === queue.arn);
        return { queueUrls: sources.map((source) => this.#url(source)) };
      }
      case 'TagQueue':
        await this.#queues.setTags(queue, { ...queue.tags, ...input.Tags });
        return {};
      case 'UntagQueue': {
        const kept = Object.entries(queue.tags).filter(([key]) => !input.TagKeys?.includes(key));
        await this.#queues.setTags(queue, Object.fromEntries(kept));
        return {};
      }
      case 'ListQueueTags':
        return { Tags: queue.tags };
      default:
        throw new AwsError('UnknownOperationException', `The local cloud does not run sqs:${operation}.`);
    }
  }

  #send(queue: Queue, input: AwsShape): AwsShape {
    const { MessageBody: body, DelaySeconds } = input;
    if (typeof body !== 'string' || body === '') {
      throw new AwsError('MissingParameter', 'The request must contain the parameter MessageBody.');
    }
    const attributes = readAttributes(input.MessageAttributes);
    const most = Number(attribute(queue, 'MaximumMessageSize'));
    if (Buffer.byteLength(body) + Buffer.byteLength(JSON.stringify(attributes)) - 2 > most) {
      throw new AwsError(
        'InvalidParameterValue',
        `One or more parameters are invalid. Reason: Message must be shorter than ${most} bytes.`,
      );
    }
    const delay = number('DelaySeconds', DelaySeconds, seconds(queue, 'DelaySeconds'), 0, 900);
    const now = this.parts.clock.now();
    const expiresAt = now + seconds(queue, 'MessageRetentionPeriod') * 1000;
    const { id } = this.#messages.add(queue.name, { body, attributes, sentAt: now }, now + delay * 1000, expiresAt);
    // Who waits looks again: for the message, or for when it will be visible.
    this.#waiting.wake(queue.name);
    return { MessageId: id, MD5OfMessageBody: md5(body), MD5OfMessageAttributes: md5OfAttributes(attributes) };
  }

  async #receive(queue: Queue, input: AwsShape, { signal, via }: Caller): Promise<AwsShape> {
    const { clock } = this.parts;
    const most = number('MaxNumberOfMessages', input.MaxNumberOfMessages, 1, 1, 10);
    const wait = AWS_POLLERS.has(via)
      ? (input.WaitTimeSeconds ?? Number.POSITIVE_INFINITY)
      : number('WaitTimeSeconds', input.WaitTimeSeconds, seconds(queue, 'ReceiveMessageWaitTimeSeconds'), 0, 20);
    const timeout = number(
      'VisibilityTimeout',
      input.VisibilityTimeout,
      seconds(queue, 'VisibilityTimeout'),
      0,
      43_200,
    );
    const until = clock.now() + wait * 1000;
    for (;;) {
      if (signal?.aborted || this.#stopped) return {};
      const received = this.#take(queue, most, timeout);
      if (received.length > 0) {
        const Messages = received.map((one) => describe(one, input, this.parts.identity.accountId));
        // Waiting was no work; what is on its way to the receiver is.
        return this.parts.work.track(() => this.#durably({ Messages }));
      }
      if (clock.now() >= until) return {};
      const next = this.#messages.nextVisible(queue.name) ?? until;
      if (next > clock.now()) await this.#waiting.wait(queue.name, Math.min(until, next), signal);
    }
  }

  #take(queue: Queue, most: number, timeout: number): Received[] {
    const now = this.parts.clock.now();
    const policy = redrive(queue);
    const received = this.#messages.take(queue.name, most, now, now + timeout * 1000);
    return received.filter((one) => {
      if (!policy || one.receives <= policy.maxReceiveCount) return true;
      const deadLetters = this.#queues.get(policy.deadLetterTargetArn);
      this.#messages.move(deadLetters.name, one, queue.arn, now);
      this.#waiting.wake(deadLetters.name);
      return false;
    });
  }

  #delete(queue: Queue, { ReceiptHandle }: AwsShape): AwsShape {
    if (!isReceipt(ReceiptHandle)) throw invalidReceipt(ReceiptHandle);
    this.#messages.delete(queue.name, ReceiptHandle);
    return {};
  }

  #changeVisibility(queue: Queue, { ReceiptHandle, VisibilityTimeout }: AwsShape): AwsShape {
    if (!isReceipt(ReceiptHandle)) throw invalidReceipt(ReceiptHandle);
    const timeout = number('VisibilityTimeout', VisibilityTimeout, undefined, 0, 43_200);
    if (!this.#messages.hide(queue.name, ReceiptHandle, this.parts.clock.now() + timeout * 1000)) {
      const message = `Value ${ReceiptHandle} for parameter ReceiptHandle is invalid. Reason: Message does not exist or is not available for visibility timeout change.`;
      throw new AwsError('InvalidParameterValue', message);
    }
    this.#waiting.wake(queue.name);
    return {};
  }

  #attributes(queue: Queue, names: string[]): Record<string, string> {
    const { visible, inFlight, delayed } = this.#messages.count(queue.name, this.parts.clock.now());
    const all: Record<string, string | undefined> = {
      QueueArn: queue.arn,
      ApproximateNumberOfMessages: String(visible),
      ApproximateNumberOfMessagesNotVisible: String(inFlight),
      ApproximateNumberOfMessagesDelayed: String(delayed),
      CreatedTimestamp: String(queue.createdAt),
      LastModifiedTimestamp: String(queue.createdAt),
    };
    for (const name of attributeNames(queue)) all[name] = attribute(queue, name);
    const wanted = (name: string) => names.includes('All') || names.includes(name);
    return Object.fromEntries(
      Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined && wanted(entry[0])),
    );
  }

  #url({ name }: Queue): string {
    return `${this.options.endpoint?.() ?? 'http://127.0.0.1'}/${this.parts.identity.accountId}/${name}`;
  }

  async #durably(answer: AwsShape): Promise<AwsShape> {
    await this.parts.store.durable();
    return answer;
  }
}

/** They poll without an end: one question that waits for messages stands for one every 20 s, which would be 20 s timers for ever. */
const AWS_POLLERS = new Set(['pipes', 'lambda']);

function describe(
  { message, receipt, receives, firstReceivedAt }: Received,
  input: AwsShape,
  SenderId: string,
): AwsShape {
  const attributes = selectAttributes(message.attributes, input.MessageAttributeNames);
  const system: Record<string, string> = {
    SenderId,
    SentTimestamp: String(message.sentAt),
    ApproximateReceiveCount: String(receives),
    ApproximateFirstReceiveTimestamp: String(firstReceivedAt),
    ...(message.sourceArn ? { DeadLetterQueueSourceArn: message.sourceArn } : {}),
  };
  const names: string[] = [...(input.MessageSystemAttributeNames ?? []), ...(input.AttributeNames ?? [])];
  const Attributes = Object.entries(system).filter(([name]) => names.includes('All') || names.includes(name));
  return {
    MessageId: message.id,
    ReceiptHandle: receipt,
    MD5OfBody: md5(message.body),
    Body: message.body,
    ...(Attributes.length > 0 ? { Attributes: Object.fromEntries(Attributes) } : {}),
    ...(Object.keys(attributes).length > 0
      ? { MessageAttributes: formatAttributes(attributes), MD5OfMessageAttributes: md5OfAttributes(attributes) }
      : {}),
  };
}

function number(name: string, given: unknown, otherwise: number | undefined, least: number, most: number): number {
  const value = given === undefined || given === null ? otherwise : Number(given);
  if (value !== undefined && Number.isInteger(value) && value >= least && value <= most) return value;
  const range = `Must be >= ${least} and <= ${most}, if provided.`;
  throw new AwsError('InvalidParameterValue', `Value ${given} for parameter ${name} is invalid. Reason: ${range}`);
}

function invalidReceipt(receipt: unknown): AwsError {
  return new AwsError(
    'ReceiptHandleIsInvalid',
    `The input receipt handle "${receipt}" is not a valid receipt handle.`,
    404,
  );
}
