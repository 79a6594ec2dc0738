import { DescribeExecutionCommand, type SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { MACHINE, MACHINE_ARN, ROLE_ARN, writeAssembly } from './cloud/assembly';
import { CloudClients } from './cloud/load';
import { eventually } from './patience';
import { each, Probe } from './probe';
import { upTo } from './random';
import type { Scenario, Trial } from './trial';

export const functions: Scenario = {
  name: 'functions',
  title: 'functions that misbehave',
  letters: '',
  seconds: 60,
  scales: 'calls of each function',
  seed: 'nothing',
  limits: { 'describe p99 ms': 100 },
  run: (trial, { size }) => misbehave(trial, { rounds: upTo(10 * size) }),
};

/** What a function does instead of its work, and the error by which Step Functions then fails its task, as on AWS. */
const FUNCTIONS: Record<string, { body: string; error: string; memory?: number }> = {
  loops: { body: 'for (;;);', error: 'Sandbox.Timedout' },
  waits: { body: 'await new Promise(() => {})', error: 'Sandbox.Timedout' },
  floods: { body: "for (;;) console.log('flood')", error: 'Sandbox.Timedout' },
  exits: { body: 'process.exit(3)', error: 'Runtime.ExitError' },
  eats: {
    body: 'const all = []; for (;;) all.push(new Array(1e5).fill({}))',
    error: 'Runtime.OutOfMemory',
    memory: 128,
  },
  circles: { body: 'const all = {}; all.all = all; return all', error: 'Error' },
  overflows: { body: "return 'x'.repeat(20e6)", error: 'Function.ResponseSizeTooLarge', memory: 512 },
  throws: { body: "throw new RangeError('no')", error: 'RangeError' },
};

export interface FunctionsOptions {
  /** How often each function is called. */
  readonly rounds: number;
}

/** So many executions call at once. */
const CALLERS = 2;
/** A run in which less was asked has shown nothing. */
const LEAST_QUESTIONS = 100;

/** Has functions of `stepwright start` misbehave in every way while a caller asks for an execution. */
export async function misbehave(trial: Trial, { rounds }: FunctionsOptions): Promise<void> {
  const assembly = writeAssembly(trial.path('assembly'), resources());
  const server = await trial.launch('data', { command: 'start', args: ['--assembly', assembly] });
  const { sfn } = new CloudClients(trial.path('data'));
  trial.onEnd(() => sfn.destroy());
  // The functions that do not end come first in each round: the others run beside them.
  const calls = Array.from({ length: rounds }, () => Object.keys(FUNCTIONS)).flat();
  const asked = (await start(sfn, 'waits', 'asked')) as string;
  const describe = new DescribeExecutionCommand({ executionArn: asked });
  await sfn.send(describe);
  const probe = new Probe(() => sfn.send(describe));
  await each(calls.length, CALLERS, async (index) => {
    const name = calls[index] as string;
    const wrong = await failureOf(sfn, await start(sfn, name, `${name}-${index}`), name);
    if (wrong !== undefined) trial.flaws.breach('', `the function that ${name}: ${wrong}`);
  });
  const asking = await probe.stop();
  if (asking.calls < LEAST_QUESTIONS) trial.flaws.incomplete(`only ${asking.calls} questions were asked meanwhile`);
  Object.assign(trial.figures, {
    calls: calls.length,
    questions: asking.calls,
    'describe p50 ms': asking.p50,
    'describe p99 ms': asking.p99,
    'describe longest ms': asking.longest,
    'server MiB': server.memory(),
  });
  await server.stop();
}

async function start(sfn: SFNClient, functionName: string, name: string): Promise<string | undefined> {
  const input = JSON.stringify({ functionName });
  return (await sfn.send(new StartExecutionCommand({ stateMachineArn: MACHINE_ARN, name, input }))).executionArn;
}

/** How an execution ended, unless it failed by the error. */
async function failureOf(sfn: SFNClient, executionArn: string | undefined, name: string) {
  const expected = FUNCTIONS[name]?.error;
  return eventually({ what: `an execution whose function ${name} to fail` }, async () => {
    const { status, error, cause } = await sfn.send(new DescribeExecutionCommand({ executionArn }));
    if (status === 'RUNNING') return undefined;
    return { wrong: error === expected ? undefined : `${status} by ${error} instead: ${cause}` };
  }).then(({ wrong }) => wrong);
}

function resources(): Record<string, object> {
  const functions = Object.entries(FUNCTIONS).map(([name, { body, error, memory = 256 }]) => [
    name,
    {
      Type: 'AWS::Lambda::Function',
      Properties: {
        FunctionName: name,
        Runtime: 'nodejs22.x',
        Handler: 'index.handler',
        Role: ROLE_ARN,
        // A busy machine may take its time over those that end.
        Timeout: error === 'Sandbox.Timedout' ? 1 : 30,
        MemorySize: memory,
        Code: { ZipFile: `exports.handler = async () => { ${body} };` },
      },
    },
  ]);
  return { ...Object.fromEntries(functions), Machine: CALL };
}

const CALL = {
  Type: 'AWS::StepFunctions::StateMachine',
  Properties: {
    StateMachineName: MACHINE,
    RoleArn: ROLE_ARN,
    Definition: {
      StartAt: 'Call',
      States: {
        Call: {
          Type: 'Task',
          Resource: 'arn:aws:states:::lambda:invoke',
          Parameters: { 'FunctionName.$': '$.functionName' },
          End: true,
        },
      },
    },
  },
};
