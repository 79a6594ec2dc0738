import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { localCommands } from '../../local/cli/commands';
import type { Endpoints } from '../../local/cli/endpoints-file';
import { main } from '../../local/cli/main';
import { temporaryDirectory, writeAssembly } from '../assembly/synthesize';
import { capture } from './capture';

const MACHINES = {
  Greeting: { StartAt: 'Greet', States: { Greet: { Type: 'Pass', Result: { greeting: 'hello' }, End: true } } },
  Sleepy: { StartAt: 'Sleep', States: { Sleep: { Type: 'Wait', Seconds: 3600, End: true } } },
  Mailing: {
    StartAt: 'Sleep',
    States: {
      Sleep: { Type: 'Wait', SecondsPath: '$.seconds', Next: 'Write' },
      Write: {
        Type: 'Task',
        Resource: 'arn:aws:states:::aws-sdk:sesv2:sendEmail',
        Parameters: {
          FromEmailAddress: 'sender@example.com',
          Destination: { ToAddresses: ['reader@example.com'] },
          Content: { Simple: { Subject: { 'Data.$': '$.subject' }, Body: { Text: { Data: 'Hello' } } } },
        },
        Next: 'Fail',
      },
      Fail: { Type: 'Fail', Error: 'Tired' },
    },
  },
  Missing: {
    StartAt: 'Ask',
    States: {
      Ask: {
        Type: 'Task',
        Resource: 'arn:aws:states:::sqs:sendMessage',
        Parameters: { QueueUrl: 'http://127.0.0.1/none', MessageBody: 'x' },
        Retry: [{ ErrorEquals: ['States.ALL'], IntervalSeconds: 1, MaxAttempts: 1 }],
        Catch: [{ ErrorEquals: ['States.ALL'], ResultPath: null, Next: 'GoOn' }],
        Next: 'GoOn',
      },
      GoOn: { Type: 'Pass', End: true },
    },
  },
  Doomed: { StartAt: 'Fail', States: { Fail: { Type: 'Fail', Error: 'Doomed', Cause: 'As its name says.' } } },
};

const resources = {
  Sender: { Type: 'AWS::SES::EmailIdentity', Properties: { EmailIdentity: 'sender@example.com' } },
  ...Object.fromEntries(
    Object.entries(MACHINES).map(([id, Definition]) => [
      id,
      {
        Type: 'AWS::StepFunctions::StateMachine',
        Properties: {
          RoleArn: 'arn:aws:iam::123456789012:role/any',
          Definition,
          ...(id === 'Missing' && { StateMachineType: 'EXPRESS' }),
        },
      },
    ]),
  ),
};
const assembly = writeAssembly('Small', resources, { Sender: { Value: { Ref: 'Sender' } } });

const data = temporaryDirectory();
const file = join(data, 'endpoints.json');
const cli = (...argv: string[]) => capture(() => main(argv, localCommands));
const start = () =>
  main(['start', '--assembly', assembly, '--port', '0', '--aws-port', '0', '--data', data], localCommands);

test('before anything runs, commands say so', async () => {
  const { code, stderr } = await cli('clock', 'now', '--data', data);
  expect(code).toBe(1);
  expect(stderr).toContain(
    `No local cloud is running on ${data}: there is no endpoints.json. Start one with 'npx stepwright start --data ${data}'`,
  );
});

test('an assembly that cannot be read ends the start with its reason', async () => {
  const { code, stderr } = await cli('start', '--assembly', data, '--memory', '--data', data);
  expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining(join(data, 'manifest.json')) });
  expect(existsSync(file)).toBe(false);
});

