import {
  CreateEventBusCommand,
  DeleteRuleCommand,
  EventBridgeClient,
  ListRulesCommand,
  ListTargetsByRuleCommand,
  PutEventsCommand,
  PutRuleCommand,
  PutTargetsCommand,
  RemoveTargetsCommand,
  TestEventPatternCommand,
} from '@aws-sdk/client-eventbridge';
import { Work } from '../../../local/runtime/work';
import { AwsError, type AwsShape } from '../../../local/services/aws';
import { EventsService } from '../../../local/services/events/service';
import { SnsService } from '../../../local/services/sns/service';
import { SqsService } from '../../../local/services/sqs/service';
import { WireServer } from '../../../local/services/wire/server';
import { FakeService, silenceStderr } from '../delivery/targets';
import { identity, restarted, testParts } from '../wire/parts';

silenceStderr();
const test_ = { via: 'test' };
const queueArn = (name: string) => `arn:aws:sqs:us-east-1:123456789012:${name}`;
const machineArn = 'arn:aws:states:us-east-1:123456789012:stateMachine:Game';
const pattern = JSON.stringify({ source: ['stepwright.game'], detail: { level: [{ numeric: ['>', 0] }] } });

/** A local cloud of its own, with a rule 'rule' for game events and the targets given. */
async function setup(targets: AwsShape[] = [], rule: AwsShape = { EventPattern: pattern }, parts = testParts()) {
  const events = new EventsService(parts);
  for (const service of [events, new SqsService(parts), new SnsService(parts)]) parts.aws.register(service);
  const sfn = new FakeService(parts, 'sfn');
  const lambda = new FakeService(parts, 'lambda');
  const logs = new FakeService(parts, 'cloudwatchlogs');
  for (const QueueName of ['q', 'dead']) await parts.aws.call('sqs', 'CreateQueue', { QueueName }, test_);
  const call = (operation: string, input: AwsShape, via = 'wire') =>
    parts.aws.call('eventbridge', operation, input, { via });
  await call('PutRule', { Name: 'rule', ...rule });
  if (targets.length > 0) await call('PutTargets', { Rule: 'rule', Targets: targets });
  await events.start();
  const put = (entry: AwsShape = {}, via = 'wire') => call('PutEvents', { Entries: [{ ...gameEvent, ...entry }] }, via);
  const received = async (QueueUrl = 'q') => {
    await parts.work.idle();
    const input = { QueueUrl, MaxNumberOfMessages: 10, MessageAttributeNames: ['All'] };
    return (await parts.aws.call('sqs', 'ReceiveMessage', input, test_)).Messages ?? [];
  };
  return { parts, events, sfn, lambda, logs, call, put, received };
}

const gameEvent = {
  Source: 'stepwright.game',
  DetailType: 'LevelCompleted',
  Detail: '{"level":3,"player":"Ann \\"A\\""}',
};

test('on the wire: a bus, a rule, targets, events, each as the SDK sees it', async () => {
  const { parts, received } = await setup();
  const server = new WireServer(parts);
  const { url } = await server.start();
  const client = new EventBridgeClient({ endpoint: url, region: 'us-east-1', credentials: identity, maxAttempts: 1 });
  const EventBusName = 'game';
  await client.send(new CreateEventBusCommand({ Name: EventBusName }));
  const { RuleArn } = await client.send(new PutRuleCommand({ Name: 'r', EventBusName, EventPattern: pattern }));
  expect(RuleArn).toBe('arn:aws:events:us-east-1:123456789012:rule/game/r');
  const Targets = [{ Id: 'queue', Arn: queueArn('q') }];
  await client.send(new PutTargetsCommand({ Rule: 'r', EventBusName, Targets }));
  expect(await client.send(new ListTargetsByRuleCommand({ Rule: 'r', EventBusName }))).toMatchObject({ Targets });
  expect((await client.send(new ListRulesCommand({ EventBusName }))).Rules).toMatchObject([
    { Name: 'r', State: 'ENABLED' },
  ]);
  const Time = new Date('2025-12-24T18:00:00.700Z');
  const { Entries } = await client.send(
    new PutEventsCommand({ Entries: [{ ...gameEvent, EventBusName, Time, Resources: ['x'] }] }),
  );
  expect(JSON.parse((await received())[0].Body)).toEqual({
    version: '0',
    id: Entries?.[0]?.EventId,
    'detail-type': 'LevelCompleted',
    source: 'stepwright.game',
    account: '123456789012',
    time: '2025-12-24T18:00:00Z',
    region: 'us-east-1',
    resources: ['x'],
    detail: { level: 3, player: 'Ann "A"' },
  });
  const Event = JSON.stringify({ source: 'stepwright.game', detail: { level: 1 } });
  expect((await client.send(new TestEventPatternCommand({ EventPattern: pattern, Event }))).Result).toBe(true);
  await expect(client.send(new DeleteRuleCommand({ Name: 'r', EventBusName }))).rejects.toMatchObject({
    name: 'ValidationException',
  });
  await client.send(new RemoveTargetsCommand({ Rule: 'r', EventBusName, Ids: ['queue'] }));
  await client.send(new DeleteRuleCommand({ Name: 'r', EventBusName }));
  await expect(client.send(new ListTargetsByRuleCommand({ Rule: 'r', EventBusName }))).rejects.toMatchObject({
    name: 'ResourceNotFoundException',
  });
  await server.stop();
});

