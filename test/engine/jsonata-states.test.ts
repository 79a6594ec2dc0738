import { CALLBACK, FUNCTION, Hand, INVOKE, machine, run } from './hand';

const jsonata = (states: Record<string, object>) => machine(states, { QueryLanguage: 'JSONata' });

const SEND = { QueueUrl: 'q', MessageBody: 'm' };

describe('a JSONata state', () => {
  it('has Arguments, Assign and Output, which see input, result and context', async () => {
    const hand = new Hand(
      jsonata({
        T: {
          Type: 'Task',
          Resource: INVOKE,
          Arguments: { FunctionName: 'work', Payload: { twice: '{% $states.input.n * 2 %}', fixed: ['a'] } },
          Assign: { was: '{% $states.result.v %}' },
          Output: { v: '{% $states.result.v + $states.input.n %}', by: '{% $states.context.Execution.Name %}' },
          Next: 'P',
        },
        P: { Type: 'Pass', Output: '{% $merge([$states.input, {"was": $was}]) %}', End: true },
      }),
      { n: 3 },
    );
    await hand.start();
    expect(hand.effects).toMatchObject([{ call: { parameters: { Payload: { twice: 6, fixed: ['a'] } } } }]);
    await hand.send({ type: 'taskSucceeded', task: 1, output: { v: 10 } });
    expect(hand.execution.output).toEqual({ v: 13, by: 'run', was: 10 });
  });

  it('without Output gives its result, or hands its input on', async () => {
    const hand = new Hand(
      jsonata({ P: { Type: 'Pass', Next: 'T' }, T: { Type: 'Task', Resource: FUNCTION, End: true } }),
      { n: 3 },
    );
    await hand.start();
    expect(hand.effects).toMatchObject([{ call: { parameters: { n: 3 } } }]);
    await hand.send({ type: 'taskSucceeded', task: 1, output: [1] });
    expect(hand.execution.output).toEqual([1]);
  });

  it('may stand among JSONPath states, and the other way round', async () => {
    const { execution } = await run(
      machine({
        A: {
          Type: 'Pass',
          QueryLanguage: 'JSONata',
          Output: { n: '{% 1 + 1 %}' },
          Assign: { x: '{% [1,2] %}' },
          Next: 'B',
        },
        B: { Type: 'Pass', Parameters: { 'n.$': '$.n', 'x.$': '$x[1]' }, End: true },
      }),
    );
    expect(execution.output).toEqual({ n: 2, x: 2 });
  });

  it('waits, chooses, fails and maps by expressions', async () => {
    const hand = await run(
      jsonata({
        W: { Type: 'Wait', Seconds: '{% $states.input.s %}', Next: 'M' },
        M: {
          Type: 'Map',
          Items: '{% [1..3] %}',
          ItemSelector: { v: '{% $states.context.Map.Item.Value * 10 %}' },
          MaxConcurrency: '{% 2 %}',
          ItemProcessor: { StartAt: 'I', States: { I: { Type: 'Pass', Output: '{% $states.input.v %}', End: true } } },
          Next: 'C',
        },
        C: {
          Type: 'Choice',
          Choices: [
            { Condition: '{% $sum($states.input) > 100 %}', Next: 'F' },
            {
              Condition: '{% true %}',
              Next: 'F',
              Output: { sum: '{% $sum($states.input) %}' },
              Assign: { c: 'second' },
            },
          ],
        },
        F: { Type: 'Fail', Error: '{% $c %}', Cause: '{% $string($states.input.sum) %}' },
      }),
      { s: 5 },
    );
    expect(hand.now).toBe(hand.execution.startedAt + 5000);
    expect(hand.execution).toMatchObject({ status: 'FAILED', error: 'second', cause: '60' });
  });

  it('computes timeouts', async () => {
    const hand = new Hand(
      jsonata({
        T: { Type: 'Task', Resource: CALLBACK, TimeoutSeconds: '{% $states.input.t %}', Arguments: SEND, End: true },
      }),
      { t: 30 },
    );
    await hand.start();
    expect(hand.dueIn).toBe(30);
  });

  it('hands its error to the catcher', async () => {
    const hand = new Hand(
      jsonata({
        T: {
          Type: 'Task',
          Resource: FUNCTION,
          Catch: [
            {
              ErrorEquals: ['States.ALL'],
              Output: { e: '{% $states.errorOutput.Error %}', in: '{% $states.input %}' },
              Next: 'S',
            },
          ],
          End: true,
        },
        S: { Type: 'Succeed' },
      }),
      7,
    );
    await hand.start();
    await hand.send({ type: 'taskFailed', task: 1, error: 'Boom' });
    expect(hand.execution.output).toEqual({ e: 'Boom', in: 7 });
  });
});

describe('an expression that fails', () => {
  it('is an event of its own, dated back to before the state', async () => {
    const { execution, events, details } = await run(
      jsonata({ A: { Type: 'Pass', Next: 'B' }, B: { Type: 'Pass', Output: { x: ['{% $no %}'] }, End: true } }),
    ).then((hand) => ({ execution: hand.execution, events: hand.chain, details: hand.details('EvaluationFailed') }));
    expect(events.slice(3)).toEqual(['4<3 PassStateEntered', '5<3 EvaluationFailed', '6<5 ExecutionFailed']);
    expect(details).toEqual({
      state: 'B',
      location: 'Output/x[0]',
      error: 'States.QueryEvaluationError',
      cause:
        "An error occurred while executing the state 'B' (entered at the event id #4). The JSONata expression '$no' specified for the field 'Output/x[0]' returned nothing (undefined).",
    });
    expect(execution.error).toBe('States.QueryEvaluationError');
  });

  it('can be caught', async () => {
    const hand = await run(
      jsonata({
        T: {
          Type: 'Task',
          Resource: FUNCTION,
          Arguments: '{% $no %}',
          Catch: [{ ErrorEquals: ['States.QueryEvaluationError'], Next: 'S' }],
          End: true,
        },
        S: { Type: 'Succeed' },
      }),
    );
    expect(hand.execution.status).toBe('SUCCEEDED');
    expect(hand.types.slice(2, 4)).toEqual(['EvaluationFailed', 'TaskStateExited']);
  });

  it('in a catcher fails the state', async () => {
    const hand = new Hand(
      jsonata({
        T: {
          Type: 'Task',
          Resource: FUNCTION,
          Catch: [{ ErrorEquals: ['States.ALL'], Output: '{% $no %}', Next: 'S' }],
          End: true,
        },
        S: { Type: 'Succeed' },
      }),
    );
    await hand.start();
    await hand.send({ type: 'taskFailed', task: 1, error: 'E' });
    expect(hand.types.slice(-2)).toEqual(['EvaluationFailed', 'ExecutionFailed']);
    expect(hand.details('EvaluationFailed').location).toBe('Catch[0]/Output');
  });

  it('for a Map’s items names the type it wants', async () => {
    const processor = { StartAt: 'I', States: { I: { Type: 'Pass', End: true } } };
    const items = await run(jsonata({ M: { Type: 'Map', Items: '{% 1 %}', ItemProcessor: processor, End: true } }));
    expect(items.types.slice(2)).toEqual(['EvaluationFailed', 'MapStateFailed', 'ExecutionFailed']);
    expect(items.execution.cause).toContain("Expected 'array', but was 'number' for value: 1");
    const input = await run(jsonata({ M: { Type: 'Map', ItemProcessor: processor, End: true } }), { a: 1 });
    expect(input.execution.cause).toContain('Map state input must be an array but was: {"a":1}');
  });
});
