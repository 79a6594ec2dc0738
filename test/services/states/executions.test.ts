import type { AwsService, AwsShape } from '../../../local/services/aws';
import { LocalCloud, PASS, task, WAIT } from './local-cloud';

let cloud: LocalCloud;
beforeEach(() => {
  cloud = new LocalCloud();
});
afterEach(() => cloud.close());

const EXECUTION = 'arn:aws:states:us-east-1:123456789012:execution:machine:run';

describe('StartExecution', () => {
  it('answers the ARN and the virtual start', async () => {
    const stateMachineArn = await cloud.create(WAIT);
    expect(await cloud.call('StartExecution', { stateMachineArn, name: 'run' })).toEqual({
      executionArn: EXECUTION,
      startDate: new Date('2026-03-01T08:00:00Z'),
    });
  });

  it('is idempotent by name while the execution runs with the same input', async () => {
    const stateMachineArn = await cloud.create(WAIT);
    const start = { stateMachineArn, name: 'run', input: '{"a":1}' };
    const answers = await Promise.all([1, 2, 3].map(() => cloud.call('StartExecution', start)));
    expect(new Set(answers.map(({ executionArn }) => executionArn))).toEqual(new Set([EXECUTION]));
    expect(await cloud.error('StartExecution', { ...start, input: '{"a":2}' })).toEqual({
      code: 'ExecutionAlreadyExists',
      message: `Execution Already Exists: '${EXECUTION}'`,
    });
    await cloud.clock.advanceBy(3_600_000);
    expect((await cloud.error('StartExecution', start)).code).toBe('ExecutionAlreadyExists');
    expect((await cloud.call('ListExecutions', { stateMachineArn })).executions).toHaveLength(1);
  });

  it.each([
    ['not json', "Unrecognized token 'not'"],
    ["{'a': 1}", "Unexpected character (''' (code 39)): was expecting double-quote to start field name"],
    ['', 'Invalid execution input.'],
  ])('refuses the input %j', async (input, problem) => {
    const stateMachineArn = await cloud.create(PASS);
    const error = await cloud.error('StartExecution', { stateMachineArn, input });
    expect(error.code).toBe('InvalidExecutionInput');
    expect(error.message).toContain(`Invalid State Machine Execution Input: '${problem}`);
  });

  it('takes any JSON value of 256 KiB, and no more', async () => {
    const stateMachineArn = await cloud.create(PASS);
    for (const input of ['null', '0', '[]', `"${'x'.repeat(262_142)}"`]) {
      const { executionArn } = await cloud.call('StartExecution', { stateMachineArn, input });
      expect(await cloud.call('DescribeExecution', { executionArn })).toMatchObject({ input, output: input });
    }
    const much = { stateMachineArn, input: `"${'é'.repeat(131_072)}"` };
    expect((await cloud.error('StartExecution', much)).code).toBe('ValidationException');
  });

  it('refuses a state machine that is not there', async () => {
    const stateMachineArn = 'arn:aws:states:us-east-1:123456789012:stateMachine:none';
    expect(await cloud.error('StartExecution', { stateMachineArn })).toEqual({
      code: 'StateMachineDoesNotExist',
      message: `State Machine Does Not Exist: '${stateMachineArn}'`,
    });
    expect((await cloud.error('StartExecution', { stateMachineArn: EXECUTION })).message).toBe(
      "Invalid Arn: 'Resource type not valid in this context: execution'",
    );
  });
});

describe('DescribeExecution and StopExecution', () => {
  it('tell the trace header, and without data only what is not secret', async () => {
    const stateMachineArn = await cloud.create(PASS);
    const traceHeader = 'Root=1-5759e988-bd862e3fe1be46a994272793';
    const { executionArn } = await cloud.call('StartExecution', { stateMachineArn, input: '"secret"', traceHeader });
    await cloud.work.idle();
    expect((await cloud.call('DescribeExecution', { executionArn })).traceHeader).toBe(traceHeader);
    const told = await cloud.call('DescribeExecution', { executionArn, includedData: 'METADATA_ONLY' });
    expect(JSON.stringify(told)).not.toContain('secret');
    expect(told).toMatchObject({ status: 'SUCCEEDED', traceHeader, inputDetails: { included: false } });
    const machine = await cloud.call('DescribeStateMachine', { stateMachineArn, includedData: 'METADATA_ONLY' });
    expect(machine.definition).toBe('{}');
  });

  it('tell the whole life of an execution', async () => {
    const stateMachineArn = await cloud.create(WAIT);
    await cloud.call('StartExecution', { stateMachineArn, name: 'run', input: ' {"a": 1} ' });
    const running = await cloud.call('DescribeExecution', { executionArn: EXECUTION });
    expect(running).toMatchObject({ status: 'RUNNING', input: ' {"a": 1} ', redriveStatus: 'NOT_REDRIVABLE' });
    expect(running.output).toBeUndefined();
    await cloud.clock.advanceBy(5000);
    const stop = { executionArn: EXECUTION, error: 'Changed', cause: 'The reader came back' };
    expect(await cloud.call('StopExecution', stop)).toEqual({ stopDate: new Date('2026-03-01T08:00:05Z') });
    expect(await cloud.call('StopExecution', stop)).toEqual({ stopDate: new Date('2026-03-01T08:00:05Z') });
    expect(await cloud.call('DescribeExecution', { executionArn: EXECUTION })).toMatchObject({
      status: 'ABORTED',
      error: 'Changed',
      cause: 'The reader came back',
      startDate: new Date('2026-03-01T08:00:00Z'),
      stopDate: new Date('2026-03-01T08:00:05Z'),
      redriveCount: 0,
      redriveStatus: 'REDRIVABLE',
    });
  });

  it('refuse what is not an execution', async () => {
    const message = async (executionArn: string) => (await cloud.error('DescribeExecution', { executionArn })).message;
    expect(await message('run')).toBe("Invalid Arn: 'Invalid ARN prefix: run'");
    expect(await message(EXECUTION)).toBe(`Execution Does Not Exist: '${EXECUTION}'`);
    expect(await message('arn:aws:states:us-east-1:123456789012:express:machine:run:1')).toBe(
      "Invalid Arn: 'Resource type not valid in this context: express'",
    );
    expect((await cloud.error('StopExecution', { executionArn: EXECUTION })).code).toBe('ExecutionDoesNotExist');
  });
});

