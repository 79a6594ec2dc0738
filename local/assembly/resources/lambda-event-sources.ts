import type { JsonObject } from '../../asl/json';
import { AwsError, NotRunHere } from '../../services/aws';
import { OF_STREAMS } from '../../services/lambda/event-sources/settings';
import { Properties } from '../properties';
import type { ResourceContext, ResourceProvider } from '../resource';

/** Event sources of functions, for one deployment: two of the same queue and function are refused, as on AWS. */
export function eventSourceMapping(): ResourceProvider {
  const deployed = new Set<string>();
  return {
    type: 'AWS::Lambda::EventSourceMapping',
    honoured: [
      'EventSourceArn',
      'FunctionName',
      'Enabled',
      'BatchSize',
      'MaximumBatchingWindowInSeconds',
      'FilterCriteria',
      'FunctionResponseTypes',
      'ScalingConfig',
      ...OF_STREAMS,
    ],
    inert: ['Tags', 'KmsKeyArn', 'MetricsConfig', 'LoggingConfig', 'ProvisionedPollerConfig'],
    needs: ['EventSourceArn', 'FunctionName'],
    async deploy(values, context) {
      requireQueue(values);
      const uuid = await createOrUpdate(new Properties(values), deployed, context);
      deployed.add(uuid);
      const arn = context.arn('lambda', `event-source-mapping:${uuid}`);
      return { ref: uuid, attributes: { Id: uuid, EventSourceMappingArn: arn } };
    },
    async remove({ ref }, { call }) {
      await call('lambda', 'DeleteEventSourceMapping', { UUID: ref });
    },
  };
}

function requireQueue({ EventSourceArn: arn, SelfManagedEventSource }: JsonObject): void {
  if (SelfManagedEventSource) throw new NotRunHere('event sources from Kafka');
  const service = typeof arn === 'string' ? arn.split(':')[2] : undefined;
  if (service && service !== 'sqs') throw new NotRunHere(`event sources from ${service}`);
}

async function createOrUpdate(
  properties: Properties,
  deployed: ReadonlySet<string>,
  { call }: ResourceContext,
): Promise<string> {
  const source = {
    EventSourceArn: properties.requiredText('EventSourceArn'),
    FunctionName: properties.requiredText('FunctionName'),
  };
  // What an earlier deployment set and this one does not is set back.
  const settings = {
    Enabled: properties.flag('Enabled') ?? true,
    BatchSize: properties.number('BatchSize') ?? 10,
    MaximumBatchingWindowInSeconds: properties.number('MaximumBatchingWindowInSeconds') ?? 0,
    FilterCriteria: {},
    FunctionResponseTypes: properties.list('FunctionResponseTypes'),
    ScalingConfig: {},
    ...properties.pick('FilterCriteria', 'ScalingConfig', ...OF_STREAMS),
  };
  try {
    const { EventSourceMappings } = await call('lambda', 'ListEventSourceMappings', source);
    const UUID = EventSourceMappings[0]?.UUID;
    if (UUID === undefined || deployed.has(UUID)) {
      return (await call('lambda', 'CreateEventSourceMapping', { ...source, ...settings })).UUID;
    }
    await call('lambda', 'UpdateEventSourceMapping', { UUID, ...settings });
    return UUID;
  } catch (error) {
    throw elsewhere(error) ?? error;
  }
}

/** Queues and functions that are there already on AWS, and made by no stack. */
function elsewhere(error: unknown): NotRunHere | undefined {
  if (!(error instanceof AwsError)) return undefined;
  if (error.code === 'ResourceNotFoundException') return new NotRunHere('functions that no stack makes');
  return error.message.includes('NonExistentQueue') ? new NotRunHere('queues that no stack makes') : undefined;
}
