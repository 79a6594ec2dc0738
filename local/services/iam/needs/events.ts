import type { AwsShape } from '../../aws';
import { arnOf, each, isArn, type Need, type NeedsOfService, type Place, structuresIn, textOf } from './need';

/** EventBridge, its Scheduler and its Pipes (…/list_amazoneventbridge.html, …scheduler.html, …pipes.html). */
function busArn(nameOrArn: unknown, place: Place): string {
  return isArn(nameOrArn) ? nameOrArn : arnOf(place, 'events', `event-bus/${textOf(nameOrArn) || 'default'}`);
}

/** A request is refused as a whole, though each entry has its bus. */
function puts({ Entries }: AwsShape, place: Place): Need[] {
  return structuresIn(Entries).map(({ EventBusName, Source, DetailType }) => ({
    action: 'events:PutEvents',
    resource: busArn(EventBusName, place),
    keys: { 'events:source': Source, 'events:detail-type': DetailType },
  }));
}

const onRule = (action: string, { Name, Rule, EventBusName }: AwsShape, place: Place) => {
  const bus = isArn(EventBusName) ? EventBusName.replace(/^.*:event-bus\//, '') : textOf(EventBusName);
  const path = bus === '' || bus === 'default' ? '' : `${bus}/`;
  return [{ action, resource: arnOf(place, 'events', `rule/${path}${textOf(Name ?? Rule)}`) }];
};

export const EVENTS_NEEDS: NeedsOfService = {
  PutEvents: puts,
  ...each(
    [
      'PutRule',
      'DeleteRule',
      'DescribeRule',
      'EnableRule',
      'DisableRule',
      'PutTargets',
      'RemoveTargets',
      'ListTargetsByRule',
    ],
    onRule,
    'events',
  ),
  ...each(
    ['DescribeEventBus', 'CreateEventBus', 'DeleteEventBus'],
    (action, { Name }, place) => [{ action, resource: busArn(Name, place) }],
    'events',
  ),
  ...each(
    ['ListRules', 'ListEventBuses', 'ListConnections', 'TestEventPattern'],
    (action) => [{ action, resource: '*' }],
    'events',
  ),
  // What a Task of `http:invoke` is allowed by.
  RetrieveConnectionCredentials: ({ ConnectionArn }) => [
    { action: 'events:RetrieveConnectionCredentials', resource: textOf(ConnectionArn) },
  ],
};

const schedule = (action: string, { GroupName, Name }: AwsShape, place: Place): Need => ({
  action,
  resource: arnOf(place, 'scheduler', `schedule/${textOf(GroupName) || 'default'}/${textOf(Name)}`),
});

/** Who makes a schedule hands a role over to the Scheduler. */
const passesRole = ({ Target }: AwsShape): Need[] =>
  isArn(Target?.RoleArn)
    ? [{ action: 'iam:PassRole', resource: Target.RoleArn, keys: { 'iam:PassedToService': 'scheduler.amazonaws.com' } }]
    : [];

export const SCHEDULER_NEEDS: NeedsOfService = {
  ...each(
    ['CreateSchedule', 'UpdateSchedule', 'GetSchedule', 'DeleteSchedule'],
    (action, input, place) => [schedule(action, input, place), ...passesRole(input)],
    'scheduler',
  ),
  ...each(
    ['CreateScheduleGroup', 'GetScheduleGroup', 'DeleteScheduleGroup'],
    (action, { Name }, place) => [{ action, resource: arnOf(place, 'scheduler', `schedule-group/${textOf(Name)}`) }],
    'scheduler',
  ),
  ...each(['ListSchedules', 'ListScheduleGroups'], (action) => [{ action, resource: '*' }], 'scheduler'),
};

export const PIPES_NEEDS: NeedsOfService = each(
  ['DescribePipe', 'StartPipe', 'StopPipe', 'DeletePipe'],
  (action, { Name }, place) => [{ action, resource: arnOf(place, 'pipes', `pipe/${textOf(Name)}`) }],
  'pipes',
);
