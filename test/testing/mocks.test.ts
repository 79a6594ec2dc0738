import { fails, inTurn, type Mock, stateMachine, times, waits } from '../../local/testing';

const RESOURCES = {
  'a Lambda function': 'arn:aws:lambda:us-east-1:123456789012:function:work',
  'a service': 'arn:aws:states:::dynamodb:getItem',
  'a job': 'arn:aws:states:::states:startExecution.sync:2',
  'a task with a token': 'arn:aws:states:::sqs:sendMessage.waitForTaskToken',
  'an activity': 'arn:aws:states:us-east-1:123456789012:activity:desk',
};

const PARAMETERS: Record<string, object> = {
  'a service': { TableName: 'table', Key: { id: { S: '1' } } },
  'a job': { StateMachineArn: 'arn:aws:states:us-east-1:123456789012:stateMachine:other' },
  'a task with a token': { QueueUrl: 'queue', 'MessageBody.$': '$$.Task.Token' },
};

/** A machine of one task, tried three times. */
function work(kind: keyof typeof RESOURCES) {
  const retry = { ErrorEquals: ['Busy'], IntervalSeconds: 1, BackoffRate: 1, MaxAttempts: 2 };
  const parameters = PARAMETERS[kind] && { Parameters: PARAMETERS[kind] };
  return stateMachine({
    StartAt: 'Work',
    States: {
      Work: { Type: 'Task', Resource: RESOURCES[kind], ...parameters, TimeoutSeconds: 60, Retry: [retry], End: true },
    },
  });
}

const lambda = work('a Lambda function');
const outcome = async (mock: Mock, input = {}) => {
  const { status, output, error } = await lambda.run({ input, tasks: { Work: mock } });
  return status === 'SUCCEEDED' ? output : error;
};

describe.each(Object.keys(RESOURCES) as Array<keyof typeof RESOURCES>)('%s', (kind) => {
  const machine = work(kind);

  test('succeeds with a value', async () => {
    const execution = await machine.start({ tasks: { Work: { made: 1 } } });

    expect(execution.output).toEqual({ made: 1 });
  });

  test('fails with an error and a cause', async () => {
    const execution = await machine.start({ tasks: { Work: fails('Broken', 'It says why.') } });

    expect([execution.status, execution.error, execution.cause]).toEqual(['FAILED', 'Broken', 'It says why.']);
  });

  test('waits to be answered by the test', async () => {
    const execution = await machine.start({ tasks: { Work: waits } });
    expect(execution.status).toBe('RUNNING');

    await execution.advance({ seconds: 30 });
    await execution.task('Work').succeed({ made: 1 });
    expect(execution.output).toEqual({ made: 1 });
  });

  test('waits to fail', async () => {
    const execution = await machine.start({ tasks: { Work: waits } });
    await execution.task('Work').fail('Broken', 'It says why.');

    expect([execution.error, execution.cause]).toEqual(['Broken', 'It says why.']);
  });

  test('is tried again', async () => {
    const execution = await machine.run({ tasks: { Work: inTurn(...times(2, fails('Busy')), 'done') } });

    expect(execution.output).toBe('done');
    expect(execution.retryDelays('Work')).toEqual([1, 1]);
  });
});

describe('answers in turn', () => {
  test('begin anew with each execution', async () => {
    const answers = inTurn(fails('Busy'), 'done');
    expect(await outcome(answers)).toBe('done');

    const execution = await lambda.run({ tasks: { Work: answers } });
    expect(execution.calls('Work')).toHaveLength(2);
  });

  test('end with the last one, for all further calls', async () => {
    expect(await outcome(inTurn('once', fails('Busy')))).toBe('once');
    expect(await outcome(inTurn(fails('Busy')))).toBe('Busy');
  });

  test('are some', () => {
    expect(() => inTurn()).toThrow('inTurn needs an answer.');
  });
});

describe('a function', () => {
  test('is given the input of the task', async () => {
    const greet = ({ name }: { name: string }) => `Hello, ${name}!`;

    expect(await outcome(greet, { name: 'Ada' })).toBe('Hello, Ada!');
  });

  test('may answer later, and any other mock', async () => {
    expect(await outcome(async () => 'done')).toBe('done');
    expect(await outcome(() => fails('Broken'))).toBe('Broken');
    const execution = await lambda.start({ tasks: { Work: () => waits } });
    expect(execution.status).toBe('RUNNING');
  });

  test('that throws fails the test, not the task', async () => {
    const broken = () => {
      throw new TypeError('name is undefined');
    };

    await expect(outcome(broken)).rejects.toThrow('name is undefined');
  });

  test('that returns nothing fails the test, too', async () => {
    const forgetful = (() => {}) as unknown as Mock;

    await expect(outcome(forgetful)).rejects.toThrow('The mock of Work answered undefined: it has to return');
  });
});

describe('a mock that is missing', () => {
  test('fails the test when its task is called', async () => {
    await expect(lambda.start()).rejects.toThrow('Work was called and has no mock.');
  });

  test('lets a task with a token and an activity’s wait', async () => {
    for (const kind of ['a task with a token', 'an activity'] as const) {
      const execution = await work(kind).start();
      await execution.task('Work').succeed('done');
      expect(execution.output).toBe('done');
    }
  });

  test('may be given by the state machine, and overruled by the execution', async () => {
    const machine = stateMachine(
      { StartAt: 'Work', States: { Work: { Type: 'Task', Resource: RESOURCES['an activity'], End: true } } },
      { tasks: { Work: 'usual' } },
    );

    expect((await machine.run()).output).toBe('usual');
    expect((await machine.run({ tasks: { Work: 'other' } })).output).toBe('other');
  });

  test('of a state that is no task is refused', async () => {
    await expect(lambda.start({ tasks: { Wrok: 'done' } })).rejects.toThrow(
      'StateMachine has no task Wrok; its tasks are Work.',
    );
  });
});
