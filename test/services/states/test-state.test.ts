import { parametersFor } from '../../asl/integrations/parameters-for';
import { LocalCloud, ROLE } from './local-cloud';
import { DEBUG, type Given, refused, testState } from './state-tests';

let cloud: LocalCloud;
beforeEach(() => {
  cloud = new LocalCloud();
});
afterEach(() => cloud.close());

const test = (definition: object, given: Given = {}) => testState(cloud, { ...definition }, given);
const refusal = (definition: object, given: Given = {}) => refused(cloud, { ...definition }, given);

const FUNCTION = 'arn:aws:lambda:us-east-1:123456789012:function:work';
const task = (more: object = {}) => ({ Type: 'Task', Resource: FUNCTION, End: true, ...more });

describe('a state by itself', () => {
  it('tells its output and what comes next', async () => {
    const answer = await test(
      { Type: 'Pass', Result: { b: 2 }, ResultPath: '$.r', Next: 'After' },
      { input: { a: 1 } },
    );
    expect(answer).toEqual({ status: 'SUCCEEDED', output: { a: 1, r: { b: 2 } }, nextState: 'After' });
  });

  it('has an empty object for input when none is given, and no next state at an end', async () => {
    expect(await test({ Type: 'Succeed' })).toEqual({ status: 'SUCCEEDED', output: {} });
  });

  it('may go on to itself', async () => {
    const choice = {
      Type: 'Choice',
      Choices: [{ Variable: '$.n', NumericLessThan: 3, Next: 'StateName' }],
      Default: 'Done',
    };
    expect(await test(choice, { input: { n: 1 } })).toMatchObject({ nextState: 'StateName' });
    expect(await test(choice, { input: { n: 3 } })).toMatchObject({ nextState: 'Done' });
  });

  it('tells error and cause of a failure', async () => {
    const answer = await test({ Type: 'Fail', Error: 'Broken', Cause: 'by design' });
    expect(answer).toEqual({ status: 'FAILED', error: 'Broken', cause: 'by design' });
  });

  it('fails as in an execution where its data does not fit', async () => {
    const { status, error, cause } = await test({ Type: 'Pass', InputPath: '$.missing', End: true });
    expect([status, error]).toEqual(['FAILED', 'States.Runtime']);
    expect(cause).toContain("while executing the state 'StateName' (entered at the event id #2)");
  });

  it('waits in virtual time', async () => {
    const answer = test({ Type: 'Wait', Seconds: 60, End: true }, { input: { a: 1 } });
    await cloud.clock.advanceBy(60_000);
    expect(await answer).toEqual({ status: 'SUCCEEDED', output: { a: 1 } });
  });

  it('times out after five minutes', async () => {
    const answer = test({ Type: 'Wait', Seconds: 600, End: true });
    await cloud.clock.advanceBy(300_000);
    expect(await answer).toEqual({ status: 'FAILED', error: 'States.Timeout' });
  });

  it('sees the variables given, and tells them with those it assigns', async () => {
    const state = {
      Type: 'Pass',
      QueryLanguage: 'JSONata',
      Assign: { b: '{% $a + 1 %}' },
      Output: '{% $a %}',
      End: true,
    };
    const answer = await test(state, { variables: { a: 1 }, ...DEBUG });
    expect(answer).toMatchObject({ output: 1, inspectionData: { variables: { a: 1, b: 2 } } });
  });
});

describe('a real task', () => {
  it('is called, and tells what came of each of its fields', async () => {
    cloud.play('lambda', () => ({ StatusCode: 200, Payload: Buffer.from('{"x":1}') }));
    const state = task({
      InputPath: '$.in',
      Parameters: { 'a.$': '$.a' },
      ResultSelector: { 'y.$': '$.x' },
      ResultPath: '$.r',
      OutputPath: '$.r',
    });
    const answer = await test(state, { input: { in: { a: 1 } }, roleArn: ROLE, ...DEBUG });
    expect(answer).toEqual({
      status: 'SUCCEEDED',
      output: { y: 1 },
      inspectionData: {
        input: { in: { a: 1 } },
        afterInputPath: { a: 1 },
        afterParameters: { a: 1 },
        result: { x: 1 },
        afterResultSelector: { y: 1 },
        afterResultPath: { in: { a: 1 }, r: { y: 1 } },
      },
    });
    expect(cloud.asked).toMatchObject([{ operation: 'Invoke', input: { FunctionName: FUNCTION } }]);
  });

  it('fails when its timeout passes before the answer', async () => {
    cloud.play('lambda', () => new Promise(() => {}));
    cloud.clock.setScale(10_000);
    const answer = await test(task({ TimeoutSeconds: 5 }), { roleArn: ROLE });
    expect(answer).toEqual({ status: 'FAILED', error: 'States.Timeout' });
  });

  it('needs a role', async () => {
    expect(await refusal(task())).toEqual({
      code: 'ValidationException',
      message: 'RoleArn must be specified when testing a Task state',
    });
  });

  it.each(['arn:aws:states:us-east-1:123456789012:activity:desk', 'arn:aws:states:::sqs:sendMessage.waitForTaskToken'])(
    'cannot be one that somebody else answers: %s',
    async (Resource) => {
      expect(await refusal(task({ Resource, ...parametersFor(Resource) }), { roleArn: ROLE })).toMatchObject({
        code: 'InvalidDefinition',
      });
    },
  );
});

describe('a state of a state machine', () => {
  const machine = {
    QueryLanguage: 'JSONata',
    StartAt: 'Each',
    States: {
      Each: {
        Type: 'Map',
        ItemProcessor: {
          StartAt: 'One',
          States: { One: { Type: 'Pass', Output: '{% $states.input + 1 %}', End: true } },
        },
        Next: 'Last',
      },
      Last: { Type: 'Succeed' },
    },
  };

  it("is found at any depth, and speaks the machine's query language", async () => {
    expect(await test(machine, { stateName: 'One', input: 1 })).toEqual({ status: 'SUCCEEDED', output: 2 });
  });

  it('must be in it', async () => {
    const expected = { code: 'ValidationException', message: 'State not found in definition' };
    expect(await refusal(machine, { stateName: 'Two' })).toEqual(expected);
  });

  it('must be in one that is valid as a whole', async () => {
    const broken = { ...machine, States: { ...machine.States, Extra: { Type: 'Jump' } } };
    expect(await refusal(broken, { stateName: 'Last' })).toMatchObject({ code: 'InvalidDefinition' });
  });
});

describe('what is no test', () => {
  it.each([
    ['a definition that is no JSON', { definition: '{' }, 'InvalidDefinition'],
    ['a definition that is no object', { definition: '[]' }, 'InvalidDefinition'],
    ['a state that is not valid', { definition: '{"Type":"Wait","End":true}' }, 'InvalidDefinition'],
    ['an input that is no JSON', { definition: '{"Type":"Succeed"}', input: '{' }, 'InvalidExecutionInput'],
    ['variables that are no object', { definition: '{"Type":"Succeed"}', variables: '[]' }, 'ValidationException'],
    [
      'an inspection level that does not exist',
      { definition: '{"Type":"Succeed"}', inspectionLevel: 'ALL' },
      'ValidationException',
    ],
  ])('%s is refused', async (_, input, code) => {
    expect(await cloud.error('TestState', input)).toMatchObject({ code });
  });
});
