import { FUNCTION, Hand, machine, run } from './hand';

const branch = (name: string, state: object) => ({ StartAt: name, States: { [name]: state } });
const pass = (name: string, Result: unknown) => branch(name, { Type: 'Pass', Result, End: true });
const work = (name: string, more: object = {}) =>
  branch(name, { Type: 'Task', Resource: FUNCTION, End: true, ...more });

describe('Parallel', () => {
  it('gives the outputs in the order of its branches, whichever ends first', async () => {
    const hand = new Hand(machine({ P: { Type: 'Parallel', Branches: [work('A'), work('B')], End: true } }), { in: 1 });
    await hand.start();
    expect(hand.effects).toMatchObject([{ task: 1 }, { task: 2 }]);
    await hand.send({ type: 'taskSucceeded', task: 2, output: 'b' });
    await hand.send({ type: 'taskSucceeded', task: 1, output: 'a' });
    expect(hand.execution.output).toEqual(['a', 'b']);
    expect(hand.chain.slice(-5)).toEqual([
      '12<6 LambdaFunctionSucceeded',
      '13<12 TaskStateExited',
      '14<13 ParallelStateSucceeded',
      '15<13 ParallelStateExited',
      '16<15 ExecutionSucceeded',
    ]);
  });

  it('starts all branches from the event of its start', async () => {
    const { events } = await run(
      machine({ P: { Type: 'Parallel', Branches: [pass('A', 1), pass('B', 2)], End: true } }),
    );
    const entered = events.filter(({ type }) => type === 'PassStateEntered');
    expect(entered.map(({ previousEventId }) => previousEventId)).toEqual([3, 3]);
  });

  it('ends with the first failure: the others are aborted and their tasks forgotten', async () => {
    const waiting = branch('W', { Type: 'Wait', Seconds: 900, End: true });
    const nested = branch('N', { Type: 'Parallel', Branches: [work('Deep')], End: true });
    const catcher = { ErrorEquals: ['Boom'], Next: 'C' };
    const hand = new Hand(
      machine({
        P: { Type: 'Parallel', Branches: [work('A'), work('B'), waiting, nested], Catch: [catcher], End: true },
        C: { Type: 'Succeed' },
      }),
    );
    await hand.start();
    await hand.send({ type: 'taskFailed', task: 2, error: 'Boom', cause: 'c' });
    const failed = hand.events.find(({ type }) => type === 'LambdaFunctionFailed')?.id as number;
    expect(hand.types.slice(failed)).toEqual([
      'TaskStateAborted',
      'TaskStateAborted',
      'WaitStateAborted',
      'TaskStateAborted',
      'ParallelStateAborted',
      'ParallelStateFailed',
      'ParallelStateExited',
      'SucceedStateEntered',
      'SucceedStateExited',
      'ExecutionSucceeded',
    ]);
    expect(hand.events.find(({ type }) => type === 'ParallelStateFailed')?.previousEventId).toBe(failed);
    expect(hand.effects).toEqual([{ type: 'forget', task: 1 }, { type: 'forget', task: 3 }, { type: 'ended' }]);
    expect(hand.execution.output).toEqual({ Error: 'Boom', Cause: 'c' });
  });

  it('aborts nothing of a state that a branch had not entered yet', async () => {
    const onItsWay = {
      StartAt: 'A',
      States: { A: { Type: 'Pass', Next: 'T' }, T: { Type: 'Task', Resource: FUNCTION, End: true } },
    };
    const failing = branch('F', { Type: 'Fail', Error: 'E' });
    const hand = await run(machine({ P: { Type: 'Parallel', Branches: [onItsWay, failing], End: true } }));
    expect(hand.types.slice(3)).toEqual([
      'PassStateEntered',
      'PassStateExited',
      'FailStateEntered',
      'ParallelStateFailed',
      'ExecutionFailed',
    ]);
    expect(hand.effects).toEqual([{ type: 'ended' }]);
  });

  it('is retried as a whole', async () => {
    const hand = new Hand(
      machine({
        P: {
          Type: 'Parallel',
          Branches: [work('A'), pass('B', 1)],
          Retry: [{ ErrorEquals: ['States.ALL'], MaxAttempts: 1, IntervalSeconds: 7 }],
          End: true,
        },
      }),
    );
    await hand.start();
    await hand.send({ type: 'taskFailed', task: 1, error: 'E' });
    expect(hand.dueIn).toBe(7);
    await hand.pass(7);
    await hand.send({ type: 'taskSucceeded', task: hand.task, output: 2 });
    expect(hand.execution.output).toEqual([2, 1]);
    expect(hand.types.filter((type) => type === 'ParallelStateStarted')).toHaveLength(2);
    expect(hand.types).not.toContain('ParallelStateFailed');
  });

  it('passes a failure that nothing in it takes on to the states around it', async () => {
    const inner = branch('I', { Type: 'Parallel', Branches: [branch('F', { Type: 'Fail', Error: 'E' })], End: true });
    const hand = await run(
      machine({
        O: { Type: 'Parallel', Branches: [inner], Catch: [{ ErrorEquals: ['E'], Next: 'C' }], End: true },
        C: { Type: 'Succeed' },
      }),
    );
    expect(hand.execution.status).toBe('SUCCEEDED');
    expect(hand.types.filter((type) => type === 'ParallelStateFailed')).toHaveLength(2);
  });
});

