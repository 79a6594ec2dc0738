import {
  type MockConfiguration,
  MockConfigurationError,
  parseMockConfiguration,
} from '../../../local/services/states/mocks/configuration';
import { LocalCloud } from './local-cloud';

const RESPONSES = {
  Stored: { '0': { Return: { stored: true } } },
  Busy: {
    '0': { Throw: { Error: 'Store.Busy', Cause: 'It is Monday.' } },
    '1-2': { Throw: { Error: 'Store.Busy', Cause: 'It is Tuesday.' } },
    '3': { Return: { stored: 'at last' } },
  },
  Answered: { '0': { Return: { answer: 42 } } },
  Refused: { '0': { Throw: { Error: 'NotToday' } } },
};

const mocks = parse({
  StateMachines: {
    machine: {
      TestCases: {
        Happy: { Store: 'Stored', Ask: 'Answered' },
        Retried: { Store: 'Busy', Ask: 'Answered' },
        Exhausted: { Store: 'Refused' },
        Refused: { Store: 'Stored', Ask: 'Refused' },
        Hybrid: { Ask: 'Answered' },
      },
    },
  },
  MockedResponses: RESPONSES,
});

function parse(value: unknown): MockConfiguration {
  return parseMockConfiguration(JSON.stringify(value), 'mocks.json');
}

const machine = {
  StartAt: 'Store',
  States: {
    Store: {
      Type: 'Task',
      Resource: 'arn:aws:states:::dynamodb:putItem',
      Parameters: { TableName: 't', Item: {} },
      Retry: [
        { ErrorEquals: ['Store.Busy'], IntervalSeconds: 1, BackoffRate: 1, MaxAttempts: 3 },
        { ErrorEquals: ['NotToday'], MaxAttempts: 1 },
      ],
      ResultPath: '$.store',
      Next: 'Ask',
    },
    Ask: {
      Type: 'Task',
      Resource: 'arn:aws:states:::sqs:sendMessage.waitForTaskToken',
      Parameters: { QueueUrl: 'q', MessageBody: { 'token.$': '$$.Task.Token' } },
      ResultPath: '$.ask',
      End: true,
    },
  },
};

describe('an execution of a test case', () => {
  let cloud: LocalCloud;
  let arn: string;
  beforeEach(async () => {
    cloud = new LocalCloud({ states: { mocks } });
    cloud.play('dynamodb', () => ({})).play('sqs', () => ({}));
    arn = await cloud.create(machine);
  });
  afterEach(() => cloud.close());

  async function run(testCase: string) {
    const { executionArn } = await cloud.call('StartExecution', { stateMachineArn: `${arn}#${testCase}` });
    await cloud.clock.advanceBy(60_000);
    return cloud.call('DescribeExecution', { executionArn });
  }

  test('is answered by its mocks, with and without a token; no service is called', async () => {
    const { status, output, stateMachineArn, executionArn } = await run('Happy');
    expect([status, JSON.parse(output)]).toEqual(['SUCCEEDED', { store: { stored: true }, ask: { answer: 42 } }]);
    expect(stateMachineArn).toBe(arn);
    const types = (await cloud.events(executionArn)).map(({ type }) => type);
    expect(types.slice(-6, -2)).toEqual(['TaskScheduled', 'TaskStarted', 'TaskSubmitted', 'TaskSucceeded']);
    expect(cloud.asked).toEqual([]);
  });

  test('gets the answer of each attempt', async () => {
    const { output, executionArn } = await run('Retried');
    expect(JSON.parse(output).store).toEqual({ stored: 'at last' });
    const failures = (await cloud.events(executionArn)).filter(({ type }) => type === 'TaskFailed');
    expect(failures.map(({ taskFailedEventDetails: { error, cause } }) => `${error}: ${cause}`)).toEqual([
      'Store.Busy: It is Monday.',
      'Store.Busy: It is Tuesday.',
      'Store.Busy: It is Tuesday.',
    ]);
  });

  test('fails with what a mock throws after the request was submitted', async () => {
    const { status, error, executionArn } = await run('Refused');
    expect([status, error]).toEqual(['FAILED', 'NotToday']);
    const types = (await cloud.events(executionArn)).map(({ type }) => type);
    expect(types.slice(-3)).toEqual(['TaskSubmitted', 'TaskFailed', 'ExecutionFailed']);
  });

  test('fails for good at an attempt that nothing answers', async () => {
    expect(await run('Exhausted')).toMatchObject({
      status: 'FAILED',
      error: 'States.Runtime',
      cause: "The mocked response 'Refused' of the state 'Store' has no answer for attempt 1.",
    });
  });

  test('calls the services of states without a mock', async () => {
    expect((await run('Hybrid')).status).toBe('SUCCEEDED');
    expect(cloud.asked).toMatchObject([{ service: 'dynamodb', operation: 'PutItem' }]);
  });

  test('is what it was after a restart in the middle', async () => {
    const { executionArn } = await cloud.call('StartExecution', { stateMachineArn: `${arn}#Retried` });
    await cloud.work.idle();
    const restarted = cloud.restarted({ states: { mocks } });
    await restarted.states.start();
    await restarted.clock.advanceBy(60_000);
    const { output } = await restarted.call('DescribeExecution', { executionArn });
    expect(JSON.parse(output)).toMatchObject({ store: { stored: 'at last' }, ask: { answer: 42 } });
    restarted.clock.close();
    await restarted.states.stop();
  });

  test('is refused when there is no such test case', async () => {
    expect(await cloud.error('StartExecution', { stateMachineArn: `${arn}#Sad` })).toEqual({
      code: 'ValidationException',
      message:
        "1 validation error detected: The mock configuration has no test case 'Sad' of the state machine 'machine'.",
    });
  });
});