test('entries are judged one by one', async () => {
  const { call } = await setup();
  const Entries = [
    gameEvent,
    { ...gameEvent, Source: '' },
    { ...gameEvent, DetailType: undefined },
    { ...gameEvent, Detail: '[1]' },
    { ...gameEvent, Detail: '{' },
    { ...gameEvent, Source: 'aws.states' },
    { ...gameEvent, EventBusName: 'none' },
  ];
  const answer = await call('PutEvents', { Entries });
  expect(answer.FailedEntryCount).toBe(6);
  expect(answer.Entries.map((entry: AwsShape) => entry.ErrorCode)).toEqual([
    undefined,
    'InvalidArgument',
    'InvalidArgument',
    'MalformedDetail',
    'MalformedDetail',
    'NotAuthorizedForSourceException',
    'ResourceNotFoundException',
  ]);
  await expect(call('PutEvents', { Entries: [] })).rejects.toMatchObject({ code: 'ValidationException' });
  await expect(call('PutEvents', { Entries: Array(11).fill(gameEvent) })).rejects.toMatchObject({
    code: 'ValidationException',
  });
  const Detail = JSON.stringify({ big: 'x'.repeat(300_000) });
  await expect(call('PutEvents', { Entries: [{ ...gameEvent, Detail }] })).rejects.toMatchObject({
    code: 'ValidationException',
  });
});

test('only Step Functions speaks for aws.states', async () => {
  const { put, received } = await setup([{ Id: 'q', Arn: queueArn('q') }], {
    EventPattern: '{"source":["aws.states"]}',
  });
  expect(await put({ Source: 'aws.states' }, 'states')).toMatchObject({ FailedEntryCount: 0 });
  expect(await received()).toHaveLength(1);
});

test('a rule hears what comes after each of its changes, and who sends events of AWS learns whether any might', async () => {
  const { events, call, put, received } = await setup();
  const hears = () => events.hears('aws.states');
  const rule = { Name: 'rule', EventPattern: '{"source":[{"prefix":"aws."}]}' };
  await put({ Source: 'aws.states' }, 'states');
  expect(hears()).toBe(false);
  await call('PutTargets', { Rule: 'rule', Targets: [{ Id: 'q', Arn: queueArn('q') }] });
  expect(hears()).toBe(false);
  await call('PutRule', rule);
  expect(hears()).toBe(true);
  await put({ Source: 'aws.states', Detail: '{"heard":1}' }, 'states');
  await call('DisableRule', { Name: 'rule' });
  expect(hears()).toBe(false);
  await put({ Source: 'aws.states' }, 'states');
  await call('PutRule', { ...rule, EventPattern: '{"detail":{"heard":[2]}}' });
  expect(hears()).toBe(true);
  await put({ Source: 'aws.states', Detail: '{"heard":2}' }, 'states');
  await call('RemoveTargets', { Rule: 'rule', Ids: ['q'] });
  expect(hears()).toBe(false);
  expect((await received()).map(({ Body }: AwsShape) => JSON.parse(Body).detail.heard).sort()).toEqual([1, 2]);
});

