import { parse } from 'node-html-parser';
import { fails, inTurn, type Mock, stateMachine, times, waits } from '../../local/testing';

const detail = {
  completionId: 'completion-1',
  playerId: 'ada',
  level: 7,
  score: 1200,
  durationSeconds: 90,
  completedAt: '2026-03-02T09:00:00Z',
};
const KEY = /^reports\/level-7\/completion-1-[0-9a-f]{16}$/;
const event = { source: 'game', 'detail-type': 'LevelCompleted', detail };

describe.each(['EXPRESS', 'STANDARD'] as const)('%s', (type) => {
  const game = stateMachine('statemachines/game-level-complete.asl.json', {
    type,
    substitutions: {
      CreditPlayerFunctionArn: 'credit-player',
      CompletionsTableName: 'completions',
      ReportBucketName: 'reports',
      MetricsLogGroupName: 'metrics',
      MetricsLogStreamName: 'completions',
      RepairQueueUrl: 'https://queues/repair',
      DeadLetterQueueUrl: 'https://queues/dead-letters',
    },
    tasks: {
      CreditPlayer: { Payload: { credited: true } },
      KeepReport: { ETag: '"1"' },
      KeepReportPage: { ETag: '"2"' },
      MarkCounted: {},
      CountCompletion: {},
      TakeMarkBack: {},
      QueueRepair: { MessageId: '1' },
      SetEventAside: { MessageId: '1' },
      RejectEvent: { MessageId: '1' },
    },
  });

  const run = (tasks: Record<string, Mock> = {}) => game.run({ input: event, tasks });

  /** Jitter takes any part of a delay: `part` says which. */
  const jitter = (part: number) => jest.spyOn(Math, 'random').mockReturnValue(part);
  const LONGEST = 1;

  afterEach(() => jest.restoreAllMocks());

  /** The message of the one call of a queue's task. */
  function message(calls: unknown[]): { QueueUrl: string; body: unknown } {
    expect(calls).toHaveLength(1);
    const { QueueUrl, MessageBody } = calls[0] as { QueueUrl: string; MessageBody: string };
    return { QueueUrl, body: JSON.parse(MessageBody) };
  }

  describe('a level that is complete', () => {
    test('is credited, reported and counted', async () => {
      const execution = await run();

      expect(execution.status).toBe('SUCCEEDED');
      expect(execution.output).toEqual({
        outcome: 'complete',
        completionId: 'completion-1',
        playerId: 'ada',
        credited: true,
        missing: [],
      });
      expect(execution.calls('CreditPlayer')).toEqual([
        { FunctionName: 'credit-player', Payload: { ...detail, reportKey: expect.stringMatching(KEY) } },
      ]);
      expect(execution.path.at(-1)).toBe('LevelComplete');
    });

    test('is counted in one line of a log, by level and not by player, under a mark that is gone after 30 days', async () => {
      const execution = await run();

      const now = Date.parse('2026-03-02T09:00:00Z');
      expect(execution.calls('MarkCounted')).toEqual([
        {
          TableName: 'completions',
          Item: { completionId: { S: 'completion-1#counted' }, expiresAt: { N: String(now / 1000 + 30 * 86_400) } },
          ConditionExpression: 'attribute_not_exists(completionId)',
        },
      ]);
      const [put] = execution.calls('CountCompletion') as [{ LogEvents: [{ Timestamp: number; Message: string }] }];
      expect(put).toMatchObject({
        LogGroupName: 'metrics',
        LogStreamName: 'completions',
        LogEvents: [{ Timestamp: now }],
      });
      const line = JSON.parse(put.LogEvents[0].Message);
      expect(line).toMatchObject({ Level: '7', Completions: 1, Score: 1200, Duration: 90 });
      expect(line._aws).toEqual({
        Timestamp: now,
        CloudWatchMetrics: [
          {
            Namespace: 'Stepwright/Game',
            Dimensions: [['Level']],
            Metrics: [
              { Name: 'Completions', Unit: 'Count' },
              { Name: 'Score', Unit: 'None' },
              { Name: 'Duration', Unit: 'Seconds' },
            ],
          },
        ],
      });
      expect(put.LogEvents[0].Message).not.toContain('ada');
    });

    test('is not counted a second time', async () => {
      const execution = await run({ MarkCounted: fails('DynamoDB.ConditionalCheckFailedException') });

      expect(execution.calls('CountCompletion')).toEqual([]);
      expect(execution.output).toMatchObject({ outcome: 'complete', missing: [] });
    });

    test('is not credited a second time', async () => {
      const execution = await run({ CreditPlayer: { Payload: { credited: false } } });

      expect(execution.output).toMatchObject({ outcome: 'complete', credited: false });
    });

    test('has a report that says what the event says, under a key of its own content', async () => {
      const [report] = (await run()).calls('KeepReport');

      expect(report).toEqual({
        Bucket: 'reports',
        Key: expect.stringMatching(/^reports\/level-7\/completion-1-[0-9a-f]{16}\.json$/),
        ContentType: 'application/json',
        Body: { ...detail, title: 'Level 7 completed', pointsPerMinute: 800 },
      });
      expect((await run()).calls('KeepReport')).toEqual([report]);

      const better = await game.run({ input: { ...event, detail: { ...detail, score: 1201 } } });
      expect(better.calls('KeepReport')).not.toMatchObject([{ Key: (report as { Key: string }).Key }]);
    });

    test('has the same report when the event says the same in another order, and more', async () => {
      const [report] = (await run()).calls('KeepReport');
      const shuffled = Object.fromEntries([['game', 'chess'], ...Object.entries(detail).reverse()]);
      const again = await game.run({ input: { ...event, detail: shuffled } });

      expect(again.calls('KeepReport')).toEqual([report]);
      expect(again.calls('CreditPlayer')).toMatchObject([{ Payload: detail }]);
    });

    test('has a page beside the report, for people to read', async () => {
      const execution = await run();
      const [report] = execution.calls('KeepReport') as [{ Key: string }];
      const [page] = execution.calls('KeepReportPage') as [{ Key: string; Body: string }];

      expect(page).toMatchObject({ Bucket: 'reports', ContentType: 'text/html; charset=utf-8' });
      expect(page.Key).toBe(report.Key.replace('.json', '.html'));
      const html = parse(page.Body);
      expect(html.querySelector('h1')?.text).toBe('Level 7 completed');
      const rows = html
        .querySelectorAll('tr')
        .map((row) => [row.querySelector('th')?.text, row.querySelector('td')?.text]);
      expect(rows).toEqual([
        ['Player', 'ada'],
        ['Score', '1200 points'],
        ['Time', '90 seconds'],
        ['Completed', '2026-03-02T09:00:00Z'],
        ['Completion', 'completion-1'],
      ]);
      // The same text whether or not it is written as JSON on its way.
      expect(page.Body).not.toMatch(/["\\\n]/);
    });

    test.each([
      ['level', 999],
      ['score', 0],
      ['score', 1_000_000_000],
      ['durationSeconds', 86_400],
      ['durationSeconds', 0.5],
      ['completedAt', '2024-02-29T23:59:59.999Z'],
      ['completedAt', '2026-01-31T09:00:00Z'],
      ['completedAt', '2026-03-03T09:00:00Z'],
    ])('may have the %s %j', async (field, value) => {
      const execution = await game.run({ input: { ...event, detail: { ...detail, [field]: value } } });

      expect(execution.output).toMatchObject({ outcome: 'complete' });
    });

    test('in no time at all has as many points per minute as points', async () => {
      const execution = await game.run({ input: { ...event, detail: { ...detail, durationSeconds: 0 } } });

      expect(execution.calls('KeepReport')).toMatchObject([{ Body: { pointsPerMinute: 1200 } }]);
    });
  });

  describe('an event that is not well-formed', () => {
    const rejected = async (input: object, reason: string) => {
      const execution = await game.run({ input: input as typeof event });

      expect(execution.path).toEqual(['CheckEvent', 'IsEventWellFormed', 'RejectEvent', 'InvalidEvent']);
      expect(message(execution.calls('RejectEvent'))).toEqual({
        QueueUrl: 'https://queues/dead-letters',
        body: { reason: `InvalidEvent: ${reason}`, event: input },
      });
      expect(execution.error).toBe('InvalidEvent');
      expect(execution.cause).toBe(reason);
    };

    test.each([
      ['completionId', 'a b'],
      ['completionId', 7],
      ['playerId', ''],
      ['playerId', 'a'.repeat(65)],
      ['level', 0],
      ['level', 1000],
      ['level', 1.5],
      ['level', '7'],
      ['score', -1],
      ['score', 1_000_000_001],
      ['score', 0.5],
      ['durationSeconds', -1],
      ['durationSeconds', 86_401],
      ['completedAt', 'yesterday'],
      ['completedAt', '2025-13-01T00:00:00Z'],
      ['completedAt', '2026-02-29T00:00:00Z'],
      ['completedAt', '2026-03-02T10:00:00+01:00'],
      ['completedAt', '2026-03-03T09:00:00.001Z'],
      ['completedAt', '2036-03-02T09:00:00Z'],
    ])('is rejected for its %s: %j', (field, value) =>
      rejected({ ...event, detail: { ...detail, [field]: value } }, `missing or malformed: ${field}`),
    );

    test('is rejected with all that is wrong', () =>
      rejected({ ...event, detail: { ...detail, level: 0, score: -1 } }, 'missing or malformed: level, score'));

    test.each([
      ['without a detail', {}],
      ['with an empty one', { detail: {} }],
      ['with a text for one', { detail: 'completion-1' }],
    ])('is rejected %s, with every field', async (_, input) => {
      const execution = await game.run({ input });

      for (const field of Object.keys(detail)) expect(execution.cause).toContain(field);
      expect(message(execution.calls('RejectEvent')).body).toMatchObject({ event: input });
    });

    test('is in the log, with the reason, when the queue cannot be reached', async () => {
      const input = { detail: { ...detail, level: 0 }, more: 'x'.repeat(40_000) };
      const execution = await game.run({ input, tasks: { RejectEvent: fails('SQS.AmazonSQSException', 'No queue.') } });

      expect(execution.retryDelays('RejectEvent')).toEqual([1, 2, 4, 8]);
      expect(execution.error).toBe('EventNotSetAside');
      expect(execution.cause).toHaveLength(32_000);
      expect(execution.cause).toContain(
        `{"reason":"InvalidEvent: missing or malformed: level","event":{"detail":${JSON.stringify(input.detail)}`,
      );
    });
  });

  describe('a level that is partly complete', () => {
    test.each([
      ['the report', ['report'], ['report: S3.S3Exception'], { KeepReport: fails('S3.S3Exception') }],
      ['the page', ['report'], ['report: S3.S3Exception'], { KeepReportPage: fails('S3.S3Exception') }],
      [
        'the mark',
        ['metric'],
        ['metric: DynamoDB.ThrottlingException'],
        { MarkCounted: fails('DynamoDB.ThrottlingException') },
      ],
      ['the count', ['metric'], ['metric: CloudWatchLogs.Broken'], { CountCompletion: fails('CloudWatchLogs.Broken') }],
      [
        'both',
        ['report', 'metric'],
        ['report: S3.S3Exception', 'metric: CloudWatchLogs.Broken'],
        { KeepReport: fails('S3.S3Exception'), CountCompletion: fails('CloudWatchLogs.Broken') },
      ],
    ])('lacks %s, which the repair queue knows', async (_, missing, errors, tasks) => {
      const execution = await run(tasks);

      expect(execution.status).toBe('SUCCEEDED');
      expect(execution.output).toMatchObject({ outcome: 'partial', credited: true, missing });
      const [report] = execution.calls('KeepReport') as [{ Key: string; Body: object }];
      const [page] = (await run()).calls('KeepReportPage') as [{ Body: string }];
      const [line] = (await run()).calls('CountCompletion') as [{ LogEvents: [{ Message: string }] }];
      expect(message(execution.calls('QueueRepair'))).toEqual({
        QueueUrl: 'https://queues/repair',
        body: {
          missing,
          errors,
          completionId: 'completion-1',
          report: { key: report.Key.replace('.json', ''), data: report.Body, page: page.Body },
          metric: line.LogEvents[0].Message,
        },
      });
      expect(execution.path.slice(-3)).toEqual(['WhatIsMissing', 'QueueRepair', 'LevelPartlyComplete']);
    });

    test('takes the mark of a completion back that could not be counted, or the repair would think that it was', async () => {
      const execution = await run({ CountCompletion: fails('CloudWatchLogs.Broken') });
      expect(execution.calls('TakeMarkBack')).toEqual([
        { TableName: 'completions', Key: { completionId: { S: 'completion-1#counted' } } },
      ]);

      const marked = await run({ CountCompletion: fails('CloudWatchLogs.Broken'), TakeMarkBack: fails('Broken') });
      expect(marked.output).toMatchObject({ outcome: 'partial', missing: ['metric'] });
      expect((await run({ MarkCounted: fails('Broken') })).calls('TakeMarkBack')).toEqual([]);
    });

    test('is in the log when the repair queue cannot be reached either', async () => {
      const execution = await run({
        KeepReport: fails('S3.S3Exception'),
        QueueRepair: fails('SQS.AmazonSQSException'),
      });

      expect(execution.retryDelays('QueueRepair')).toEqual([1, 2, 4, 8]);
      expect(execution.error).toBe('EventNotSetAside');
      expect(JSON.parse(execution.cause ?? '')).toEqual({ reason: 'RepairNotQueued: report: S3.S3Exception', event });
    });
  });

  describe('a level that failed', () => {
    test('is set aside, with the event and the reason', async () => {
      const execution = await run({ CreditPlayer: fails('TablesBusy'), KeepReport: fails('S3.S3Exception') });

      expect(execution.path.slice(-3)).toEqual(['WhatIsMissing', 'SetEventAside', 'LevelFailed']);
      expect(message(execution.calls('SetEventAside'))).toEqual({
        QueueUrl: 'https://queues/dead-letters',
        body: { reason: 'LevelFailed: tables: TablesBusy, report: S3.S3Exception', event },
      });
      expect(execution.error).toBe('LevelFailed');
      expect(execution.cause).toBe('tables: TablesBusy, report: S3.S3Exception');
    });

    test('is in the log when the queue cannot be reached either', async () => {
      const execution = await run({ CreditPlayer: fails('Broken'), SetEventAside: fails('SQS.AmazonSQSException') });

      expect(execution.retryDelays('SetEventAside')).toEqual([1, 2, 4, 8]);
      expect(execution.error).toBe('EventNotSetAside');
      expect(JSON.parse(execution.cause ?? '')).toEqual({ reason: 'LevelFailed: tables: Broken', event });
    });

    test('has been given up within the 290 s of the execution, at the slowest', async () => {
      jitter(LONGEST);
      const execution = await game.start({ input: event, tasks: { CreditPlayer: waits, SetEventAside: waits } });
      for (const error of [...Array(5).fill('TablesBusy'), ...Array(5).fill('Lambda.ServiceException')]) {
        await execution.advance({ seconds: 9.9 });
        await execution.task('CreditPlayer').fail(error);
        await execution.advanceToNext();
      }
      await execution.finish();

      expect(execution.retryDelays('CreditPlayer')).toEqual([1, 2, 4, 8, 16, 1, 2, 4, 8, 16, 1, 2]);
      expect(execution.calls('SetEventAside')).toHaveLength(5);
      expect(execution.error).toBe('EventNotSetAside');
      expect(execution.now.getTime() - Date.parse('2026-03-02T09:00:00Z')).toBe(259_000);
    });
  });

  describe('what is tried again', () => {
    test.each([
      ['CreditPlayer', 'TablesBusy', [1, 2, 4, 8, 16]],
      ['CreditPlayer', 'Lambda.TooManyRequestsException', [1, 2, 4, 8, 16]],
      ['CreditPlayer', 'Lambda.SdkClientException', [1, 2, 4, 8, 16]],
      ['CreditPlayer', 'Sandbox.Timedout', [1, 2, 4, 8, 16]],
      ['CreditPlayer', 'Broken', []],
      ['KeepReport', 'S3.NoSuchBucketException', []],
      ['KeepReport', 'S3.S3Exception', [1, 2, 4, 8]],
      ['KeepReportPage', 'S3.S3Exception', [1, 2, 4, 8]],
      ['MarkCounted', 'DynamoDB.ConditionalCheckFailedException', []],
      ['MarkCounted', 'DynamoDB.ThrottlingException', [1, 2]],
      ['CountCompletion', 'CloudWatchLogs.ThrottlingException', [1, 2]],
    ])('%s after %s, at most after %j s', async (state, error, delays) => {
      jitter(LONGEST);
      expect((await run({ [state]: fails(error) })).retryDelays(state)).toEqual(delays);
      jitter(0.25);
      expect((await run({ [state]: fails(error) })).retryDelays(state)).toEqual(delays.map((delay) => delay / 4));
    });

    test.each([
      ['CreditPlayer', [1, 2]],
      ['KeepReport', [1, 2, 4, 8]],
      ['KeepReportPage', [1, 2, 4, 8]],
      ['MarkCounted', [1, 2]],
      ['CountCompletion', [1, 2]],
    ])('%s after 10 silent seconds, at most after %j s', async (state, delays) => {
      jitter(LONGEST);
      const execution = await game.start({ input: event, tasks: { [state]: waits } });
      await execution.advance({ seconds: 9 });
      expect(execution.retryDelays(state)).toEqual([]);

      await execution.finish();
      expect(execution.retryDelays(state)).toEqual(delays);
    });

    test('taking the mark back, after 1 and 2 s at most', async () => {
      jitter(LONGEST);
      const execution = await run({ CountCompletion: fails('Broken'), TakeMarkBack: fails('Broken') });
      expect(execution.retryDelays('TakeMarkBack')).toEqual([1, 2]);
    });

    test('keeps whatever jitter draws within its bounds', async () => {
      const delays = (await run({ CreditPlayer: fails('TablesBusy') })).retryDelays('CreditPlayer');

      expect(delays).toHaveLength(5);
      for (const [i, delay] of delays.entries()) {
        expect(delay).toBeGreaterThanOrEqual(0);
        expect(delay).toBeLessThanOrEqual(2 ** i);
      }
    });

    test('and comes through in the end leaves no trace in the outcome', async () => {
      const execution = await run({
        CreditPlayer: inTurn(...times(5, fails('TablesBusy')), { Payload: { credited: true } }),
        KeepReport: inTurn(...times(4, fails('S3.S3Exception')), { ETag: '"1"' }),
        KeepReportPage: inTurn(...times(4, fails('S3.S3Exception')), { ETag: '"2"' }),
        MarkCounted: inTurn(fails('DynamoDB.ThrottlingException'), {}),
        CountCompletion: inTurn(fails('CloudWatchLogs.ThrottlingException'), {}),
      });

      expect(execution.output).toMatchObject({ outcome: 'complete', missing: [] });
    });
  });
});
