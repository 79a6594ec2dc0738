import { LocalCloud, PASS } from './local-cloud';

const DAY = 24 * 60 * 60 * 1000;

let cloud: LocalCloud;
let broken: boolean;
beforeEach(() => {
  cloud = new LocalCloud();
  broken = true;
  cloud.play('sqs', () => {
    if (broken) throw new Error('The queue is gone.');
    return { MessageId: 'm' };
  });
});
afterEach(() => cloud.close());

const SEND = {
  Type: 'Task',
  Resource: 'arn:aws:states:::sqs:sendMessage',
  Parameters: { QueueUrl: 'q', MessageBody: 'm' },
  ResultPath: null,
  End: true,
};

const FLOW = {
  StartAt: 'First',
  States: { First: { Type: 'Pass', Result: 1, ResultPath: '$.a', Next: 'Send' }, Send: SEND },
};

async function redrive(executionArn: string, more: object = {}) {
  const answer = await cloud.call('RedriveExecution', { executionArn, ...more });
  await cloud.work.idle();
  return answer;
}

it('goes on where an execution failed, and tells of it', async () => {
  const failed = await cloud.run(FLOW);
  expect(failed).toMatchObject({ status: 'FAILED', redriveStatus: 'REDRIVABLE', redriveCount: 0 });
  const { executionArn } = failed;
  const before = (await cloud.events(executionArn)).length;
  broken = false;
  await cloud.clock.advanceBy(DAY);
  expect(await redrive(executionArn)).toEqual({ redriveDate: new Date(cloud.clock.now()) });
  const now = await cloud.call('DescribeExecution', { executionArn });
  expect(now).toMatchObject({
    status: 'SUCCEEDED',
    output: '{"a":1}',
    redriveCount: 1,
    redriveDate: new Date(cloud.clock.now()),
    redriveStatus: 'NOT_REDRIVABLE',
    redriveStatusReason: 'Execution is SUCCEEDED and cannot be redriven',
  });
  expect(now.error).toBeUndefined();
  const events = (await cloud.events(executionArn)).slice(before);
  expect(events.map(({ type }) => type)).toEqual([
    'ExecutionRedriven',
    'TaskScheduled',
    'TaskStarted',
    'TaskSucceeded',
    'TaskStateExited',
    'ExecutionSucceeded',
  ]);
  expect(events[0]?.executionRedrivenEventDetails).toEqual({ redriveCount: 1 });
  const { stateMachineArn } = now;
  const redriven = await cloud.call('ListExecutions', { stateMachineArn, redriveFilter: 'REDRIVEN' });
  expect(redriven.executions).toEqual([expect.objectContaining({ executionArn, redriveCount: 1 })]);
});

it('is refused while there is nothing to go on with', async () => {
  const { executionArn } = await cloud.run(PASS);
  expect(await cloud.error('RedriveExecution', { executionArn })).toEqual({
    code: 'ExecutionNotRedrivable',
    message: "Execution Not Redrivable: 'Execution is SUCCEEDED and cannot be redriven'",
  });
  const unknown = 'arn:aws:states:us-east-1:123456789012:execution:machine:nobody';
  expect((await cloud.error('RedriveExecution', { executionArn: unknown })).code).toBe('ExecutionDoesNotExist');
});

it('is refused when 14 days have passed', async () => {
  const { executionArn } = await cloud.run(FLOW);
  await cloud.clock.advanceBy(14 * DAY);
  expect((await cloud.call('DescribeExecution', { executionArn })).redriveStatus).toBe('REDRIVABLE');
  await cloud.clock.advanceBy(1000);
  expect(await cloud.call('DescribeExecution', { executionArn })).toMatchObject({
    redriveStatus: 'NOT_REDRIVABLE',
    redriveStatusReason: 'Execution redrivable period exceeded',
  });
  expect((await cloud.error('RedriveExecution', { executionArn })).code).toBe('ExecutionNotRedrivable');
});

