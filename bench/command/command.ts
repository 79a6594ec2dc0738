import { constants } from 'node:os';
import { UsageError, wantsHelp } from '../../local/cli/command';
import { cleanUp } from './leftovers';
import { describeOptions, type Options, readOptions, type Values } from './options';

/** A command of bench/, as one types it. */
export interface BenchCommand<O extends Options = Options> {
  /** How it is called; options are written behind it, e.g. `npm run bench --`. */
  readonly call: string;
  /** What it does, how long it takes by default and what its exit code says: the help's text. */
  readonly about: string;
  readonly options: O;
  /** Answers the exit code. */
  run(values: Values<O>): Promise<number>;
}

/** Runs it with these arguments; answers the exit code: 2 when they are wrong, 1 for a failure. */
export async function perform<O extends Options>(command: BenchCommand<O>, argv: readonly string[]): Promise<number> {
  const codeOf = await attempt(command, argv);
  return codeOf();
}

/** Runs it; what it answers tells a failure, and then the exit code. */
async function attempt<O extends Options>(command: BenchCommand<O>, argv: readonly string[]): Promise<() => number> {
  if (wantsHelp(argv)) {
    process.stdout.write(usageOf(command));
    return () => 0;
  }
  try {
    const code = await command.run(readOptions(argv, command.options));
    return () => code;
  } catch (error) {
    return () => report(command, error);
  }
}

/**
 * The whole life of the process: performs the command, or ends it when the process is told to (Ctrl-C, SIGTERM, the terminal
 * closed); either way nothing is left behind.
 */
export async function main<O extends Options>(command: BenchCommand<O>): Promise<never> {
  const stopped = new Promise<() => number>((stop) => {
    // On, not once: npm passes on what the terminal sent to all, and that must not cut the cleaning short.
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.on(signal, () => stop(() => 128 + constants.signals[signal]));
    }
  });
  // What is interrupted fails, since its servers end: nobody wants to hear that.
  const codeOf = await Promise.race([attempt(command, process.argv.slice(2)), stopped]);
  const code = codeOf();
  await cleanUp();
  process.exit(code);
}

function usageOf({ call, about, options }: BenchCommand): string {
  const written = Object.entries(options).map(([name, { placeholder }]) => `[--${name} ${placeholder}]`);
  const usage = ['Usage:', written.length > 0 ? call : call.replace(/ --$/, ''), ...written].join(' ');
  return `${usage}\n\n${about.trim()}\n\n${describeOptions(options)}\n`;
}

function report({ call }: BenchCommand, error: unknown): number {
  const message = error instanceof Error ? error.message : String(error);
  process.stderr.write(`${message.trim()}\n`);
  if (error instanceof UsageError) {
    process.stderr.write(`'${call} --help' tells how it is used.\n`);
    return 2;
  }
  if (process.env.STEPWRIGHT_DEBUG === '1' && error instanceof Error) process.stderr.write(`${error.stack}\n`);
  return 1;
}
