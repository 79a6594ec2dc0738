import { writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import {
  CreateStateMachineCommand,
  DescribeExecutionCommand,
  ListStateMachinesCommand,
  SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import { localCommands } from '../../local/cli/commands';
import { main } from '../../local/cli/main';
import { readSfnEnvironment } from '../../local/cli/sfn-environment';
import { temporaryDirectory } from '../assembly/synthesize';
import { capture } from './capture';

const directory = temporaryDirectory();
const mocks = join(directory, 'mocks.json');
writeFileSync(
  mocks,
  JSON.stringify({
    StateMachines: { Greeting: { TestCases: { Mocked: { Greet: 'Hello' } } } },
    MockedResponses: { Hello: { '0': { Return: 'hello from the mock' } } },
  }),
);

const roleArn = 'arn:aws:iam::111122223333:role/any';
const task = (Resource: string, more: object = {}) =>
  JSON.stringify({
    StartAt: 'Wait',
    States: {
      Wait: { Type: 'Wait', Seconds: 600, Next: 'Greet' },
      Greet: { Type: 'Task', Resource, ...more, End: true },
    },
  });

describe('stepwright sfn', () => {
  let functions: Server;
  let running: Promise<number>;
  let client: SFNClient;
  const before = { ...process.env };

  beforeAll(async () => {
    functions = createServer((message, response) => {
      response.end(
        JSON.stringify(
          `hello from ${decodeURIComponent(message.url ?? '')
            .split(':')
            .at(-1)}`,
        ),
      );
    });
    await new Promise<void>((listening) => functions.listen(0, '127.0.0.1', listening));
    Object.assign(process.env, {
      LAMBDA_ENDPOINT: `http://localhost:${(functions.address() as AddressInfo).port}`,
      AWS_ACCOUNT_ID: '111122223333',
      AWS_DEFAULT_REGION: 'eu-central-1',
      WAIT_TIME_SCALE: '0',
      SFN_MOCK_CONFIG: mocks,
    });
    let stdout = '';
    const spy = jest.spyOn(process.stdout, 'write').mockImplementation((text) => {
      stdout += text;
      return true;
    });
    running = main(['sfn', '--port', '0', '--data', join(directory, 'data')], localCommands);
    while (!stdout.includes('SFN_MOCK_CONFIG')) await Promise.race([delay(10), running]);
    spy.mockRestore();
    const [, endpoint] = /Step Functions: (\S+)\n/.exec(stdout) as unknown as [string, string];
    const credentials = { accessKeyId: 'anything', secretAccessKey: 'at all' };
    client = new SFNClient({ endpoint, region: 'eu-central-1', credentials, maxAttempts: 1 });
  }, 20_000);

  afterAll(async () => {
    process.env = before;
    client.destroy();
    process.emit('SIGTERM', 'SIGTERM');
    expect(await running).toBe(0);
    await new Promise((closed) => functions.close(closed));
  });

  async function run(name: string, definition: string, testCase = '') {
    const machine = await client.send(new CreateStateMachineCommand({ name, definition, roleArn }));
    const stateMachineArn = machine.stateMachineArn + testCase;
    const { executionArn } = await client.send(new StartExecutionCommand({ stateMachineArn }));
    for (;;) {
      const execution = await client.send(new DescribeExecutionCommand({ executionArn }));
      if (execution.status !== 'RUNNING') return execution;
      await delay(10);
    }
  }

  const greet = task('arn:aws:lambda:eu-central-1:111122223333:function:Greet');

  test('calls functions at LAMBDA_ENDPOINT, for any caller, without waiting', async () => {
    expect(await run('Real', greet)).toMatchObject({
      status: 'SUCCEEDED',
      output: '"hello from Greet/invocations"',
      stateMachineArn: 'arn:aws:states:eu-central-1:111122223333:stateMachine:Real',
    });
  });

  test('answers a test case by its mocks', async () => {
    expect(await run('Greeting', greet, '#Mocked')).toMatchObject({
      status: 'SUCCEEDED',
      output: '"hello from the mock"',
    });
  });

  test('runs nested executions itself', async () => {
    const { stateMachines } = await client.send(new ListStateMachinesCommand({}));
    const StateMachineArn = stateMachines?.find(({ name }) => name === 'Real')?.stateMachineArn;
    const nested = task('arn:aws:states:::states:startExecution.sync:2', { Parameters: { StateMachineArn } });
    const { output } = await run('Nesting', nested);
    expect(JSON.parse(output as string).Output).toBe('hello from Greet/invocations');
  });

  test('says which variable a task needs, when it is created and when it runs', async () => {
    const stderr = jest.spyOn(process.stderr, 'write').mockReturnValue(true);
    const send = task('arn:aws:states:::sqs:sendMessage', { Parameters: { QueueUrl: 'q', MessageBody: 'm' } });
    expect(await run('Sending', send)).toMatchObject({
      status: 'FAILED',
      error: 'Stepwright.NoEndpoint',
      cause: expect.stringContaining('set SQS_ENDPOINT to its URL'),
    });
    expect(stderr.mock.calls.map(([text]) => text)).toEqual([
      'State machine Sending: /States/Greet/Resource: No endpoint of SQS is known: set SQS_ENDPOINT to its URL, or mock the state (SFN_MOCK_CONFIG).\n',
      expect.stringMatching(
        /^[\d-]{10} [\d:]{8} UTC {2}FAILED Sending: [\da-f-]{36}: Stepwright\.NoEndpoint: No endpoint of SQS .*\n$/,
      ),
    ]);
    stderr.mockRestore();
  });
});

describe('its environment', () => {
  test('has the defaults of Step Functions Local, and takes no notice of empty variables', () => {
    expect(readSfnEnvironment({ LAMBDA_ENDPOINT: '', WAIT_TIME_SCALE: ' ' })).toEqual({
      identity: { accountId: '123456789012', region: 'us-east-1', accessKeyId: 'local', secretAccessKey: 'local' },
      keys: { accessKeyId: 'local', secretAccessKey: 'local', sessionToken: undefined },
      endpoints: new Map(),
      waitTimeScale: undefined,
      mockConfig: undefined,
    });
  });

  test.each([
    [
      'LAMBDA_ENDPOINT',
      'localhost:3001',
      "LAMBDA_ENDPOINT must be a URL such as http://127.0.0.1:3001, not 'localhost:3001'.",
    ],
    ['AWS_ACCOUNT_ID', '42', "AWS_ACCOUNT_ID must be 12 digits, not '42'."],
    ['AWS_DEFAULT_REGION', 'the moon', "AWS_DEFAULT_REGION must be a region, not 'the moon'."],
    ['WAIT_TIME_SCALE', '-1', "WAIT_TIME_SCALE must be a number of 0 or more, not '-1'."],
  ])('refuses %s=%s', (name, value, message) => {
    expect(() => readSfnEnvironment({ [name]: value })).toThrow(message);
  });

  test('names what is wrong with the mock configuration before anything is served', async () => {
    const broken = join(directory, 'broken.json');
    writeFileSync(broken, '{"StateMachines": {}}');
    process.env.SFN_MOCK_CONFIG = broken;
    const { code, stderr } = await capture(() => main(['sfn', '--port', '0'], localCommands));
    delete process.env.SFN_MOCK_CONFIG;
    expect({ code, stderr }).toEqual({ code: 1, stderr: `stepwright: ${broken}: MockedResponses is missing\n` });
  });
});
