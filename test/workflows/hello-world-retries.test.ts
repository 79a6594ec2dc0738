import { readFileSync } from 'node:fs';
import { fails, inTurn, stateMachine, times, waits } from '../../local/testing';

const hello = stateMachine('statemachines/hello-world-retries.asl.json', {
  substitutions: {
    GreetFunctionArn: 'arn:aws:lambda:us-east-1:123456789012:function:greet',
    OperationsTopicArn: 'arn:aws:sns:us-east-1:123456789012:operations',
  },
  tasks: { Greet: { Payload: { greeting: 'Hello, Ada!' } }, AlertOperations: { MessageId: '1' } },
});

const input = { name: 'Ada' };

test('greets at once when nothing goes wrong', async () => {
  const execution = await hello.start({ input });

  expect(execution.status).toBe('SUCCEEDED');
  expect(execution.output).toEqual({ greeting: 'Hello, Ada!' });
  expect(execution.path).toEqual(['Greet']);
  expect(execution.calls('Greet')).toEqual([
    {
      FunctionName: 'arn:aws:lambda:us-east-1:123456789012:function:greet',
      Payload: { name: 'Ada', fail: null, attempt: 0 },
    },
  ]);
});

test.each(['TransientError', 'Lambda.ServiceException', 'Lambda.SdkClientException'])(
  'tries again 1 and 2 s after %s',
  async (error) => {
    const execution = await hello.run({
      input,
      tasks: { Greet: inTurn(...times(2, fails(error)), { Payload: 'Hello!' }) },
    });

    expect(execution.output).toBe('Hello!');
    expect(execution.retryDelays('Greet')).toEqual([1, 2]);
    expect(execution.calls('Greet')).toMatchObject([0, 1, 2].map((attempt) => ({ Payload: { attempt } })));
  },
);

test.each(['ThrottlingError', 'Lambda.TooManyRequestsException'])(
  'waits 5, 10, 20, 40 and 80 s when it is throttled by %s',
  async (error) => {
    const execution = await hello.run({
      input,
      tasks: { Greet: inTurn(...times(5, fails(error)), { Payload: 'Hello!' }) },
    });

    expect(execution.output).toBe('Hello!');
    expect(execution.retryDelays('Greet')).toEqual([5, 10, 20, 40, 80]);
  },
);

test('counts the attempts of each retrier for itself', async () => {
  const troubles = ['TransientError', 'ThrottlingError', 'TransientError', 'ThrottlingError'].map((error) =>
    fails(error),
  );
  const execution = await hello.run({ input, tasks: { Greet: inTurn(fails('TransientError'), ...troubles) } });

  expect(execution.retryDelays('Greet')).toEqual([1, 2, 5]);
});

test.each([
  ['a transient error that stays', 'TransientError', 3],
  ['throttling that does not end', 'ThrottlingError', 6],
  ['an error that no retrier names', 'GreetingRefused', 1],
])('gives up and alerts operations: %s', async (_, error, calls) => {
  const execution = await hello.run({ input, tasks: { Greet: fails(error, 'It says why.') } });

  expect(execution.calls('Greet')).toHaveLength(calls);
  expect(execution.path).toEqual(['Greet', 'AlertOperations', 'GreetingFailed']);
  expect(execution.variables).toEqual({ failure: { Error: error, Cause: 'It says why.' } });
  expect(execution.calls('AlertOperations')).toEqual([
    {
      TopicArn: 'arn:aws:sns:us-east-1:123456789012:operations',
      Subject: 'Hello world could not greet',
      Message: expect.stringMatching(`execution:hello-world-retries:test gave up: ${error}. It says why.$`),
    },
  ]);
  expect(execution.status).toBe('FAILED');
  expect(execution.error).toBe(error);
  expect(execution.cause).toBe('Greet gave up. It says why.');
});

test('a function that does not answer is given 10 s, three times', async () => {
  const execution = await hello.start({ input, tasks: { Greet: waits } });
  await execution.advance({ seconds: 9 });
  expect(execution.calls('Greet')).toHaveLength(1);
  expect(execution.retryDelays('Greet')).toEqual([]);

  await execution.advance({ seconds: 1 });
  expect(execution.retryDelays('Greet')).toEqual([1]);

  await execution.finish();
  expect(execution.calls('Greet')).toHaveLength(3);
  expect(execution.now).toEqual(new Date('2026-03-02T09:00:33Z'));
  expect(execution.error).toBe('States.Timeout');
});

test('an alert that cannot be sent hides nothing', async () => {
  const execution = await hello.run({
    input,
    tasks: { Greet: fails('GreetingRefused', 'It says why.'), AlertOperations: fails('SNS.InternalErrorException') },
  });

  expect(execution.retryDelays('AlertOperations')).toEqual([1, 2, 4]);
  expect(execution.path).toEqual(['Greet', 'AlertOperations', 'GreetingFailed']);
  expect(execution.error).toBe('GreetingRefused');
});

test('an alert that comes through late is sent once', async () => {
  const execution = await hello.run({
    input,
    tasks: {
      Greet: fails('GreetingRefused'),
      AlertOperations: inTurn(fails('SNS.ThrottledException'), { MessageId: '1' }),
    },
  });

  expect(execution.calls('AlertOperations')).toHaveLength(2);
  expect(execution.error).toBe('GreetingRefused');
});

test('the longest way stays within the 300 s of the execution', async () => {
  const answers = [waits, waits, ...times(5, fails('ThrottlingError')), waits];
  const execution = await hello.run({ input, tasks: { Greet: inTurn(...answers) } });

  expect(execution.retryDelays('Greet')).toEqual([1, 2, 5, 10, 20, 40, 80]);
  expect(execution.path).toEqual(['Greet', 'AlertOperations', 'GreetingFailed']);
  expect(execution.error).toBe('States.Timeout');
});

test('an input without a name is for operations to look at', async () => {
  const execution = await hello.run({ input: {} });

  expect(execution.calls('Greet')).toEqual([]);
  expect(execution.path).toEqual(['Greet', 'AlertOperations', 'GreetingFailed']);
  expect(execution.error).toBe('States.QueryEvaluationError');
});

test('docs/retries.md tells the retriers as they are', () => {
  const { States } = JSON.parse(readFileSync('statemachines/hello-world-retries.asl.json', 'utf8'));
  const page = readFileSync('docs/retries.md', 'utf8');
  const told = [...page.matchAll(/^\| \d \| .*? \| (.*) \| (`Int.*) \|$/gm)].map(([, delays, fields]) => ({
    delays,
    fields,
  }));

  expect(told).toEqual(
    States.Greet.Retry.map((retrier: Record<string, number>) => {
      const { IntervalSeconds = 1, BackoffRate = 2, MaxAttempts = 3 } = retrier;
      const delays = Array.from({ length: MaxAttempts }, (_, attempt) => IntervalSeconds * BackoffRate ** attempt);
      return {
        delays: `${delays.slice(0, -1).join(', ')} and ${delays.at(-1)} s`,
        fields: `\`IntervalSeconds\` ${IntervalSeconds}, \`BackoffRate\` ${BackoffRate}, \`MaxAttempts\` ${MaxAttempts}`,
      };
    }),
  );
});
