import { randomBytes } from 'node:crypto';
import { resolve } from 'node:path';
import type { Cloud } from '../../assembly/cloud';
import type { GivenParameter } from '../../assembly/given-parameters';
import type { IamMode } from '../../services/iam/permissions';
import { onPort } from '../../services/wire/port';
import { clockControl } from '../clock-control';
import { type Command, CommandFailure, parseCommandLine, portOption, UsageError } from '../command';
import { costControl } from '../cost/local-cloud';
import {
  DEFAULT_DATA_DIRECTORY,
  type Endpoints,
  removeEndpoints,
  runningProcess,
  writeEndpoints,
} from '../endpoints-file';
import { executionControl } from '../execution-control';
import { FailureLines } from '../failure-lines';
import { faultsControl } from '../faults-control';
import { parameterOption } from '../parameters';
import { rolesControl } from '../roles-control';
import { failureOf, untilStopped } from '../serving';
import { describeDeployment, describeEndpoints } from '../summary';
import { ensureAssembly } from '../synth';
import { timeScaleOption } from '../time-scale';

export const startCommand: Command = {
  summary: 'Run the local cloud until Ctrl-C',
  usage: `
Usage: stepwright start [--port 4700] [--aws-port 4566] [--data DIR] [--memory] [--assembly DIR] [--time-scale N]
                        [--iam warn|enforce|off] [--parameter NAME=VALUE]...

Deploys the stacks of a CDK app on this machine. The app of this directory is synthesized first if need be. Executions and functions
that fail, and what roles lack, are told on standard error.

  --port N        port of the console; the APIs take those that follow (4700; 0: any free ones)
  --aws-port N    port of the AWS APIs (4566; 0: a free one)
  --data DIR      where data and endpoints.json are kept (${DEFAULT_DATA_DIRECTORY})
  --memory        keep no data: it ends with the process
  --assembly DIR  run the cloud assembly (cdk.out) in DIR as it is
  --time-scale N  virtual seconds per second; 0 stands still but for 'stepwright clock' (1)
  --iam MODE      what becomes of a call that its role does not allow: warn does it and tells, enforce refuses it as AWS does,
                  off does not look (warn)
  --parameter NAME=VALUE
                  the value of a parameter of the templates, for this start; STACK:NAME=VALUE of one stack's. Repeatable
`,
  async run(argv) {
    const options = parseOptions(argv);
    const running = await runningProcess(options.directory);
    if (running !== undefined) {
      throw new CommandFailure(`The process ${running} runs a local cloud on ${options.directory} already.`);
    }
    const stopped = untilStopped();
    const began = performance.now();
    const assemblyDir = options.assembly ?? (await synthesized());
    // Loaded only now, since it is nearly all there is: the other commands start without it.
    const { Cloud } = require('../../assembly/cloud') as typeof import('../../assembly/cloud');
    const cloud = await Cloud.boot({
      assemblyDir,
      ...(!options.memory && { dataDir: options.directory }),
      awsPort: options.awsPort,
      ...(options.port !== 0 && { apiFirstPort: options.port + 1 }),
      clock: { scale: options.timeScale },
      parameters: options.parameters,
      iam: options.iam,
    });
    try {
      return await serve(cloud, options, began, stopped);
    } finally {
      await cloud.stop();
    }
  },
};

interface StartOptions {
  readonly port: number;
  readonly awsPort: number;
  readonly directory: string;
  readonly memory: boolean;
  readonly assembly: string | undefined;
  readonly timeScale: number;
  readonly parameters: readonly GivenParameter[];
  readonly iam: IamMode;
}

function parseOptions(argv: string[]): StartOptions {
  const { values } = parseCommandLine(argv, {
    port: { type: 'string', default: '4700' },
    'aws-port': { type: 'string', default: '4566' },
    data: { type: 'string', default: DEFAULT_DATA_DIRECTORY },
    memory: { type: 'boolean', default: false },
    assembly: { type: 'string' },
    'time-scale': { type: 'string', default: '1' },
    parameter: { type: 'string', multiple: true, default: [] },
    iam: { type: 'string', default: 'warn' },
  });
  return {
    port: portOption('port', values.port),
    awsPort: portOption('aws-port', values['aws-port']),
    directory: resolve(values.data),
    memory: values.memory,
    assembly: values.assembly && resolve(values.assembly),
    timeScale: timeScaleOption(values['time-scale']),
    parameters: values.parameter.map(parameterOption),
    iam: iamOption(values.iam),
  };
}

function iamOption(text: string): IamMode {
  if (text === 'warn' || text === 'enforce' || text === 'off') return text;
  throw new UsageError(`--iam must be warn, enforce or off, not '${text}'.`);
}

async function synthesized(): Promise<string> {
  return ensureAssembly(process.cwd(), (command) => {
    process.stderr.write(`Synthesizing the stacks with '${command}' ...\n`);
  });
}

/** Serves until it is told to stop, or the store fails; answers the exit code. */
async function serve(cloud: Cloud, options: StartOptions, began: number, stopped: Promise<void>): Promise<number> {
  const token = randomBytes(32).toString('hex');
  const { ConsoleServer } = require('../../console/server') as typeof import('../../console/server');
  const { ExecutionsSource } = require('../../console/source') as typeof import('../../console/source');
  const consoleServer = new ConsoleServer({
    executions: new ExecutionsSource(cloud.parts, cloud.services.states),
    mails: () => cloud.services.ses.mails(),
    commands: {
      ...clockControl(cloud),
      ...costControl(cloud),
      ...executionControl(cloud),
      ...faultsControl(cloud),
      ...rolesControl(cloud),
    },
    token,
    port: options.port,
  });
  try {
    const { url } = await onPort(options.port, 'the console', () => consoleServer.start());
    const control = { url: `${url}/control`, token };
    const endpoints: Endpoints = { ...cloud.endpoints, console: url, mail: `${url}/mail`, control, pid: process.pid };
    writeEndpoints(options.directory, endpoints);
    const seconds = ((performance.now() - began) / 1000).toFixed(2);
    const deployment = describeDeployment(cloud.report, cloud.services.apiServers.apis(), options.iam);
    process.stdout.write(`${deployment}\n${describeEndpoints(endpoints, options.directory)}`);
    process.stdout.write(`Ready after ${seconds} s.\n`);
    const failures = new FailureLines();
    failures.ofExecutions(cloud.services.states);
    failures.ofFunctions(cloud.services.lambda);
    if (cloud.permissions) failures.ofRoles(cloud.permissions);
    const failure = await Promise.race([stopped, failureOf(cloud.store)]);
    if (!failure) return 0;
    throw failure;
  } finally {
    removeEndpoints(options.directory);
    await consoleServer.stop();
  }
}