describe('ListExecutions', () => {
  it('pages the newest first, by status', async () => {
    const stateMachineArn = await cloud.create(WAIT);
    for (const n of [1, 2, 3, 4, 5]) {
      const { executionArn } = await cloud.call('StartExecution', { stateMachineArn, name: `run-${n}` });
      if (n === 3) await cloud.call('StopExecution', { executionArn });
    }
    const list = (more: AwsShape) => cloud.call('ListExecutions', { stateMachineArn, maxResults: 2, ...more });
    const names: string[] = [];
    let nextToken: string | undefined;
    do {
      const page: AwsShape = await list({ statusFilter: 'RUNNING', nextToken });
      names.push(...page.executions.map(({ name }: { name: string }) => name));
      nextToken = page.nextToken;
    } while (nextToken);
    expect(names).toEqual(['run-5', 'run-4', 'run-2', 'run-1']);
    const { nextToken: other } = await list({});
    expect(
      (await cloud.error('ListExecutions', { stateMachineArn, statusFilter: 'FAILED', nextToken: other })).code,
    ).toBe('InvalidToken');
  });
});

describe('GetExecutionHistory', () => {
  it('pages both ways, with dates and the details under AWS’s keys', async () => {
    const { executionArn } = await cloud.run(PASS, { a: 1 });
    const page = (more: AwsShape) => cloud.call('GetExecutionHistory', { executionArn, ...more });
    const { events } = await page({});
    expect(events[0]).toEqual({
      id: 1,
      previousEventId: 0,
      timestamp: new Date('2026-03-01T08:00:00Z'),
      type: 'ExecutionStarted',
      executionStartedEventDetails: {
        input: '{"a":1}',
        inputDetails: { truncated: false },
        roleArn: 'arn:aws:iam::123456789012:role/machine',
      },
    });
    const first = await page({ maxResults: 3, reverseOrder: true });
    const second = await page({ maxResults: 3, reverseOrder: true, nextToken: first.nextToken });
    expect([...first.events, ...second.events]).toEqual([...events].reverse());
    expect(second.nextToken).toBeUndefined();
  });

  it('leaves the data out when asked to', async () => {
    const { executionArn } = await cloud.run(PASS, { secret: 1 });
    const { events } = await cloud.call('GetExecutionHistory', { executionArn, includeExecutionData: false });
    expect(JSON.stringify(events)).not.toContain('secret');
    expect(events[1].stateEnteredEventDetails).toMatchObject({ name: 'Pass' });
  });
});

describe('Express', () => {
  it('runs to the end in StartSyncExecution', async () => {
    const machine = {
      StartAt: 'Wait',
      States: { Wait: { Type: 'Wait', Seconds: 2, Next: 'Done' }, Done: { Type: 'Succeed' } },
    };
    const stateMachineArn = await cloud.create(machine, 'machine', { type: 'EXPRESS' });
    const answer = cloud.call('StartSyncExecution', { stateMachineArn, name: 'run', input: '{"a":1}' });
    await cloud.clock.advanceBy(2000);
    expect(await answer).toMatchObject({
      executionArn: expect.stringMatching(/^arn:aws:states:us-east-1:123456789012:express:machine:run:[-0-9a-f]{36}$/),
      status: 'SUCCEEDED',
      output: '{"a":1}',
      stopDate: new Date('2026-03-01T08:00:02Z'),
      billingDetails: { billedDurationInMilliseconds: 2000, billedMemoryUsedInMB: 64 },
    });
    expect((await cloud.error('ListExecutions', { stateMachineArn })).code).toBe('StateMachineTypeNotSupported');
    const standard = await cloud.create(PASS, 'standard');
    expect((await cloud.error('StartSyncExecution', { stateMachineArn: standard })).code).toBe(
      'StateMachineTypeNotSupported',
    );
  });

  it('starts a new execution each time', async () => {
    const stateMachineArn = await cloud.create(PASS, 'machine', { type: 'EXPRESS' });
    const start = () => cloud.call('StartExecution', { stateMachineArn, name: 'run' });
    expect((await start()).executionArn).not.toBe((await start()).executionArn);
  });
});

