import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import {
  CreateStateMachineCommand,
  DescribeExecutionCommand,
  SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import { localCommands } from '../../local/cli/commands';
import { parseEnvFile } from '../../local/cli/env-file';
import { main } from '../../local/cli/main';
import { ENDPOINT_VARIABLES, readSfnEnvironment } from '../../local/cli/sfn-environment';
import { optionOf, readSfnOptions } from '../../local/cli/sfn-options';
import { temporaryDirectory } from '../assembly/synthesize';
import { capture } from './capture';

const root = resolve(__dirname, '../..');

describe('the command line of Step Functions Local', () => {
  test.each([
    ['--aws-account', '-account', 'AWS_ACCOUNT_ID'],
    ['--aws-region', '-region', 'AWS_DEFAULT_REGION'],
    ['--wait-time-scale', '-waitTimeScale', 'WAIT_TIME_SCALE'],
    ['--batch-endpoint', '-batchEndpoint', 'BATCH_ENDPOINT'],
    ['--dynamodb-endpoint', '-dynamoDBEndpoint', 'DYNAMODB_ENDPOINT'],
    ['--ecs-endpoint', '-ecsEndpoint', 'ECS_ENDPOINT'],
    ['--glue-endpoint', '-glueEndpoint', 'GLUE_ENDPOINT'],
    ['--lambda-endpoint', '-lambdaEndpoint', 'LAMBDA_ENDPOINT'],
    ['--lambda-endpoint', '-lambda-endpoint', 'LAMBDA_ENDPOINT'],
    ['--sagemaker-endpoint', '-sageMakerEndpoint', 'SAGE_MAKER_ENDPOINT'],
    ['--sage-maker-endpoint', '-sagemaker-endpoint', 'SAGE_MAKER_ENDPOINT'],
    ['--sqs-endpoint', '-sqsEndpoint', 'SQS_ENDPOINT'],
    ['--sns-endpoint', '-snsEndpoint', 'SNS_ENDPOINT'],
    ['--step-functions-endpoint', '-stepFunctionsEndpoint', 'STEP_FUNCTIONS_ENDPOINT'],
  ])('%s and %s are %s', (long, short, variable) => {
    for (const argv of [[long, 'v'], [`${long}=v`], [short, 'v'], [`${short}=v`]]) {
      expect(Object.fromEntries(readSfnOptions(argv).values)).toEqual({ [variable]: 'v' });
    }
  });

  test('leaves all else for what is its own, and the last of an option counts', () => {
    const { values, rest } = readSfnOptions(['--port', '0', '-region', 'a', '--data', 'd', '--aws-region', 'b', '-v']);
    expect([...values]).toEqual([['AWS_DEFAULT_REGION', 'b']]);
    expect(rest).toEqual(['--port', '0', '--data', 'd', '-v']);
  });

  const sfn = (...argv: string[]) => capture(() => main(['sfn', '--port', '0', ...argv], localCommands));

  test.each([
    [['--lambda-endpoint'], '--lambda-endpoint wants a value.'],
    [['-lambdaEndpoint', '--port', '0'], '-lambdaEndpoint wants a value.'],
    [
      ['-lambdaEndpoint', 'localhost:1'],
      "-lambdaEndpoint must be a URL such as http://127.0.0.1:3001, not 'localhost:1'.",
    ],
    [['--aws-account', '42'], "--aws-account must be 12 digits, not '42'."],
    [['--wait-time-scale', '-1'], "--wait-time-scale must be a number of 0 or more, not '-1'."],
    [['--athena-endpoint', 'x'], "Unknown option '--athena-endpoint'."],
  ])('is refused with %j', async (argv, message) => {
    const { code, stderr } = await sfn(...argv);
    expect({ code, first: stderr.split('\n')[0] }).toEqual({ code: 2, first: `stepwright: ${message}` });
  });

  test('tells versions, and in its help each option beside its variable', async () => {
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
    for (const option of ['-v', '--version']) {
      expect(await sfn(option)).toEqual({ code: 0, stdout: `stepwright ${version}\n`, stderr: '' });
    }
    const { stdout } = await sfn('-h');
    for (const variable of ENDPOINT_VARIABLES) {
      expect(stdout).toMatch(new RegExp(`^ {2}${optionOf(variable)} +${variable}$`, 'm'));
      expect(readSfnOptions([optionOf(variable), 'v']).values.get(variable)).toBe('v');
    }
  });
});

describe('a file of variables', () => {
  test('is read as Docker reads it', () => {
    const text = '\uFEFF# keys\nA=1\r\n\n  B="two" # 2\nC=\nD\nE\nURL=http://h/?a=b\n';
    expect(parseEnvFile(text, 'f', { D: 'inherited' })).toEqual({
      A: '1',
      B: '"two" # 2',
      C: '',
      D: 'inherited',
      URL: 'http://h/?a=b',
    });
  });

  test('is refused by the line that is none, which is not shown', () => {
    expect(() => parseEnvFile('A=1\nAWS_SECRET_ACCESS_KEY abc', 'keys.txt', {})).toThrow(
      /^keys\.txt:2: This line is not NAME=VALUE\.$/,
    );
  });
});

describe('docs/step-functions-local.md', () => {
  const page = readFileSync(join(root, 'docs/step-functions-local.md'), 'utf8');
  const commands = [...page.matchAll(/^```sh\n(.*)\n```$/gm)].map((block) => block[1] as string);
  const directory = temporaryDirectory();
  const credentials = /<!-- credentials -->\n```\n([\s\S]*?)```/.exec(page)?.[1] as string;
  writeFileSync(join(directory, 'aws-stepfunctions-local-credentials.txt'), credentials);
  writeFileSync(join(directory, 'mocks.json'), /```json\n([\s\S]*?)```/.exec(page)?.[1] as string);
  const before = { ...process.env };
  const home = process.cwd();

  afterEach(() => {
    process.env = before;
    process.chdir(home);
  });

  /** Runs a command of the page in its directory, and asks what it serves. */
  async function serve(command: string, ask: (endpoint: string) => Promise<void>): Promise<string> {
    const words = command.split(' ');
    const assigned = words.slice(0, words.indexOf('npx')).map((word) => word.split('=') as [string, string]);
    process.env = { ...before, AWS_DEFAULT_REGION: 'sa-east-1', ...Object.fromEntries(assigned) };
    process.chdir(directory);
    let printed = '';
    const spy = jest.spyOn(process.stdout, 'write').mockImplementation((text) => {
      printed += text;
      return true;
    });
    const running = main([...words.slice(words.indexOf('stepwright') + 1), '--port', '0'], localCommands);
    try {
      while (!printed.includes('Step Functions: ')) await Promise.race([delay(10), running]);
      await ask(/Step Functions: (\S+)\n/.exec(printed)?.[1] as string);
    } finally {
      spy.mockRestore();
      process.emit('SIGTERM', 'SIGTERM');
      expect(await running).toBe(0);
    }
    return printed.replace(/127\.0\.0\.1:\d+(?=\n)/, 'ADDRESS');
  }

  const pass = JSON.stringify({ StartAt: 'Done', States: { Done: { Type: 'Succeed' } } });
  const charge = JSON.stringify({
    StartAt: 'ChargeCard',
    States: {
      ChargeCard: {
        Type: 'Task',
        Resource: 'arn:aws:states:::lambda:invoke',
        Parameters: { FunctionName: 'charge-card' },
        Retry: [{ ErrorEquals: ['CardServiceBusy'], IntervalSeconds: 1 }],
        End: true,
      },
    },
  });

  async function create(endpoint: string, name: string, definition: string) {
    const keys = { accessKeyId: 'any', secretAccessKey: 'any' };
    const client = new SFNClient({ endpoint, region: 'us-east-1', credentials: keys, maxAttempts: 1 });
    const roleArn = 'arn:aws:iam::123456789012:role/any';
    const { stateMachineArn } = await client.send(new CreateStateMachineCommand({ name, definition, roleArn }));
    return { client, stateMachineArn };
  }

  test('shows three commands, each of which serves by what it says', async () => {
    const arns: string[] = [];
    const outputs: string[] = [];
    for (const command of commands) {
      const ask = async (endpoint: string) => {
        const { client, stateMachineArn } = await create(endpoint, 'Order', pass);
        arns.push(stateMachineArn as string);
        client.destroy();
      };
      outputs.push(await serve(command, ask));
    }
    const arn = (region: string) => `arn:aws:states:${region}:123456789012:stateMachine:Order`;
    // The file counts before the environment.
    expect(arns).toEqual([arn('sa-east-1'), arn('eu-central-1'), arn('sa-east-1')]);
    expect(outputs.map((output) => output.replace(/^.*\n/, ''))).toEqual([
      '  LAMBDA_ENDPOINT  http://127.0.0.1:3001/\n',
      '  LAMBDA_ENDPOINT  http://127.0.0.1:3001/\n  SQS_ENDPOINT  http://127.0.0.1:9324/\n',
      '  SFN_MOCK_CONFIG  mocks.json\n',
    ]);
  });

  test('has a file of mocks that answers as it says', async () => {
    await serve(`${commands[2]} --aws-region us-east-1 --wait-time-scale 0`, async (endpoint) => {
      const { client, stateMachineArn } = await create(endpoint, 'Order', charge);
      const [, mocked] = /`(arn:\S+#\S+)`/.exec(page) as unknown as [string, string];
      expect(mocked.startsWith(`${stateMachineArn}#`)).toBe(true);
      const { executionArn } = await client.send(new StartExecutionCommand({ stateMachineArn: mocked }));
      const describe = () => client.send(new DescribeExecutionCommand({ executionArn }));
      let execution = await describe();
      while (execution.status === 'RUNNING') execution = await describe();
      expect(execution).toMatchObject({ status: 'SUCCEEDED', output: '{"Payload":{"receipt":"R-1"}}' });
      client.destroy();
    });
  });

  test('is right about what counts before what', () => {
    const variables = { AWS_DEFAULT_REGION: 'sa-east-1', AWS_ACCOUNT_ID: '111122223333' };
    const file = parseEnvFile(credentials, 'file', {});
    const option = readSfnOptions(['-region', 'ap-south-1']).values;
    const { identity } = readSfnEnvironment({ ...variables, ...file, ...Object.fromEntries(option) });
    expect(identity).toMatchObject({ region: 'ap-south-1', accountId: '111122223333' });
  });
});
