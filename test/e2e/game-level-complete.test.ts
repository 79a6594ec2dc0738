import { createHash } from 'node:crypto';
import { readMetrics, readObjects } from '../../demo/inventory';
import { assembly } from '../lib/assembly';
import { DAY, type Execution, MINUTE, path, START, World } from './world';

describe.each(['EXPRESS', 'STANDARD'] as const)('%s', (workflowType) => {
  let world: World;
  beforeAll(async () => {
    world = await World.begin({ assemblyDir: assembly(workflowType === 'EXPRESS' ? {} : { game: { workflowType } }) });
  }, 180_000);
  afterAll(() => world?.end());
  jest.setTimeout(60_000);

  test('is what the workflow runs as', async () => {
    const { stateMachines } = await world.call('sfn', 'ListStateMachines');
    expect(stateMachines.find(({ name }: { name: string }) => name.includes('GameLevelComplete')).type).toBe(
      workflowType,
    );
  });

  let count = 0;

  /** A completion of its own id and player. */
  function completion(more: Record<string, unknown> = {}) {
    count += 1;
    return {
      completionId: `completion-${count}`,
      playerId: `player-${count}`,
      level: 7,
      score: 1240,
      durationSeconds: 93,
      completedAt: '2026-03-02T08:59:58Z',
      ...more,
    };
  }

  /** Puts events on the application's bus, as the game does, and answers the executions that they started. */
  async function complete(...details: unknown[]): Promise<Execution[]> {
    const before = new Set(await world.executionArns('GameLevelComplete'));
    const { EventBuses } = await world.call('eventbridge', 'ListEventBuses');
    const EventBusName = EventBuses.find(({ Name }: { Name: string }) => Name !== 'default').Name;
    await world.call('eventbridge', 'PutEvents', {
      Entries: details.map((detail) => ({
        EventBusName,
        Source: 'stepwright.game',
        DetailType: 'LevelCompleted',
        Detail: JSON.stringify(detail),
      })),
    });
    await world.settle();
    const started = (await world.executionArns('GameLevelComplete')).filter((arn) => !before.has(arn));
    return Promise.all(started.map((arn) => world.execution(arn)));
  }

  /** The same, with the minute passed in which the workflow tries again. */
  async function completeInTrouble(detail: unknown): Promise<Execution> {
    const [started] = await complete(detail);
    await world.pass(5 * MINUTE);
    return world.execution(started?.executionArn ?? '');
  }

  const output = ({ output: text }: Execution) => JSON.parse(text ?? 'null');
  const player = async (playerId: unknown) => (await world.rows('Players')).find((row) => row.playerId === playerId);
  const best = async (playerId: unknown) =>
    (await world.rows('Leaderboard'))
      .filter((row) => row.playerId === playerId)
      .map(({ level, bestScore }) => ({ level, bestScore }));
  const reports = (completionId: unknown) => readObjects(world.s3, `/${completionId}-`);
  const counted = (level: number) =>
    readMetrics(world.cloudwatch, START - DAY, world.now + DAY, {
      Namespace: 'Stepwright/Game',
      Dimensions: [{ Name: 'Level', Value: String(level) }],
    });

  describe('a completed level', () => {
    const detail = completion({ level: 3 });

    test('is recorded in tables, report and metric', async () => {
      const [execution] = await complete(detail);
      expect(execution?.status).toBe('SUCCEEDED');
      expect(output(execution as Execution)).toEqual({
        outcome: 'complete',
        completionId: detail.completionId,
        playerId: detail.playerId,
        credited: true,
        missing: [],
      });
      expect(await world.rows('Completions')).toContainEqual({
        ...detail,
        reportKey: expect.stringMatching(`^reports/level-3/${detail.completionId}-[0-9a-f]{16}$`),
        recordedAt: '2026-03-02T09:00:00.000Z',
      });
      expect(await player(detail.playerId)).toMatchObject({
        points: 1240,
        completions: 1,
        highestLevel: 3,
        streakDays: 1,
        lastDay: '2026-03-02',
      });
      expect(await best(detail.playerId)).toEqual([{ level: 3, bestScore: 1240 }]);
    });

    test('leaves a report that says what the event said, under a key that ends in its hash', async () => {
      const [page, report, ...others] = await reports(detail.completionId);
      expect(others).toEqual([]);
      expect(page?.key).toBe(report?.key.replace('.json', '.html'));
      expect(page?.contentType).toBe('text/html; charset=utf-8');
      // As AWS writes a text: in quotation marks, which the page itself hides.
      expect(JSON.parse(page?.body ?? '')).toMatch(/^<!doctype html>.*body{font-size:0}.*<h1>Level 3 completed<\/h1>/);
      const hash = createHash('sha256').update(JSON.stringify(detail)).digest('hex').slice(0, 16);
      expect(report?.key).toBe(`reports/level-3/${detail.completionId}-${hash}.json`);
      expect(report?.contentType).toBe('application/json');
      expect(JSON.parse(report?.body ?? '')).toEqual({ title: 'Level 3 completed', ...detail, pointsPerMinute: 800 });
    });

    test('is counted by level, never by player', async () => {
      expect(await counted(3)).toEqual(
        [
          ['Completions', 1],
          ['Duration', 93],
          ['Score', 1240],
        ].map(([name, sum]) => ({ namespace: 'Stepwright/Game', name, dimensions: { Level: '3' }, count: 1, sum })),
      );
      const all = await readMetrics(world.cloudwatch, START - DAY, world.now + DAY);
      expect(JSON.stringify(all)).not.toContain(detail.playerId);
    });

    test('told again changes nothing', async () => {
      const before = { tables: await world.tables(), objects: await readObjects(world.s3), metrics: await counted(3) };
      const [execution] = await complete(detail);
      expect(output(execution as Execution)).toMatchObject({ outcome: 'complete', credited: false });
      expect({ tables: await world.tables(), objects: await readObjects(world.s3), metrics: await counted(3) }).toEqual(
        before,
      );
    });

    test('told three times at once counts once', async () => {
      const other = completion({ level: 4 });
      const executions = await complete(other, other, other);
      await world.pass(5 * MINUTE);
      const ends = await Promise.all(executions.map(({ executionArn }) => world.execution(executionArn)));
      expect(ends.map(({ status }) => status)).toEqual(['SUCCEEDED', 'SUCCEEDED', 'SUCCEEDED']);
      expect(ends.map(output).filter(({ credited }) => credited)).toHaveLength(1);
      expect(await player(other.playerId)).toMatchObject({ points: 1240, completions: 1 });
      expect(await reports(other.completionId)).toHaveLength(2);
      expect((await counted(4)).map(({ count: times }) => times)).toEqual([1, 1, 1]);
    });

    test('of one player ten times at once credits all ten', async () => {
      const playerId = 'busy';
      const details = Array.from({ length: 10 }, (_, index) => completion({ playerId, level: 5, score: 100 + index }));
      await complete(...details);
      await world.pass(5 * MINUTE);
      expect(await player(playerId)).toMatchObject({ points: 1045, completions: 10 });
      expect(await best(playerId)).toEqual([{ level: 5, bestScore: 109 }]);
    });

    test('that arrives after a later one leaves streak and highest level right, and the best score only rises', async () => {
      const playerId = 'late';
      const on = (day: string, level: number, score: number) =>
        completion({ playerId, level, score, completedAt: `${day}T12:00:00Z` });
      for (const detail of [
        on('2026-03-01', 9, 500),
        on('2026-03-02', 9, 300),
        on('2026-02-28', 2, 50),
        on('2026-03-02', 9, 700),
      ]) {
        await complete(detail);
      }
      expect(await player(playerId)).toMatchObject({
        points: 1550,
        completions: 4,
        highestLevel: 9,
        streakDays: 3,
        lastDay: '2026-03-02',
      });
      expect(await best(playerId)).toEqual([
        { level: 2, bestScore: 50 },
        { level: 9, bestScore: 700 },
      ]);
    });

    test.each(['2024-02-29T23:59:59Z', '2025-12-31T00:00:00.5Z', '2025-04-30T12:00:00Z'])(
      'on %s is one',
      async (completedAt) => {
        const [execution] = await complete(completion({ completedAt }));
        expect(output(execution as Execution)).toMatchObject({ outcome: 'complete' });
      },
    );

    test('of zero seconds and zero points is a completion too', async () => {
      const detail = completion({ score: 0, durationSeconds: 0, completedAt: '2026-03-02T08:00:00.123Z' });
      const [execution] = await complete(detail);
      expect(output(execution as Execution)).toMatchObject({ outcome: 'complete', credited: true });
    });
  });

  describe('each event three times', () => {
    test.each(workflowType === 'EXPRESS' ? [1, 2] : [3])(
      'in any order, at once, leaves what each once would: order %i',
      async (seed) => {
        const [x, y] = [`order-${seed}-x`, `order-${seed}-y`];
        const first = 800 + 10 * seed;
        // Players that meet on levels, days in a row of which some come late, equal scores.
        const rows: [string, number, number, string][] = [
          [x, first, 300, '2026-02-28'],
          [x, first, 500, '2026-03-01'],
          [x, first + 1, 100, '2026-03-02'],
          [y, first, 500, '2026-03-01'],
          [y, first, 400, '2026-02-27'],
          [y, first + 2, 0, '2026-03-02'],
        ];
        const details = rows.map(([playerId, level, score, day], index) => ({
          completionId: `order-${seed}-${index}`,
          playerId,
          level,
          score,
          durationSeconds: 60 + index,
          completedAt: `${day}T10:00:0${index}Z`,
        }));
        const order = [...details, ...details, ...details]
          .map((detail, index) => ({ detail, place: ((index + 1) * (seed * 7919 + 104_729)) % 1009 }))
          .sort((a, b) => a.place - b.place)
          .map(({ detail }) => detail);
        const executions = await complete(...order.slice(0, 9));
        executions.push(...(await complete(...order.slice(9))));
        await world.pass(5 * MINUTE);
        const ends = await Promise.all(executions.map(({ executionArn }) => world.execution(executionArn)));
        expect(ends.map(({ status }) => status)).toEqual(Array(18).fill('SUCCEEDED'));
        expect(ends.map(output).filter(({ credited }) => credited)).toHaveLength(6);

        const completions = await world.rows('Completions');
        expect(
          completions.filter(({ completionId }) => String(completionId).startsWith(`order-${seed}-`)),
        ).toHaveLength(12);
        const figures = { points: 900, completions: 3, lastDay: '2026-03-02', revision: 3 };
        expect(await player(x)).toMatchObject({ ...figures, highestLevel: first + 1, streakDays: 3 });
        expect(await player(y)).toMatchObject({ ...figures, highestLevel: first + 2, streakDays: 2 });
        expect(await best(x)).toEqual([
          { level: first, bestScore: 500 },
          { level: first + 1, bestScore: 100 },
        ]);
        expect(await best(y)).toEqual([
          { level: first, bestScore: 500 },
          { level: first + 2, bestScore: 0 },
        ]);
        expect(await readObjects(world.s3, `/order-${seed}-`)).toHaveLength(12);
        const metrics = await Promise.all([first, first + 1, first + 2].map(counted));
        expect(metrics.map((level) => level.map(({ count: times, sum }) => [times, sum]))).toEqual([
          [
            [4, 4],
            [4, 248],
            [4, 1700],
          ],
          [
            [1, 1],
            [1, 62],
            [1, 100],
          ],
          [
            [1, 1],
            [1, 65],
            [1, 0],
          ],
        ]);
        expect(await world.drain('DeadLetters')).toEqual([]);
        expect(await world.executionArns('GameLevelRepair')).toEqual([]);
      },
    );
  });

  describe('in trouble', () => {
    const breakMetric = () =>
      world.cloud.faults.add({
        service: 'cloudwatchlogs',
        operation: 'PutLogEvents',
        where: { logStreamName: 'completions' },
        error: { code: 'ServiceUnavailableException', message: 'Made to fail by a test.', status: 500 },
      });

    test('without a report it is partial, the player has the points, and the report is made up for later', async () => {
      const heal = world.fail('s3', 'PutObject', 'SlowDown', 503);
      const detail = completion({ level: 11 });
      const execution = await completeInTrouble(detail);
      heal();
      expect(output(execution)).toMatchObject({ outcome: 'partial', credited: true, missing: ['report'] });
      expect(await player(detail.playerId)).toMatchObject({ points: 1240 });
      expect(await reports(detail.completionId)).toEqual([]);
      expect((await counted(11)).map(({ count: times }) => times)).toEqual([1, 1, 1]);

      await world.pass(5 * MINUTE);
      const repaired = await reports(detail.completionId);
      expect(repaired.map(({ contentType }) => contentType)).toEqual(['text/html; charset=utf-8', 'application/json']);
      expect(JSON.parse(repaired[1]?.body ?? '')).toMatchObject(detail);
      // The same objects as those that the event told again would leave.
      await complete(detail);
      expect(await reports(detail.completionId)).toEqual(repaired);
      expect((await counted(11)).map(({ count: times }) => times)).toEqual([1, 1, 1]);
    });

    test('without a metric it is partial, and counted later, once', async () => {
      const heal = breakMetric();
      const detail = completion({ level: 12 });
      const execution = await completeInTrouble(detail);
      heal();
      expect(output(execution)).toMatchObject({ outcome: 'partial', credited: true, missing: ['metric'] });
      expect(await counted(12)).toEqual([]);
      await world.pass(5 * MINUTE);
      expect((await counted(12)).map(({ count: times }) => times)).toEqual([1, 1, 1]);
      const [again] = await complete(detail);
      expect(output(again as Execution)).toMatchObject({ outcome: 'complete', credited: false });
      expect((await counted(12)).map(({ count: times }) => times)).toEqual([1, 1, 1]);
      expect(await player(detail.playerId)).toMatchObject({ completions: 1 });
    });

    test('and told again before it is repaired, it lacks nothing and is counted once', async () => {
      const [healReport, healMetric] = [world.fail('s3', 'PutObject', 'SlowDown', 503), breakMetric()];
      const detail = completion({ level: 14 });
      expect(output(await completeInTrouble(detail))).toMatchObject({ missing: ['report', 'metric'] });
      healReport();
      healMetric();
      const [again] = await complete(detail);
      expect(output(again as Execution)).toMatchObject({ outcome: 'complete', credited: false });
      const objects = await reports(detail.completionId);
      expect(objects).toHaveLength(2);
      await world.pass(10 * MINUTE);
      expect(await reports(detail.completionId)).toEqual(objects);
      expect((await counted(14)).map(({ count: times }) => times)).toEqual([1, 1, 1]);
    });

    test('that lasts, what is missing is tried eight times in four hours, and is a dead letter then', async () => {
      const repairs = (await world.executionArns('GameLevelRepair')).length;
      const heal = world.fail('s3', 'PutObject', 'SlowDown', 503);
      const detail = completion({ level: 15 });
      await completeInTrouble(detail);
      await world.pass(5 * 60 * MINUTE);
      heal();
      const tried = (await world.executionArns('GameLevelRepair')).slice(repairs);
      expect(tried).toHaveLength(8);
      const [letter, ...others] = await world.drain('RepairDeadLetters');
      expect(others).toEqual([]);
      expect(letter).toMatchObject({ missing: ['report'], completionId: detail.completionId });
      expect(await reports(detail.completionId)).toEqual([]);

      // Sent to the queue again, it is repaired like any other; twice is once.
      const { QueueUrls } = await world.call('sqs', 'ListQueues');
      const QueueUrl = QueueUrls.find((url: string) => url.includes('RepairsQueue'));
      for (const _ of [1, 2]) await world.call('sqs', 'SendMessage', { QueueUrl, MessageBody: JSON.stringify(letter) });
      await world.pass(10 * MINUTE);
      expect(await reports(detail.completionId)).toHaveLength(2);
      expect(await world.drain('RepairsQueue')).toEqual([]);
    });

    test('without the tables it failed, nothing is credited, and the event waits to be sent again', async () => {
      const heal = world.fail('dynamodb', 'TransactWriteItems', 'InternalServerError');
      const detail = completion({ level: 13 });
      const execution = await completeInTrouble(detail);
      heal();
      expect(execution).toMatchObject({ status: 'FAILED', error: 'LevelFailed', cause: 'tables: TablesBusy' });
      expect(await player(detail.playerId)).toBeUndefined();
      expect(await best(detail.playerId)).toEqual([]);
      expect((await world.rows('Completions')).some(({ completionId }) => completionId === detail.completionId)).toBe(
        false,
      );
      const [letter, ...others] = await world.drain('DeadLetters');
      expect(others).toEqual([]);
      expect(letter).toMatchObject({ reason: 'LevelFailed: tables: TablesBusy', event: { detail } });

      const [again] = await complete(letter.event.detail);
      expect(output(again as Execution)).toMatchObject({ outcome: 'complete', credited: true });
      expect((await counted(13)).map(({ count: times }) => times)).toEqual([1, 1, 1]);
      expect(await reports(detail.completionId)).toHaveLength(2);
    });

    test('of a moment it notices nothing', async () => {
      world.fail('dynamodb', 'TransactWriteItems', 'InternalServerError', 500, 4);
      world.fail('s3', 'PutObject', 'InternalError', 500, 2);
      const execution = await completeInTrouble(completion());
      expect(output(execution)).toMatchObject({ outcome: 'complete', credited: true });
    });
  });

  // What is rejected does not hang on what the workflow runs as; test/workflows has both.
  if (workflowType === 'STANDARD') return;

  describe('a malformed event', () => {
    let before: { tables: unknown; objects: unknown };
    const everything = async () => ({ tables: await world.tables(), objects: await readObjects(world.s3) });

    // What each of them must leave alone grew with every test above.
    beforeAll(async () => {
      await world.end();
      world = await World.begin();
      await complete(completion());
      before = await everything();
      expect(before.objects).toHaveLength(2);
    });

    const good = {
      completionId: 'malformed',
      playerId: 'm',
      level: 1,
      score: 1,
      durationSeconds: 1,
      completedAt: '2026-03-02T08:59:58Z',
    };
    const without = (field: string) => Object.fromEntries(Object.entries(good).filter(([name]) => name !== field));

    test.each<[string, unknown, string]>([
      ['empty', {}, 'completionId, playerId, level, score, durationSeconds, completedAt'],
      ...Object.keys(good).map((field): [string, unknown, string] => [`without ${field}`, without(field), field]),
      ...Object.keys(good).map((field): [string, unknown, string] => [
        `whose ${field} is null`,
        { ...good, [field]: null },
        field,
      ]),
      ...Object.entries(good).map(([field, value]): [string, unknown, string] => [
        `whose ${field} is a list`,
        { ...good, [field]: [value] },
        field,
      ]),
      ['whose id is a number', { ...good, completionId: 7 }, 'completionId'],
      ['whose id is empty', { ...good, completionId: '' }, 'completionId'],
      ['whose id is a path', { ...good, completionId: '../x' }, 'completionId'],
      ['whose id ends in a line break', { ...good, completionId: 'x\n' }, 'completionId'],
      ['whose id is that of a mark', { ...good, completionId: 'x#counted' }, 'completionId'],
      ['whose id is too long', { ...good, completionId: 'x'.repeat(65) }, 'completionId'],
      ['of an expression as player', { ...good, playerId: '{% $states %}' }, 'playerId'],
      ['of half a level', { ...good, level: 1.5 }, 'level'],
      ['of level 0', { ...good, level: 0 }, 'level'],
      ['of level 1000', { ...good, level: 1000 }, 'level'],
      ['whose level is text', { ...good, level: '1' }, 'level'],
      ['with a negative score', { ...good, score: -1 }, 'score'],
      ['with half a point', { ...good, score: 0.5 }, 'score'],
      ['with too many points', { ...good, score: 1e9 + 1 }, 'score'],
      ['whose score is true', { ...good, score: true }, 'score'],
      ['that took less than no time', { ...good, durationSeconds: -0.1 }, 'durationSeconds'],
      ['that took longer than a day', { ...good, durationSeconds: 86_401 }, 'durationSeconds'],
      ['of no date', { ...good, completedAt: 'yesterday' }, 'completedAt'],
      ['of a date without a zone', { ...good, completedAt: '2026-03-02T08:59:58' }, 'completedAt'],
      ['of a day that no month has', { ...good, completedAt: '2025-13-02T08:59:58Z' }, 'completedAt'],
      ['of 31 April', { ...good, completedAt: '2025-04-31T08:59:58Z' }, 'completedAt'],
      ['of 29 February in a common year', { ...good, completedAt: '2026-02-29T08:59:58Z' }, 'completedAt'],
      ['of 31 February', { ...good, completedAt: '2026-02-31T08:59:58Z' }, 'completedAt'],
      ['of ten years ahead', { ...good, completedAt: '2036-03-02T08:59:58Z' }, 'completedAt'],
      ['with two mistakes', { ...good, level: 0, score: '1' }, 'level, score'],
    ])('%s is rejected with the reason, and changes nothing', async (_, detail, fields) => {
      const [execution] = await complete(detail);
      const reason = `missing or malformed: ${fields}`;
      expect(execution).toMatchObject({ status: 'FAILED', error: 'InvalidEvent', cause: reason });
      expect(await world.drain('DeadLetters')).toEqual([
        { reason: `InvalidEvent: ${reason}`, event: expect.objectContaining({ detail }) },
      ]);
      expect(await everything()).toEqual(before);
      expect(path(await world.history(execution?.executionArn ?? ''))).not.toContain('RecordCompletion');
    });

    test.each([
      ['no event at all', 'null'],
      ['a text', '"detail"'],
      ['a list of events', JSON.stringify([{ detail: good }])],
      ['an event whose detail is a list', JSON.stringify({ detail: [good] })],
      ['an event whose detail is text', JSON.stringify({ detail: JSON.stringify(good) })],
    ])('started by hand with %s is rejected too', async (_, input) => {
      const stateMachineArn = await world.machine('GameLevelComplete');
      const { executionArn } = await world.call('sfn', 'StartExecution', { stateMachineArn, input });
      await world.settle();
      const end = await world.execution(executionArn);
      expect(end).toMatchObject({ status: 'FAILED', error: 'InvalidEvent' });
      expect(await world.drain('DeadLetters')).toHaveLength(1);
      expect(await everything()).toEqual(before);
    });
  });
});
