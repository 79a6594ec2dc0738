import { accessSync, closeSync, constants, openSync, rmSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { parseCommandLine, UsageError } from '../../local/cli/command';

/**
 * Owns the options of the commands in bench/: what each takes, and that it is right before anything runs. An option says
 * its unit in its description; its default stands in the help by itself.
 */
export interface Option<T> {
  /** What stands for its value in the help, e.g. `N`. */
  readonly placeholder: string;
  readonly about: string;
  readonly byDefault: T;
  /** @throws UsageError unless `text` is a value of it; `name` as the user wrote it, e.g. `--rounds` */
  read(name: string, text: string): T;
}

// biome-ignore lint/suspicious/noExplicitAny: each option has a type of its own.
export type Options = Readonly<Record<string, Option<any>>>;

export type Values<O extends Options> = { readonly [K in keyof O]: O[K] extends Option<infer T> ? T : never };

/** How many: from 1 on. */
export function count(about: string, byDefault: number): Option<number> {
  return number(about, byDefault, /^\d+$/, 'a whole number from 1 on');
}

/** How long, in seconds: parts of one will do. */
export function seconds(about: string, byDefault: number): Option<number> {
  return number(about, byDefault, /^\d+(\.\d+)?$/, 'a number of seconds above 0');
}

function number(about: string, byDefault: number, form: RegExp, wanted: string): Option<number> {
  const read = (name: string, text: string) => {
    const value = Number(text);
    if (form.test(text) && value > 0 && value <= Number.MAX_SAFE_INTEGER) return value;
    throw new UsageError(`${name} wants ${wanted}, not '${text}'.`);
  };
  return { placeholder: 'N', about, byDefault, read };
}

export function oneOf<T extends string>(placeholder: string, about: string, choices: readonly T[]): Option<T> {
  const read = (name: string, text: string) => {
    const chosen = choices.find((choice) => choice === text);
    if (chosen === undefined) throw new UsageError(`${name} wants one of ${choices.join(', ')}, not '${text}'.`);
    return chosen;
  };
  return { placeholder, about, byDefault: choices[0] as T, read };
}

/** The URL of a server on plain HTTP. */
export function httpUrl(about: string, byDefault: string): Option<string> {
  const read = (name: string, text: string) => {
    if (URL.canParse(text) && new URL(text).protocol === 'http:') return text;
    throw new UsageError(`${name} wants a URL like ${byDefault}, not '${text}'.`);
  };
  return { placeholder: 'URL', about, byDefault, read };
}

/** A file that is written when all is done: that it can be is found out before. */
export function outputFile(about: string): Option<string | undefined> {
  const read = (name: string, file: string) => {
    const reason = whyNotWritable(file);
    if (reason === undefined) return file;
    throw new UsageError(`${name}: ${reason}.`);
  };
  return { placeholder: 'FILE', about, byDefault: undefined, read };
}

/** Leaves a file that is there as it is, and none where there was none. */
function whyNotWritable(file: string): string | undefined {
  const directory = dirname(file);
  const found = statSync(directory, { throwIfNoEntry: false });
  if (!found) return `there is no directory '${directory}'`;
  if (!found.isDirectory()) return `'${directory}' is no directory`;
  const there = statSync(file, { throwIfNoEntry: false });
  if (there?.isDirectory()) return `'${file}' is a directory`;
  try {
    if (there) {
      accessSync(file, constants.W_OK);
    } else {
      closeSync(openSync(file, 'wx'));
      rmSync(file);
    }
    return undefined;
  } catch (error) {
    return `'${file}' cannot be written (${(error as NodeJS.ErrnoException).code})`;
  }
}

/**
 * Reads a command line.
 * @throws UsageError that names the option, for a wrong or missing value, an option that there is not, or an argument
 */
export function readOptions<O extends Options>(argv: readonly string[], options: O): Values<O> {
  const names = Object.keys(options);
  const strings = Object.fromEntries(names.map((name) => [name, { type: 'string' } as const]));
  const { values } = parseCommandLine(negativesJoined(argv, names), strings);
  const read = names.map((name) => {
    const text = values[name];
    const option = options[name] as Option<unknown>;
    return [name, typeof text === 'string' ? option.read(`--${name}`, text) : option.byDefault];
  });
  return Object.fromEntries(read);
}

/** `--rounds -1` as `--rounds=-1`: so that what is wrong is told of the number, not of how it is written. */
function negativesJoined(argv: readonly string[], names: readonly string[]): string[] {
  const joined: string[] = [];
  for (const argument of argv) {
    const before = joined.at(-1) ?? '';
    const isValue = /^-\d/.test(argument) && names.some((name) => before === `--${name}`);
    if (isValue) joined[joined.length - 1] = `${before}=${argument}`;
    else joined.push(argument);
  }
  return joined;
}

/** The options as the help shows them, a line for each. */
export function describeOptions(options: Options): string {
  const rows = Object.entries(options).map(([name, { placeholder, about, byDefault }]) => [
    `--${name} ${placeholder}`,
    byDefault === undefined ? about : `${about} (${byDefault})`,
  ]);
  const all = [...rows, ['-h, --help', 'print this']];
  const width = Math.max(...all.map(([left = '']) => left.length));
  return all.map(([left = '', right]) => `  ${left.padEnd(width)}  ${right}`).join('\n');
}
