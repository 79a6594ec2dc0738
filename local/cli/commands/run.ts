import { readFileSync } from 'node:fs';
import { text as wholeText } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { callStepFunctions } from '../aws-call';
import { chooseWorkflow } from '../choose-workflow';
import { type Command, CommandFailure, parseCommandLine } from '../command';
import { callControl } from '../control-call';
import { DEFAULT_DATA_DIRECTORY, type Endpoints, findEndpoints } from '../endpoints-file';
import { examplesFor } from '../examples';
import type { ExecutionReport, Step } from '../execution-control';
import { commandLine } from '../shell';

export const runCommand: Command = {
  summary: 'Start an execution on a running local cloud',
  usage: `
Usage: stepwright run WORKFLOW [--input FILE|-] [--name NAME] [--wait] [--data DIR]

  WORKFLOW     a state machine's name or a part of it that no other has: hello-world-retries, HelloWorldRetries, hello
  --input      a file with the JSON input, or - for standard input; {} by default
  --name       the execution's name; one is made up by default
  --wait       wait until it ends; print its steps, how long it took, its status and its output; exit code 1 unless it
               succeeded (the clock is not moved: see 'stepwright clock')
  --data DIR   the data directory of the local cloud (${DEFAULT_DATA_DIRECTORY})

For instance, on the local cloud of this repository's app:

  stepwright run hello-world-retries --input examples/hello-ok.json --wait
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
    const endpoints = findEndpoints(values.data ?? DEFAULT_DATA_DIRECTORY);
    const machine = chooseWorkflow(positionals[0] as string, await stateMachines(endpoints));
    const input = await readInput(values.input);
    const request = { stateMachineArn: machine.stateMachineArn, input, ...(values.name && { name: values.name }) };
    const { executionArn } = await callStepFunctions(endpoints, 'StartExecution', request);
    process.stdout.write(`${executionArn}\n`);
    if (values.input === undefined) process.stderr.write(exampleHint(machine.name));
    if (values.wait) return printEnd(await waitForEnd(endpoints, executionArn));
    if (machine.type === 'EXPRESS') process.stderr.write(EXPRESS_HINT);
    return 0;
  },
};

const EXPRESS_HINT =
  "Of an Express execution AWS's API tells nothing: --wait shows how it ends, 'stepwright cost' what it used.\n";

/** Nothing when there is no example to name. */
function exampleHint(machine: string): string {
  const examples = examplesFor(machine);
  if (examples.length === 0) return '';
  const lines = examples.map(({ file, about }) => `  ${file}: ${about}\n`);
  return `It was started with {}, since there is no --input. Examples are:\n${lines.join('')}`;
}

interface StateMachineItem {
  readonly name: string;
  readonly stateMachineArn: string;
  readonly type: 'STANDARD' | 'EXPRESS';
}

/** Standard input may come slowly: it is read to its end, however long that takes. */
async function readInput(source: string | undefined): Promise<string> {
  if (source === undefined) return '{}';
  let text: string;
  try {
    text = source === '-' ? await wholeText(process.stdin) : readFileSync(source, 'utf8');
  } catch (error) {
    // Whoever passes the JSON itself finds that there is no file of such a name, or that no name is so long.
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'EISDIR') throw new CommandFailure(`The input ${source} is a folder, not a file.`);
    if (code !== 'ENOENT' && code !== 'ENAMETOOLONG')
      throw new CommandFailure(`The input ${source} cannot be read: ${message}`);
    const wants = '--input wants a file, or - for standard input';
    throw new CommandFailure(
      /^\s*[{[]/.test(source)
        ? `${wants}, not the JSON itself. Pipe it: echo '{ … }' | ${commandLine('run WORKFLOW --input -')}`
        : `${wants}; there is no file ${source}`,
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

async function waitForEnd({ control }: Endpoints, executionArn: string): Promise<ExecutionReport> {
  for (;;) {
    const execution = await callControl<ExecutionReport>(control, 'execution', { executionArn });
    if (execution.status !== 'RUNNING') return execution;
    await delay(200);
  }
}

function printEnd({ status, output, error, cause, steps = [], elapsedMs = 0 }: ExecutionReport): number {
  const lines = [`  ${describeSteps(steps)}; ${elapsedMs / 1000} s`, status];
  if (output !== undefined) lines.push(output);
  if (error !== undefined || cause !== undefined) {
    lines.push([error, cause].filter((part) => part !== undefined).join(': '));
  }
  process.stdout.write(`${lines.join('\n')}\n`);
  return status === 'SUCCEEDED' ? 0 : 1;
}

/** A Map may have thousands. */
const MOST_STEPS = 50;

/** 'Greet (3 tries), AlertOperations' */
function describeSteps(steps: readonly Step[]): string {
  const shown = steps.slice(0, MOST_STEPS).map(({ name, tries }) => (tries > 1 ? `${name} (${tries} tries)` : name));
  const more = steps.length - shown.length;
  return `${shown.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
