import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { callStepFunctions } from '../../local/cli/aws-call';
import { localCommands } from '../../local/cli/commands';
import type { Endpoints } from '../../local/cli/endpoints-file';
import { main } from '../../local/cli/main';
import { temporaryDirectory, writeAssembly } from '../assembly/synthesize';
import { capture } from './capture';

const SEND = { Type: 'Task', Resource: 'arn:aws:states:::sqs:sendMessage' };
const RETRY = [{ ErrorEquals: ['States.ALL'], IntervalSeconds: 1, MaxAttempts: 2 }];
const Parameters = { 'QueueUrl.$': '$.url', MessageBody: { hello: 'world' } };

/** Two states, the second a call; one that waits; and the first once more as Express. */
const CALLING = {
  StartAt: 'Prepare',
  States: { Prepare: { Type: 'Pass', Next: 'Send' }, Send: { ...SEND, Parameters, Retry: RETRY, End: true } },
};
const WAITING = { StartAt: 'Wait', States: { Wait: { Type: 'Wait', Seconds: 3600, End: true } } };

/** A map run of executions of a type. */
const many = (ExecutionType: string) => ({
  StartAt: 'Each',
  States: {
    Each: {
      Type: 'Map',
      ItemsPath: '$.urls',
      ItemSelector: { 'url.$': '$$.Map.Item.Value' },
      ItemProcessor: { ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType }, ...CALLING },
      End: true,
    },
  },
});

const machine = (Definition: object, more: object = {}) => ({
  Type: 'AWS::StepFunctions::StateMachine',
  Properties: { RoleArn: 'arn:aws:iam::123456789012:role/any', Definition, ...more },
});
const assembly = writeAssembly('Priced', {
  Queue: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'queue' } },
  Alarm: { Type: 'AWS::CloudWatch::Alarm', Properties: {} },
  Calling: machine(CALLING, { StateMachineName: 'Calling' }),
  Waiting: machine(WAITING, { StateMachineName: 'Waiting' }),
  Quick: machine(CALLING, { StateMachineName: 'Quick', StateMachineType: 'EXPRESS' }),
  Silent: machine(WAITING, { StateMachineName: 'Silent' }),
  Many: machine(many('EXPRESS'), { StateMachineName: 'Many' }),
  Several: machine(many('STANDARD'), { StateMachineName: 'Several' }),
});

const data = temporaryDirectory();
const file = join(data, 'endpoints.json');
const run = (...argv: string[]) => capture(() => main(argv, localCommands));
const cost = (...argv: string[]) => run('cost', ...argv, '--data', data);
const json = async (...argv: string[]) => JSON.parse((await cost(...argv, '--json')).stdout);
let endpoints: Endpoints;
let served: ReturnType<typeof capture>;
let failing: string;
let stateMachine: (name: string) => string;

beforeAll(async () => {
  served = capture(() =>
    main(
      ['start', '--assembly', assembly, '--port', '0', '--aws-port', '0', '--memory', '--data', data],
      localCommands,
    ),
  );
  while (!existsSync(file)) await delay(20);
  endpoints = JSON.parse(readFileSync(file, 'utf8'));
  const { stateMachines } = await callStepFunctions(endpoints, 'ListStateMachines', {});
  stateMachine = (name) => stateMachines.find((one: { name: string }) => one.name === name).stateMachineArn;
  const url = `${endpoints.aws}/123456789012/queue`;
  const begin = async (name: string, input: object, execution: string) => {
    const request = { stateMachineArn: stateMachine(name), input: JSON.stringify(input), name: execution };
    return (await callStepFunctions(endpoints, 'StartExecution', request)).executionArn;
  };
  await begin('Calling', { url }, 'good');
  failing = await begin('Calling', { url: `${url}-not` }, 'bad');
  await begin('Waiting', {}, 'long');
  await begin('Many', { urls: [url, url, url] }, 'crowd');
  await begin('Several', { urls: [url, url, `${url}-not`] }, 'group');
  const quick = { stateMachineArn: stateMachine('Quick'), input: JSON.stringify({ url }), name: 'fast' };
  await callStepFunctions(endpoints, 'StartSyncExecution', quick);
  await run('clock', 'advance', '10s', '--data', data);
});

afterAll(async () => {
  process.emit('SIGTERM');
  await served;
});