describe('a mock configuration', () => {
  const problems = (value: unknown) => {
    try {
      parse(value);
    } catch (error) {
      if (error instanceof MockConfigurationError) return error.message.split('\n');
      throw error;
    }
    throw new Error('It was accepted.');
  };
  const responses = (Stored: unknown) => ({ StateMachines: {}, MockedResponses: { Stored } });
  const place = 'mocks.json: MockedResponses.Stored';

  test('that is no JSON is told by its line', () => {
    expect(() => parseMockConfiguration('{\n "StateMachines": }', 'mocks.json')).toThrow(/^mocks\.json:2: Unexpected/);
  });

  test.each<[unknown, string[]]>([
    [[], ['the file must be an object', 'MockedResponses is missing', 'StateMachines is missing']],
    [{ StateMachines: {}, MockedResponse: {} }, ['MockedResponse is not known', 'MockedResponses is missing']],
    [
      { StateMachines: { A: {}, B: { TestCases: { C: { D: 1, E: 'Gone' } } } }, MockedResponses: {} },
      [
        'StateMachines.A.TestCases is missing',
        'StateMachines.B.TestCases.C.D must be the name of one of MockedResponses',
        "StateMachines.B.TestCases.C.E names 'Gone', which is not in MockedResponses",
      ],
    ],
  ])('%j is refused', (value, expected) => {
    expect(problems(value)).toEqual(expected.map((problem) => `mocks.json: ${problem}`));
  });

  test.each<[unknown, string]>([
    [{}, ' has no answer'],
    [{ '1': { Return: 1 } }, " has no answer for attempt 0; attempts are numbered from '0', without a gap"],
    [
      { '3-4': { Return: 1 }, '0': { Return: 1 } },
      " has no answer for attempts 1-2; attempts are numbered from '0', without a gap",
    ],
    [{ first: { Return: 1 } }, ".first must be the number of an attempt, from '0', or a range such as '1-2'"],
    [{ '3-1': { Return: 1 } }, ".3-1 must be the number of an attempt, from '0', or a range such as '1-2'"],
    [{ '0-2': { Return: 1 }, '2-3': { Return: 1 } }, '.2-3 has an attempt that has an answer already'],
    [{ '0': { Return: 1, Throw: { Error: 'E' } } }, ".0 must have either 'Return' or 'Throw'"],
    [{ '0': {} }, ".0 must have either 'Return' or 'Throw'"],
    [{ '0': 'yes' }, '.0 must be an object'],
    [{ '0': { Throw: { Cause: 'c' } } }, ".0.Throw must have an 'Error', and may have a 'Cause', of type String"],
    [{ '0': { Throw: 'E' } }, '.0.Throw must be an object'],
    [{ '0': { Return: 1, Wait: 2 } }, '.0.Wait is not known; there are Return and Throw'],
  ])('the response %j is refused', (value, problem) => {
    expect(problems(responses(value))).toEqual([place + problem]);
  });
});
