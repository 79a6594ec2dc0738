import type { Json } from '../../asl/json';
import { AwsError } from '../../services/aws';
import { Properties } from '../properties';
import type { Deployed, Identify, NamingContext, ResourceContext, ResourceProvider } from '../resource';

/** Properties that are queue attributes of the same name, with AWS's defaults, to which a later deployment may return. */
const DEFAULTS = {
  DelaySeconds: '0',
  MaximumMessageSize: '1048576',
  MessageRetentionPeriod: '345600',
  ReceiveMessageWaitTimeSeconds: '0',
  VisibilityTimeout: '30',
  RedrivePolicy: '',
  RedriveAllowPolicy: '',
};
/** Those of FIFO queues. */
const FIFO_DEFAULTS = {
  ContentBasedDeduplication: 'false',
  DeduplicationScope: 'queue',
  FifoThroughputLimit: 'perQueue',
};
const ATTRIBUTES = [...Object.keys(DEFAULTS), ...Object.keys(FIFO_DEFAULTS)];

export const queue: ResourceProvider = {
  type: 'AWS::SQS::Queue',
  honoured: ['QueueName', 'FifoQueue', ...ATTRIBUTES],
  inert: ['Tags', 'KmsMasterKeyId', 'KmsDataKeyReusePeriodSeconds', 'SqsManagedSseEnabled'],
  async deploy(values, context) {
    const properties = new Properties(values);
    const fifo = properties.flag('FifoQueue') === true;
    const name = queueName(properties, context);
    const given = Object.entries(properties.pick(...ATTRIBUTES)).map(([key, value]) => [key, attributeText(value)]);
    const attributes = { ...DEFAULTS, ...(fifo && FIFO_DEFAULTS), ...Object.fromEntries(given) };
    const url = await createOrUpdate(name, fifo, attributes, context.call);
    return queueAt(url, name, context);
  },
};

/** At the address that it has on AWS. */
export const queueIdentity: Identify = (values, context) => {
  const name = queueName(new Properties(values), context);
  const { region, accountId } = context.identity;
  return queueAt(`https://sqs.${region}.amazonaws.com/${accountId}/${name}`, name, context);
};

function queueAt(url: string, name: string, context: NamingContext): Deployed {
  return { ref: url, attributes: { Arn: context.arn('sqs', name), QueueName: name, QueueUrl: url } };
}

function queueName(properties: Properties, context: NamingContext): string {
  const fifo = properties.flag('FifoQueue') === true;
  return context.name(properties.text('QueueName'), { longest: 80, ...(fifo && { suffix: '.fifo' }) });
}

async function createOrUpdate(
  name: string,
  fifo: boolean,
  attributes: Record<string, string>,
  call: ResourceContext['call'],
): Promise<string> {
  try {
    const all = fifo ? { ...attributes, FifoQueue: 'true' } : attributes;
    return (await call('sqs', 'CreateQueue', { QueueName: name, Attributes: all })).QueueUrl;
  } catch (error) {
    // The queue is there with other attributes.
    if (!(error instanceof AwsError) || error.code !== 'QueueNameExists') throw error;
    const { QueueUrl } = await call('sqs', 'GetQueueUrl', { QueueName: name });
    await call('sqs', 'SetQueueAttributes', { QueueUrl, Attributes: attributes });
    return QueueUrl;
  }
}

function attributeText(value: Json): string {
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
