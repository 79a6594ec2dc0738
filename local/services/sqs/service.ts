import { AwsError, type AwsService, type AwsShape, type Caller, type WireProtocol } from '../aws';
import { Deduplication } from '../fifo/deduplication';
import { isFifo } from '../fifo/ids';
import { checkMembers } from '../members';
import type { Parts } from '../parts';
import { AllMessages } from './all-messages';
import { runBatch } from './batch';
import { isReceipt } from './messages';
import { MoveTasks } from './move-tasks';
import { number } from './numbers';
import { QUERY } from './query';
import { attribute, attributeNames, type Queue, Queues, redrive, seconds } from './queues';
import { ReceiveAttempts } from './receive-attempts';
import { Receiving } from './receiving';
import { Sending } from './sending';
import { Waiting } from './waiting';

const OPERATIONS = new Set([
  'CancelMessageMoveTask',
  'ChangeMessageVisibility',
  'ChangeMessageVisibilityBatch',
  'CreateQueue',
  'DeleteMessage',
  'DeleteMessageBatch',
  'DeleteQueue',
  'GetQueueAttributes',
  'GetQueueUrl',
  'ListDeadLetterSourceQueues',
  'ListMessageMoveTasks',
  'ListQueueTags',
  'ListQueues',
  'PurgeQueue',
  'ReceiveMessage',
  'SendMessage',
  'SendMessageBatch',
  'SetQueueAttributes',
  'StartMessageMoveTask',
  'TagQueue',
  'UntagQueue',
]);

