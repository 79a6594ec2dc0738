import { fails, stateMachine, waits } from '../../local/testing';

const ACTIVITY = 'arn:aws:states:us-east-1:123456789012:activity:desk';
const FUNCTION = 'arn:aws:lambda:us-east-1:123456789012:function:work';

const desk = stateMachine({
  StartAt: 'Inspect',
  States: { Inspect: { Type: 'Task', Resource: ACTIVITY, TimeoutSeconds: 3600, HeartbeatSeconds: 600, End: true } },
});

const patience = stateMachine({
  StartAt: 'Rest',
  States: {
    Rest: { Type: 'Wait', Seconds: 86_400, Next: 'Work' },
    Work: { Type: 'Task', Resource: FUNCTION, TimeoutSeconds: 60, End: true },
  },
});

describe('what an execution is started with', () => {
  const echo = stateMachine({ StartAt: 'Echo', States: { Echo: { Type: 'Pass', End: true } } });

  test.each([
    ['input', 'a function', () => 1],
    ['input', 'a function', { at: { day: () => 1 } }, 'day'],
    ['input', 'NaN', [1, Number.NaN], '1'],
    ['input', 'a bigint', 1n],
    ['input', 'a Map', { all: new Map() }, 'all'],
  ])('%s that is %s is refused', async (_, flaw, input, at = 'it') => {
    await expect(echo.run({ input: input as never })).rejects.toThrow(`The input is not JSON: ${at} is ${flaw}.`);
  });

  test('is JSON, as on the wire', async () => {
    const itself: object[] = [];
    itself.push(itself);
    await expect(echo.start({ input: itself as never })).rejects.toThrow(
      'The input is not JSON: Converting circular structure to JSON.',
    );
    const input = { due: new Date(0), none: undefined, no: null };
    const { output, history } = await echo.run({ input: input as never });
    expect(output).toEqual({ due: '1970-01-01T00:00:00.000Z', no: null });
    expect(history[0]?.details).toMatchObject({ input: '{"due":"1970-01-01T00:00:00.000Z","no":null}' });
  });

  test('has a name and a size that StartExecution takes', async () => {
    await expect(echo.run({ name: 'a b' })).rejects.toThrow(
      expect.objectContaining({ code: 'InvalidName', message: "Invalid Name: 'a b'" }),
    );
    await expect(echo.run({ name: 'n'.repeat(81) })).rejects.toThrow('length less than or equal to 80');
    await expect(echo.run({ input: 'x'.repeat(262_143) })).rejects.toThrow('length less than or equal to 262144');
  });

  test('is an option that there is', async () => {
    await expect(echo.run({ inptu: 1, delay: 2 } as object)).rejects.toThrow(
      'run has no option inptu, delay; its options are input, tasks, name and at.',
    );
    await expect(echo.start('x' as never)).rejects.toThrow(
      "start takes its options as an object with input, tasks, name and at, not 'x'.",
    );
  });
});

