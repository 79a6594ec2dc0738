import type { Collection } from '../../runtime/store';
import { AwsError, type AwsShape, type Caller, NotRunHere } from '../aws';
import type { Parts } from '../parts';

export interface Queue {
  readonly name: string;
  readonly arn: string;
  /** Virtual seconds since the epoch. */
  readonly createdAt: number;
  attributes: Record<string, string>;
  tags: Record<string, string>;
}

/** Settable attributes: default, least and most (SetQueueAttributes in the SQS API reference). */
const NUMBERS: Record<string, readonly [number, number, number]> = {
  DelaySeconds: [0, 0, 900],
  MaximumMessageSize: [1_048_576, 1024, 1_048_576],
  MessageRetentionPeriod: [345_600, 60, 1_209_600],
  ReceiveMessageWaitTimeSeconds: [0, 0, 20],
  VisibilityTimeout: [30, 0, 43_200],
  KmsDataKeyReusePeriodSeconds: [300, 60, 86_400],
};
const TEXTS = new Set(['Policy', 'RedrivePolicy', 'RedriveAllowPolicy', 'KmsMasterKeyId', 'SqsManagedSseEnabled']);

/** Owns which queues there are and their attributes, checked. */
export class Queues {
  readonly #queues: Collection<Queue>;

  constructor(private readonly parts: Parts) {
    this.#queues = parts.store.collection('sqs_queues');
  }

  /** Creating a queue again answers it, unless it has other attributes; deploying it again changes them. */
  async create({ QueueName, Attributes, tags }: AwsShape, caller: Caller): Promise<Queue> {
    if (typeof QueueName === 'string' && QueueName.endsWith('.fifo')) {
      throw new NotRunHere('FIFO queues', 'InvalidParameterValue');
    }
    if (!/^[A-Za-z0-9_-]{1,80}$/.test(QueueName ?? '')) {
      const message = 'Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length';
      throw new AwsError('InvalidParameterValue', message);
    }
    const attributes = check(Attributes ?? {});
    const old = this.#queues.get(QueueName);
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

  /** The queue of a URL, an ARN or a name. Throws QueueDoesNotExist. */
  get(address: unknown): Queue {
    const name = typeof address === 'string' ? address.split(/[/:]/).pop() : undefined;
    const queue = name ? this.#queues.get(name) : undefined;
    if (!queue) throw new AwsError('QueueDoesNotExist', 'The specified queue does not exist.');
    return queue;
  }

  async setAttributes(queue: Queue, attributes: AwsShape): Promise<void> {
    await this.#queues.put(queue.name, { ...queue, attributes: { ...queue.attributes, ...check(attributes) } });
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
  return queue.attributes[name] ?? NUMBERS[name]?.[0].toString();
}

export function seconds(
  queue: Queue,
  name: 'DelaySeconds' | 'MessageRetentionPeriod' | 'VisibilityTimeout' | 'ReceiveMessageWaitTimeSeconds',
) {
  return Number(attribute(queue, name));
}

/** The names of all attributes that hold a value. */
export function attributeNames(queue: Queue): string[] {
  return [
    ...new Set([...Object.keys(NUMBERS).filter((name) => !name.startsWith('Kms')), ...Object.keys(queue.attributes)]),
  ];
}

/** Where messages go that were received too often. */
export function redrive(queue: Queue): { deadLetterTargetArn: string; maxReceiveCount: number } | undefined {
  const policy = queue.attributes.RedrivePolicy;
  if (!policy) return undefined;
  const { deadLetterTargetArn, maxReceiveCount } = JSON.parse(policy);
  return { deadLetterTargetArn, maxReceiveCount: Number(maxReceiveCount) };
}

function check(attributes: AwsShape): Record<string, string> {
  return Object.fromEntries(
    Object.entries(attributes).map(([name, value]) => {
      const range = NUMBERS[name];
      if (!range && !TEXTS.has(name)) throw new AwsError('InvalidAttributeName', `Unknown Attribute ${name}.`);
      if (typeof value === 'object')
        throw new AwsError('InvalidAttributeValue', `Invalid value for the parameter ${name}.`);
      const text = String(value);
      const bad = range
        ? !/^\d+$/.test(text) || Number(text) < range[1] || Number(text) > range[2]
        : !isPolicy(name, text);
      if (bad) throw new AwsError('InvalidAttributeValue', `Invalid value for the parameter ${name}.`);
      return [name, text];
    }),
  );
}

function isPolicy(name: string, text: string): boolean {
  if (name !== 'RedrivePolicy' || text === '') return true;
  try {
    const { deadLetterTargetArn, maxReceiveCount } = JSON.parse(text);
    const count = Number(maxReceiveCount);
    return /^arn:aws:sqs:/.test(deadLetterTargetArn) && Number.isInteger(count) && count >= 1 && count <= 1000;
  } catch {
    return false;
  }
}