test('one execution, by name or ARN: its transitions with retries, its calls', async () => {
  const { code, stdout } = await cost('bad');
  expect(code).toBe(0);
  expect(stdout).toContain('Calling · Standard · execution bad');
  expect(stdout).toContain('4 transitions, 2 of them retries.');
  expect(stdout).toMatch(/Step Functions +state transitions +4 +\$25\.00 a million +\$0\.000100/);
  expect(stdout).toMatch(/SQS +requests \(64 KB\) +3 +\$0\.40 a million +\$0\.00000120/);
  expect(stdout).toMatch(/one execution +\$0\.000101/);
  expect(stdout).toContain('List prices of us-east-1 as of 20');
  const byArn = await cost(failing);
  expect(byArn.stdout).toBe(stdout);
});

test('a workflow: the mean of its executions, of a million', async () => {
  const { reports, durations } = await json('calling', '--modelled');
  expect(durations).toBe('modelled');
  expect(reports).toMatchObject([{ workflow: 'Calling', type: 'STANDARD', executions: 2, transitions: 3, retries: 1 }]);
  expect(reports[0].usage).toMatchObject({ 'states.transitions': 3, 'sqs.requests': 2 });
  const { stdout } = await cost('Calling', '--per-million');
  expect(stdout).toContain('Calling · Standard · mean of 2 executions: 1 FAILED, 1 SUCCEEDED\n');
  expect(stdout).toMatch(/By status: FAILED \$101\.20, SUCCEEDED \$50\.40\. --status leaves the others out\./);
  expect(stdout).toMatch(/a million executions +\$75\.80/);
  expect(stdout).toMatch(/As Express: \$\d+\.\d\d, \d+\.\d times cheaper\./);
});

test('of those executions alone that ended as one asks', async () => {
  const { reports } = await json('calling', '--status', 'succeeded');
  expect(reports).toMatchObject([{ executions: 1, transitions: 2, retries: 0 }]);
  expect(reports[0].outcomes).toEqual([{ status: 'SUCCEEDED', executions: 1, total: reports[0].bill.total }]);
  const { stdout } = await cost('quick', '--status', 'FAILED');
  expect(stdout).toContain('Quick: none of the executions that were looked at ended as FAILED.');
});

test('an Express workflow, whose history AWS would not keep', async () => {
  const { reports } = await json('quick');
  const [{ usage, type, standard, bill }] = reports;
  expect(type).toBe('EXPRESS');
  expect(usage).toMatchObject({ 'states.express': 1, 'sqs.requests': 1 });
  expect(usage['states.express.gbs']).toBeCloseTo(0.1 / 16);
  expect(standard.total / bill.total).toBeGreaterThan(10);
  expect((await cost('fast')).stdout).toMatch(/As Standard: \$0\.0000504, \d+\.\d times as much/);
});

test('a map run with its executions, each as what it is', async () => {
  const { reports } = await json('crowd');
  expect(reports[0]).toMatchObject({ transitions: 1, retries: 0, type: 'STANDARD' });
  expect(reports[0].usage).toMatchObject({ 'states.transitions': 1, 'states.express': 3, 'sqs.requests': 3 });
  expect(reports[0].express).toBeUndefined();
  expect(reports[0].expressObstacles).toEqual(['distributedMap']);
});

test('a map run of Standard executions: their transitions and retries are counted wherever they are told', async () => {
  const { reports } = await json('group');
  expect(reports[0]).toMatchObject({ transitions: 9, retries: 2 });
  expect(reports[0].usage).toMatchObject({ 'states.transitions': 9 });
  const { stdout } = await cost('group');
  expect(stdout).toMatch(/state transitions +9 /);
  expect(stdout).toContain('9 transitions, 2 of them retries. As Express: not possible, it runs a distributed Map.\n');
});

test('all workflows, those with nothing to tell in a line', async () => {
  const { code, stdout } = await cost();
  expect(code).toBe(0);
  for (const name of ['Calling', 'Quick']) expect(stdout).toContain(`${name} · `);
  expect(stdout).toContain('Waiting: none of 1 executions has ended yet.');
  expect(stdout).not.toContain('Silent');
  expect((await cost('Silent')).stdout).toContain('Silent: there are no executions.');
});

test('a month, with what it costs by the month, with and without free tiers', async () => {
  const month = (await json('Calling', '--monthly', '1,000,000')).reports[0].month;
  expect(month).toMatchObject({ executions: 1_000_000, fixed: [{ item: 'alarm', count: 1, amount: 0.1 }] });
  expect(month.total).toBeCloseTo(75 + 0.8 + 0.1);
  const free = (await json('Calling', '--monthly', '1000000', '--free-tier')).reports[0].month;
  expect(free.total).toBeCloseTo(75 - 0.1 + 0.4);
  const { stdout } = await cost('Calling', '--monthly', '1_000_000');
  expect(stdout).toContain('1,000,000 executions a month');
  expect(stdout).toMatch(/a month +\$75\.90/);
});

