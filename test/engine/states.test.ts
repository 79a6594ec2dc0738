import { Hand, machine, run, START } from './hand';

describe('Pass', () => {
  it('hands its input on and chains its events', async () => {
    const { execution, chain } = await run(
      machine({ A: { Type: 'Pass', Next: 'B' }, B: { Type: 'Pass', End: true } }),
      { a: 1 },
    );
    expect(execution).toMatchObject({ status: 'SUCCEEDED', output: { a: 1 }, lastEventId: 6, stoppedAt: START });
    expect(chain).toEqual([
      '1<0 ExecutionStarted',
      '2<0 PassStateEntered',
      '3<2 PassStateExited',
      '4<3 PassStateEntered',
      '5<4 PassStateExited',
      '6<5 ExecutionSucceeded',
    ]);
  });

  it('is one synchronous step without JSONata', () => {
    const outcome = new Hand(machine({ A: { Type: 'Pass', End: true } })).give({ type: 'start' });
    expect(outcome).not.toBeInstanceOf(Promise);
  });

  it('shapes data by InputPath, Parameters, ResultPath and OutputPath', async () => {
    const state = {
      Type: 'Pass',
      InputPath: '$.order',
      Parameters: { 'id.$': '$.id', 'by.$': '$$.Execution.Name', fixed: [1, { 'two.$': 'States.MathAdd(1, 1)' }] },
      ResultPath: '$.made',
      OutputPath: '$.made',
      End: true,
    };
    const { execution } = await run(machine({ A: state }), { order: { id: 7 } });
    expect(execution.output).toEqual({ id: 7, by: 'run', fixed: [1, { two: 2 }] });
  });

  it('places a result in the raw input, whatever InputPath left of it', async () => {
    const state = { Type: 'Pass', InputPath: '$.part', ResultPath: '$.copy', End: true };
    const { execution } = await run(machine({ A: state }), { part: { a: 1 }, rest: 2 });
    expect(execution.output).toEqual({ part: { a: 1 }, rest: 2, copy: { a: 1 } });
  });

  it.each([
    ['InputPath', { InputPath: null, Parameters: { 'all.$': '$' } }, { all: {} }],
    ['OutputPath', { OutputPath: null }, {}],
    ['ResultPath', { Result: 'dropped', ResultPath: null }, { kept: true }],
  ])('takes a null %s as AWS does', async (_field, fields, output) => {
    const { execution } = await run(machine({ A: { Type: 'Pass', ...fields, End: true } }), { kept: true });
    expect(execution.output).toEqual(output);
  });

  it('names the field whose path leads nowhere', async () => {
    const { execution } = await run(machine({ A: { Type: 'Pass', Parameters: { 'x.$': '$.no' }, End: true } }));
    expect(execution).toMatchObject({ status: 'FAILED', error: 'States.Runtime' });
    expect(execution.cause).toBe(
      "An error occurred while executing the state 'A' (entered at the event id #2). The JSONPath '$.no' specified for the field 'x.$' could not be found in the input '{}'",
    );
  });
});

describe('variables', () => {
  it('are assigned from the result and seen from the next state on', async () => {
    const { execution, details } = await run(
      machine({
        A: { Type: 'Pass', Result: { n: 1 }, Assign: { 'n.$': '$.n', list: [1] }, Next: 'B' },
        B: { Type: 'Pass', Assign: { n: 2 }, Parameters: { 'n.$': '$n' }, Next: 'C' },
        C: { Type: 'Pass', Parameters: { 'n.$': '$n', 'list.$': '$list' }, End: true },
      }),
    ).then((hand) => ({ execution: hand.execution, details: hand.events[2]?.details }));
    expect(execution.output).toEqual({ n: 2, list: [1] });
    expect(details).toMatchObject({
      assignedVariables: { n: '1', list: '[1]' },
      assignedVariablesDetails: { truncated: false },
    });
  });

  it('of an inner scope hide those of the same name around it, and leave them as they were', async () => {
    const read = { Type: 'Pass', Parameters: { 'x.$': '$x' } };
    const branch = {
      StartAt: 'In',
      States: { In: { Type: 'Pass', Assign: { x: 'inner' }, Next: 'Read' }, Read: { ...read, End: true } },
    };
    const { execution } = await run(
      machine({
        A: { Type: 'Pass', Assign: { x: 'outer' }, Next: 'P' },
        P: { Type: 'Parallel', Branches: [branch], ResultPath: '$.inside', Next: 'After' },
        After: { ...read, ResultPath: '$.after', End: true },
      }),
    );
    expect(execution.output).toEqual({ inside: [{ x: 'inner' }], after: { x: 'outer' } });
  });

  it('of an outer scope are seen in a branch, and a branch keeps its own to itself', async () => {
    const branch = {
      StartAt: 'In',
      States: {
        In: { Type: 'Pass', Assign: { inner: 1 }, Next: 'Out' },
        Out: { Type: 'Pass', Parameters: { 'sum.$': 'States.MathAdd($outer, $inner)' }, End: true },
      },
    };
    const { execution } = await run(
      machine({
        A: { Type: 'Pass', Assign: { outer: 41 }, Next: 'P' },
        P: { Type: 'Parallel', Branches: [branch], Next: 'C' },
        C: { Type: 'Pass', Parameters: { 'inner.$': '$inner' }, End: true },
      }),
    );
    expect(execution).toMatchObject({ status: 'FAILED', error: 'States.Runtime' });
    expect(execution.cause).toContain("'C'");
  });
});

