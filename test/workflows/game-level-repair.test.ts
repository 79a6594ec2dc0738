import { fails, inTurn, type Mock, stateMachine, times, waits } from '../../local/testing';

const repairs = stateMachine('statemachines/game-level-repair.asl.json', {
  type: 'EXPRESS',
  substitutions: {
    CompletionsTableName: 'completions',
    ReportBucketName: 'reports',
    MetricsLogGroupName: 'metrics',
    MetricsLogStreamName: 'completions',
  },
  tasks: { KeepReport: {}, KeepReportPage: {}, MarkCounted: {}, CountCompletion: {}, TakeMarkBack: {} },
});

const report = {
  key: 'reports/level-7/c-1-0123456789abcdef',
  data: { title: 'Level 7 completed' },
  page: '<h1>7</h1>',
};
const message = (missing: string[], more: object = {}) => ({
  messageId: 'm-1',
  body: JSON.stringify({ missing, errors: [], completionId: 'c-1', report, metric: '{"_aws":{}}' }),
  ...more,
});
const repair = (missing: string[], tasks: Record<string, Mock> = {}) =>
  repairs.run({ input: [message(missing)], tasks });
const well = { batchItemFailures: [] };
const again = { batchItemFailures: [{ itemIdentifier: 'm-1' }] };

afterEach(() => jest.restoreAllMocks());

test('a missing report is written as it was to be written: the same objects', async () => {
  const execution = await repair(['report']);

  expect(execution.calls('KeepReport')).toEqual([
    { Bucket: 'reports', Key: `${report.key}.json`, ContentType: 'application/json', Body: report.data },
  ]);
  expect(execution.calls('KeepReportPage')).toEqual([
    { Bucket: 'reports', Key: `${report.key}.html`, ContentType: 'text/html; charset=utf-8', Body: report.page },
  ]);
  expect(execution.calls('MarkCounted')).toEqual([]);
  expect(execution.output).toEqual(well);
});

test('a missing figure is marked and counted', async () => {
  const execution = await repair(['metric']);

  const now = Date.parse('2026-03-02T09:00:00Z');
  expect(execution.calls('KeepReport')).toEqual([]);
  expect(execution.calls('MarkCounted')).toEqual([
    {
      TableName: 'completions',
      Item: { completionId: { S: 'c-1#counted' }, expiresAt: { N: String(now / 1000 + 30 * 86_400) } },
      ConditionExpression: 'attribute_not_exists(completionId)',
    },
  ]);
  expect(execution.calls('CountCompletion')).toEqual([
    {
      LogGroupName: 'metrics',
      LogStreamName: 'completions',
      LogEvents: [{ Timestamp: now, Message: '{"_aws":{}}' }],
    },
  ]);
  expect(execution.output).toEqual(well);
});

test('a figure that was counted meanwhile is not counted again', async () => {
  const execution = await repair(['report', 'metric'], {
    MarkCounted: fails('DynamoDB.ConditionalCheckFailedException'),
  });

  expect(execution.calls('KeepReport')).toHaveLength(1);
  expect(execution.calls('CountCompletion')).toEqual([]);
  expect(execution.output).toEqual(well);
});

test.each([
  ['KeepReport', 'S3.S3Exception'],
  ['KeepReportPage', 'S3.S3Exception'],
  ['MarkCounted', 'DynamoDB.ThrottlingException'],
  ['CountCompletion', 'CloudWatchLogs.ThrottlingException'],
])('what fails in %s comes again, after three calls', async (state, error) => {
  jest.spyOn(Math, 'random').mockReturnValue(1);
  const execution = await repair(['report', 'metric'], { [state]: fails(error) });

  expect(execution.retryDelays(state)).toEqual([1, 2]);
  expect(execution.output).toMatchObject(again);
  expect(execution.calls('TakeMarkBack')).toHaveLength(state === 'CountCompletion' ? 1 : 0);
  const late = await repair(['report', 'metric'], { [state]: inTurn(...times(2, fails(error)), {}) });
  expect(late.output).toEqual(well);
});

test('a mark that cannot be taken back fails the repair too', async () => {
  jest.spyOn(Math, 'random').mockReturnValue(1);
  const execution = await repair(['metric'], { CountCompletion: fails('Broken'), TakeMarkBack: fails('Broken') });

  expect(execution.retryDelays('TakeMarkBack')).toEqual([1, 2]);
  expect(execution.output).toEqual(again);
  expect((await repair(['metric'], { CountCompletion: fails('Broken') })).output).toEqual(again);
});

test('one message that fails, or that nobody can read, holds up no other', async () => {
  const execution = await repairs.run({
    input: [
      message(['report'], { messageId: 'unreadable', body: 'not JSON' }),
      message(['report'], { messageId: 'empty', body: '{"missing":["report"]}' }),
      message(['metric'], { messageId: 'good' }),
    ],
  });

  expect(execution.calls('CountCompletion')).toHaveLength(1);
  expect(execution.output).toMatchObject({
    batchItemFailures: [{ itemIdentifier: 'unreadable' }, { itemIdentifier: 'empty' }],
  });
});

test('a message that lacks nothing is done', async () => {
  expect((await repair([])).output).toEqual(well);
});

test('the longest way ends within the 240 s of the execution', async () => {
  jest.spyOn(Math, 'random').mockReturnValue(1);
  const slow = inTurn(waits, waits, {});
  const execution = await repair(['report', 'metric'], {
    KeepReport: slow,
    KeepReportPage: slow,
    MarkCounted: slow,
    CountCompletion: waits,
    TakeMarkBack: waits,
  });

  expect(execution.status).toBe('SUCCEEDED');
  expect(execution.output).toMatchObject(again);
  expect(execution.now.getTime() - Date.parse('2026-03-02T09:00:00Z')).toBe((3 * 23 + 2 * 33) * 1000);
});