describe('time', () => {
  test('stands still until it is moved, from when the execution started', async () => {
    const execution = await patience.start({ at: '2030-01-01T00:00:00Z' });

    await execution.advance({ hours: 23, minutes: 59, seconds: 59 });
    expect(execution.now.toISOString()).toBe('2030-01-01T23:59:59.000Z');
    expect(execution.path).toEqual(['Rest']);
  });

  test('moves by a duration, to an instant, and to what is next', async () => {
    const ways = [{ days: 1 }, { hours: 24 }, { minutes: 1440 }, { seconds: 86_400 }];
    for (const duration of ways) {
      const execution = await patience.start({ tasks: { Work: waits } });
      await execution.advance(duration);
      expect(execution.path).toEqual(['Rest', 'Work']);
    }
    const execution = await patience.start({ at: '2030-01-01T00:00:00Z', tasks: { Work: waits } });
    await execution.advanceTo('2030-01-02T00:00:00Z');
    expect(execution.path).toEqual(['Rest', 'Work']);
    await execution.advanceToNext();
    expect(execution.error).toBe('States.Timeout');
  });

  test('stops on its way at all that is due', async () => {
    const execution = await patience.start({ tasks: { Work: waits } });
    await execution.advance({ days: 3 });

    const [timedOut] = execution.history.filter(({ type }) => type === 'LambdaFunctionTimedOut');
    expect(timedOut?.timestamp).toBe(Date.parse('2026-03-03T09:01:00Z'));
  });

  test('goes on to the end', async () => {
    const execution = await patience.start({ tasks: { Work: 'done' } });
    await execution.finish();
    await execution.finish();

    expect(execution.output).toBe('done');
    expect(execution.now.toISOString()).toBe('2026-03-03T09:00:00.000Z');
  });

  test('only goes forward', async () => {
    const execution = await patience.start({ at: '2030-01-01T00:00:00Z' });

    await expect(execution.advance({ days: -1 })).rejects.toThrow('Time only goes forward: {"days":-1} would go back.');
    await expect(execution.advanceTo('2029-12-31T00:00:00Z')).rejects.toThrow(
      'Time only goes forward: it is 2030-01-01T00:00:00.000Z already, after 2029-12-31T00:00:00Z.',
    );
    await execution.advance({ days: 1, hours: -1 });
    await execution.advanceTo('2030-01-01T23:00:00Z');
    expect(execution.now.toISOString()).toBe('2030-01-01T23:00:00.000Z');
  });

  test('that is none is refused', async () => {
    await expect(patience.start({ at: 'noon' })).rejects.toThrow(
      "'noon' is no instant: write it as 2026-03-30T09:00:00Z.",
    );
    const execution = await patience.start();
    await expect(execution.advanceTo('tomorrow')).rejects.toThrow("'tomorrow' is no instant");
    await expect(patience.start({ at: 5 as never })).rejects.toThrow("'5' is no instant");
    await expect(execution.advance({ days: Number.NaN })).rejects.toThrow('NaN days is no duration.');
    const weeks = { weeks: 1 } as object;
    await expect(execution.advance(weeks)).rejects.toThrow('days, hours, minutes and seconds, and no weeks.');
  });

  test('is each execution’s own', async () => {
    const first = await patience.start({ tasks: { Work: 'done' } });
    await first.finish();
    const second = await patience.start();

    expect(second.now.toISOString()).toBe('2026-03-02T09:00:00.000Z');
    expect(second.status).toBe('RUNNING');
  });
});

test.each(['calls', 'retryDelays', 'task'] as const)(
  '%s of a state that is not there are refused, with those that are near',
  async (ask) => {
    const each = stateMachine(
      {
        StartAt: 'Each',
        States: {
          Each: {
            Type: 'Map',
            ItemProcessor: { StartAt: 'Charge', States: { Charge: { Type: 'Task', Resource: FUNCTION, End: true } } },
            End: true,
          },
        },
      },
      { name: 'each' },
    );
    const execution = await each.start({ input: [1], tasks: { Charge: waits } });

    expect(() => execution[ask]('Eachh')).toThrow('each has no state Eachh; did you mean Each?');
    expect(() => execution[ask]('chrage')).toThrow('each has no state chrage; did you mean Charge?');
    expect(() => execution[ask]('Refund')).toThrow('each has no state Refund; its states are Each, Charge.');
    expect(() => execution[ask]('Charge')).not.toThrow();
    expect(() => execution.task('Each')).toThrow('No task waits in Each, but in: Charge.');
  },
);

describe('a task that waits', () => {
  test('is named when the state asked for has none', async () => {
    const execution = await desk.start();
    expect(() => execution.task('Inspection')).toThrow('StateMachine has no state Inspection; did you mean Inspect?');

    await execution.task('Inspect').succeed();
    expect(() => execution.task('Inspect')).toThrow('No task waits in Inspect, nor in any other state.');
  });

  test('of an activity has all the time until a worker takes it', async () => {
    const execution = await desk.start();
    await execution.advance({ days: 30 });
    expect(execution.status).toBe('RUNNING');

    const task = execution.task('Inspect');
    await task.take();
    await execution.advance({ minutes: 10 });
    expect(execution.error).toBe('States.Timeout');
  });

  test('is kept alive by heartbeats, until its timeout', async () => {
    const execution = await desk.start();
    const task = execution.task('Inspect');
    await task.take();
    for (const _ of Array(6)) {
      await execution.advance({ minutes: 9 });
      await task.heartbeat();
    }
    expect(execution.status).toBe('RUNNING');

    await execution.advance({ minutes: 6 });
    expect(execution.error).toBe('States.Timeout');
    await expect(task.heartbeat()).rejects.toThrow('TaskTimedOut');
  });

  test('cannot be answered twice, nor taken', async () => {
    const execution = await desk.start();
    const task = execution.task('Inspect');
    await task.succeed('first');

    await expect(task.succeed('second')).rejects.toThrow('TaskTimedOut');
    await expect(task.take()).rejects.toThrow('TaskTimedOut');
    expect(execution.output).toBe('first');
  });

  test('of several in one state is the one that began first', async () => {
    const map = stateMachine({
      StartAt: 'Each',
      States: {
        Each: {
          Type: 'Map',
          ItemProcessor: { StartAt: 'Work', States: { Work: { Type: 'Task', Resource: FUNCTION, End: true } } },
          End: true,
        },
      },
    });
    const execution = await map.start({ input: ['a', 'b'], tasks: { Work: waits } });
    expect(execution.task('Work').input).toBe('a');
    await execution.task('Work').succeed('A');
    expect(execution.task('Work').input).toBe('b');
    await execution.task('Work').succeed('B');

    expect(execution.output).toEqual(['A', 'B']);
    expect(execution.calls('Work')).toEqual(['a', 'b']);
  });
});