describe('Choice', () => {
  const choose = machine({
    C: {
      Type: 'Choice',
      Choices: [
        { Variable: '$.n', NumericGreaterThan: 10, Next: 'Big', Assign: { 'was.$': '$.n' } },
        { Variable: '$.n', NumericGreaterThan: 5, Next: 'Middle' },
      ],
      Default: 'Small',
      Assign: { was: 'default' },
    },
    Big: { Type: 'Pass', Parameters: { 'was.$': '$was' }, End: true },
    Middle: { Type: 'Pass', End: true },
    Small: { Type: 'Pass', Parameters: { 'was.$': '$was' }, End: true },
  });

  it.each([
    [11, { was: 11 }],
    [6, { n: 6 }],
    [1, { was: 'default' }],
  ])('takes the first rule that applies, else the default: %d', async (n, output) => {
    expect((await run(choose, { n })).execution.output).toEqual(output);
  });

  it('without a match and a default is States.NoChoiceMatched', async () => {
    const definition = machine({
      C: { Type: 'Choice', Choices: [{ Variable: '$.n', IsNull: true, Next: 'A' }] },
      A: { Type: 'Succeed' },
    });
    const { execution, chain } = await run(definition, { n: 1 });
    expect(execution.error).toBe('States.NoChoiceMatched');
    expect(chain.at(-1)).toBe('3<2 ExecutionFailed');
  });
});

describe('Wait', () => {
  it.each([
    ['Seconds', { Seconds: 90 }, 90],
    ['SecondsPath', { SecondsPath: '$.s' }, 30],
    ['Timestamp', { Timestamp: '2026-03-01T08:01:00Z' }, 60],
    ['TimestampPath', { TimestampPath: '$.t' }, 3600],
  ])('waits by %s, and not a moment less', async (_field, fields, seconds) => {
    const hand = new Hand(machine({ W: { Type: 'Wait', ...fields, End: true } }), {
      s: 30,
      t: '2026-03-01T10:00:00+01:00',
    });
    await hand.start();
    expect(hand.dueIn).toBe(seconds);
    hand.now += seconds * 1000 - 1;
    expect(await hand.send({ type: 'time' })).toBe(false);
    expect(hand.execution.status).toBe('RUNNING');
    hand.now += 1;
    expect(await hand.send({ type: 'time' })).toBe(true);
    expect(hand.execution.status).toBe('SUCCEEDED');
    expect(hand.types.at(-2)).toBe('WaitStateExited');
  });

  it('does not wait for what has passed', async () => {
    const hand = new Hand(machine({ W: { Type: 'Wait', Timestamp: '2020-01-01T00:00:00Z', End: true } }));
    await hand.start();
    expect(hand.execution.status).toBe('SUCCEEDED');
  });

  it.each([
    [1.5, 'The SecondsPath parameter cannot be parsed as a long value: $.s == 1.5'],
    [-1, 'The SecondsPath parameter references a negative value: $.s == -1'],
    [undefined, 'The SecondsPath parameter does not reference an input value: $.s'],
    [3e9, 'Wait state delay is too long.'],
  ])('refuses %p seconds', async (s, text) => {
    const { execution } = await run(
      machine({ W: { Type: 'Wait', SecondsPath: '$.s', End: true } }),
      s === undefined ? {} : { s },
    );
    expect(execution.error).toBe('States.Runtime');
    expect(execution.cause).toBe(
      `An error occurred while executing the state 'W' (entered at the event id #2). ${text}`,
    );
  });
});

describe('Succeed and Fail', () => {
  it('end the execution', async () => {
    const good = await run(machine({ S: { Type: 'Succeed', OutputPath: '$.a' } }), { a: [1] });
    expect(good.execution).toMatchObject({ status: 'SUCCEEDED', output: [1] });
    const bad = await run(machine({ F: { Type: 'Fail', ErrorPath: '$.e', CausePath: "States.Format('{}!', $.c)" } }), {
      e: 'E',
      c: 'C',
    });
    expect(bad.execution).toMatchObject({ status: 'FAILED', error: 'E', cause: 'C!' });
    expect(bad.execution).not.toHaveProperty('output');
    expect(bad.chain).toEqual(['1<0 ExecutionStarted', '2<0 FailStateEntered', '3<2 ExecutionFailed']);
  });

  it('a Fail without error and cause records neither', async () => {
    const { execution, details } = await run(machine({ F: { Type: 'Fail' } })).then((hand) => ({
      execution: hand.execution,
      details: hand.details('ExecutionFailed'),
    }));
    expect(details).toEqual({});
    expect(execution).not.toHaveProperty('error');
  });
});

it('a state sees AWS’s context object', async () => {
  const { execution } = await run(machine({ A: { Type: 'Pass', OutputPath: '$$', End: true } }), { in: 1 });
  expect(execution.output).toEqual({
    Execution: {
      Id: 'arn:aws:states:us-east-1:123456789012:execution:machine:run',
      Input: { in: 1 },
      StartTime: '2026-03-01T08:00:00.000Z',
      Name: 'run',
      RoleArn: 'arn:aws:iam::123456789012:role/machine',
      RedriveCount: 0,
    },
    StateMachine: { Id: 'arn:aws:states:us-east-1:123456789012:stateMachine:machine', Name: 'machine' },
    State: { Name: 'A', EnteredTime: '2026-03-01T08:00:00.000Z' },
  });
});