describe('a running local cloud', () => {
  let running: Promise<number>;
  let stdout = '';

  beforeAll(async () => {
    const spy = jest.spyOn(process.stdout, 'write').mockImplementation((text) => {
      stdout += text;
      return true;
    });
    let ended = false;
    running = start().finally(() => {
      ended = true;
    });
    while (!stdout.includes('Ready') && !ended) await delay(10);
    spy.mockRestore();
    expect(stdout).toContain('Ready');
  }, 20_000);

  test('tells what it deployed and where it is reached', () => {
    expect(stdout).toMatch(/Small\n {2}state machines {2}Small-Greeting-[0-9a-f]{8}\n/);
    const endpoints: Endpoints = JSON.parse(readFileSync(file, 'utf8'));
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(endpoints).toEqual({
      aws: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
      console: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
      mail: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/mail$/),
      apis: {},
      outputs: { Small: { Sender: 'sender@example.com' } },
      credentials: { accessKeyId: expect.any(String), secretAccessKey: expect.any(String), region: 'us-east-1' },
      control: { url: expect.any(String), token: expect.any(String) },
      pid: process.pid,
    });
    expect(stdout).toContain(endpoints.mail);
    expect(stdout).toContain('Outputs:\n  Small  Sender  sender@example.com\n');
  });

  test('shows its mailbox as JSON', async () => {
    const { mail } = JSON.parse(readFileSync(file, 'utf8'));
    expect(await (await fetch(`${mail}.json`)).json()).toEqual([]);
  });

  test('env prints what a shell exports to reach it', async () => {
    const { aws, credentials } = JSON.parse(readFileSync(file, 'utf8'));
    const { code, stdout } = await cli('env', '--data', data);
    expect({ code, lines: stdout.split('\n') }).toEqual({
      code: 0,
      lines: [
        `export AWS_ENDPOINT_URL='${aws}'`,
        "export AWS_REGION='us-east-1'",
        "export AWS_DEFAULT_REGION='us-east-1'",
        `export AWS_ACCESS_KEY_ID='${credentials.accessKeyId}'`,
        `export AWS_SECRET_ACCESS_KEY='${credentials.secretAccessKey}'`,
        "export AWS_DISABLE_HOST_PREFIX_INJECTION='true'",
        '',
      ],
    });
  });

  test('run --wait prints steps, time, status and output', async () => {
    const { code, stdout } = await cli('run', 'greeting', '--wait', '--name', 'one', '--data', data);
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^arn:aws:states:us-east-1:\d+:execution:Small-Greeting.*:one\n {2}Greet; \d+(\.\d+)? s\nSUCCEEDED\n{"greeting":"hello"}\n$/,
    );
  });

  test('run --wait shows an Express execution too, and how often its tasks were tried', async () => {
    const { code, stdout } = await cli('run', 'missing', '--wait', '--data', data);
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^arn:aws:states:us-east-1:\d+:express:Small-Missing.*\n {2}Ask \(2 tries\), GoOn; \d+(\.\d+)? s\nSUCCEEDED\n{}\n$/,
    );
  });

  test('run without --wait says that nobody tells of an Express execution; without an input, of examples', async () => {
    const app = temporaryDirectory();
    mkdirSync(join(app, 'examples'));
    writeFileSync(join(app, 'examples', 'README.md'), '| `missing.json` | `Missing` | what is not there |\n');
    jest.spyOn(process, 'cwd').mockReturnValue(app);
    const { code, stdout, stderr } = await cli('run', 'missing', '--data', data);
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringMatching(/^arn:.*:express:.*\n$/) });
    expect(stderr).toBe(
      'It was started with {}, since there is no --input. Examples are:\n  examples/missing.json: what is not there\n' +
        "Of an Express execution AWS's API tells nothing: --wait shows how it ends, 'stepwright cost' what it used.\n",
    );
    await cli('clock', 'advance', '1m', '--data', data);
    expect((await cli('run', 'greeting', '--wait', '--data', data)).stderr).toBe('');
    jest.restoreAllMocks();
  });

  test('run --wait exits with 1 when the execution fails', async () => {
    const { code, stdout, stderr } = await cli('run', 'doomed', '--wait', '--name', 'last', '--data', data);
    expect(code).toBe(1);
    // The process that runs the local cloud, here the same one, tells it.
    expect(stderr).toMatch(
      /^\d{4}-\d\d-\d\d [\d:]{8} UTC {2}FAILED Small-Doomed-[0-9a-f]{8}: last: Doomed: As its name says\.\n$/m,
    );
    expect(stdout).toContain('FAILED\nDoomed: As its name says.\n');
  });

  test('run reads its input from a file, which must be JSON', async () => {
    const input = join(temporaryDirectory(), 'input.json');
    writeFileSync(input, '{"a":');
    const { code, stderr } = await cli('run', 'greeting', '--input', input, '--data', data);
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining(`The input ${input} is not JSON`) });
    const folder = await cli('run', 'greeting', '--input', data, '--data', data);
    expect(folder.stderr).toBe(`stepwright: The input ${data} is a folder, not a file.\n`);
  });

  test.each(['{"name":"x"}', `{"name":"${'x'.repeat(5000)}"}`, '{bad', ' [1]'])(
    'run says what --input wants when it is JSON',
    async (json) => {
      const { code, stderr } = await cli('run', 'greeting', '--input', json, '--data', data);
      const message = `stepwright: --input wants a file, or - for standard input, not the JSON itself. Pipe it: echo '{ … }' | `;
      expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining(message) });
      expect(stderr).toMatch(/ run WORKFLOW --input -\n$/);
    },
  );

  test.each(['none.json', 'x'.repeat(5000)])('run says that there is no such file', async (file) => {
    const { code, stderr } = await cli('run', 'greeting', '--input', file, '--data', data);
    const message = `stepwright: --input wants a file, or - for standard input; there is no file ${file}\n`;
    expect({ code, stderr }).toEqual({ code: 1, stderr: message });
  });

  test("AWS's refusal is shown", async () => {
    const { code, stderr } = await cli('run', 'greeting', '--name', 'not a name', '--data', data);
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining('InvalidName') });
  });

  test('faults fail calls as often as they are told to, are listed and taken away', async () => {
    const faults = (...argv: string[]) => cli('faults', ...argv, '--data', data);
    const add = (...argv: string[]) => faults('add', ...argv);
    const once = await add('states:startExecution', '--error', 'TooMany', '--message', 'Enough.', '--times', '1');
    expect(once.stdout).toBe('1  sfn:StartExecution fails with TooMany (400); calls left: 1 of 1\n');
    const run = () => cli('run', 'greeting', '--data', data);
    expect(await run()).toEqual({ code: 1, stdout: '', stderr: 'stepwright: TooMany: Enough.\n' });
    expect((await run()).code).toBe(0);
    expect((await faults()).stdout).toBe('No faults are set.\n');

    await add('s3', '--error', 'SlowDown', '--delay', '200ms', '--where', '{"Bucket":"b"}');
    await add('dynamodb:PutItem', '--delay', '1m', '--probability', '0.07');
    expect((await faults()).stdout).toBe(
      '2  s3 waits 200 ms and fails with SlowDown (503); where {"Bucket":"b"}, calls until now: 0\n' +
        '3  dynamodb:PutItem waits 60 s; 7 % of calls, calls until now: 0\n',
    );
    expect((await faults('remove', '2')).stdout).toMatch(/^3 {2}dynamodb:PutItem .*\n$/);
    expect((await faults('clear')).stdout).toBe('No faults are set.\n');
    const refused = [
      await add('s4', '--error', 'X'),
      await add('s3:PutObjet', '--error', 'X'),
      await faults('remove', '3'),
    ];
    expect(refused.map(({ stderr }) => stderr)).toEqual([
      expect.stringMatching(/ it does not run the service 's4'\. It runs cloudwatch, .*, sts\.\n$/),
      expect.stringMatching(/ s3 has no operation PutObjet here\. There are PutObject.*\.\n$/),
      'stepwright: The local cloud refused: there is no fault 3.\n',
    ]);
  });

  test('the clock moves on, to what waits next, and only forward', async () => {
    const now = async () =>
      Date.parse((await cli('clock', 'now', '--data', data)).stdout.slice(0, 19).replace(' ', 'T'));
    const before = await now();
    await cli('run', 'sleepy', '--name', 'nap', '--data', data);
    const { stdout } = await cli('clock', 'next', '--data', data);
    expect(stdout).toMatch(
      /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC\n {2}SUCCEEDED Small-Sleepy-[0-9a-f]{8}: nap\n {2}next: nothing waits\n$/,
    );
    expect((await now()) - before).toBeGreaterThanOrEqual(3_600_000 - 1000);
    expect((await cli('clock', 'advance', '1d', '--data', data)).code).toBe(0);
    expect((await now()) - before).toBeGreaterThanOrEqual(86_400_000);
    expect((await cli('clock', 'advance', 'soon', '--data', data)).code).toBe(2);
    expect((await cli('clock', 'advance', '0s', '--data', data)).code).toBe(0);
    expect((await cli('clock', 'back', '--data', data)).stderr).toContain(
      "There is no 'clock back': it is advance DURATION, next or now.",
    );
    const back = await cli('clock', 'advance', '-1d', '--data', data);
    expect(back).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("Time only goes forward: '-1d' cannot be."),
    });
    const nothing = await cli('clock', '--data', data);
    expect(nothing).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('missing: advance DURATION, next or now.'),
    });
  });

  test('moving the clock tells of mails and ends in the order of their times, the first 20', async () => {
    const inputs = temporaryDirectory();
    const send = async (name: string, seconds: number) => {
      const input = join(inputs, name);
      writeFileSync(input, JSON.stringify({ seconds, subject: `from ${name}` }));
      await cli('run', 'mailing', '--name', name, '--input', input, '--data', data);
    };
    await send('second', 7200);
    await send('first', 1800);
    const few = await cli('clock', 'advance', '3h', '--data', data);
    expect(
      few.stdout
        .replace(/-[0-9a-f]{8}:/g, ':')
        .split('\n')
        .slice(1),
    ).toEqual([
      '  mail to reader@example.com: from first',
      '  FAILED Small-Mailing: first',
      '  mail to reader@example.com: from second',
      '  FAILED Small-Mailing: second',
      '  next: nothing waits',
      '',
    ]);
    for (let number = 0; number < 11; number++) await send(`number-${number}`, 60 + number);
    const many = (await cli('clock', 'advance', '1h', '--data', data)).stdout.split('\n');
    expect(many).toHaveLength(1 + 20 + 1 + 1 + 1);
    expect(many[21]).toBe('  and 2 more: mails 1, executions that ended 1');
  });

  test('a second one on the same directory is refused, with data or without', async () => {
    for (const kind of [[], ['--memory']]) {
      const { code, stderr } = await cli('start', '--assembly', assembly, '--data', data, ...kind);
      expect(code).toBe(1);
      expect(stderr).toContain(`The process ${process.pid} runs a local cloud on ${data} already.`);
    }
  });

  test('SIGTERM stops it in order, and its endpoints are gone', async () => {
    process.emit('SIGTERM', 'SIGTERM');
    expect(await running).toBe(0);
    expect(existsSync(file)).toBe(false);
  });
});

test('what a process that was killed left behind is recognised', async () => {
  writeFileSync(file, JSON.stringify({ pid: 2 ** 22 + 1, control: { url: 'http://127.0.0.1:1', token: '' } }));
  const { code, stderr } = await cli('clock', 'now', '--data', data);
  expect(code).toBe(1);
  expect(stderr).toContain('has ended');
});
