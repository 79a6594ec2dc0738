import { randomUUID } from 'node:crypto';
import type { Collection } from '../../../runtime/store';
import { AwsError, type AwsShape, NotRunHere } from '../../aws';
import type { Parts } from '../../parts';
import type { RoleSession } from '../../role-session';
import { describeSettings, invalid, readSettings, type Settings } from './settings';

/** An event source mapping as it is kept; times in virtual ms. */
export interface EventSourceMapping {
  readonly uuid: string;
  /** The ARN of an SQS queue. */
  readonly eventSourceArn: string;
  /** With a qualifier where it was given one. */
  readonly functionArn: string;
  readonly changedAt: number;
  readonly settings: Settings;
}

/** A function, as far as event sources must know it. */
export interface SourcedFunction {
  readonly name: string;
  readonly arn: string;
  readonly timeoutSeconds: number;
  /** That it polls its sources with. */
  readonly role: RoleSession | undefined;
}

/**
 * Owns which event source mappings there are, and what one may be: of a queue of this account, that hides
 * messages for as long as the function may take.
 */
export class EventSourceMappings {
  readonly #mappings: Collection<EventSourceMapping>;

  /** @param find the function of a name or an ARN; throws ResourceNotFoundException */
  constructor(
    private readonly parts: Parts,
    private readonly find: (reference: unknown) => SourcedFunction,
  ) {
    this.#mappings = parts.store.collection('lambda_event_source_mapping');
  }

  /** @throws AwsError InvalidParameterValueException, ResourceConflictException, ValidationException */
  async create(input: AwsShape): Promise<EventSourceMapping> {
    const { FunctionName } = input;
    if (FunctionName === undefined) {
      const message = `1 validation error detected: Value null at 'functionName' failed to satisfy constraint: Member must not be null`;
      throw new AwsError('ValidationException', message);
    }
    const eventSourceArn = queueArn(input);
    const settings = readSettings(eventSourceArn, input);
    const target = this.#target(FunctionName);
    await this.#requireQueue(eventSourceArn, target);
    const twin = this.list().find((one) => one.eventSourceArn === eventSourceArn && one.functionArn === target.arn);
    if (twin) {
      throw new AwsError(
        'ResourceConflictException',
        `An event source mapping with SQS arn (" ${eventSourceArn} ") and function (" ${target.name} ") already exists. Please update or delete the existing mapping with UUID ${twin.uuid}`,
        409,
        { Type: 'User' },
      );
    }
    return this.#put({ uuid: randomUUID(), eventSourceArn, functionArn: target.arn, changedAt: 0, settings });
  }

  /** What the request leaves out stays. Throws as `create` and `get`. */
  async update(input: AwsShape): Promise<EventSourceMapping> {
    const old = this.get(input.UUID);
    const settings = readSettings(old.eventSourceArn, input, old.settings);
    const target = this.#target(input.FunctionName ?? old.functionArn);
    await this.#requireQueue(old.eventSourceArn, target);
    return this.#put({ ...old, functionArn: target.arn, settings });
  }

  /** @throws AwsError ResourceNotFoundException */
  get(uuid: unknown): EventSourceMapping {
    const found = typeof uuid === 'string' ? this.#mappings.get(uuid) : undefined;
    if (found) return found;
    throw new AwsError('ResourceNotFoundException', 'The resource you requested does not exist.', 404, {
      Type: 'User',
    });
  }

  /** In the order of their UUIDs. */
  list(): EventSourceMapping[] {
    return this.#mappings.list().map(({ value }) => value);
  }

  async delete({ uuid }: EventSourceMapping): Promise<void> {
    await this.#mappings.delete(uuid);
  }

  /** A function by the ARN that mappings have of it. */
  named(reference: unknown): SourcedFunction {
    const found = this.find(reference);
    return String(reference).endsWith(':$LATEST') ? { ...found, arn: `${found.arn}:$LATEST` } : found;
  }

  /** Of a queue, in seconds. @throws AwsError InvalidParameterValueException when there is none by this ARN */
  async visibilityTimeout(arn: string): Promise<number> {
    const request = { QueueUrl: arn, AttributeNames: ['QueueArn', 'VisibilityTimeout'] };
    try {
      const { Attributes } = await this.parts.aws.call('sqs', 'GetQueueAttributes', request, { via: 'lambda' });
      // Queues are found by their name alone.
      if (Attributes.QueueArn === arn) return Number(Attributes.VisibilityTimeout);
    } catch (error) {
      if (!(error instanceof AwsError) || error.code !== 'QueueDoesNotExist') throw error;
    }
    throw invalid(
      'Error occurred while ReceiveMessage. SQS Error Code: AWS.SimpleQueueService.NonExistentQueue. SQS Error Message: The specified queue does not exist.',
    );
  }

  #target(reference: unknown): SourcedFunction {
    try {
      return this.named(reference);
    } catch (error) {
      if (!(error instanceof AwsError) || error.code !== 'ResourceNotFoundException') throw error;
      throw invalid('Function does not exist');
    }
  }

  async #requireQueue(arn: string, { timeoutSeconds }: SourcedFunction): Promise<void> {
    const hidden = await this.visibilityTimeout(arn);
    if (hidden < timeoutSeconds) {
      throw invalid(
        `Queue visibility timeout: ${hidden} seconds is less than Function timeout: ${timeoutSeconds} seconds`,
      );
    }
  }

  async #put(mapping: EventSourceMapping): Promise<EventSourceMapping> {
    const changed = { ...mapping, changedAt: this.parts.clock.now() };
    await this.#mappings.put(mapping.uuid, changed);
    return changed;
  }
}

/**
 * `EventSourceMappingConfiguration`: docs.aws.amazon.com/lambda/latest/api/API_EventSourceMappingConfiguration.html
 * @param state while it changes; else the one that it has
 */
export function describeMapping(mapping: EventSourceMapping, state?: string): AwsShape {
  const { uuid, functionArn, settings } = mapping;
  const [partition, , region, account] = functionArn.split(':').slice(1);
  return {
    UUID: uuid,
    EventSourceMappingArn: `arn:${partition}:lambda:${region}:${account}:event-source-mapping:${uuid}`,
    EventSourceArn: mapping.eventSourceArn,
    FunctionArn: functionArn,
    LastModified: new Date(mapping.changedAt),
    State: state ?? (settings.enabled ? 'Enabled' : 'Disabled'),
    StateTransitionReason: 'USER_INITIATED',
    ...describeSettings(settings),
  };
}

function queueArn({ EventSourceArn: arn, SelfManagedEventSource }: AwsShape): string {
  if (SelfManagedEventSource) throw new NotRunHere('event sources from Kafka', 'InvalidParameterValueException');
  const service = typeof arn === 'string' ? arn.split(':')[2] : undefined;
  if (!service) throw invalid('Unrecognized event source.');
  if (service !== 'sqs') throw new NotRunHere(`event sources from ${service}`, 'InvalidParameterValueException');
  return arn;
}
