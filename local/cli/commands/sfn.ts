import { resolve } from 'node:path';
import type { Diagnostic } from '../../asl/validate';
import { type MockConfiguration, parseMockConfiguration } from '../../services/states/mocks/configuration';
import { type Command, parseCommandLine, portOption } from '../command';
import { readTextFile } from '../definition-file';
import { parseEnvFile } from '../env-file';
import { FailureLines } from '../failure-lines';
import { failureOf, untilStopped } from '../serving';
import { ENDPOINT_VARIABLES, readSfnEnvironment, type SfnEnvironment } from '../sfn-environment';
import { optionOf, readSfnOptions } from '../sfn-options';
import { timeScaleOption } from '../time-scale';
import { VERSION } from '../version';

export const sfnCommand: Command = {
  summary: 'Run Step Functions alone, in place of Step Functions Local',
  usage: `
Usage: stepwright sfn [--port 8083] [--data DIR] [--time-scale N] [--variables FILE] [OPTIONS OF STEP FUNCTIONS LOCAL]

Runs Step Functions without the rest of a local cloud: tasks call the endpoints that they are given, signed and
by AWS's protocols. Callers may sign with any key; only this machine reaches it.

  --port N        8083 by default; 0: a free one
  --data DIR      keep state machines and executions there; in memory without it
  --time-scale N  virtual seconds per second (1)
  --variables FILE
                  the variables below from a file as for 'docker run --env-file'; it counts before the environment
  -v, --version   tell the version

Options of AWS's Step Functions Local, and its environment; an option counts before its variable:
${describeVariables()}

  AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN
                  sign the calls of tasks
  SFN_MOCK_CONFIG file of mocked responses; an execution of STATE_MACHINE_ARN#TEST_CASE is answered by them

An endpoint is the URL of a service that tasks call. The time scale is a factor of what Wait states and retries wait: 0.01, or 0
for not at all; timeouts stay. One dash, as in -lambdaEndpoint, will do as well.

StartSyncExecution and TestState: SDKs put 'sync-' before the host; AWS_DISABLE_HOST_PREFIX_INJECTION=true stops the CLI and
boto3 from it, as does boto3's Config(inject_host_prefix=False).
`,
  async run(argv) {
    const { values: given, written, rest } = readSfnOptions(argv);
    const { values } = parseCommandLine([...rest], {
      port: { type: 'string', default: '8083' },
      data: { type: 'string' },
      'time-scale': { type: 'string', default: '1' },
      variables: { type: 'string' },
      version: { type: 'boolean', short: 'v' },
    });
    if (values.version) {
      process.stdout.write(`${VERSION}\n`);
      return 0;
    }
    const port = portOption('port', values.port);
    const scale = timeScaleOption(values['time-scale']);
    const file = values.variables;
    const listed = file === undefined ? {} : parseEnvFile(readTextFile(file), file, process.env);
    const environment = readSfnEnvironment({ ...process.env, ...listed, ...Object.fromEntries(given) }, written);
    const mocks = environment.mockConfig === undefined ? undefined : readMocks(environment.mockConfig);
    const stopped = untilStopped();
    const { StepFunctions } =
      require('../../assembly/step-functions') as typeof import('../../assembly/step-functions');
    const sfn = await StepFunctions.boot({
      ...environment,
      mocks,
      port,
      dataDir: values.data && resolve(values.data),
      clock: { scale },
      onWarnings: (arn, warnings) => process.stderr.write(describeWarnings(arn, warnings)),
    });
    new FailureLines().ofExecutions(sfn.states);
    try {
      process.stdout.write(describe(sfn.url, environment));
      const failure = await Promise.race([stopped, failureOf(sfn.parts.store)]);
      if (failure) throw failure;
      return 0;
    } finally {
      await sfn.stop();
    }
  },
};

function describeVariables(): string {
  const variables = ['AWS_ACCOUNT_ID', 'AWS_DEFAULT_REGION', 'WAIT_TIME_SCALE', ...ENDPOINT_VARIABLES];
  const width = Math.max(...variables.map((variable) => optionOf(variable).length));
  return variables.map((variable) => `  ${optionOf(variable).padEnd(width)}  ${variable}`).join('\n');
}

function readMocks(file: string): MockConfiguration {
  return parseMockConfiguration(readTextFile(file), file);
}

function describeWarnings(arn: string, warnings: readonly Diagnostic[]): string {
  const name = arn.split(':').at(-1);
  return warnings.map(({ location, message }) => `State machine ${name}: ${location ?? ''}: ${message}\n`).join('');
}

function describe(url: string, { endpoints, mockConfig }: SfnEnvironment): string {
  const lines = [...endpoints].map(([variable, endpoint]) => `  ${variable}  ${endpoint.href}`);
  if (mockConfig !== undefined) lines.push(`  SFN_MOCK_CONFIG  ${mockConfig}`);
  return [`Step Functions: ${url}`, ...lines, ''].join('\n');
}
