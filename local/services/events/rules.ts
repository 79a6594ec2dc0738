import type { JsonObject } from '../../asl/json';
import type { Collection } from '../../runtime/store';
import { AwsError, type AwsShape, type Caller } from '../aws';
import { isFifo } from '../fifo/ids';
import type { Parts } from '../parts';
import { isPath } from '../patterns/template';
import { PatternError, parsePattern } from '../patterns/validate';
import { parseExpression } from '../timetable/expression';
import type { Rule, Target } from './model';

/** Targets that a rule may have at most. */
const MOST_TARGETS = 5;

/** A rule that sends events on, and its pattern. */
export interface Listener {
  readonly rule: Rule;
  readonly pattern: JsonObject;
}

/**
 * Owns event buses, their rules and the rules' targets. A rule's key is '<bus>/<name>'.
 * What listens to a bus is kept in memory until a rule changes: each event asks for it.
 */
export class Rules {
  readonly #listeners = new Map<string, readonly Listener[]>();
  readonly #buses: Collection<{ arn: string }>;
  readonly #rules: Collection<Rule>;

  constructor(private readonly parts: Parts) {
    this.#buses = parts.store.collection('event_buses');
    this.#rules = parts.store.collection('event_rules');
  }

  async createBus(name: unknown, caller: Caller): Promise<string> {
    if (typeof name !== 'string' || !/^[.\-_/A-Za-z0-9]{1,256}$/.test(name) || name === 'default') {
      throw new AwsError('ValidationException', 'Parameter Name is not valid.');
    }
    if (this.#buses.get(name) && caller.via !== 'cloudformation') {
      throw new AwsError('ResourceAlreadyExistsException', `Event bus ${name} already exists.`);
    }
    await this.#buses.put(name, { arn: this.busArn(name) });
    return this.busArn(name);
  }

  /** With its rules. */
  async deleteBus(name: string): Promise<void> {
    for (const rule of this.list(name)) await this.#remove(`${name}/${rule.name}`);
    await this.#buses.delete(name);
  }