it('takes the same request, sent again, once', async () => {
  const { executionArn } = await cloud.run(FLOW);
  const first = await redrive(executionArn, { clientToken: 'one' });
  await cloud.clock.advanceBy(1000);
  expect(await redrive(executionArn, { clientToken: 'one' })).toEqual(first);
  expect((await cloud.call('DescribeExecution', { executionArn })).redriveCount).toBe(1);
  await redrive(executionArn, { clientToken: 'two' });
  expect((await cloud.call('DescribeExecution', { executionArn })).redriveCount).toBe(2);
});

it('runs the definition that the execution began with', async () => {
  const { executionArn, stateMachineArn } = await cloud.run(FLOW);
  broken = false;
  await cloud.call('UpdateStateMachine', { stateMachineArn, definition: JSON.stringify(PASS) });
  await redrive(executionArn);
  expect((await cloud.call('DescribeExecution', { executionArn })).output).toBe('{"a":1}');
});

describe('a map run', () => {
  const map = (type: string) => ({
    StartAt: 'Each',
    States: {
      Each: {
        Type: 'Map',
        Label: 'Each',
        MaxConcurrency: 1,
        ItemProcessor: {
          ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: type },
          StartAt: 'Kind',
          States: {
            Kind: {
              Type: 'Choice',
              Choices: [{ Variable: '$', StringEquals: 'send', Next: 'Send' }],
              Default: 'Plain',
            },
            Plain: { Type: 'Succeed' },
            Send: SEND,
          },
        },
        End: true,
      },
    },
  });

  it.each(['STANDARD', 'EXPRESS'])(
    'is redriven with its execution: only %s children that did not succeed',
    async (type) => {
      const { executionArn, error } = await cloud.run(map(type), ['a', 'send', 'b']);
      expect(error).toBe('States.ExceedToleratedFailureThreshold');
      const [{ mapRunArn }] = (await cloud.call('ListMapRuns', { executionArn })).mapRuns;
      expect((await cloud.call('DescribeMapRun', { mapRunArn })).executionCounts).toMatchObject({
        succeeded: 1,
        failed: 1,
        pending: 1,
      });
      broken = false;
      const before = (await cloud.events(executionArn)).length;
      await redrive(executionArn);
      expect(await cloud.call('DescribeExecution', { executionArn })).toMatchObject({
        status: 'SUCCEEDED',
        output: '["a","send","b"]',
      });
      const events = (await cloud.events(executionArn)).slice(before);
      expect(events.map(({ type }) => type)).toEqual([
        'ExecutionRedriven',
        'MapRunRedriven',
        'MapRunSucceeded',
        'MapStateSucceeded',
        'MapStateExited',
        'ExecutionSucceeded',
      ]);
      expect(events[1]?.mapRunRedrivenEventDetails).toEqual({ mapRunArn, redriveCount: 1 });
      expect(await cloud.call('DescribeMapRun', { mapRunArn })).toMatchObject({
        status: 'SUCCEEDED',
        redriveCount: 1,
        executionCounts: { succeeded: 3, failed: 0, total: 3 },
      });
      const asked = cloud.asked.filter(({ operation }) => operation === 'SendMessage');
      expect(asked).toHaveLength(2);
      const { executions } = await cloud.call('ListExecutions', { mapRunArn });
      expect(executions).toHaveLength(type === 'STANDARD' ? 3 : 4);
      const redriven = await cloud.call('ListExecutions', { mapRunArn, redriveFilter: 'REDRIVEN' });
      expect(redriven.executions).toHaveLength(type === 'STANDARD' ? 1 : 0);
    },
  );

  it('is not redriven child by child', async () => {
    const { executionArn } = await cloud.run(map('STANDARD'), ['send']);
    const [{ mapRunArn }] = (await cloud.call('ListMapRuns', { executionArn })).mapRuns;
    const [child] = (await cloud.call('ListExecutions', { mapRunArn })).executions;
    expect((await cloud.error('RedriveExecution', { executionArn: child.executionArn })).code).toBe(
      'ExecutionNotRedrivable',
    );
  });
});
