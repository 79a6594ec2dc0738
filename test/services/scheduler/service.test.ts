import {
  CreateScheduleCommand,
  CreateScheduleGroupCommand,
  DeleteScheduleCommand,
  GetScheduleCommand,
  ListSchedulesCommand,
  SchedulerClient,
  UpdateScheduleCommand,
} from '@aws-sdk/client-scheduler';
import { AwsError, type AwsShape } from '../../../local/services/aws';
import { EventsService } from '../../../local/services/events/service';
import { SchedulerService } from '../../../local/services/scheduler/service';
import { SqsService } from '../../../local/services/sqs/service';
import { WireServer } from '../../../local/services/wire/server';
import { FakeService, silenceStderr } from '../delivery/targets';
import { identity, restarted, testParts } from '../wire/parts';

silenceStderr();
const DAY = 86_400_000;
const machineArn = 'arn:aws:states:us-east-1:123456789012:stateMachine:Loan';
const base = {
  FlexibleTimeWindow: { Mode: 'OFF' as const },
  Target: { Arn: machineArn, RoleArn: 'arn:aws:iam::1:role/r' },
};

async function setup(start?: string) {
  const parts = testParts(start ? { start: Date.parse(start) } : {});
  const scheduler = new SchedulerService(parts);
  for (const service of [scheduler, new SqsService(parts), new EventsService(parts)]) parts.aws.register(service);
  const sfn = new FakeService(parts, 'sfn');
  await scheduler.start();
  const call = (operation: string, input: AwsShape, via = 'wire') =>
    parts.aws.call('scheduler', operation, input, { via });
  const create = (ScheduleExpression: string, more: AwsShape = {}) =>
    call('CreateSchedule', { Name: 's', ScheduleExpression, ...base, ...more });
  return { parts, scheduler, sfn, call, create };
}

test('on the wire: created, read, updated, listed by group, deleted', async () => {
  const { parts } = await setup();
  const server = new WireServer(parts);
  const { url } = await server.start();
  const client = new SchedulerClient({ endpoint: url, region: 'us-east-1', credentials: identity, maxAttempts: 1 });
  const GroupName = 'loans';
  const input = {
    Name: 'a.b',
    GroupName,
    ScheduleExpression: 'rate(1 day)',
    StartDate: new Date('2026-02-01T00:00:00Z'),
    ...base,
  };
  await expect(client.send(new CreateScheduleCommand(input))).rejects.toMatchObject({
    name: 'ResourceNotFoundException',
  });
  await client.send(new CreateScheduleGroupCommand({ Name: GroupName }));
  const { ScheduleArn } = await client.send(new CreateScheduleCommand(input));
  expect(ScheduleArn).toBe('arn:aws:scheduler:us-east-1:123456789012:schedule/loans/a.b');
  await expect(client.send(new CreateScheduleCommand(input))).rejects.toMatchObject({ name: 'ConflictException' });
  expect(await client.send(new GetScheduleCommand({ Name: 'a.b', GroupName }))).toMatchObject({
    ScheduleExpression: 'rate(1 day)',
    ScheduleExpressionTimezone: 'UTC',
    StartDate: input.StartDate,
    State: 'ENABLED',
    Target: base.Target,
  });
  await client.send(new UpdateScheduleCommand({ ...input, State: 'DISABLED' }));
  expect((await client.send(new ListSchedulesCommand({ GroupName }))).Schedules).toMatchObject([
    { Name: 'a.b', State: 'DISABLED' },
  ]);
  expect((await client.send(new ListSchedulesCommand({ GroupName: 'default' }))).Schedules).toEqual([]);
  await client.send(new DeleteScheduleCommand({ Name: 'a.b', GroupName }));
  await expect(client.send(new GetScheduleCommand({ Name: 'a.b', GroupName }))).rejects.toMatchObject({
    name: 'ResourceNotFoundException',
  });
  await server.stop();
});

