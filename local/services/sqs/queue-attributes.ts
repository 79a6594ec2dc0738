import { AwsError, type AwsShape } from '../aws';
import { isFifo } from '../fifo/ids';

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

/** Those of FIFO queues: their values, of which the first is the default. */
const OF_FIFO: Record<string, readonly string[]> = {
  FifoQueue: ['true'],
  ContentBasedDeduplication: ['false', 'true'],
  DeduplicationScope: ['queue', 'messageGroup'],
  FifoThroughputLimit: ['perQueue', 'perMessageGroupId'],
};

/** What a queue of this name has where nothing was set. */
export function defaultAttribute(queueName: string, name: string): string | undefined {
  return NUMBERS[name]?.[0].toString() ?? (isFifo(queueName) ? OF_FIFO[name]?.[0] : undefined);
}

/** The names of the attributes that a queue of this name has in any case. */
export function attributesAlwaysThere(queueName: string): string[] {
  const numbers = Object.keys(NUMBERS).filter((name) => !name.startsWith('Kms'));
  return isFifo(queueName) ? [...numbers, ...Object.keys(OF_FIFO)] : numbers;
}

/**
 * Checks what a request sets of a queue that has the attributes `before`, and answers it as text.
 * @throws AwsError InvalidAttributeName, InvalidAttributeValue, InvalidParameterValue
 */
export function checkAttributes(
  queueName: string,
  given: AwsShape,
  before: Readonly<Record<string, string>> = {},
): Record<string, string> {
  const checked = Object.fromEntries(
    Object.entries(given).map(([name, value]) => [name, checkAttribute(queueName, name, value)]),
  );
  if (checked.RedrivePolicy) requireSameKind(queueName, checked.RedrivePolicy);
  const after = { ...before, ...checked };
  if (after.FifoThroughputLimit === 'perMessageGroupId' && after.DeduplicationScope !== 'messageGroup') {
    const reason = 'The value perMessageGroupId is allowed only when the value for DeduplicationScope is messageGroup.';
    throw invalid('FifoThroughputLimit', ` Reason: ${reason}`);
  }
  return checked;
}

function checkAttribute(queueName: string, name: string, value: unknown): string {
  const range = NUMBERS[name];
  const choices = isFifo(queueName) ? OF_FIFO[name] : undefined;
  if (!range && !choices && !TEXTS.has(name)) throw new AwsError('InvalidAttributeName', `Unknown Attribute ${name}.`);
  if (typeof value === 'object') throw invalid(name);
  const text = String(value);
  if (range) {
    if (!/^\d+$/.test(text) || Number(text) < range[1] || Number(text) > range[2]) throw invalid(name);
  } else if (choices) {
    if (!choices.includes(text)) {
      throw invalid(name, name === 'FifoQueue' ? ' Reason: Modifying queue type is not supported.' : '');
    }
  } else if (!isPolicy(name, text)) throw invalid(name);
  return text;
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

function requireSameKind(queueName: string, policy: string): void {
  if (isFifo(JSON.parse(policy).deadLetterTargetArn) === isFifo(queueName)) return;
  const reason = 'Dead-letter queue must be same type of queue as the source..';
  const message = `Value ${policy} for parameter RedrivePolicy is invalid. Reason: ${reason}`;
  throw new AwsError('InvalidParameterValue', message);
}

function invalid(name: string, reason = ''): AwsError {
  return new AwsError('InvalidAttributeValue', `Invalid value for the parameter ${name}.${reason}`);
}
