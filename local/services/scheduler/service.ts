import { createHash } from 'node:crypto';
import { AwsError, type AwsService, type AwsShape, type Caller, type WireProtocol } from '../aws';
import { Deliveries, type GivenUp } from '../delivery/deliveries';
import { callTarget, sendDeadLetter, type TargetCall } from '../delivery/targets';
import { checkMembers } from '../members';
import type { Parts } from '../parts';
import { roleSession } from '../role-session';
import { Timetable } from '../timetable/timetable';
import { type RestRoute, restJson } from '../wire/rest';
import { planOf, type ScheduleRecord, Schedules } from './schedules';

type Invocation = Omit<TargetCall, 'deliveryId'> & {
  scheduleArn: string;
  /** ISO 8601 */
  scheduledTime: string;
  deadLetterArn?: string;
};

const OPERATIONS = new Set([
  'CreateSchedule',
  'CreateScheduleGroup',
  'DeleteSchedule',
  'DeleteScheduleGroup',
  'GetSchedule',
  'GetScheduleGroup',
  'ListScheduleGroups',
  'ListSchedules',
  'UpdateSchedule',
]);

/**
 * Owns EventBridge Scheduler: schedules by rate, cron or at, in time zones, calling targets.
 *
 * H1  Each occurrence calls its target once, by the virtual clock, also when it fell due while no process ran; a failed
 *     call is repeated by the RetryPolicy, then goes to the dead-letter queue.
 * H2  A flexible time window is kept and has no effect: calls come at the window's beginning.
 */
export class SchedulerService implements AwsService {
  readonly id = 'scheduler';
  readonly signingName = 'scheduler';
  readonly operations = OPERATIONS;
  readonly protocol: WireProtocol;
  readonly #schedules: Schedules;
  readonly #timetable: Timetable;
  readonly #deliveries: Deliveries<Invocation>;

  constructor(private readonly parts: Parts) {
    this.protocol = restJson(parts, this.id, ROUTES, { groupName: 'GroupName', ScheduleGroup: 'GroupName' });
    this.#schedules = new Schedules(parts);
    this.#timetable = new Timetable(parts, 'scheduler_timetable', (key, at, last) => this.#onDue(key, at, last));
    this.#deliveries = new Deliveries(parts, {
      collection: 'scheduler_deliveries',
      send: (what, deliveryId) => callTarget(parts, { ...what, deliveryId }, VIA),
      giveUp: (what, failure, id) => this.#giveUp(what, failure, id),
    });
  }

  /** Begins to fire and goes on with calls of an earlier process; call it when the targets exist. */
  async start(): Promise<void> {
    this.#deliveries.start();
    this.#timetable.start();
  }

  async stop(): Promise<void> {
    this.#timetable.stop();
    this.#deliveries.stop();
  }

  async call(operation: string, input: AwsShape, caller: Caller): Promise<AwsShape> {
    checkMembers(this.id, operation, input);
    const schedules = this.#schedules;
    switch (operation) {
      case 'CreateSchedule':
      case 'UpdateSchedule': {
        const schedule = await schedules.put(operation, input, caller);
        const key = `${schedule.group}/${schedule.name}`;
        if (schedule.enabled) this.#timetable.set(key, planOf(schedule));
        else this.#timetable.remove(key);
        return this.#durably({ ScheduleArn: schedule.arn });
      }
      case 'GetSchedule':
        return describe(schedules.get(input));
      case 'DeleteSchedule':
        this.#remove(schedules.get(input));
        return this.#durably({});
      case 'ListSchedules':
        return { Schedules: schedules.list(input).map(summarize) };
      case 'CreateScheduleGroup':
        return { ScheduleGroupArn: await schedules.createGroup(input.Name, caller) };
      case 'GetScheduleGroup':
        schedules.requireGroup(input.Name);
        return { Name: input.Name, Arn: schedules.groupArn(input.Name), State: 'ACTIVE' };
      case 'DeleteScheduleGroup':
        for (const member of await schedules.deleteGroup(input.Name)) this.#remove(member);
        return this.#durably({});
      case 'ListScheduleGroups': {
        const groups = schedules.groups();
        return { ScheduleGroups: groups.map((Name) => ({ Name, Arn: schedules.groupArn(Name), State: 'ACTIVE' })) };
      }
      default:
        throw new AwsError('UnknownOperationException', `The local cloud does not run scheduler:${operation}.`);
    }
  }

  #onDue(key: string, at: number, last: boolean): void {
    const schedule = this.#schedules.find(key);
    if (!schedule) return;
    const { arn, target } = schedule;
    const executionId = createHash('sha256').update(`${arn} ${at}`).digest('hex').slice(0, 32);
    const scheduledTime = `${new Date(at).toISOString().slice(0, 19)}Z`;
    const what: Invocation = {
      arn: target.Arn,
      input: inputOf(schedule, scheduledTime, executionId),
      messageGroupId: target.SqsParameters?.MessageGroupId,
      role: roleSession(target.RoleArn, schedule.name, arn),
      scheduleArn: arn,
      scheduledTime,
      deadLetterArn: target.DeadLetterConfig?.Arn,
    };
    this.#deliveries.add(executionId, what, {
      attempts: target.RetryPolicy?.MaximumRetryAttempts ?? 185,
      ageSeconds: target.RetryPolicy?.MaximumEventAgeInSeconds ?? 86_400,
    });
    if (last && schedule.deleteAfterLast) this.#remove(schedule);
  }

  #remove(schedule: ScheduleRecord): void {
    this.#timetable.remove(`${schedule.group}/${schedule.name}`);
    this.#schedules.delete(schedule);
  }

  async #giveUp(what: Invocation, failure: GivenUp, id: string): Promise<void> {
    if (!what.deadLetterArn) return;
    const attributes = {
      SCHEDULE_ARN: what.scheduleArn,
      TARGET_ARN: what.arn,
      SCHEDULED_TIME: what.scheduledTime,
      EXECUTION_ID: id,
      ERROR_CODE: failure.code,
      ERROR_MESSAGE: failure.message,
      RETRY_ATTEMPTS: String(failure.retries),
      EXHAUSTED_RETRY_CONDITION: failure.exhausted,
    };
    await sendDeadLetter(this.parts, what.deadLetterArn, what.input, attributes, VIA, {}, what.role);
  }

  async #durably(answer: AwsShape): Promise<AwsShape> {
    await this.parts.store.durable();
    return answer;
  }
}