describe('a distributed Map', () => {
  const each = (more: object) =>
    stateMachine({
      StartAt: 'Each',
      States: {
        Each: {
          Type: 'Map',
          ItemProcessor: {
            ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
            StartAt: 'Work',
            States: { Work: { Type: 'Task', Resource: FUNCTION, End: true } },
          },
          End: true,
          ...more,
        },
      },
    });

  const reader = {
    ItemReader: {
      Resource: 'arn:aws:states:::s3:getObject',
      ReaderConfig: { InputType: 'JSON' },
      Parameters: { Bucket: 'b', Key: 'items.json' },
    },
  };

  test('runs each item in an execution of its own', async () => {
    const execution = await each({}).start({ input: ['a', 'b'], tasks: { Work: waits } });
    await execution.task('Work').succeed('A');
    await execution.task('Work').succeed('B');

    expect(execution.output).toEqual(['A', 'B']);
    expect(execution.path).toEqual(['Each']);
    expect(execution.calls('Work')).toEqual(['a', 'b']);
  });

  test('reads the items that the test gives it', async () => {
    const Work = ({ n }: { n: number }) => n * 2;
    const execution = await each(reader).start({ tasks: { Each: [{ n: 1 }, { n: 2 }], Work } });

    expect(execution.output).toEqual([2, 4]);
  });

  test('fails when its items cannot be read', async () => {
    const execution = await each(reader).start({ tasks: { Each: fails('S3.NoSuchKeyException') } });

    expect(execution.status).toBe('FAILED');
    expect(execution.calls('Work')).toEqual([]);
  });

  test('without items to read fails the test', async () => {
    await expect(each(reader).start()).rejects.toThrow('Each was called and has no mock.');
    await expect(each(reader).start({ tasks: { Each: 'none' } })).rejects.toThrow('is not a list of items');
  });
});

describe('what happened', () => {
  const machine = stateMachine({
    QueryLanguage: 'JSONata',
    StartAt: 'Both',
    States: {
      Both: {
        Type: 'Parallel',
        Branches: ['Left', 'Right'].map((side) => ({
          StartAt: side,
          States: {
            [side]: {
              Type: 'Task',
              Resource: 'arn:aws:states:::lambda:invoke',
              Arguments: { FunctionName: side },
              Assign: { [side.toLowerCase()]: '{% $states.result %}' },
              End: true,
            },
          },
        })),
        Assign: { sides: 2 },
        Next: 'Count',
      },
      Count: { Type: 'Pass', Assign: { sides: '{% $sides + 1 %}' }, Output: '{% $sides %}', End: true },
    },
  });

  test('is told in the order in which it did, of all branches', async () => {
    const execution = await machine.start({ tasks: { Left: 'L', Right: 'R' } });

    expect(execution.path).toEqual(['Both', 'Left', 'Right', 'Count']);
    expect(execution.variables).toEqual({ left: 'L', right: 'R', sides: 3 });
    expect(execution.calls('Left')).toEqual([{ FunctionName: 'Left' }]);
    expect(execution.output).toBe(2);
    expect(execution.history.map(({ id }) => id)).toEqual(execution.history.map((_, i) => i + 1));
  });

  test('is an error and no output when it failed', async () => {
    const execution = await machine.start({ tasks: { Left: fails('Broken', 'Why.'), Right: waits } });

    const { status, output, error, cause } = execution;
    expect({ status, output, error, cause }).toEqual({
      status: 'FAILED',
      output: undefined,
      error: 'Broken',
      cause: 'Why.',
    });
  });

  test('carries the name and the input that the execution was started with', async () => {
    const echo = stateMachine({
      StartAt: 'Echo',
      States: { Echo: { Type: 'Pass', Parameters: { 'name.$': '$$.Execution.Name', 'input.$': '$' }, End: true } },
    });

    expect((await echo.start({ name: 'first', input: [1] })).output).toEqual({ name: 'first', input: [1] });
    expect((await echo.start()).output).toEqual({ name: 'test', input: {} });
  });
});
