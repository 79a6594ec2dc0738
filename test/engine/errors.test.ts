import { FUNCTION, Hand, machine, run } from './hand';

const retried = (...Retry: object[]) => machine({ T: { Type: 'Task', Resource: FUNCTION, Retry, End: true } });

/** Lets the task fail until the state gives up; answers the delays in between, in seconds. */
async function delays(hand: Hand, error = 'Boom'): Promise<number[]> {
  const seen: number[] = [];
  await hand.start();
  for (;;) {
    await hand.send({ type: 'taskFailed', task: hand.task, error, cause: 'c' });
    if (hand.execution.status !== 'RUNNING') return seen;
    seen.push(hand.dueIn as number);
    await hand.pass(hand.dueIn as number);
  }
}

describe('Retry', () => {
  it.each([
    ['AWS’s defaults', {}, [1, 2, 4]],
    [
      'an interval, a rate and a number',
      { IntervalSeconds: 3, BackoffRate: 1.5, MaxAttempts: 4 },
      [3, 4.5, 6.75, 10.125],
    ],
    ['a cap', { IntervalSeconds: 5, MaxAttempts: 5, MaxDelaySeconds: 30 }, [5, 10, 20, 30, 30]],
    ['jitter', { JitterStrategy: 'FULL' }, [0.5, 1, 2]],
    ['none', { MaxAttempts: 0 }, []],
  ])('waits by %s', async (_what, fields, expected) => {
    const hand = new Hand(retried({ ErrorEquals: ['Boom'], ...fields }));
    expect(await delays(hand)).toEqual(expected);
    expect(hand.types.filter((type) => type === 'LambdaFunctionScheduled')).toHaveLength(expected.length + 1);
    expect(hand.execution).toMatchObject({ status: 'FAILED', error: 'Boom', cause: 'c' });
  });

  it('counts each retrier by itself, and none twice', async () => {
    const hand = new Hand(
      retried(
        { ErrorEquals: ['A'], MaxAttempts: 1 },
        { ErrorEquals: ['States.ALL'], IntervalSeconds: 9, MaxAttempts: 1 },
      ),
    );
    await hand.start();
    const seen: unknown[] = [];
    for (const error of ['A', 'B', 'A']) {
      await hand.send({ type: 'taskFailed', task: hand.task, error });
      seen.push(hand.execution.status === 'RUNNING' ? hand.dueIn : hand.execution.status);
      if (hand.dueIn !== undefined) await hand.pass(hand.dueIn);
    }
    expect(seen).toEqual([1, 9, 'FAILED']);
  });

  it('tells the task its RetryCount, and begins a new task each time', async () => {
    const definition = machine({
      T: {
        Type: 'Task',
        Resource: FUNCTION,
        Parameters: { 'n.$': '$$.State.RetryCount' },
        Retry: [{ ErrorEquals: ['States.ALL'] }],
        End: true,
      },
    });
    const hand = new Hand(definition);
    await hand.start();
    await hand.send({ type: 'taskFailed', task: 1, error: 'E' });
    await hand.pass(1);
    expect(hand.effects).toMatchObject([{ task: 2, call: { parameters: { n: 1 } } }]);
    expect(await hand.send({ type: 'taskSucceeded', task: 1, output: 'late' })).toBe(false);
  });

  it('starts counting anew when the state is entered again', async () => {
    const hand = new Hand(
      machine({
        T: { Type: 'Task', Resource: FUNCTION, Retry: [{ ErrorEquals: ['States.ALL'], MaxAttempts: 1 }], Next: 'T' },
      }),
    );
    await hand.start();
    for (let round = 0; round < 3; round++) {
      await hand.send({ type: 'taskFailed', task: hand.task, error: 'E' });
      await hand.pass(1);
      await hand.send({ type: 'taskSucceeded', task: hand.task, output: {} });
    }
    expect(hand.execution.status).toBe('RUNNING');
  });
});

describe('which names match', () => {
  it.each([
    ['Boom', ['Boom'], true],
    ['Boom', ['boom'], false],
    ['Boom', ['States.ALL'], true],
    ['Boom', ['States.TaskFailed'], true],
    ['States.Timeout', ['States.TaskFailed'], false],
    ['States.Timeout', ['States.ALL'], true],
    ['States.DataLimitExceeded', ['States.ALL'], false],
    ['States.DataLimitExceeded', ['States.TaskFailed'], false],
    ['States.DataLimitExceeded', ['States.DataLimitExceeded'], true],
    ['States.Runtime', ['States.Runtime', 'States.ALL'], false],
    [undefined, ['States.ALL'], true],
  ])('%s by %p: %p', async (error, ErrorEquals, caught) => {
    const hand = new Hand(
      machine({
        T: { Type: 'Task', Resource: FUNCTION, Catch: [{ ErrorEquals, Next: 'C' }], End: true },
        C: { Type: 'Succeed' },
      }),
    );
    await hand.start();
    await hand.send({ type: 'taskFailed', task: 1, ...(error !== undefined && { error }) });
    expect(hand.execution.status).toBe(caught ? 'SUCCEEDED' : 'FAILED');
  });
});

