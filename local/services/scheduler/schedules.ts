import type { Collection } from '../../runtime/store';
import { AwsError, type AwsShape, type Caller } from '../aws';
import type { Parts } from '../parts';
import { parseExpression } from '../timetable/expression';
import type { Plan } from '../timetable/timetable';
import { isTimeZone } from '../timetable/zone';

/** A schedule as the API shows it; times in ms. */
export interface ScheduleRecord {
  readonly name: string;
  readonly group: string;
  readonly arn: string;
  readonly createdAt: number;
  readonly changedAt: number;
  readonly expression: string;
  readonly zone: string;
  readonly startAt?: number;
  readonly endAt?: number;
  readonly enabled: boolean;
  readonly deleteAfterLast: boolean;
  readonly description?: string;
  readonly flexibleWindow: AwsShape;
  /** As CreateSchedule took it. */
  readonly target: AwsShape;
}

/** Owns schedules and their groups. A schedule's key is '<group>/<name>'. */
export class Schedules {
  readonly #schedules: Collection<ScheduleRecord>;
  readonly #groups: Collection<{ createdAt: number }>;

  constructor(private readonly parts: Parts) {
    this.#schedules = parts.store.collection('schedules');
    this.#groups = parts.store.collection('schedule_groups');
  }

  /** Creates one, or replaces all of one that exists when updating or deploying. Throws as Create- and UpdateSchedule do. */
  async put(operation: 'CreateSchedule' | 'UpdateSchedule', input: AwsShape, caller: Caller): Promise<ScheduleRecord> {
    const { Name: name, GroupName: group = 'default' } = input;
    if (!/^[0-9a-zA-Z-_.]{1,64}$/.test(name ?? '')) throw invalid('Name is not valid.');
    this.requireGroup(group);
    const old = this.#schedules.get(`${group}/${name}`);
    if (operation === 'UpdateSchedule' && !old) throw missing(name);
    if (operation === 'CreateSchedule' && old && caller.via !== 'cloudformation') {
      throw new AwsError('ConflictException', `Schedule ${name} already exists.`, 409);
    }
    const zone = input.ScheduleExpressionTimezone ?? 'UTC';
    if (!isTimeZone(zone)) throw invalid(`Invalid ScheduleExpressionTimezone ${zone}.`);
    if (!parseExpression(input.ScheduleExpression ?? '', zone)) {
      throw invalid(`Invalid Schedule Expression ${input.ScheduleExpression}.`);
    }
    if (!input.FlexibleTimeWindow?.Mode) throw invalid('FlexibleTimeWindow must have a Mode.');
    const now = this.parts.clock.now();
    const record: ScheduleRecord = {
      name,
      group,
      arn: `${this.#arnPrefix()}schedule/${group}/${name}`,
      createdAt: old?.createdAt ?? now,
      changedAt: now,
      expression: input.ScheduleExpression,
      zone,
      startAt: instant(input.StartDate, 'StartDate'),
      endAt: instant(input.EndDate, 'EndDate'),
      enabled: input.State !== 'DISABLED',
      deleteAfterLast: input.ActionAfterCompletion === 'DELETE',
      description: input.Description,
      flexibleWindow: input.FlexibleTimeWindow,
      target: checkTarget(input.Target),
    };
    await this.#schedules.put(`${group}/${name}`, record);
    return record;
  }

  find(key: string): ScheduleRecord | undefined {
    return this.#schedules.get(key);
  }

  /** Throws ResourceNotFoundException. */
  get({ Name, GroupName = 'default' }: AwsShape): ScheduleRecord {
    const found = this.find(`${GroupName}/${Name}`);
    if (!found) throw missing(Name);
    return found;
  }

  /** Durable with the store's next commit. */
  delete({ group, name }: ScheduleRecord): void {
    void this.#schedules.delete(`${group}/${name}`);
  }

  list({ GroupName, NamePrefix = '', State }: AwsShape): ScheduleRecord[] {
    return this.#schedules
      .list(GroupName === undefined ? '' : `${GroupName}/`)
      .map(({ value }) => value)
      .filter(({ name, enabled }) => name.startsWith(NamePrefix) && (!State || enabled === (State === 'ENABLED')));
  }

  async createGroup(name: unknown, caller: Caller): Promise<string> {
    if (typeof name !== 'string' || !/^[0-9a-zA-Z-_.]{1,64}$/.test(name)) throw invalid('Name is not valid.');
    const exists = name === 'default' || this.#groups.get(name);
    if (exists && caller.via !== 'cloudformation') {
      throw new AwsError('ConflictException', `Schedule group ${name} already exists.`, 409);
    }
    await this.#groups.put(name, { createdAt: this.parts.clock.now() });
    return this.groupArn(name);
  }

  /** With its schedules, which are answered. */
  async deleteGroup(name: string): Promise<ScheduleRecord[]> {
    this.requireGroup(name);
    const members = this.list({ GroupName: name });
    for (const member of members) this.delete(member);
    await this.#groups.delete(name);
    return members;
  }

  groups(): string[] {
    return ['default', ...this.#groups.list().map(({ key }) => key)];
  }

  groupArn(name: string): string {
    return `${this.#arnPrefix()}schedule-group/${name}`;
  }

  /** Throws ResourceNotFoundException. */
  requireGroup(name: string): void {
    if (name === 'default' || this.#groups.get(name)) return;
    throw new AwsError('ResourceNotFoundException', `Schedule group ${name} does not exist.`, 404);
  }

  #arnPrefix(): string {
    return `arn:aws:scheduler:${this.parts.identity.region}:${this.parts.identity.accountId}:`;
  }
}

/** When a schedule is due. A rate without StartDate begins at once. */
export function planOf({ expression, zone, startAt, endAt }: ScheduleRecord): Plan {
  return { expression, zone, startAt, endAt, atOnce: expression.startsWith('rate(') };
}

function checkTarget(target: AwsShape | undefined): AwsShape {
  if (!/^arn:aws[\w-]*:[\w-]+:/.test(target?.Arn ?? '')) throw invalid('Provided Arn is not in correct format.');
  const { MaximumRetryAttempts = 0, MaximumEventAgeInSeconds = 60 } = target?.RetryPolicy ?? {};
  if (MaximumRetryAttempts < 0 || MaximumRetryAttempts > 185)
    throw invalid('MaximumRetryAttempts must be from 0 to 185.');
  if (MaximumEventAgeInSeconds < 60 || MaximumEventAgeInSeconds > 86_400) {
    throw invalid('MaximumEventAgeInSeconds must be from 60 to 86400.');
  }
  return target as AwsShape;
}

/** A `Date` in process, epoch seconds on the wire, ISO text from a template. */
function instant(time: Date | number | string | undefined, name: string): number | undefined {
  if (time === undefined) return undefined;
  const ms = typeof time === 'number' ? time * 1000 : new Date(time).getTime();
  if (Number.isNaN(ms)) throw invalid(`${name} is not a date.`);
  return ms;
}

function invalid(message: string): AwsError {
  return new AwsError('ValidationException', message);
}

function missing(name: unknown): AwsError {
  return new AwsError('ResourceNotFoundException', `Schedule ${name} does not exist.`, 404);
}
