import { createHash } from 'node:crypto';
import { isObject } from '../../asl/json';
import { AwsError, type AwsService, type AwsShape, type Caller } from '../aws';
import { Deliveries, type GivenUp } from '../delivery/deliveries';
import { callTarget, sendDeadLetter } from '../delivery/targets';
import { checkMembers } from '../members';
import type { Parts } from '../parts';
import { matchesPattern } from '../patterns/match';
import { roleSession } from '../role-session';
import { Timetable } from '../timetable/timetable';
import { Connections } from './connections';
import { readEntry, requireEntries } from './entries';
import { targetInput } from './input';
import type { BusEvent, EventDelivery, Rule, Target } from './model';
import { Rules, requirePattern } from './rules';

const OPERATIONS = new Set([
  'CreateConnection',
  'CreateEventBus',
  'DeleteConnection',
  'DeleteEventBus',
  'DeleteRule',
  'DescribeConnection',
  'DescribeEventBus',
  'DescribeRule',
  'DisableRule',
  'EnableRule',
  'ListConnections',
  'ListEventBuses',
  'ListRuleNamesByTarget',
  'ListRules',
  'ListTargetsByRule',
  'PutEvents',
  'PutRule',
  'PutTargets',
  'RemoveTargets',
  'TestEventPattern',
  'UpdateConnection',
]);

/**
 * Owns EventBridge: buses, rules, schedules of rules, connections, and events on their way to targets.
 *
 * E1  An event that was answered with an EventId is durable for every target that matched at that moment, whatever
 *     happens to the process or the rule afterwards.
 * E2  A target gets it at least once, retried in virtual time by its RetryPolicy, or the dead-letter queue does.
 * E3  A state machine is started with a name made of the event's and the target's id: a second delivery starts nothing.
 */
export class EventsService implements AwsService {
  readonly id = 'eventbridge';
  readonly signingName = 'events';
  readonly operations = OPERATIONS;
  readonly protocol = { kind: 'json', targetPrefix: 'AWSEvents', version: '1.1' } as const;
  readonly #rules: Rules;
  readonly #connections: Connections;
  readonly #deliveries: Deliveries<EventDelivery>;
  readonly #timetable: Timetable;

