import { type ParseArgsConfig, parseArgs } from 'node:util';

/** One command of `stepwright`. Everything a command needs is loaded when it runs, so that the others start quickly. */
export interface Command {
  /** One line for the list of commands. */
  readonly summary: string;
  /** What `--help` prints. */
  readonly usage: string;
  /** Answers the exit code. Throws `UsageError` (exit 2) or any other error (exit 1, its message is printed). */
  run(argv: string[]): Promise<number>;
}

/** The command line itself is wrong; printed with a hint at `--help`, exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** A failure that its message explains to the user; exit code 1. */
export class CommandFailure extends Error {
  override readonly name = 'CommandFailure';
}

type Options = NonNullable<ParseArgsConfig['options']>;

/**
 * Parses a command's arguments strictly.
 * @param positionals names of the arguments that must be given, in order
 * @throws UsageError for an unknown option, a missing value, too few or too many arguments
 */
export function parseCommandLine<T extends Options>(argv: string[], options: T, positionals: readonly string[] = []) {
  const parsed = parseStrictly(argv, options);
  const missing = positionals[parsed.positionals.length];
  if (missing) throw new UsageError(`${missing} is missing.`);
  const extra = parsed.positionals[positionals.length];
  if (extra !== undefined) throw new UsageError(`Unexpected argument '${extra}'.`);
  return parsed;
}

/** Whether the help is asked for, by an argument before any `--`. */
export function wantsHelp(argv: readonly string[]): boolean {
  const end = argv.indexOf('--');
  return (end < 0 ? argv : argv.slice(0, end)).some((argument) => argument === '--help' || argument === '-h');
}

/**
 * Parses the arguments of a command that takes one file or more.
 * @throws UsageError as `parseCommandLine`, and when no file is named
 */
export function parseFiles<T extends Options>(argv: string[], options: T) {
  const parsed = parseStrictly(argv, options);
  if (parsed.positionals.length === 0) throw new UsageError('FILE is missing.');
  return { values: parsed.values, files: parsed.positionals };
}

/**
 * Parses the arguments of a command that takes one argument or none.
 * @throws UsageError as `parseCommandLine`
 */
export function parseOptional<T extends Options>(argv: string[], options: T) {
  const parsed = parseStrictly(argv, options);
  const [positional, extra] = parsed.positionals;
  if (extra !== undefined) throw new UsageError(`Unexpected argument '${extra}'.`);
  return { values: parsed.values, positional };
}

/** An empty text is a variable of a shell's that was not set: as a directory it would be this one, as a name any. */
function parseStrictly<T extends Options>(argv: string[], options: T) {
  const parsed = understood(() => parseArgs({ args: argv, options, allowPositionals: true, strict: true }));
  for (const [name, given] of Object.entries(parsed.values)) {
    if ([given].flat().includes('')) throw new UsageError(`--${name} wants a value, not ''.`);
  }
  if (parsed.positionals.includes('')) throw new UsageError("An argument is empty: ''.");
  return parsed;
}

function understood<T>(parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    const { message } = error as Error;
    const [, option, next] =
      /^Option '(?:-\w, )?(--[\w-]+)(?: <value>)?' argument (?:missing|(is ambiguous))/.exec(message) ?? [];
    if (option !== undefined) {
      const hint = next === undefined ? '' : ` One that begins with a dash is written behind '=': ${option}=-…`;
      throw new UsageError(`${option} wants a value.${hint}`);
    }
    // Node explains at length how to pass what looks like an option; its first sentence says what is wrong.
    throw new UsageError(`${message.split(/\.\s/)[0]?.replace(/\.$/, '')}.`);
  }
}

/** @throws UsageError unless `text` is a port */
export function portOption(name: string, text: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65_535)
    throw new UsageError(`--${name} wants a port from 0 to 65535, not '${text}'.`);
  return port;
}