const VIA = 'scheduler';

const ROUTES: readonly RestRoute[] = [
  ['POST', '/schedules/{Name}', 'CreateSchedule'],
  ['PUT', '/schedules/{Name}', 'UpdateSchedule'],
  ['GET', '/schedules/{Name}', 'GetSchedule'],
  ['DELETE', '/schedules/{Name}', 'DeleteSchedule'],
  ['GET', '/schedules', 'ListSchedules'],
  ['POST', '/schedule-groups/{Name}', 'CreateScheduleGroup'],
  ['GET', '/schedule-groups/{Name}', 'GetScheduleGroup'],
  ['DELETE', '/schedule-groups/{Name}', 'DeleteScheduleGroup'],
  ['GET', '/schedule-groups', 'ListScheduleGroups'],
];

/** The target's Input with its context attributes filled in; for a bus, the event that is put there. */
function inputOf({ arn, target }: ScheduleRecord, scheduledTime: string, executionId: string): string {
  const attributes: Record<string, string> = {
    'scheduled-time': scheduledTime,
    'schedule-arn': arn,
    'execution-id': executionId,
    'attempt-number': '1',
  };
  const known = /<aws\.scheduler\.(scheduled-time|schedule-arn|execution-id|attempt-number)>/g;
  const input = String(target.Input ?? '{}').replace(known, (_, name: string) => attributes[name] ?? '');
  const { EventBridgeParameters: event } = target;
  if (!event) return input;
  const detail = JSON.parse(input);
  return JSON.stringify({
    source: event.Source,
    'detail-type': event.DetailType,
    resources: [arn],
    time: scheduledTime,
    detail,
  });
}

function describe(schedule: ScheduleRecord): AwsShape {
  return {
    ...summarize(schedule),
    Target: schedule.target,
    Description: schedule.description,
    ScheduleExpression: schedule.expression,
    ScheduleExpressionTimezone: schedule.zone,
    StartDate: schedule.startAt === undefined ? undefined : new Date(schedule.startAt),
    EndDate: schedule.endAt === undefined ? undefined : new Date(schedule.endAt),
    FlexibleTimeWindow: schedule.flexibleWindow,
    ActionAfterCompletion: schedule.deleteAfterLast ? 'DELETE' : 'NONE',
  };
}

function summarize({ name, group, arn, enabled, createdAt, changedAt, target }: ScheduleRecord): AwsShape {
  return {
    Name: name,
    GroupName: group,
    Arn: arn,
    State: enabled ? 'ENABLED' : 'DISABLED',
    CreationDate: new Date(createdAt),
    LastModificationDate: new Date(changedAt),
    Target: { Arn: target.Arn },
  };
}