describe('Map', () => {
  const map = (processor: object, more: object = {}) =>
    machine({ M: { Type: 'Map', ItemProcessor: processor, End: true, ...more } });

  it('runs one iteration after the other at a concurrency of one', async () => {
    const { chain, execution } = await run(map(branch('A', { Type: 'Pass', End: true }), { MaxConcurrency: 1 }), [
      'x',
      'y',
    ]);
    expect(chain.slice(1)).toEqual([
      '2<0 MapStateEntered',
      '3<2 MapStateStarted',
      '4<3 MapIterationStarted',
      '5<4 PassStateEntered',
      '6<5 PassStateExited',
      '7<6 MapIterationSucceeded',
      '8<6 MapIterationStarted',
      '9<8 PassStateEntered',
      '10<9 PassStateExited',
      '11<10 MapIterationSucceeded',
      '12<11 MapStateSucceeded',
      '13<11 MapStateExited',
      '14<13 ExecutionSucceeded',
    ]);
    expect(execution.output).toEqual(['x', 'y']);
  });

  it.each([
    [3, 3],
    [0, 40],
    [100, 40],
  ])('at MaxConcurrency %d has %d iterations under way', async (MaxConcurrency, expected) => {
    const hand = new Hand(
      map(work('A'), { MaxConcurrency }),
      Array.from({ length: 50 }, (_, i) => i),
    );
    await hand.start();
    expect(hand.effects).toHaveLength(expected);
    await hand.send({ type: 'taskSucceeded', task: 2, output: 'second' });
    expect(hand.effects).toMatchObject([{ task: expected + 1, call: { parameters: expected } }]);
  });

  it('selects what an iteration gets, and tells it its item', async () => {
    const processor = branch('A', { Type: 'Pass', Parameters: { 'in.$': '$', 'item.$': '$$.Map.Item' }, End: true });
    const fields = { ItemsPath: '$.list', ItemSelector: { 'v.$': '$$.Map.Item.Value', 'all.$': '$.k' } };
    const { execution } = await run(map(processor, fields), { list: ['x'], k: 1 });
    expect(execution.output).toEqual([{ in: { v: 'x', all: 1 }, item: { Index: 0, Value: 'x' } }]);
  });

  it('of nothing gives nothing', async () => {
    const { chain, execution } = await run(map(work('A')), []);
    expect(execution.output).toEqual([]);
    expect(chain.slice(2)).toEqual([
      '3<2 MapStateStarted',
      '4<3 MapStateSucceeded',
      '5<3 MapStateExited',
      '6<5 ExecutionSucceeded',
    ]);
  });

  it('fails with its first iteration that fails', async () => {
    const hand = new Hand(map(work('A')), [1, 2]);
    await hand.start();
    await hand.send({ type: 'taskFailed', task: 1, error: 'E' });
    const failed = hand.events.find(({ type }) => type === 'LambdaFunctionFailed')?.id as number;
    expect(hand.types.slice(failed)).toEqual([
      'MapIterationFailed',
      'TaskStateAborted',
      'MapIterationAborted',
      'MapStateFailed',
      'ExecutionFailed',
    ]);
    expect(hand.details('MapIterationAborted')).toEqual({ name: 'M', index: 1 });
    expect(hand.execution.error).toBe('E');
  });

  it('refuses what is no list', async () => {
    const { execution } = await run(map(work('A'), { ItemsPath: '$.x' }), { x: 'text' });
    expect(execution.cause).toContain('Reference path "$.x" must point to array.');
  });

  it('grows with its items, not with their square', async () => {
    const cost = async (n: number) => {
      const hand = new Hand(map(branch('A', { Type: 'Task', Resource: FUNCTION, End: true })), Array(n).fill({}), {
        type: 'EXPRESS',
      });
      const before = process.cpuUsage().user;
      await hand.start();
      const tasks = hand.effects.map((effect) => (effect as { task: number }).task);
      for (let task = tasks.shift(); task !== undefined; task = tasks.shift()) {
        await hand.send({ type: 'taskSucceeded', task, output: {} });
        for (const effect of hand.effects) if (effect.type === 'call') tasks.push(effect.task);
      }
      expect(hand.execution.status).toBe('SUCCEEDED');
      return process.cpuUsage().user - before;
    };
    await cost(500);
    const [small, large] = [await cost(500), await cost(4000)];
    expect(large / small).toBeLessThan(8 * 3);
  });
});