describe('Catch', () => {
  it('makes the error the output, at ResultPath if there is one, after the retries', async () => {
    const hand = new Hand(
      machine({
        T: {
          Type: 'Task',
          Resource: FUNCTION,
          Retry: [{ ErrorEquals: ['Boom'], MaxAttempts: 1 }],
          Catch: [
            { ErrorEquals: ['Other'], Next: 'No' },
            { ErrorEquals: ['Boom'], Next: 'Yes', ResultPath: '$.failed', Assign: { 'why.$': '$.Cause' } },
          ],
          End: true,
        },
        No: { Type: 'Fail' },
        Yes: { Type: 'Pass', Parameters: { 'all.$': '$', 'why.$': '$why' }, End: true },
      }),
      { kept: 1 },
    );
    expect(await delays(hand)).toEqual([1]);
    expect(hand.execution.output).toEqual({ all: { kept: 1, failed: { Error: 'Boom', Cause: 'c' } }, why: 'c' });
    expect(hand.types).toContain('TaskStateExited');
  });

  it('does not catch what goes wrong while leaving: States.Runtime ends the execution', async () => {
    const hand = new Hand(
      machine({
        T: {
          Type: 'Task',
          Resource: FUNCTION,
          OutputPath: '$.no.such',
          Catch: [{ ErrorEquals: ['States.ALL'], Next: 'C' }],
          End: true,
        },
        C: { Type: 'Succeed' },
      }),
    );
    await hand.start();
    await hand.send({ type: 'taskSucceeded', task: 1, output: {} });
    expect(hand.execution.cause).toBe(
      "An error occurred while executing the state 'T' (entered at the event id #2). Invalid path '$.no.such' : Missing property in path $['no']",
    );
  });
});

describe('the end from outside', () => {
  const waiting = machine({ T: { Type: 'Task', Resource: FUNCTION, End: true } }, { TimeoutSeconds: 60 });

  it('StopExecution aborts, once', async () => {
    const hand = new Hand(waiting);
    await hand.start();
    expect(await hand.send({ type: 'stop', error: 'E', cause: 'enough' })).toBe(true);
    expect(hand.execution).toMatchObject({ status: 'ABORTED', error: 'E', cause: 'enough' });
    expect(hand.events.at(-1)).toMatchObject({ type: 'ExecutionAborted', previousEventId: 0 });
    expect(hand.effects).toEqual([{ type: 'forget', task: 1 }, { type: 'ended' }]);
    expect(await hand.send({ type: 'stop' })).toBe(false);
    expect(await hand.send({ type: 'start' })).toBe(false);
  });

  it('TimeoutSeconds of the machine ends it TIMED_OUT, with neither error nor cause', async () => {
    const hand = new Hand(waiting);
    await hand.start();
    expect(hand.dueIn).toBe(60);
    await hand.pass(60);
    expect(hand.execution.status).toBe('TIMED_OUT');
    expect(hand.execution).not.toHaveProperty('error');
    expect(hand.events.at(-1)).toMatchObject({ type: 'ExecutionTimedOut' });
    expect(hand.dueIn).toBeUndefined();
  });

  it('an Express execution lasts five minutes at most', async () => {
    const hand = new Hand(machine({ T: { Type: 'Task', Resource: FUNCTION, End: true } }), {}, { type: 'EXPRESS' });
    await hand.start();
    expect(hand.dueIn).toBe(300);
  });
});

describe('limits', () => {
  it('an output that is too large fails with States.DataLimitExceeded', async () => {
    const { execution } = await run(machine({ A: { Type: 'Pass', Result: 'x'.repeat(262_143), End: true } }));
    expect(execution.error).toBe('States.DataLimitExceeded');
    const fits = await run(machine({ A: { Type: 'Pass', Result: 'x'.repeat(262_142), End: true } }));
    expect(fits.execution.status).toBe('SUCCEEDED');
  });

  it('a loop ends at 25,000 events', async () => {
    const hand = new Hand(machine({ A: { Type: 'Pass', Next: 'A' } }));
    expect(await hand.start()).toBe(true);
    expect(hand.execution).toMatchObject({
      status: 'FAILED',
      error: 'States.Runtime',
      cause: 'The execution reached the maximum number of history events (25000).',
      lastEventId: 25_000,
    });
    expect(hand.types.at(-1)).toBe('ExecutionFailed');
  });

  it('the answer that has no room any more was still the one that counted', async () => {
    const hand = new Hand(machine({ T: { Type: 'Task', Resource: FUNCTION, Next: 'T' } }));
    await hand.start();
    const accepted = new Set<boolean>();
    while (hand.execution.status === 'RUNNING') {
      accepted.add(await hand.send({ type: 'taskSucceeded', task: hand.task, output: {} }));
    }
    expect([...accepted]).toEqual([true]);
    expect(hand.execution).toMatchObject({ status: 'FAILED', error: 'States.Runtime', lastEventId: 25_000 });
  });
});