test('a rate begins at once or at its StartDate, and ends by its EndDate', async () => {
  const { parts, sfn, create, call } = await setup();
  await create('rate(2 days)');
  await parts.clock.advanceBy(5 * DAY);
  expect(sfn.times.map((at) => at.slice(5, 10))).toEqual(['01-01', '01-03', '01-05']);
  await call('DeleteSchedule', { Name: 's' });
  await create('rate(2 days)', { StartDate: '2026-01-10T12:00:00Z', EndDate: '2026-01-14T12:00:00Z' });
  await parts.clock.advanceBy(30 * DAY);
  expect(sfn.times.slice(3).map((at) => at.slice(5, 16))).toEqual(['01-10T12:00', '01-12T12:00', '01-14T12:00']);
});

test('cron keeps the wall clock of its time zone over the change of clocks', async () => {
  const { parts, sfn, create } = await setup('2026-03-28T00:00:00Z');
  await create('cron(0 9 * * ? *)', { ScheduleExpressionTimezone: 'Europe/Berlin' });
  await parts.clock.advanceBy(2 * DAY);
  expect(sfn.times.map((at) => at.slice(5, 16))).toEqual(['03-28T08:00', '03-29T07:00']);
});

test('at() fires once, with its context filled in, and deletes itself when asked to', async () => {
  const { parts, sfn, create, call } = await setup();
  const Input = '{"at":"<aws.scheduler.scheduled-time>","by":"<aws.scheduler.schedule-arn>"}';
  await create('at(2026-01-05T09:00:00)', { ActionAfterCompletion: 'DELETE', Target: { ...base.Target, Input } });
  await parts.clock.advanceBy(10 * DAY);
  expect(sfn.times).toEqual(['2026-01-05T09:00:00.000Z']);
  expect(JSON.parse(sfn.calls[0]?.input.input)).toEqual({
    at: '2026-01-05T09:00:00Z',
    by: 'arn:aws:scheduler:us-east-1:123456789012:schedule/default/s',
  });
  expect((await call('ListSchedules', {})).Schedules).toEqual([]);
});

test('after a restart each occurrence still fires exactly once, deployed again or not', async () => {
  const { parts, scheduler, sfn, create } = await setup();
  await create('rate(1 day)');
  await parts.clock.advanceBy(DAY);
  await scheduler.stop();
  const after = restarted(parts);
  const again = new FakeService(after, 'sfn');
  const room = new SchedulerService(after);
  const input = { Name: 's', ScheduleExpression: 'rate(1 day)', ...base };
  await room.call('CreateSchedule', input, { via: 'cloudformation' });
  await after.clock.advanceBy(2 * DAY);
  expect(again.calls).toEqual([]);
  await room.start();
  await after.work.idle();
  await after.clock.advanceBy(DAY);
  const names = [...sfn.calls, ...again.calls].map((call) => call.input.name);
  expect([sfn.calls.length, again.calls.length, new Set(names).size]).toEqual([2, 3, 5]);
});

test('a call that fails is repeated, then becomes a dead letter', async () => {
  const { parts, sfn, create } = await setup();
  await parts.aws.call('sqs', 'CreateQueue', { QueueName: 'dead' }, { via: 'test' });
  sfn.failure = new AwsError('ThrottlingException', 'Rate exceeded');
  const DeadLetterConfig = { Arn: 'arn:aws:sqs:us-east-1:123456789012:dead' };
  const Target = { ...base.Target, Input: '{"a":1}', RetryPolicy: { MaximumRetryAttempts: 1 }, DeadLetterConfig };
  await create('at(2026-01-02T00:00:00)', { Target });
  await parts.clock.advanceBy(2 * DAY);
  expect(sfn.calls).toHaveLength(2);
  const receive = { QueueUrl: 'dead', MessageAttributeNames: ['All'] };
  const { Messages } = await parts.aws.call('sqs', 'ReceiveMessage', receive, { via: 'test' });
  expect(Messages[0]).toMatchObject({
    Body: '{"a":1}',
    MessageAttributes: {
      SCHEDULED_TIME: { StringValue: '2026-01-02T00:00:00Z' },
      ERROR_CODE: { StringValue: 'ThrottlingException' },
      RETRY_ATTEMPTS: { StringValue: '1' },
    },
  });
});