test('each kind of target is called in its way, a state machine under a name of its own', async () => {
  const kinds = {
    sfn: machineArn,
    lambda: 'arn:aws:lambda:us-east-1:123456789012:function:f',
    logs: 'arn:aws:logs:us-east-1:123456789012:log-group:/aws/events/all',
    bus: 'arn:aws:events:us-east-1:123456789012:event-bus/other',
  };
  const { parts, sfn, lambda, logs, put, call, received } = await setup(
    Object.entries(kinds).map(([Id, Arn]) => ({ Id, Arn })),
  );
  await call('CreateEventBus', { Name: 'other' });
  await call('PutRule', { Name: 'all', EventBusName: 'other', EventPattern: pattern });
  await call('PutTargets', { Rule: 'all', EventBusName: 'other', Targets: [{ Id: 'q', Arn: queueArn('q') }] });
  const { Entries } = await put();
  await put({ Detail: '{"level":0}' });
  await parts.work.idle();
  const detail = { level: 3, player: 'Ann "A"' };
  expect(sfn.calls).toHaveLength(1);
  expect(sfn.calls[0]).toMatchObject({ operation: 'StartExecution', input: { stateMachineArn: machineArn } });
  expect(sfn.calls[0]?.input.name).toMatch(new RegExp(`^${Entries[0].EventId}_[0-9a-f]{32}$`));
  expect(JSON.parse(sfn.calls[0]?.input.input)).toMatchObject({ detail });
  expect(lambda.calls).toMatchObject([
    { operation: 'Invoke', input: { FunctionName: kinds.lambda, InvocationType: 'Event' } },
  ]);
  expect(logs.calls.map(({ operation }) => operation)).toEqual(['CreateLogStream', 'PutLogEvents']);
  expect(logs.calls[1]?.input.logGroupName).toBe('/aws/events/all');
  expect(JSON.parse((await received())[0].Body)).toMatchObject({ source: 'stepwright.game', detail });
});

test.each([
  ['a constant', { Input: '{"a":1}' }, '{"a":1}'],
  ['a part', { InputPath: '$.detail.level' }, '3'],
  ['a key with a dash', { InputPath: "$['detail-type']" }, '"LevelCompleted"'],
  [
    'a JSON template',
    {
      InputTransformer: {
        InputPathsMap: { level: '$.detail.level', who: '$.detail.player', all: '$.detail', none: '$.detail.none' },
        InputTemplate:
          '{"text":"<who> did <level><none>","level":<level>,"who":<who>,"all":<all>,"rule":"<aws.events.rule-name>"}',
      },
    },
    '{"text":"Ann \\"A\\" did 3","level":3,"who":"Ann \\"A\\"","all":{"level":3,"player":"Ann \\"A\\""},"rule":"rule"}',
  ],
])('a target gets %s', async (_name, input, expected) => {
  const { put, received } = await setup([{ Id: 'q', Arn: queueArn('q'), ...input }]);
  await put();
  expect((await received())[0].Body).toBe(expected);
});

test('a target that is busy is tried again with growing pauses, until its policy gives up', async () => {
  const policy = { RetryPolicy: { MaximumRetryAttempts: 3 }, DeadLetterConfig: { Arn: queueArn('dead') } };
  const { parts, sfn, put, received } = await setup([{ Id: 'sfn', Arn: machineArn, ...policy }]);
  sfn.failure = new AwsError('ThrottlingException', 'Rate exceeded');
  await put();
  await parts.clock.advanceBy(3_600_000);
  expect(sfn.times.map((at) => at.slice(14, 19))).toEqual(['00:00', '00:01', '00:03', '00:07']);
  expect(new Set(sfn.calls.map(({ input }) => input.name)).size).toBe(1);
  const [letter] = await received('dead');
  expect(JSON.parse(letter.Body)).toMatchObject({ source: 'stepwright.game' });
  const attributes = Object.entries(letter.MessageAttributes as Record<string, AwsShape>).map(([k, v]) => [
    k,
    v.StringValue,
  ]);
  expect(Object.fromEntries(attributes)).toEqual({
    RULE_ARN: 'arn:aws:events:us-east-1:123456789012:rule/rule',
    TARGET_ARN: machineArn,
    ERROR_CODE: 'ThrottlingException',
    ERROR_MESSAGE: 'Rate exceeded',
    RETRY_ATTEMPTS: '3',
    EXHAUSTED_RETRY_CONDITION: 'MaximumRetryAttempts',
  });
});

test('an event too old is given up by its age; a target that is gone at once', async () => {
  const DeadLetterConfig = { Arn: queueArn('dead') };
  const { parts, sfn, put, received } = await setup([
    { Id: 'sfn', Arn: machineArn, DeadLetterConfig, RetryPolicy: { MaximumEventAgeInSeconds: 60 } },
  ]);
  sfn.failure = new AwsError('InternalError', 'x', 500);
  await put();
  await parts.clock.advanceBy(600_000);
  expect((await received('dead'))[0].MessageAttributes.EXHAUSTED_RETRY_CONDITION.StringValue).toBe(
    'MaximumEventAgeInSeconds',
  );
  const attempts = sfn.calls.length;
  sfn.failure = new AwsError('StateMachineDoesNotExist', 'State Machine Does Not Exist');
  await put();
  expect((await received('dead'))[0].MessageAttributes.ERROR_CODE.StringValue).toBe('StateMachineDoesNotExist');
  expect(sfn.calls).toHaveLength(attempts + 1);
});

