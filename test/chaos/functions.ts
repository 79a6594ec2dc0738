import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { DescribeExecutionCommand, type SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { MACHINE, MACHINE_ARN, ROLE_ARN, writeAssembly } from './cloud/assembly';
import { CloudClients } from './cloud/load';
import { each, Probe } from './probe';
import { ServerProcess } from './process';
import { Breaches, type Finding, rounded } from './report';

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
/** A caller who asks meanwhile waits no longer, for 99 of 100 questions. */
const RESPONSIVE_MS = 100;
/** An execution has failed in so many ms, or never will. */
const LONGEST_MS = 60_000;
/** A run in which less was asked has shown nothing. */
const LEAST_QUESTIONS = 100;

/** Has functions of `stepwright start` misbehave in every way while a caller asks for an execution. */
export async function misbehave({ rounds }: FunctionsOptions): Promise<Finding> {
  const directory = mkdtempSync(join(tmpdir(), 'stepwright-functions-'));
  const assembly = writeAssembly(resources());
  const server = await ServerProcess.start(directory, { command: 'start', args: ['--assembly', assembly] });
  const { sfn } = new CloudClients(directory);
  const breaches = new Breaches();
  try {
    // The functions that do not end come first in each round: the others run beside them.
    const calls = Array.from({ length: rounds }, () => Object.keys(FUNCTIONS)).flat();
    const asked = (await start(sfn, 'waits', 'asked')) as string;
    const describe = new DescribeExecutionCommand({ executionArn: asked });
    await sfn.send(describe);
    const probe = new Probe(() => sfn.send(describe));
    await each(calls.length, CALLERS, async (index) => {
      const name = calls[index] as string;
      const wrong = await failureOf(sfn, await start(sfn, name, `${name}-${index}`), FUNCTIONS[name]?.error as string);
      if (wrong !== undefined) breaches.add(`${name}: ${wrong}`);
    });
    const asking = await probe.stop();
    breaches.expect(asking.calls >= LEAST_QUESTIONS, () => `only ${asking.calls} questions: the run shows nothing`);
    breaches.expect(asking.p99 <= RESPONSIVE_MS, () => `DescribeExecution took ${Math.round(asking.p99)} ms (p99)`);
    const figures = {
      calls: calls.length,
      questions: asking.calls,
      'describe p50 ms': asking.p50,
      'describe p99 ms': asking.p99,
      'describe longest ms': asking.longest,
      MiB: server.memory(),
    };
    return { scenario: 'functions that misbehave', figures: rounded(figures), breaches: breaches.all() };
  } finally {
    sfn.destroy();
    await server.stop();
    rmSync(directory, { recursive: true });
    rmSync(assembly, { recursive: true });
  }
}

async function start(sfn: SFNClient, functionName: string, name: string): Promise<string | undefined> {
  const input = JSON.stringify({ functionName });
  return (await sfn.send(new StartExecutionCommand({ stateMachineArn: MACHINE_ARN, name, input }))).executionArn;
}

/** How an execution ended, unless it failed by the error. */
async function failureOf(sfn: SFNClient, executionArn: string | undefined, expected: string) {
  const end = performance.now() + LONGEST_MS;
  while (performance.now() < end) {
    const { status, error, cause } = await sfn.send(new DescribeExecutionCommand({ executionArn }));
    if (status !== 'RUNNING') return error === expected ? undefined : `${status} by ${error} instead: ${cause}`;
    await delay(20);
  }
  return 'its execution never ended';
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