  buses(): string[] {
    return ['default', ...this.#buses.list().map(({ key }) => key)];
  }

  busArn(name: string): string {
    return `arn:aws:events:${this.parts.identity.region}:${this.parts.identity.accountId}:event-bus/${name}`;
  }

  /** The name of the bus that a name or an ARN means. Throws ResourceNotFoundException. */
  bus(nameOrArn: unknown = 'default'): string {
    const name = String(nameOrArn).replace(/^arn:aws:events:[^:]*:[^:]*:event-bus\//, '');
    if (name !== 'default' && !this.#buses.get(name)) {
      throw new AwsError('ResourceNotFoundException', `Event bus ${name} does not exist.`);
    }
    return name;
  }

  async put(input: AwsShape): Promise<Rule> {
    const { Name: name, EventPattern: pattern, ScheduleExpression: schedule } = input;
    const bus = this.bus(input.EventBusName);
    if (!/^[.\-_A-Za-z0-9]{1,64}$/.test(name ?? ''))
      throw new AwsError('ValidationException', 'Parameter Name is not valid.');
    if (!pattern && !schedule) {
      throw new AwsError('ValidationException', 'Parameter(s) EventPattern or ScheduleExpression must be specified.');
    }
    if (pattern) requirePattern(pattern);
    if (schedule && parseExpression(schedule)?.kind !== 'rate' && parseExpression(schedule)?.kind !== 'cron') {
      throw new AwsError('ValidationException', 'Parameter ScheduleExpression is not valid.');
    }
    if (schedule && bus !== 'default') {
      throw new AwsError('ValidationException', 'ScheduleExpression is supported only on the default event bus.');
    }
    const { region, accountId } = this.parts.identity;
    const rule: Rule = {
      name,
      bus,
      arn: `arn:aws:events:${region}:${accountId}:rule/${bus === 'default' ? '' : `${bus}/`}${name}`,
      ...(pattern ? { pattern } : {}),
      ...(schedule ? { schedule } : {}),
      enabled: input.State !== 'DISABLED',
      description: input.Description,
      roleArn: input.RoleArn,
      targets: this.#rules.get(`${bus}/${name}`)?.targets ?? [],
    };
    return this.#save(rule);
  }

  /** Throws ResourceNotFoundException. `name` may be in `Name` or `Rule`. */
  get(input: AwsShape): Rule {
    const bus = this.bus(input.EventBusName);
    const name = input.Rule ?? input.Name;
    const rule = this.find(`${bus}/${name}`);
    if (!rule) throw new AwsError('ResourceNotFoundException', `Rule ${name} does not exist on EventBus ${bus}.`);
    return rule;
  }

  find(key: string): Rule | undefined {
    return this.#rules.get(key);
  }

  async enable(input: AwsShape, enabled: boolean): Promise<Rule> {
    return this.#save({ ...this.get(input), enabled });
  }

  async putTargets(input: AwsShape): Promise<void> {
    const rule = this.get(input);
    const targets = new Map(rule.targets.map((target) => [target.Id, target]));
    for (const target of input.Targets ?? []) targets.set(target.Id, checkTarget(target));
    if (targets.size > MOST_TARGETS) {
      throw new AwsError('LimitExceededException', 'The requested resource exceeds the maximum number allowed.');
    }
    await this.#save({ ...rule, targets: [...targets.values()] });
  }

  async removeTargets(input: AwsShape): Promise<void> {
    const rule = this.get(input);
    await this.#save({ ...rule, targets: rule.targets.filter(({ Id }) => !input.Ids?.includes(Id)) });
  }

  /** A rule that does not exist is deleted already; one with targets is not deleted, as on AWS. */
  async delete(input: AwsShape): Promise<void> {
    const bus = this.bus(input.EventBusName);
    const key = `${bus}/${input.Name}`;
    if (this.find(key)?.targets.length) {
      throw new AwsError('ValidationException', "Rule can't be deleted since it has targets.");
    }
    await this.#remove(key);
  }

  list(bus: string, prefix = ''): Rule[] {
    return this.#rules.list(`${bus}/${prefix}`).map(({ value }) => value);
  }

  /** What gets the events of a bus that match. */
  listeners(bus: string): readonly Listener[] {
    let listeners = this.#listeners.get(bus);
    if (!listeners) {
      listeners = this.list(bus).flatMap((rule) =>
        rule.enabled && rule.pattern !== undefined && rule.targets.length > 0
          ? [{ rule, pattern: JSON.parse(rule.pattern) }]
          : [],
      );
      this.#listeners.set(bus, listeners);
    }
    return listeners;
  }

  #remove(key: string): Promise<void> {
    this.#listeners.clear();
    return this.#rules.delete(key);
  }

  async #save(rule: Rule): Promise<Rule> {
    this.#listeners.clear();
    await this.#rules.put(`${rule.bus}/${rule.name}`, rule);
    return rule;
  }
}

/** Throws InvalidEventPatternException. */
export function requirePattern(text: string): ReturnType<typeof parsePattern> {
  try {
    return parsePattern(text);
  } catch (error) {
    if (!(error instanceof PatternError)) throw error;
    throw new AwsError('InvalidEventPatternException', `Event pattern is not valid. Reason: ${error.message}`);
  }
}

function checkTarget(target: AwsShape): Target {
  const invalid = (message: string) => new AwsError('ValidationException', message);
  if (!/^[.\-_A-Za-z0-9]{1,64}$/.test(target.Id ?? '')) throw invalid('Parameter Id is not valid.');
  if (!/^arn:aws[\w-]*:[\w-]+:/.test(target.Arn ?? '')) {
    throw invalid(`Provided Arn is not in correct format. Parameter Arn: ${target.Arn}`);
  }
  if (isFifo(target.Arn) && target.Arn.split(':')[2] === 'sqs' && !target.SqsParameters?.MessageGroupId) {
    throw invalid(`Parameter(s) SqsParameters must be specified for target: ${target.Id}.`);
  }
  if ([target.Input, target.InputPath, target.InputTransformer].filter((one) => one !== undefined).length > 1) {
    throw invalid(`Only one of Input, InputPath, or InputTransformer must be provided for target ${target.Id}.`);
  }
  if (target.InputTransformer && typeof target.InputTransformer.InputTemplate !== 'string') {
    throw invalid(`InputTemplate of target ${target.Id} must not be null.`);
  }
  const paths = [target.InputPath, ...Object.values(target.InputTransformer?.InputPathsMap ?? {})];
  const wrong = paths.find((path) => path !== undefined && !isPath(String(path)));
  if (wrong !== undefined) throw invalid(`Invalid JSONPath for target ${target.Id}: ${wrong}`);
  return target as Target;
}
