import { accessSync, constants, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { parseArgs } from 'node:util';
import { SHORTEST_SOAK } from './soak';
import type { Scenario } from './trial';

export interface Options {
  readonly scenarios: readonly Scenario[];
  readonly size: number;
  readonly seed: number;
  /** How long the soak lasts. */
  readonly seconds: number;
  readonly json?: string;
  readonly docs: boolean;
}

/** What stands on the command line is wrong; the message says what is. */
export class WrongOption extends Error {}

const LARGEST_SIZE = 1000;
const LARGEST_SEED = 2 ** 32 - 1;

/** The options of `npm run chaos`, or 'help'. @throws WrongOption */
export function readOptions(args: readonly string[], all: readonly Scenario[], now = Date.now()): Options | 'help' {
  const values = parsed(args);
  if (values.help) return 'help';
  const names = all.map(({ name }) => name);
  const only = values.only?.split(',') ?? names;
  const unknown = only.find((name) => !names.includes(name));
  if (unknown !== undefined) throw new WrongOption(`--only wants ${names.join(', ')}, not '${unknown}'.`);
  const twice = only.find((name, index) => only.indexOf(name) < index);
  if (twice !== undefined) throw new WrongOption(`--only names '${twice}' twice.`);
  const size = Number(values.size ?? '1');
  if (!/^\d*\.?\d+$/.test(values.size ?? '1') || size === 0 || size > LARGEST_SIZE) {
    throw new WrongOption(`--size wants a number above 0 and up to ${LARGEST_SIZE}, not '${values.size}'.`);
  }
  const seed = whole('--seed', values.seed ?? String(now % 1_000_000), 0, LARGEST_SEED);
  if (values.seconds !== undefined && !only.includes('soak')) {
    throw new WrongOption('--seconds is how long the soak lasts, and --only leaves the soak out.');
  }
  const seconds = whole(
    '--seconds',
    values.seconds ?? String(Math.round(Math.max(SHORTEST_SOAK, 60 * size))),
    SHORTEST_SOAK,
    1e6,
  );
  if (values.docs && size !== 1) {
    throw new WrongOption('--docs publishes figures of size 1: leave --size out.');
  }
  if (values.docs && only.includes('soak') && seconds < 3600) {
    throw new WrongOption(
      '--docs publishes a soak of an hour: give --seconds 3600, or leave the soak out with --only.',
    );
  }
  if (values.json !== undefined) checkWritable(values.json);
  const scenarios = only.map((name) => all[names.indexOf(name)] as Scenario);
  return { scenarios, size, seed, seconds, docs: values.docs, ...(values.json !== undefined && { json: values.json }) };
}

/** The command that repeats one scenario of a run, and what it repeats. */
export function again(scenario: Pick<Scenario, 'name' | 'seed'>, { size, seed, seconds }: Options): string {
  const command = [`npm run chaos -- --only ${scenario.name} --size ${size}`];
  if (scenario.seed !== 'nothing') command.push(`--seed ${seed}`);
  if (scenario.name === 'soak') command.push(`--seconds ${seconds}`);
  return command.join(' ');
}

export function usage(scenarios: readonly Scenario[]): string {
  const lines = scenarios.map(
    ({ name, title, letters, seconds, scales }) =>
      `  ${name.padEnd(10)} ${title.padEnd(25)} ${letters.padEnd(4)} ${String(seconds).padStart(4)} s   ${scales}`,
  );
  const minutes = Math.ceil(scenarios.reduce((sum, { seconds }) => sum + seconds, 0) / 60);
  return `Usage: npm run chaos -- [--only NAME,...] [--size N] [--seconds N] [--seed N] [--json FILE] [--docs]

Kills, damages and floods the real processes, and compares what they show with what they acknowledged.

  --only NAME,...  some of the scenarios below; all by default
  --size N         how much of it: 1 by default, above 0 and up to ${LARGEST_SIZE}
  --seconds N      how long the soak lasts; 60 times the size, and 60 at least
  --seed N         draws what another run drew: deaths, damages, answers, not when they come (printed; 0 to 4294967295)
  --json FILE      writes what was found, the machine and its load
  --docs           tells it in docs/promises.md and in the README; at size 1, and a soak of an hour

Scenario, the promises it looks at (docs/promises.md), its time at size 1 on two free cores (all: ${minutes} min), and what --size multiplies:

${lines.join('\n')}

Ends with 0 when all was kept, 1 when a promise was BROKEN, 2 for a wrong option, 3 when it was INCOMPLETE (too little was
reached to say anything), 4 when a figure of time or memory is OVER its LIMIT, as on a busy machine; the first that applies.
`;
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        only: { type: 'string' },
        size: { type: 'string' },
        seconds: { type: 'string' },
        seed: { type: 'string' },
        json: { type: 'string' },
        docs: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    }).values;
  } catch (error) {
    const [first = ''] = (error as Error).message.split(/(?<=[^.])(?:\.\s|\n)/);
    const told = first.replace(
      'argument is ambiguous',
      "wants a value, which stands behind '=' if it begins with a dash",
    );
    throw new WrongOption(`${told.replace(/\.$/, '')}.`);
  }
}

function whole(option: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= least && value <= most) return value;
  throw new WrongOption(`${option} wants a whole number from ${least} to ${most}, not '${text}'.`);
}

function checkWritable(file: string): void {
  const there = statSync(file, { throwIfNoEntry: false });
  try {
    if (there?.isDirectory() || /(^|\/)$/.test(file)) throw new WrongOption(`--json wants a file, not '${file}'.`);
    accessSync(there ? file : dirname(file), constants.W_OK);
    if (!statSync(dirname(file)).isDirectory()) throw new WrongOption(`'${dirname(file)}' is no directory.`);
  } catch (error) {
    if (error instanceof WrongOption) throw error;
    throw new WrongOption(`--json cannot write '${file}': ${(error as Error).message}.`);
  }
}
