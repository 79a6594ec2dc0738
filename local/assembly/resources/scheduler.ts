import { AwsError, NotRunHere } from '../../services/aws';
import { isTargetHere } from '../../services/delivery/targets';
import { Properties } from '../properties';
import type { ResourceProvider } from '../resource';

export const schedule: ResourceProvider = {
  type: 'AWS::Scheduler::Schedule',
  honoured: [
    'Name',
    'GroupName',
    'ScheduleExpression',
    'ScheduleExpressionTimezone',
    'StartDate',
    'EndDate',
    'State',
    'FlexibleTimeWindow',
    'Target.Arn',
    'Target.RoleArn',
    'Target.Input',
    'Target.RetryPolicy',
    'Target.DeadLetterConfig',
    'Target.SqsParameters',
    'Target.EventBridgeParameters',
  ],
  inert: ['Description', 'KmsKeyArn'],
  needs: ['GroupName', 'Target'],
  async deploy(values, context) {
    const properties = new Properties(values);
    const target = properties.object('Target')?.requiredText('Arn') ?? '';
    if (!isTargetHere(target)) throw new NotRunHere(`schedules for ${target.split(':')[2]}`);
    const name = context.name(properties.text('Name'), { longest: 64 });
    const group = properties.text('GroupName') ?? 'default';
    const input = {
      Name: name,
      GroupName: group,
      State: properties.text('State') ?? 'ENABLED',
      ...properties.pick('ScheduleExpression', 'ScheduleExpressionTimezone', 'FlexibleTimeWindow', 'Target'),
      ...date(properties, 'StartDate'),
      ...date(properties, 'EndDate'),
    };
    try {
      await context.call('scheduler', 'CreateSchedule', input);
    } catch (error) {
      if (!(error instanceof AwsError) || error.code !== 'ConflictException') throw error;
      await context.call('scheduler', 'UpdateSchedule', input);
    }
    return {
      ref: name,
      attributes: { Arn: context.arn('scheduler', `schedule/${group}/${name}`), GroupName: group },
    };
  },
  async remove({ ref, attributes }, { call }) {
    await call('scheduler', 'DeleteSchedule', { Name: ref, GroupName: attributes?.GroupName });
  },
};

export const scheduleGroup: ResourceProvider = {
  type: 'AWS::Scheduler::ScheduleGroup',
  honoured: ['Name'],
  inert: ['Tags'],
  async deploy(values, context) {
    const name = context.name(new Properties(values).text('Name'), { longest: 64 });
    try {
      await context.call('scheduler', 'CreateScheduleGroup', { Name: name });
    } catch (error) {
      if (!(error instanceof AwsError) || error.code !== 'ConflictException') throw error;
    }
    return { ref: name, attributes: { Arn: context.arn('scheduler', `schedule-group/${name}`) } };
  },
};

function date(properties: Properties, name: string): Record<string, Date> {
  const value = properties.text(name);
  return value === undefined ? {} : { [name]: new Date(value) };
}
