import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { callStepFunctions } from '../aws-call';
import { chooseWorkflow } from '../choose-workflow';
import { type Command, CommandFailure, parseCommandLine } from '../command';
import { DEFAULT_DATA_DIRECTORY, type Endpoints, findEndpoints } from '../endpoints-file';

export const runCommand: Command = {
  summary: 'Start an execution on a running local cloud',
  usage: `
Usage: stepwright run WORKFLOW [--input FILE|-] [--name NAME] [--wait] [--data DIR]

  WORKFLOW     a state machine's name or a part of it that no other has: library-loan, LibraryLoan, loan
  --input      a file with the JSON input, or - for standard input; {} by default
  --name       the execution's name; one is made up by default
  --wait       wait until it ends and print its output; exit code 1 unless it succeeded
               (the clock is not moved: see 'stepwright clock')
  --data DIR   the data directory of the local cloud (${DEFAULT_DATA_DIRECTORY})
`,
  async run(argv) {
    const { values, positionals } = parseCommandLine(
      argv,
      {
        input: { type: 'string' },
        name: { type: 'string' },
        wait: { type: 'boolean' },
        data: { type: 'string' },
      },
      ['WORKFLOW'],
    );
    const input = readInput(values.input);
    const endpoints = findEndpoints(values.data ?? DEFAULT_DATA_DIRECTORY);
    const machine = chooseWorkflow(positionals[0] as string, await stateMachines(endpoints));
    const request = { stateMachineArn: machine.stateMachineArn, input, ...(values.name && { name: values.name }) };
    if (values.wait && machine.type === 'EXPRESS') {
      return printEnd(await callStepFunctions(endpoints, 'StartSyncExecution', request));
    }
    const { executionArn } = await callStepFunctions(endpoints, 'StartExecution', request);
    process.stdout.write(`${executionArn}\n`);
    return values.wait ? printEnd(await waitForEnd(endpoints, executionArn)) : 0;
  },
};

interface StateMachineItem {
  readonly name: string;
  readonly stateMachineArn: string;
  readonly type: 'STANDARD' | 'EXPRESS';
}

function readInput(source: string | undefined): string {
  if (source === undefined) return '{}';
  let text: string;
  try {
    text = readFileSync(source === '-' ? process.stdin.fd : source, 'utf8');
  } catch (error) {
    // Whoever passes the JSON itself finds that there is no file of such a name, or that no name is so long.
    const { code, message } = error as NodeJS.ErrnoException;
    throw new CommandFailure(
      code === 'ENOENT' || code === 'ENAMETOOLONG'
        ? `--input wants a file, or - for standard input; there is no file ${source}`
        : `The input ${source} cannot be read: ${message}`,
    );
  }
  try {
    JSON.parse(text);
  } catch (error) {
    throw new CommandFailure(`The input ${source} is not JSON: ${(error as Error).message}`);
  }
  return text;
}

async function stateMachines(endpoints: Endpoints): Promise<StateMachineItem[]> {
  const all: StateMachineItem[] = [];
  let nextToken: string | undefined;
  do {
    const page = await callStepFunctions(endpoints, 'ListStateMachines', nextToken ? { nextToken } : {});
    all.push(...page.stateMachines);
    nextToken = page.nextToken;
  } while (nextToken);
  return all;
}

interface Execution {
  readonly status: string;
  readonly output?: string;
  readonly error?: string;
  readonly cause?: string;
}

async function waitForEnd(endpoints: Endpoints, executionArn: string): Promise<Execution> {
  for (;;) {
    const execution: Execution = await callStepFunctions(endpoints, 'DescribeExecution', { executionArn });
    if (execution.status !== 'RUNNING') return execution;
    await delay(200);
  }
}

function printEnd({ status, output, error, cause }: Execution): number {
  process.stdout.write(`${status}\n`);
  if (output !== undefined) process.stdout.write(`${output}\n`);
  if (error !== undefined || cause !== undefined) {
    process.stdout.write(`${[error, cause].filter((part) => part !== undefined).join(': ')}\n`);
  }
  return status === 'SUCCEEDED' ? 0 : 1;
}