test('other prices', async () => {
  const prices = join(data, 'prices.json');
  const table = {
    region: 'eu-west-1',
    date: '2026-12-01',
    prices: { 'sqs.requests': { dollars: 400, per: 1_000_000 } },
  };
  writeFileSync(prices, JSON.stringify(table));
  expect((await json('bad', '--prices', prices)).reports[0].bill.total).toBeCloseTo(0.0001 + 0.0012);
  writeFileSync(prices, '{"region": 1}');
  const refused = await cost('bad', '--prices', prices);
  expect(refused).toMatchObject({ code: 1 });
  expect(refused.stderr).toContain(`The price table ${prices} is not right: 'region' must be a text.`);
  expect((await cost('--prices', join(data, 'none'))).stderr).toMatch(/none cannot be read: there is no such file\./);
});

describe('what is wrong is said', () => {
  test.each([
    ['nonsense', 1, "There is no state machine, and no execution of one, 'nonsense'. There are:"],
    ['ing', 1, "'ing' may be any of:\n  "],
    ['arn:aws:states:us-east-1:123456789012:execution:Calling:no', 1, 'There is no execution arn:aws:states:'],
    ['--monthly=-5', 2, "--monthly wants a whole number from 1 on, not '-5'."],
    ['--monthly=1.5', 2, "--monthly wants a whole number from 1 on, not '1.5'."],
    ['--status=DONE', 2, "--status wants one of SUCCEEDED, FAILED, TIMED_OUT, ABORTED, not 'DONE'."],
    ['--last=0', 2, '--last wants a whole number'],
    ['--free-tier', 2, '--free-tier wants --monthly N.'],
    ['--nothing', 2, "Unknown option '--nothing'"],
  ])('%s', async (argument, code, message) => {
    const answer = await cost(argument);
    expect(answer.code).toBe(code);
    expect(answer.stderr).toContain(message);
  });

  test('two executions at once', async () => {
    expect(await cost('good', 'bad')).toMatchObject({ code: 2 });
  });

  test('a local cloud that is not there', async () => {
    const { code, stderr } = await run('cost', '--data', join(data, 'elsewhere'));
    expect(code).toBe(1);
    expect(stderr).toContain('No local cloud is running on');
  });
});

/** The local cloud plays the account: what is read is AWS's own API, by AWS's SDK. */
describe('an account’s histories', () => {
  const before = { ...process.env };
  beforeAll(() => {
    const { accessKeyId, secretAccessKey, region } = endpoints.credentials;
    process.env.AWS_ENDPOINT_URL = endpoints.aws;
    process.env.AWS_REGION = region;
    process.env.AWS_ACCESS_KEY_ID = accessKeyId;
    process.env.AWS_SECRET_ACCESS_KEY = secretAccessKey;
  });
  afterAll(() => {
    process.env = before;
  });
  const account = (...argv: string[]) => run('cost', ...argv, '--aws');

  test('tell the same of transitions and of tasks, and what they cannot show', async () => {
    const { code, stdout } = await account('Calling', '--json');
    expect(code).toBe(0);
    const document = JSON.parse(stdout);
    const [{ usage, transitions }] = document.reports;
    const [local] = (await json('Calling')).reports;
    expect(transitions).toBe(local.transitions);
    expect(usage['sqs.requests']).toBe(local.usage['sqs.requests']);
    expect(document.notes[0]).toContain('is not in a history: it is not counted');
    expect((await account(failing)).stdout).toContain('4 transitions, 2 of them retries.');
  });

  test('have nothing of Express executions', async () => {
    const arn = 'arn:aws:states:us-east-1:123456789012:express:Quick:fast:1';
    expect((await account(arn)).stderr).toContain('AWS keeps no history of Express executions.');
    expect((await account('Quick')).stdout).toContain('Quick: AWS keeps no history of Express executions.');
  });

  test('errors are AWS’s own', async () => {
    process.env.AWS_SECRET_ACCESS_KEY = 'wrong';
    const { code, stderr } = await account('Calling');
    expect(code).toBe(1);
    expect(stderr).toMatch(/^stepwright: AWS: (InvalidSignatureException|UnrecognizedClientException): /);
  });
});
