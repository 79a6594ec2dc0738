import type { AwsShape } from '../../../local/services/aws';
import { LogsService } from '../../../local/services/logs/service';
import { LocalCloud, task } from './local-cloud';

let cloud: LocalCloud;
beforeEach(async () => {
  cloud = new LocalCloud();
  cloud.aws.register(new LogsService(cloud.parts));
  await logs('CreateLogGroup', { logGroupName: 'runs' });
});
afterEach(() => cloud.close());

const logs = (operation: string, input: AwsShape) =>
  cloud.aws.call('cloudwatchlogs', operation, input, { via: 'test' });
const logGroupArn = 'arn:aws:logs:us-east-1:123456789012:log-group:runs:*';
const logging = (level: string, includeExecutionData = true) => ({
  loggingConfiguration: {
    level,
    includeExecutionData,
    destinations: [{ cloudWatchLogsLogGroup: { logGroupArn } }],
  },
});

async function run(definition: object, more: AwsShape): Promise<string> {
  const stateMachineArn = await cloud.create(definition, 'machine', more);
  const { executionArn } = await cloud.call('StartExecution', { stateMachineArn, input: '{"a":1}' });
  await cloud.work.idle();
  return executionArn;
}

async function records(): Promise<AwsShape[]> {
  const { events } = await logs('FilterLogEvents', { logGroupName: 'runs' });
  return events.map(({ message }: { message: string }) => JSON.parse(message));
}

const types = async () => (await records()).map(({ type }) => type);
const PASS = { StartAt: 'Pass', States: { Pass: { Type: 'Pass', End: true } } };
const CAUGHT = {
  StartAt: 'Try',
  States: {
    Try: {
      Type: 'Task',
      Resource: 'arn:aws:states:::sqs:sendMessage',
      Parameters: { QueueUrl: 'none', MessageBody: 'text' },
      Catch: [{ ErrorEquals: ['States.ALL'], Next: 'GiveUp' }],
      End: true,
    },
    GiveUp: { Type: 'Fail', Error: 'E', Cause: 'c' },
  },
};

it('writes every event in the form of AWS, and its data', async () => {
  const executionArn = await run(PASS, logging('ALL'));
  expect(await records()).toEqual([
    {
      id: '1',
      type: 'ExecutionStarted',
      details: { input: '{"a":1}', inputDetails: { truncated: false }, roleArn: expect.any(String) },
      redrive_count: '0',
      previous_event_id: '0',
      event_timestamp: String(Date.parse('2026-03-01T08:00:00Z')),
      execution_arn: executionArn,
    },
    expect.objectContaining({ id: '2', type: 'PassStateEntered', previous_event_id: '0' }),
    expect.objectContaining({ id: '3', type: 'PassStateExited', previous_event_id: '2' }),
    expect.objectContaining({ id: '4', type: 'ExecutionSucceeded' }),
  ]);
  const { logStreams } = await logs('DescribeLogStreams', { logGroupName: 'runs' });
  expect(logStreams).toHaveLength(1);
  expect(logStreams[0].logStreamName).toMatch(/^states\/machine\/2026-03-01-08-00\/[0-9a-f]{8}$/);
});

it('leaves data out unless asked for', async () => {
  await run(PASS, logging('ALL', false));
  const [started, entered] = await records();
  expect(started?.details).toEqual({ roleArn: expect.any(String) });
  expect(entered?.details).toEqual({ name: 'Pass' });
});

it.each([
  ['ERROR', ['TaskFailed', 'FailStateEntered', 'ExecutionFailed']],
  ['FATAL', ['ExecutionFailed']],
  ['OFF', []],
])('%s tells of %j', async (level, expected) => {
  await run(CAUGHT, logging(level));
  expect(await types()).toEqual(expected);
});

it('serves Express executions, and the configuration that they started with', async () => {
  const stateMachineArn = await cloud.create(PASS, 'machine', { type: 'EXPRESS', ...logging('ALL') });
  await cloud.call('StartSyncExecution', { stateMachineArn });
  await cloud.call('UpdateStateMachine', { stateMachineArn, ...logging('OFF') });
  await cloud.call('StartSyncExecution', { stateMachineArn });
  await cloud.work.idle();
  const written = await records();
  expect(written).toHaveLength(4);
  expect(written[0]?.execution_arn).toMatch(/:express:machine:/);
});

it('cuts data that CloudWatch Logs would not take', async () => {
  const output = '"'.repeat(100_000);
  await run(
    { QueryLanguage: 'JSONata', StartAt: 'Pass', States: { Pass: { Type: 'Pass', Output: output, End: true } } },
    logging('ALL'),
  );
  const ended = (await records()).at(-1);
  expect(ended?.details.outputDetails).toEqual({ truncated: true });
  expect(JSON.stringify(ended?.details.output).length).toBeLessThanOrEqual(248 * 1024);
});

it('suffers from no missing log group', async () => {
  await logs('DeleteLogGroup', { logGroupName: 'runs' });
  const executionArn = await run(
    task('arn:aws:states:::sqs:sendMessage', { QueueUrl: 'q', MessageBody: 'm' }),
    logging('ALL'),
  );
  expect((await cloud.call('DescribeExecution', { executionArn })).status).toBe('FAILED');
});
