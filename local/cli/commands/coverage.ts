import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { type Command, CommandFailure, parseCommandLine, UsageError } from '../command';
import { commandLine } from '../shell';

export const coverageCommand: Command = {
  summary: 'Run tests, and tell what of state machines they reached',
  usage: `
Usage: stepwright coverage [--definitions DIR] [--threshold PERCENT] [--file FILE] [--partial] -- COMMAND...

Runs COMMAND, whatever runs the tests (node --test, vitest run), and counts the states, transitions, retriers and catchers that tests by
'stepwright/testing' reached, in all of its processes. Ends as COMMAND does, or with 1 below the threshold.

  --definitions DIR    measure the definitions in DIR, tested or not, and nothing else
  --threshold PERCENT  fail when a count of a state machine is below it (0)
  --file FILE          the result as JSON (coverage/state-machines.json)
  --partial            COMMAND runs some of the tests: measure and do not judge
`,
  async run(argv) {
    const end = argv.indexOf('--');
    const [program, ...rest] = end < 0 ? [] : argv.slice(end + 1);
    if (program === undefined) {
      throw new UsageError(
        `The command that runs the tests is missing: '${commandLine('coverage -- node --test')}' for one.`,
      );
    }
    const { values } = parseCommandLine(argv.slice(0, end), {
      definitions: { type: 'string' },
      threshold: { type: 'string', default: '0' },
      file: { type: 'string' },
      partial: { type: 'boolean', default: false },
    });
    const { CoverageRun } = require('../../testing/coverage-run') as typeof import('../../testing/coverage-run');
    const run = new CoverageRun(process.cwd(), {
      threshold: percentOption(values.threshold),
      definitions: values.definitions,
      file: values.file,
    });
    let code: number;
    try {
      code = await runProgram(program, rest, { ...process.env, ...run.environment });
    } catch (error) {
      run.discard();
      throw error;
    }
    const problem = run.finish(values.partial);
    // Tests that fail are the first thing to mend.
    if (code !== 0) return code;
    if (problem !== undefined) throw new CommandFailure(problem);
    return 0;
  },
};

function percentOption(text: string): number {
  const percent = Number(text);
  if (text.trim() === '' || !(percent >= 0 && percent <= 100)) {
    throw new UsageError(`--threshold wants a percentage from 0 to 100, not '${text}'.`);
  }
  return percent;
}

/** Runs a program on this terminal; answers its exit code, or as a shell would say the signal that ended it. */
function runProgram(program: string, rest: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, rest, { env, stdio: 'inherit' });
    // Ctrl-C reaches both; what was covered until then is told.
    const interrupted = () => {};
    const terminated = () => child.kill('SIGTERM');
    process.on('SIGINT', interrupted).on('SIGTERM', terminated);
    const settled = () => process.off('SIGINT', interrupted).off('SIGTERM', terminated);
    child.once('error', ({ code, message }: NodeJS.ErrnoException) => {
      settled();
      const reason = code === 'ENOENT' ? 'there is no such program.' : message;
      reject(new CommandFailure(`${program} cannot be run: ${reason}`));
    });
    child.once('close', (code, signal) => {
      settled();
      resolve(code ?? 128 + (signal ? constants.signals[signal] : 0));
    });
  });
}