  constructor(private readonly parts: Parts) {
    this.#rules = new Rules(parts);
    this.#connections = new Connections(parts);
    this.#deliveries = new Deliveries(parts, {
      collection: 'event_deliveries',
      send: (what, deliveryId) => callTarget(parts, { ...what, deliveryId }, VIA),
      giveUp: (what, failure) => this.#giveUp(what, failure),
    });
    this.#timetable = new Timetable(parts, 'event_timetable', (key, at) => this.#onSchedule(key, at));
  }

  /** Begins with schedules and goes on with deliveries of an earlier process; call it when the targets exist. */
  async start(): Promise<void> {
    this.#deliveries.start();
    this.#timetable.start();
  }

  async stop(): Promise<void> {
    this.#timetable.stop();
    this.#deliveries.stop();
  }

  hears(source: string): boolean {
    return this.#rules
      .listeners('default')
      .some(({ pattern }) => pattern.source === undefined || matchesPattern({ source: pattern.source }, { source }));
  }

  async call(operation: string, input: AwsShape, caller: Caller): Promise<AwsShape> {
    checkMembers(this.id, operation, input);
    const rules = this.#rules;
    switch (operation) {
      case 'PutEvents':
        return this.#putEvents(input, caller);
      case 'TestEventPattern':
        return { Result: matchesPattern(requirePattern(input.EventPattern), parseEvent(input.Event)) };
      case 'CreateEventBus':
        return { EventBusArn: await rules.createBus(input.Name, caller) };
      case 'DeleteEventBus':
        await rules.deleteBus(input.Name);
        return {};
      case 'DescribeEventBus': {
        const Name = rules.bus(input.Name);
        return { Name, Arn: rules.busArn(Name) };
      }
      case 'ListEventBuses':
        return { EventBuses: rules.buses().map((Name) => ({ Name, Arn: rules.busArn(Name) })) };
      case 'PutRule':
        return { RuleArn: (await this.#scheduled(await rules.put(input))).arn };
      case 'EnableRule':
      case 'DisableRule':
        await this.#scheduled(await rules.enable(input, operation === 'EnableRule'));
        return {};
      case 'DeleteRule':
        await rules.delete(input);
        this.#timetable.remove(`${rules.bus(input.EventBusName)}/${input.Name}`);
        await this.parts.store.durable();
        return {};
      case 'DescribeRule':
        return describe(rules.get(input));
      case 'ListRules':
        return { Rules: rules.list(rules.bus(input.EventBusName), input.NamePrefix).map(describe) };
      case 'PutTargets':
        await rules.putTargets(input);
        return { FailedEntryCount: 0, FailedEntries: [] };
      case 'RemoveTargets':
        await rules.removeTargets(input);
        return { FailedEntryCount: 0, FailedEntries: [] };
      case 'ListTargetsByRule':
        return { Targets: rules.get(input).targets };
      case 'ListRuleNamesByTarget': {
        const all = rules.list(rules.bus(input.EventBusName));
        const found = all.filter(({ targets }) => targets.some(({ Arn }) => Arn === input.TargetArn));
        return { RuleNames: found.map(({ name }) => name) };
      }
      case 'CreateConnection':
        return this.#connections.create(input);
      case 'UpdateConnection':
        return this.#connections.update(input);
      case 'DeleteConnection':
        return this.#connections.delete(input);
      case 'DescribeConnection':
        return this.#connections.describe(input);
      case 'ListConnections':
        return this.#connections.list(input);
      default:
        throw new AwsError('UnknownOperationException', `The local cloud does not run events:${operation}.`);
    }
  }

  async #putEvents({ Entries }: AwsShape, caller: Caller): Promise<AwsShape> {
    requireEntries(Entries);
    const answers = Entries.map((entry) => {
      try {
        const bus = this.#rules.bus(entry.EventBusName);
        const event = readEntry(this.parts, entry, caller);
        for (const { rule, pattern } of this.#rules.listeners(bus)) {
          if (matchesPattern(pattern, event)) this.#dispatch(rule, event);
        }
        return { EventId: event.id };
      } catch (error) {
        if (!(error instanceof AwsError)) throw error;
        return { ErrorCode: error.code, ErrorMessage: error.message };
      }
    });
    await this.parts.store.durable();
    return { FailedEntryCount: answers.filter((answer) => 'ErrorCode' in answer).length, Entries: answers };
  }

  #dispatch(rule: Rule, event: BusEvent): void {
    for (const target of rule.targets) {
      const delivery: EventDelivery = {
        ruleArn: rule.arn,
        arn: target.Arn,
        input: targetInput(target, event, rule),
        messageGroupId: target.SqsParameters?.MessageGroupId,
        role: roleSession(target.RoleArn, rule.name, rule.arn),
        deadLetterArn: target.DeadLetterConfig?.Arn,
      };
      this.#deliveries.add(deliveryId(rule, target, event), delivery, {
        attempts: target.RetryPolicy?.MaximumRetryAttempts ?? DEFAULT_RETRY.attempts,
        ageSeconds: target.RetryPolicy?.MaximumEventAgeInSeconds ?? DEFAULT_RETRY.ageSeconds,
      });
    }
  }

  async #scheduled(rule: Rule): Promise<Rule> {
    const key = `${rule.bus}/${rule.name}`;
    if (rule.schedule && rule.enabled)
      this.#timetable.set(key, { expression: rule.schedule, zone: 'UTC', atOnce: false });
    else this.#timetable.remove(key);
    await this.parts.store.durable();
    return rule;
  }

  #onSchedule(key: string, at: number): void {
    const rule = this.#rules.find(key);
    if (!rule) return;
    const entry = {
      Source: 'aws.events',
      DetailType: 'Scheduled Event',
      Detail: '{}',
      Resources: [rule.arn],
      Time: new Date(at),
    };
    this.#dispatch(rule, readEntry(this.parts, entry, { via: VIA }));
  }

  async #giveUp({ ruleArn, arn, input, deadLetterArn }: EventDelivery, failure: GivenUp): Promise<void> {
    if (!deadLetterArn) return;
    const attributes = {
      RULE_ARN: ruleArn,
      TARGET_ARN: arn,
      ERROR_CODE: failure.code,
      ERROR_MESSAGE: failure.message,
      RETRY_ATTEMPTS: String(failure.retries),
      EXHAUSTED_RETRY_CONDITION: failure.exhausted,
    };
    await sendDeadLetter(this.parts, deadLetterArn, input, attributes, VIA);
  }
}

const VIA = 'events';

/** docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-retry-policy.html */
const DEFAULT_RETRY = { attempts: 185, ageSeconds: 86_400 };

/** '<event id>_<32 characters of rule and target>': a valid name of an execution. */
function deliveryId(rule: Rule, target: Target, event: BusEvent): string {
  const hash = createHash('sha256').update(`${rule.arn} ${target.Id}`).digest('hex');
  return `${event.id}_${hash.slice(0, 32)}`;
}

function parseEvent(text: unknown) {
  try {
    const event = JSON.parse(String(text));
    if (isObject(event)) return event;
  } catch {
    // Answered below.
  }
  throw new AwsError('InvalidEventPatternException', 'Event is not valid JSON.');
}

function describe(rule: Rule): AwsShape {
  return {
    Name: rule.name,
    Arn: rule.arn,
    EventBusName: rule.bus,
    EventPattern: rule.pattern,
    ScheduleExpression: rule.schedule,
    State: rule.enabled ? 'ENABLED' : 'DISABLED',
    Description: rule.description,
    RoleArn: rule.roleArn,
  };
}
