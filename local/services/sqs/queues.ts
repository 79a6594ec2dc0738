import type { Collection } from '../../runtime/store';
import { AwsError, type AwsShape, type Caller } from '../aws';
import type { Parts } from '../parts';
import { attributesAlwaysThere, checkAttributes, defaultAttribute } from './queue-attributes';

export interface Queue {
  readonly name: string;
  readonly arn: string;
  /** Virtual seconds since the epoch. */
  readonly createdAt: number;
  attributes: Record<string, string>;
  tags: Record<string, string>;
}

/** Owns which queues there are and their attributes, checked. */
export class Queues {
  readonly #queues: Collection<Queue>;

  constructor(private readonly parts: Parts) {
    this.#queues = parts.store.collection('sqs_queues');
  }

  /** Creating a queue again answers it, unless it has other attributes; deploying it again changes them. */
  async create({ QueueName, Attributes, tags }: AwsShape, caller: Caller): Promise<Queue> {
    requireName(QueueName, Attributes ?? {});
    const old = this.#queues.get(QueueName);
    const attributes = checkAttributes(QueueName, Attributes ?? {}, old?.attributes);
    if (old && caller.via !== 'cloudformation') {
      const differs = Object.entries(attributes).find(([name, value]) => attribute(old, name) !== value);
      if (!differs) return old;
      const message = `A queue already exists with the same name and a different value for attribute ${differs[0]}`;
      throw new AwsError('QueueNameExists', message);
    }
    const { region, accountId } = this.parts.identity;
    const queue: Queue = {
      name: QueueName,
      arn: `arn:aws:sqs:${region}:${accountId}:${QueueName}`,
      createdAt: old?.createdAt ?? Math.floor(this.parts.clock.now() / 1000),
      attributes: { ...old?.attributes, ...attributes },
      tags: { ...old?.tags, ...tags },
    };
    await this.#queues.put(QueueName, queue);
    return queue;
  }

  /** The queue of a URL, an ARN or a name. */
  find(address: unknown): Queue | undefined {
    const name = typeof address === 'string' ? address.split(/[/:]/).pop() : undefined;
    return name ? this.#queues.get(name) : undefined;
  }

  /** Throws QueueDoesNotExist. */
  get(address: unknown): Queue {
    const queue = this.find(address);
    if (!queue) throw new AwsError('QueueDoesNotExist', 'The specified queue does not exist.');
    return queue;
  }

  /**
   * The queue of a request's ARN.
   * @param parameter that the ARN is of
   * @throws AwsError MissingParameter, InvalidParameterValue, ResourceNotFoundException
   */
  byArn(parameter: string, arn: unknown): Queue {
    if (arn === undefined || arn === null) {
      throw new AwsError('MissingParameter', `The request must contain the parameter ${parameter}.`);
    }
    if (!/^arn:[\w-]+:sqs:[\w-]+:\d{12}:[^:]+$/.test(String(arn))) {
      const form = 'arn:<partition>:<service>:<region>:<account-id>:<resource-id>';
      throw new AwsError('InvalidParameterValue', `You must use this format to specify the ${parameter}: ${form}`);
    }
    const queue = this.find(arn);
    if (queue?.arn === arn) return queue;
    const message = `The resource that you specified for the ${parameter} parameter doesn't exist.`;
    throw new AwsError('ResourceNotFoundException', message, 404);
  }

  /** Answers the queue as it is then. */
  async setAttributes(queue: Queue, attributes: AwsShape): Promise<Queue> {
    const checked = checkAttributes(queue.name, attributes, queue.attributes);
    const changed = { ...queue, attributes: { ...queue.attributes, ...checked } };
    await this.#queues.put(queue.name, changed);
    return changed;
  }

  async setTags(queue: Queue, tags: Record<string, string>): Promise<void> {
    await this.#queues.put(queue.name, { ...queue, tags });
  }

  delete(queue: Queue): Promise<void> {
    return this.#queues.delete(queue.name);
  }

  list(prefix = ''): Queue[] {
    return this.#queues.list(prefix).map(({ value }) => value);
  }
}

/** An attribute as it holds, its default included. */
export function attribute(queue: Queue, name: string): string | undefined {
  return queue.attributes[name] ?? defaultAttribute(queue.name, name);
}

export function seconds(
  queue: Queue,
  name: 'DelaySeconds' | 'MessageRetentionPeriod' | 'VisibilityTimeout' | 'ReceiveMessageWaitTimeSeconds',
) {
  return Number(attribute(queue, name));
}

/** The names of all attributes that hold a value. */
export function attributeNames(queue: Queue): string[] {
  return [...new Set([...attributesAlwaysThere(queue.name), ...Object.keys(queue.attributes)])];
}

/** Where messages go that were received too often. */
export function redrive(queue: Queue): { deadLetterTargetArn: string; maxReceiveCount: number } | undefined {
  const policy = queue.attributes.RedrivePolicy;
  if (!policy) return undefined;
  const { deadLetterTargetArn, maxReceiveCount } = JSON.parse(policy);
  return { deadLetterTargetArn, maxReceiveCount: Number(maxReceiveCount) };
}

function requireName(name: unknown, { FifoQueue }: AwsShape): void {
  const isFifoByAttribute = String(FifoQueue) === 'true';
  const form = isFifoByAttribute ? /^(?=.{1,80}$)[A-Za-z0-9_-]+\.fifo$/ : /^[A-Za-z0-9_-]{1,80}$/;
  if (typeof name === 'string' && form.test(name)) return;
  const message = isFifoByAttribute
    ? 'The name of a FIFO queue can only include alphanumeric characters, hyphens, or underscores, must end with .fifo suffix and be 1 to 80 in length.'
    : 'Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length';
  throw new AwsError('InvalidParameterValue', message);
}