test('a bus gets an event, and any operation of a service can be called', async () => {
  const { parts, create, call } = await setup();
  const events = (operation: string, input: AwsShape) =>
    parts.aws.call('eventbridge', operation, input, { via: 'test' });
  await parts.aws.call('sqs', 'CreateQueue', { QueueName: 'q' }, { via: 'test' });
  await events('PutRule', { Name: 'r', EventPattern: '{"source":["mine"],"detail":{"a":[1]}}' });
  await events('PutTargets', {
    Rule: 'r',
    Targets: [{ Id: 'q', Arn: 'arn:aws:sqs:us-east-1:123456789012:q', InputPath: '$.detail' }],
  });
  const EventBridgeParameters = { Source: 'mine', DetailType: 'Tick' };
  const bus = {
    Arn: 'arn:aws:events:us-east-1:123456789012:event-bus/default',
    Input: '{"a":1}',
    EventBridgeParameters,
  };
  await create('at(2026-01-02T00:00:00)', { Target: { ...base.Target, ...bus } });
  const sdk = { Arn: 'arn:aws:scheduler:::aws-sdk:sqs:sendMessage', Input: '{"QueueUrl":"q","MessageBody":"direct"}' };
  await call('CreateSchedule', {
    Name: 'sdk',
    ScheduleExpression: 'at(2026-01-02T00:00:00)',
    ...base,
    Target: { ...base.Target, ...sdk },
  });
  await parts.clock.advanceBy(DAY);
  const { Messages } = await parts.aws.call(
    'sqs',
    'ReceiveMessage',
    { QueueUrl: 'q', MaxNumberOfMessages: 10 },
    { via: 'test' },
  );
  expect(Messages.map(({ Body }: AwsShape) => Body).sort()).toEqual(['direct', '{"a":1}']);
});

test.each([
  ['an expression that is none', { ScheduleExpression: 'cron(0 9 * * *)' }],
  ['a time zone that is none', { ScheduleExpressionTimezone: 'Mars/Olympus' }],
  ['a name with a space', { Name: 'a b' }],
  ['no flexible time window', { FlexibleTimeWindow: undefined }],
  ['a target that is no ARN', { Target: { Arn: 'x' } }],
  ['a start that is no date', { StartDate: 'soon' }],
])('refuses %s', async (_name, change) => {
  const { create } = await setup();
  await expect(create('rate(1 day)', change)).rejects.toMatchObject({ code: 'ValidationException' });
});

test('a FIFO queue gets what is due in the message group of the schedule', async () => {
  const { parts, create } = await setup();
  const Attributes = { FifoQueue: 'true', ContentBasedDeduplication: 'true' };
  await parts.aws.call('sqs', 'CreateQueue', { QueueName: 'q.fifo', Attributes }, { via: 'test' });
  const Arn = 'arn:aws:sqs:us-east-1:123456789012:q.fifo';
  const Target = { ...base.Target, Arn, Input: 'due', SqsParameters: { MessageGroupId: 'loans' } };
  await create('rate(1 day)', { Target });
  await parts.clock.advanceBy(DAY);
  const receive = { QueueUrl: 'q.fifo', MaxNumberOfMessages: 10, MessageSystemAttributeNames: ['MessageGroupId'] };
  const { Messages } = await parts.aws.call('sqs', 'ReceiveMessage', receive, { via: 'test' });
  const due = { Body: 'due', Attributes: { MessageGroupId: 'loans' } };
  expect(Messages).toMatchObject([due, due]);
});
