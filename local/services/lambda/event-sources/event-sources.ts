import type { Json, JsonObject } from '../../../asl/json';
import { isObject } from '../../../asl/json';
import { AwsError, type AwsShape } from '../../aws';
import { checkMembers } from '../../members';
import type { Parts } from '../../parts';
import { failedOf } from '../../polling/failures';
import { Poller } from '../../polling/poller';
import { parsedJson, type SqsRecord } from '../../polling/records';
import type { RoleSession } from '../../role-session';
import { describeMapping, type EventSourceMapping, EventSourceMappings, type SourcedFunction } from './mappings';

export const EVENT_SOURCE_OPERATIONS = [
  'CreateEventSourceMapping',
  'DeleteEventSourceMapping',
  'GetEventSourceMapping',
  'ListEventSourceMappings',
  'UpdateEventSourceMapping',
] as const;

/**
 * Owns the event sources of functions, which are queues: their operations, and that each enabled one is polled
 * between `start` and `stop` (docs.aws.amazon.com/lambda/latest/dg/with-sqs.html). Changes hold at once, though answers name
 * the state that AWS would pass through.
 */
export class EventSources {
  readonly #mappings: EventSourceMappings;
  readonly #pollers = new Map<string, Poller>();
  #started = false;

  constructor(
    private readonly parts: Parts,
    find: (reference: unknown) => SourcedFunction,
  ) {
    this.#mappings = new EventSourceMappings(parts, find);
  }

  /** Begins to poll; call it when queues and functions exist. */
  async start(): Promise<void> {
    this.#started = true;
    for (const mapping of this.#mappings.list()) this.#follow(mapping);
  }

  /** What is in hand comes again. */
  async stop(): Promise<void> {
    this.#started = false;
    for (const poller of this.#pollers.values()) poller.abandon();
    this.#pollers.clear();
  }

  async call(operation: string, input: AwsShape): Promise<AwsShape> {
    checkMembers('lambda', operation, input);
    const mappings = this.#mappings;
    switch (operation) {
      case 'CreateEventSourceMapping':
        return describeMapping(this.#follow(await mappings.create(input)), 'Creating');
      case 'GetEventSourceMapping':
        return describeMapping(mappings.get(input.UUID));
      case 'ListEventSourceMappings':
        return this.#list(input);
      case 'UpdateEventSourceMapping': {
        const before = mappings.get(input.UUID).settings.enabled;
        const mapping = this.#follow(await mappings.update(input));
        const { enabled } = mapping.settings;
        return describeMapping(mapping, enabled === before ? 'Updating' : enabled ? 'Enabling' : 'Disabling');
      }
      case 'DeleteEventSourceMapping': {
        const mapping = mappings.get(input.UUID);
        await mappings.delete(mapping);
        this.#forget(mapping.uuid);
        return describeMapping(mapping, 'Deleting');
      }
      default:
        throw new AwsError('UnknownOperationException', `The local cloud does not run lambda:${operation}.`, 501);
    }
  }

  #list({ EventSourceArn, FunctionName, Marker = '', MaxItems }: AwsShape): AwsShape {
    const functionArn = FunctionName === undefined ? undefined : this.#mappings.named(FunctionName).arn;
    const found = this.#mappings
      .list()
      .filter((one) => one.uuid > Marker)
      .filter((one) => EventSourceArn === undefined || one.eventSourceArn === EventSourceArn)
      .filter((one) => functionArn === undefined || one.functionArn === functionArn);
    const page = found.slice(0, Math.min(Number(MaxItems ?? MOST_LISTED), MOST_LISTED));
    return {
      EventSourceMappings: page.map((one) => describeMapping(one)),
      ...(found.length > page.length && { NextMarker: page.at(-1)?.uuid }),
    };
  }

  /** Polls for a mapping as it is now. */
  #follow(mapping: EventSourceMapping): EventSourceMapping {
    this.#forget(mapping.uuid);
    if (this.#started && mapping.settings.enabled) this.#pollers.set(mapping.uuid, this.#poll(mapping));
    return mapping;
  }

  #forget(uuid: string): void {
    this.#pollers.get(uuid)?.stop();
    this.#pollers.delete(uuid);
  }

  #poll({ eventSourceArn, functionArn, settings }: EventSourceMapping): Poller {
    const functionName = functionArn.split(':')[6];
    return new Poller(this.parts, {
      name: `event source ${eventSourceArn.split(':').at(-1)} of ${functionName}`,
      via: 'lambda',
      role: () => this.#roleOf(functionArn),
      queueArn: eventSourceArn,
      batchSize: settings.batchSize,
      windowSeconds: settings.windowSeconds,
      filters: settings.patterns.map((pattern) => JSON.parse(pattern) as JsonObject),
      mostAtOnce: settings.maximumConcurrency,
      handOver: async (records) => {
        const answer = await this.#invokeInTime(eventSourceArn, functionArn, records);
        return settings.reportsFailures ? failedOfAnswer(records, answer) : [];
      },
    });
  }

  /** Of a function that is there; it may be deployed again, with another. */
  #roleOf(functionArn: string): RoleSession | undefined {
    try {
      return this.#mappings.named(functionArn).role;
    } catch {
      return undefined;
    }
  }

  /** As `#invoke`; where there is no room it is tried again, ever more rarely, while the queue hides the messages. */
  async #invokeInTime(queueArn: string, functionArn: string, records: readonly SqsRecord[]): Promise<string> {
    const { clock } = this.parts;
    const receivedAt = clock.now();
    for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs *= 2) {
      try {
        return await this.#invoke(functionArn, records);
      } catch (error) {
        const isThrottled = error instanceof AwsError && error.code === 'TooManyRequestsException';
        if (!isThrottled || !this.#started) throw error;
        const hiddenUntil = receivedAt + (await this.#mappings.visibilityTimeout(queueArn)) * 1000;
        if (clock.now() + pauseMs >= hiddenUntil) throw error;
      }
      await new Promise<void>((resolve) => clock.at(clock.now() + pauseMs, resolve));
    }
  }

  /** The function's answer as JSON text. Throws when it failed. */
  async #invoke(functionArn: string, records: readonly SqsRecord[]): Promise<string> {
    const { FunctionError, Payload } = await this.parts.aws.call(
      'lambda',
      'Invoke',
      {
        FunctionName: functionArn,
        InvocationType: 'RequestResponse',
        Payload: Buffer.from(JSON.stringify({ Records: records })),
      },
      { via: 'lambda' },
    );
    const text = Buffer.from(Payload ?? '').toString();
    if (FunctionError) throw new AwsError(FunctionError, text);
    return text;
  }
}

const MOST_LISTED = 100;
const FIRST_PAUSE_MS = 1000;

/** An answer that says nothing is one of success; one that is of another form than a report says that all failed. */
function failedOfAnswer(records: readonly SqsRecord[], text: string): SqsRecord[] {
  const answer = parsedJson(text);
  if (isObject(answer)) return failedOf(records, answer);
  return saysNothing(answer) ? [] : [...records];
}

function saysNothing(answer: Json | undefined): boolean {
  return answer === undefined || answer === null || answer === '' || (Array.isArray(answer) && answer.length === 0);
}
