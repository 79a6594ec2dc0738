import { readFileSync } from 'node:fs';
import { type Execution, MINUTE, path, SECOND, World } from './world';

jest.setTimeout(60_000);

let world: World;
beforeAll(async () => {
  world = await World.begin();
}, 60_000);
afterAll(() => world?.end());

/** Starts the workflow, lets `duration` pass, and answers the execution and how long it took, in seconds. */
async function greet(input: string, duration = 5 * MINUTE): Promise<Execution & { seconds: number }> {
  const stateMachineArn = await world.machine('HelloWorldRetries');
  const { executionArn } = await world.call('sfn', 'StartExecution', { stateMachineArn, input });
  await world.settle();
  await world.pass(duration);
  const execution = await world.execution(executionArn);
  const { startDate, stopDate } = execution as unknown as { startDate: Date; stopDate?: Date };
  return { ...execution, seconds: stopDate ? (stopDate.getTime() - startDate.getTime()) / SECOND : Number.NaN };
}

const example = (name: string) => readFileSync(`examples/hello-${name}.json`, 'utf8');
const alerts = () => world.mails('operations@example.com');

test.each([
  ['ok', 1, 0],
  ['transient', 3, 1 + 2],
  ['throttled', 6, 5 + 10 + 20 + 40 + 80],
])('the example %s greets at attempt %i, after %i s', async (name, attempts, seconds) => {
  const { status, output, seconds: taken } = await greet(example(name));
  expect({ status, output: JSON.parse(output ?? '{}'), taken }).toEqual({
    status: 'SUCCEEDED',
    output: { greeting: 'Hello, Ada!', attempts },
    taken: seconds,
  });
  expect(alerts()).toEqual([]);
});

test('what outlasts its retrier, and what no retrier names, is told to operations', async () => {
  const lasting = await greet('{"name":"Ada","fail":{"error":"TransientError","times":3}}');
  expect(lasting).toMatchObject({ status: 'FAILED', error: 'TransientError', seconds: 3 });
  const broken = await greet(example('broken'));
  expect(broken).toMatchObject({ status: 'FAILED', error: 'BrokenError', seconds: 0 });
  expect(alerts().map(({ subject, text }) => [subject, text.includes('gave up')])).toEqual([
    ['Hello world could not greet', true],
    ['Hello world could not greet', true],
  ]);
  expect(alerts()[1]?.text).toContain(broken.executionArn);
});

test.each([
  ['nothing', '{}'],
  ['a number for a name', '{"name":7}'],
  ['an error that it does not know', '{"name":"Ada","fail":{"error":"Other","times":1}}'],
])('greeting %s fails at once and is told', async (_, input) => {
  const told = alerts().length;
  const { status, error, executionArn } = await greet(input);
  expect(status).toBe('FAILED');
  expect(error).toMatch(/^(InvalidInput|States\.QueryEvaluationError)$/);
  expect(path(await world.history(executionArn))).toEqual(['Greet', 'AlertOperations', 'GreetingFailed']);
  expect(alerts()).toHaveLength(told + 1);
});

test('an alert that cannot be sent does not hide what it was about', async () => {
  const heal = world.fail('sns', 'Publish', 'InternalErrorException');
  const { status, error, seconds } = await greet(example('broken'));
  heal();
  expect({ status, error, seconds }).toEqual({ status: 'FAILED', error: 'BrokenError', seconds: 1 + 2 + 4 });
});