test('an execution that exists already is the one that an earlier attempt started', async () => {
  const { parts, sfn, put, received } = await setup([
    { Id: 's', Arn: machineArn, DeadLetterConfig: { Arn: queueArn('dead') } },
  ]);
  sfn.failure = new AwsError('ExecutionAlreadyExists', 'Execution Already Exists');
  await put();
  await parts.clock.advanceBy(86_400_000);
  expect(sfn.calls).toHaveLength(1);
  expect(await received('dead')).toEqual([]);
});

describe('a burst', () => {
  beforeEach(() =>
    jest.useFakeTimers({ doNotFake: ['Date', 'nextTick', 'performance', 'queueMicrotask', 'setImmediate'] }),
  );
  afterEach(() => jest.useRealTimers());

  /** Twenty events, each of which starts an execution with a task whose call takes until it is answered. */
  async function burst() {
    const { parts, sfn, call } = await setup(
      [{ Id: 'sfn', Arn: machineArn }],
      undefined,
      testParts({ work: new Work(3) }),
    );
    const answers: Array<() => void> = [];
    jest.spyOn(sfn, 'call').mockImplementation(async () => {
      void parts.work.trackCall(() => new Promise<void>((resolve) => answers.push(resolve)));
      return {};
    });
    for (let count = 0; count < 2; count += 1) await call('PutEvents', { Entries: Array(10).fill(gameEvent) });
    const underWay = async (expected: number) => {
      while (answers.length < expected) await new Promise((resolve) => setImmediate(resolve));
      // Nor do more begin.
      for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
      expect(answers).toHaveLength(expected);
    };
    await underWay(3);
    return { parts, sfn, answers, underWay };
  }

  test('waits on the bus, where no time limit runs, while tasks have as many calls under way as there is room for', async () => {
    const { parts, sfn, answers, underWay } = await burst();
    for (let left = 17; left >= 0; left -= 1) {
      answers.shift()?.();
      await underWay(Math.min(left + 2, 3));
    }
    for (const answer of answers) answer();
    await parts.work.idle();
    expect(sfn.call).toHaveBeenCalledTimes(20);
  });

  test('is not held up for ever by calls that are long: every two seconds the first in line goes on', async () => {
    const { answers, underWay } = await burst();
    jest.advanceTimersByTime(1_999);
    await underWay(3);
    jest.advanceTimersByTime(1);
    await underWay(4);
    answers.shift()?.();
    await underWay(3);
    jest.advanceTimersByTime(2_000);
    await underWay(4);
  });
});

test('what was accepted before a restart arrives after it, as the rule was then', async () => {
  const { parts, events, sfn, call } = await setup([{ Id: 'sfn', Arn: machineArn, InputPath: '$.detail.level' }]);
  sfn.failure = new AwsError('ServiceUnavailable', 'x', 503);
  await call('PutEvents', { Entries: [gameEvent] });
  await parts.work.idle();
  await events.stop();
  await call('RemoveTargets', { Rule: 'rule', Ids: ['sfn'] });
  const after = restarted(parts);
  const again = new FakeService(after, 'sfn');
  await new EventsService(after).start();
  await after.clock.advanceBy(60_000);
  expect(again.calls).toMatchObject([{ input: { input: '3', name: sfn.calls[0]?.input.name } }]);
});