/**
 * Owns SQS's queues, standard and FIFO.
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
    query: QUERY,
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
  readonly #messages: AllMessages;
  readonly #deduplication: Deduplication;
  readonly #attempts: ReceiveAttempts;
  readonly #waiting: Waiting;
  readonly #sending: Sending;
  readonly #receiving: Receiving;
  readonly #moveTasks: MoveTasks;

  /** `endpoint` tells the URL of the AWS APIs, which queue URLs begin with. */
  constructor(
    private readonly parts: Parts,
    private readonly options: { endpoint?: () => string } = {},
  ) {
    this.#queues = new Queues(parts);
    this.#messages = new AllMessages(parts.store);
    this.#deduplication = new Deduplication(parts.store, 'sqs_deduplication');
    this.#attempts = new ReceiveAttempts(parts.store, this.#messages.fifo);
    this.#waiting = new Waiting(parts.clock);
    this.#sending = new Sending(parts.clock, this.#messages, this.#deduplication);
    this.#receiving = new Receiving(parts, this.#queues, this.#messages, this.#attempts, this.#waiting);
    this.#moveTasks = new MoveTasks(parts, this.#queues, this.#messages, this.#waiting);
  }

  /** Goes on with what an earlier process has begun to move. */
  async start(): Promise<void> {
    this.#moveTasks.resume();
  }

  /** Ends all long polls with nothing. */
  async stop(): Promise<void> {
    this.#receiving.stop();
    this.#moveTasks.stop();
  }

  async call(operation: string, input: AwsShape, caller: Caller): Promise<AwsShape> {
    checkMembers(this.id, operation, input);
    switch (operation) {
      case 'CreateQueue':
        return { QueueUrl: this.#url(await this.#create(input, caller)) };
      case 'GetQueueUrl':
        return { QueueUrl: this.#url(this.#queues.get(input.QueueName)) };
      case 'ListQueues':
        return { QueueUrls: this.#queues.list(input.QueueNamePrefix).map((queue) => this.#url(queue)) };
      case 'StartMessageMoveTask':
        return this.#durably(this.#moveTasks.start(input));
      case 'ListMessageMoveTasks':
        return this.#durably(this.#moveTasks.list(input));
      case 'CancelMessageMoveTask':
        return this.#durably(this.#moveTasks.cancel(input));
    }
    const queue = this.#queues.get(input.QueueUrl);
    switch (operation) {
      case 'SendMessage':
        return this.#durably(this.#send(queue, input));
      case 'SendMessageBatch':
        return this.#durably(await runBatch(input.Entries, async (entry) => this.#send(queue, entry)));
      case 'ReceiveMessage':
        return this.#receiving.receive(queue, input, caller);
      case 'DeleteMessage':
        return this.#durably(this.#delete(queue, input));
      case 'DeleteMessageBatch':
        return this.#durably(await runBatch(input.Entries, async (entry) => this.#delete(queue, entry)));
      case 'ChangeMessageVisibility':
        return this.#durably(this.#changeVisibility(queue, input));
      case 'ChangeMessageVisibilityBatch':
        return this.#durably(await runBatch(input.Entries, async (entry) => this.#changeVisibility(queue, entry)));
      case 'PurgeQueue':
        this.#messages.of(queue).purge(queue.name);
        return this.#durably({});
      case 'DeleteQueue':
        this.#messages.of(queue).purge(queue.name);
        this.#deduplication.forget(queue.name);
        this.#attempts.forget(queue.name);
        this.#moveTasks.forget(queue.name);
        await this.#queues.delete(queue);
        return {};
      case 'GetQueueAttributes':
        return { Attributes: this.#attributes(queue, input.AttributeNames ?? []) };
      case 'SetQueueAttributes':
        await this.#followDelay(queue, await this.#queues.setAttributes(queue, input.Attributes ?? {}));
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
    const answer = this.#sending.send(queue, input);
    // Who waits looks again: for the message, or for when it will be visible.
    this.#waiting.wake(queue.name);
    return answer;
  }

  #delete(queue: Queue, { ReceiptHandle }: AwsShape): AwsShape {
    if (!isReceipt(ReceiptHandle)) throw invalidReceipt(ReceiptHandle);
    const isDeleted = this.#messages.of(queue).delete(queue.name, ReceiptHandle, this.parts.clock.now());
    // Its message group may go on.
    if (isDeleted && isFifo(queue.name)) this.#waiting.wake(queue.name);
    return {};
  }

  #changeVisibility(queue: Queue, { ReceiptHandle, VisibilityTimeout }: AwsShape): AwsShape {
    if (!isReceipt(ReceiptHandle)) throw invalidReceipt(ReceiptHandle);
    const timeout = number('VisibilityTimeout', VisibilityTimeout, undefined, 0, 43_200);
    const now = this.parts.clock.now();
    if (!this.#messages.of(queue).hide(queue.name, ReceiptHandle, now, now + timeout * 1000)) {
      const message = `Value ${ReceiptHandle} for parameter ReceiptHandle is invalid. Reason: Message does not exist or is not available for visibility timeout change.`;
      throw new AwsError('InvalidParameterValue', message);
    }
    this.#waiting.wake(queue.name);
    return {};
  }

  async #create(input: AwsShape, caller: Caller): Promise<Queue> {
    const before = this.#queues.find(input.QueueName);
    const queue = await this.#queues.create(input, caller);
    if (before) await this.#followDelay(before, queue);
    return queue;
  }

  /** A FIFO queue's delay holds for what was sent before it changed, too. */
  async #followDelay(before: Queue, queue: Queue): Promise<void> {
    if (!isFifo(queue.name) || seconds(queue, 'DelaySeconds') === seconds(before, 'DelaySeconds')) return;
    this.#messages.fifo.delayAll(queue.name, seconds(queue, 'DelaySeconds') * 1000);
    this.#waiting.wake(queue.name);
    await this.parts.store.durable();
  }

  #attributes(queue: Queue, names: string[]): Record<string, string> {
    const { visible, inFlight, delayed } = this.#messages.of(queue).count(queue.name, this.parts.clock.now());
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

function invalidReceipt(receipt: unknown): AwsError {
  return new AwsError(
    'ReceiptHandleIsInvalid',
    `The input receipt handle "${receipt}" is not a valid receipt handle.`,
    404,
  );
}