describe('activities and tokens', () => {
  const worker = async () => (await cloud.call('CreateActivity', { name: 'desk' })).activityArn as string;

  it('hands a task to a worker and takes its answer', async () => {
    const activityArn = await worker();
    const { executionArn } = await cloud.run(task(activityArn, { item: 7 }));
    const given = await cloud.call('GetActivityTask', { activityArn, workerName: 'ann' });
    expect(JSON.parse(given.input)).toEqual({ item: 7 });
    const { taskToken } = given;
    expect(await cloud.call('SendTaskHeartbeat', { taskToken })).toEqual({});
    expect((await cloud.error('SendTaskSuccess', { taskToken, output: 'ok' })).code).toBe('InvalidOutput');
    expect(await cloud.call('SendTaskSuccess', { taskToken, output: '"ok"' })).toEqual({});
    expect((await cloud.call('DescribeExecution', { executionArn })).output).toBe('"ok"');
    expect(await cloud.error('SendTaskFailure', { taskToken })).toEqual({
      code: 'TaskTimedOut',
      message: "Task Timed Out: 'Provided task does not exist anymore'",
    });
  });

  it('fails a task with the worker’s error', async () => {
    const activityArn = await worker();
    const { executionArn } = await cloud.run(task(activityArn, {}));
    const { taskToken } = await cloud.call('GetActivityTask', { activityArn });
    await cloud.call('SendTaskFailure', { taskToken, error: 'Damaged', cause: 'Coffee' });
    expect(await cloud.call('DescribeExecution', { executionArn })).toMatchObject({
      status: 'FAILED',
      error: 'Damaged',
      cause: 'Coffee',
    });
  });

  it('lets the clock jump while a worker waits, and the worker go', async () => {
    const activityArn = await worker();
    const gone = new AbortController();
    const poll = cloud.call('GetActivityTask', { activityArn }, gone.signal);
    await cloud.clock.advanceBy(86_400_000);
    gone.abort();
    expect(await poll).toEqual({});
  });

  it('refuses tokens that are none, and activities that are not there', async () => {
    expect(await cloud.error('SendTaskHeartbeat', { taskToken: 'garbage' })).toEqual({
      code: 'InvalidToken',
      message: "Invalid Token: 'Invalid token'",
    });
    expect((await cloud.error('SendTaskSuccess', { taskToken: 'x'.repeat(2049), output: '{}' })).code).toBe(
      'ValidationException',
    );
    const activityArn = await worker();
    await cloud.call('DeleteActivity', { activityArn });
    expect(await cloud.error('GetActivityTask', { activityArn })).toEqual({
      code: 'ActivityDoesNotExist',
      message: `Activity Does Not Exist: '${activityArn}'`,
    });
    expect((await cloud.error('CreateActivity', { name: 'a?b' })).message).toBe("Invalid Name: 'a?b'");
  });

  it('creates an activity once', async () => {
    const first = await cloud.call('CreateActivity', { name: 'desk' });
    await cloud.clock.advanceBy(1000);
    expect(await cloud.call('CreateActivity', { name: 'desk' })).toEqual(first);
    expect((await cloud.call('ListActivities')).activities).toHaveLength(1);
    expect(await cloud.call('DescribeActivity', first)).toMatchObject({ name: 'desk', ...first });
  });
});

describe('status change events', () => {
  it('are sent for the start and the end of Standard executions', async () => {
    cloud.play('eventbridge', () => ({ FailedEntryCount: 0, Entries: [] }));
    const { executionArn } = await cloud.run(PASS, { a: 1 });
    const entries = cloud.asked.map(({ input }) => input.Entries[0]);
    expect(entries.map(({ Detail }) => JSON.parse(Detail).status)).toEqual(['RUNNING', 'SUCCEEDED']);
    expect(entries[1]).toMatchObject({
      Source: 'aws.states',
      DetailType: 'Step Functions Execution Status Change',
      Resources: [executionArn],
    });
    expect(JSON.parse(entries[1].Detail)).toMatchObject({
      executionArn,
      name: executionArn.split(':').at(-1),
      startDate: Date.parse('2026-03-01T08:00:00Z'),
      input: '{"a":1}',
      output: '{"a":1}',
    });
  });

  it('are not made where nobody hears them', async () => {
    cloud.play('eventbridge', () => ({ FailedEntryCount: 0, Entries: [] }));
    const bus = cloud.aws.get('eventbridge') as AwsService;
    bus.hears = (source) => source !== 'aws.states';
    await cloud.run(PASS);
    expect(cloud.asked).toEqual([]);
  });

  it('stop nothing when they cannot be sent', async () => {
    cloud.play('eventbridge', () => {
      throw new Error('down');
    });
    expect((await cloud.run(PASS)).status).toBe('SUCCEEDED');
  });
});