describe('a schedule', () => {
  test('fires at each of its times, also at those that passed while no process ran, and once', async () => {
    const { parts, events, sfn, call } = await setup([{ Id: 's', Arn: machineArn }], {
      ScheduleExpression: 'cron(0 9 * * ? *)',
    });
    await parts.clock.advanceBy(2 * 86_400_000);
    expect(sfn.times).toEqual(['2026-01-01T09:00:00.000Z', '2026-01-02T09:00:00.000Z']);
    expect(JSON.parse(sfn.calls[0]?.input.input)).toMatchObject({
      source: 'aws.events',
      'detail-type': 'Scheduled Event',
      time: '2026-01-01T09:00:00Z',
      resources: ['arn:aws:events:us-east-1:123456789012:rule/rule'],
    });
    await events.stop();
    const after = restarted(parts);
    await after.clock.advanceBy(2 * 86_400_000);
    const again = new FakeService(after, 'sfn');
    const room = new EventsService(after);
    await room.start();
    await after.work.idle();
    expect(again.calls.map(({ input }) => JSON.parse(input.input).time)).toEqual([
      '2026-01-03T09:00:00Z',
      '2026-01-04T09:00:00Z',
    ]);
    await room.call('PutRule', { Name: 'rule', ScheduleExpression: 'cron(0 9 * * ? *)' }, { via: 'cloudformation' });
    await after.clock.advanceBy(86_400_000);
    expect(again.calls).toHaveLength(3);
    await call('DisableRule', { Name: 'rule' });
  });

  test('by rate begins after its first interval and ends when the rule is disabled', async () => {
    const { parts, sfn, call } = await setup([{ Id: 's', Arn: machineArn }], { ScheduleExpression: 'rate(1 hour)' });
    await parts.clock.advanceBy(2 * 3_600_000);
    expect(sfn.times.map((at) => at.slice(11, 16))).toEqual(['01:00', '02:00']);
    await call('DisableRule', { Name: 'rule' });
    await parts.clock.advanceBy(86_400_000);
    expect(sfn.calls).toHaveLength(2);
  });
});

test.each([
  ['a pattern that is none', { Name: 'r', EventPattern: '{"source":"x"}' }, 'InvalidEventPatternException'],
  ['neither pattern nor schedule', { Name: 'r' }, 'ValidationException'],
  ['a schedule that is none', { Name: 'r', ScheduleExpression: 'rate(1 hours)' }, 'ValidationException'],
  ['at(), which is Scheduler’s', { Name: 'r', ScheduleExpression: 'at(2026-01-01T00:00:00)' }, 'ValidationException'],
  ['a name with a space', { Name: 'a b', EventPattern: pattern }, 'ValidationException'],
  ['an unknown bus', { Name: 'r', EventBusName: 'none', EventPattern: pattern }, 'ResourceNotFoundException'],
])('PutRule refuses %s', async (_name, input, code) => {
  const { call } = await setup();
  await expect(call('PutRule', input)).rejects.toMatchObject({ code });
});

test('PutTargets refuses what is no target, and a sixth', async () => {
  const { call } = await setup();
  const put = (...Targets: AwsShape[]) => call('PutTargets', { Rule: 'rule', Targets });
  await expect(put({ Id: 'a', Arn: 'nonsense' })).rejects.toMatchObject({ code: 'ValidationException' });
  await expect(put({ Id: 'a', Arn: machineArn, Input: '{}', InputPath: '$' })).rejects.toMatchObject({
    code: 'ValidationException',
  });
  await expect(put({ Id: 'a', Arn: machineArn, InputPath: '$..x' })).rejects.toMatchObject({
    code: 'ValidationException',
  });
  const six = [1, 2, 3, 4, 5, 6].map((id) => ({ Id: `t${id}`, Arn: machineArn }));
  await expect(put(...six)).rejects.toMatchObject({ code: 'LimitExceededException' });
});

test('a FIFO queue gets events in the message group that its target names, and a target must name one', async () => {
  const { parts, call, put } = await setup();
  const Attributes = { FifoQueue: 'true', ContentBasedDeduplication: 'true' };
  await parts.aws.call('sqs', 'CreateQueue', { QueueName: 'q.fifo', Attributes }, test_);
  const target = { Id: 'q', Arn: queueArn('q.fifo'), InputPath: '$.detail.level' };
  await expect(call('PutTargets', { Rule: 'rule', Targets: [target] })).rejects.toMatchObject({
    code: 'ValidationException',
    message: 'Parameter(s) SqsParameters must be specified for target: q.',
  });
  const Targets = [{ ...target, SqsParameters: { MessageGroupId: 'levels' } }];
  await call('PutTargets', { Rule: 'rule', Targets });
  for (const level of [1, 2, 1]) await put({ Detail: JSON.stringify({ level }) });
  await parts.work.idle();
  const input = { QueueUrl: 'q.fifo', MaxNumberOfMessages: 10, MessageSystemAttributeNames: ['MessageGroupId'] };
  const { Messages } = await parts.aws.call('sqs', 'ReceiveMessage', input, test_);
  expect(Messages).toMatchObject(['1', '2'].map((Body) => ({ Body, Attributes: { MessageGroupId: 'levels' } })));
});
