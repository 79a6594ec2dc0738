import type { Collection } from '../../runtime/store';
import { AwsError, type AwsShape, type Caller } from '../aws';

/** As `MatchingEventTypes` names them. */
export const EVENT_TYPES = [
  'SEND',
  'REJECT',
  'BOUNCE',
  'COMPLAINT',
  'DELIVERY',
  'OPEN',
  'CLICK',
  'RENDERING_FAILURE',
  'DELIVERY_DELAY',
  'SUBSCRIPTION',
] as const;
export type EventType = (typeof EVENT_TYPES)[number];

/** Where the events of a configuration set go: exactly one of topic and bus is set. */
export interface EventDestination {
  readonly Name: string;
  readonly Enabled: boolean;
  readonly MatchingEventTypes: readonly EventType[];
  readonly SnsDestination?: { readonly TopicArn: string };
  readonly EventBridgeDestination?: { readonly EventBusArn: string };
}

const KINDS = ['SnsDestination', 'EventBridgeDestination'] as const;

/**
 * Owns the event destinations of configuration sets. Topics and the default event bus are run; CloudWatch, Firehose and
 * Pinpoint are refused.
 */
export class EventDestinations {
  constructor(private readonly items: Collection<EventDestination>) {}

  /** @throws AlreadyExistsException, BadRequestException */
  async create(set: string, input: AwsShape, caller: Caller): Promise<void> {
    const name = nameOf(input.EventDestinationName);
    if (this.items.get(key(set, name)) && caller.via !== 'cloudformation') {
      throw new AwsError('AlreadyExistsException', `Event destination <${name}> already exists.`);
    }
    await this.items.put(key(set, name), read(name, input.EventDestination));
  }

  /** @throws NotFoundException, BadRequestException */
  async update(set: string, input: AwsShape): Promise<void> {
    const name = nameOf(input.EventDestinationName);
    this.#require(set, name);
    await this.items.put(key(set, name), read(name, input.EventDestination));
  }

  /** @throws NotFoundException */
  async delete(set: string, name: unknown): Promise<void> {
    this.#require(set, nameOf(name));
    await this.items.delete(key(set, nameOf(name)));
  }

  async deleteAll(set: string): Promise<void> {
    for (const { Name } of this.list(set)) await this.items.delete(key(set, Name));
  }

  list(set: string): EventDestination[] {
    return this.items.list(key(set, '')).map(({ value }) => value);
  }

  #require(set: string, name: string): void {
    if (!this.items.get(key(set, name))) {
      throw new AwsError('NotFoundException', `Event destination <${name}> does not exist.`, 404);
    }
  }
}

/** Neither name can hold a slash. */
function key(set: string, name: string): string {
  return `${set}/${name}`;
}

function nameOf(name: unknown): string {
  if (typeof name === 'string' && /^[A-Za-z0-9_-]{1,64}$/.test(name)) return name;
  throw bad('The event destination name must have 1 to 64 letters, digits, hyphens and underscores.');
}

function read(Name: string, definition: AwsShape | undefined): EventDestination {
  const { Enabled = false, MatchingEventTypes } = definition ?? {};
  if (!Array.isArray(MatchingEventTypes) || MatchingEventTypes.length === 0) {
    throw bad('Event destination must have at least one matching event type.');
  }
  const unknown = MatchingEventTypes.find((type) => !EVENT_TYPES.includes(type));
  if (unknown !== undefined) {
    throw bad(
      `1 validation error detected: Value '${unknown}' at 'eventDestination.matchingEventTypes' failed to satisfy constraint: Member must satisfy enum value set: [${EVENT_TYPES.join(', ')}]`,
    );
  }
  const kinds = Object.keys(definition ?? {}).filter((member) => member.endsWith('Destination'));
  if (kinds.length !== 1) throw bad('Event destination must have exactly one destination.');
  const kind = KINDS.find((known) => known === kinds[0]);
  if (!kind) throw bad(`The local cloud sends events to SNS and EventBridge, not to a ${kinds[0]}.`);
  const destination = definition?.[kind];
  const arn = kind === 'SnsDestination' ? destination?.TopicArn : destination?.EventBusArn;
  const pattern = kind === 'SnsDestination' ? /^arn:[\w-]+:sns:/ : /^arn:[\w-]+:events:[^:]*:[^:]*:event-bus\/default$/;
  if (typeof arn !== 'string' || !pattern.test(arn)) {
    throw bad(kind === 'SnsDestination' ? 'Invalid SNS topic ARN.' : 'Only the default event bus is supported.');
  }
  return { Name, Enabled: Enabled === true, MatchingEventTypes, [kind]: destination };
}

function bad(message: string): AwsError {
  return new AwsError('BadRequestException', message);
}
