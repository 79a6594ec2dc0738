import { text as wholeText } from 'node:stream/consumers';
import { isObject } from '../../asl/json';
import type { Diagnostic } from '../../asl/validate';
import { type Command, CommandFailure, parseFiles } from '../command';
import { fillPlaceholders, readDefinition } from '../definition-file';

export const validateCommand: Command = {
  summary: 'Check state machine definitions as AWS does',
  usage: `
Usage: stepwright validate FILE...|- [--express] [--json]

Checks definitions, which are JSON, by the rules of Amazon States Language and what integrations take, in the words of AWS, and warns of
what would be found only when they run. Exit code 1 when there is an error. A \${Placeholder} counts as what
CloudFormation puts there.

  FILE        a definition's file, or - for standard input
  --express   check them as Express state machines
  --json      print all findings as JSON
`,
  async run(argv) {
    const { values, files } = parseFiles(argv, {
      express: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
    });
    const type = values.express ? 'EXPRESS' : 'STANDARD';
    const standardInput = files.includes('-') ? await wholeText(process.stdin) : '';
    const results = files.map((file) => check(file, type, () => (file === '-' ? standardInput : readDefinition(file))));
    process.stdout.write(values.json ? `${JSON.stringify(results, null, 2)}\n` : describe(results));
    return results.some(({ result }) => result === 'FAIL') ? 1 : 0;
  },
};

interface Checked {
  readonly file: string;
  readonly result: 'OK' | 'FAIL';
  readonly diagnostics: ReadonlyArray<Diagnostic & { readonly state?: string }>;
}

function check(file: string, type: 'STANDARD' | 'EXPRESS', read: () => string): Checked {
  let text: string;
  try {
    text = fillPlaceholders(read());
  } catch (error) {
    if (!(error instanceof CommandFailure)) throw error;
    return refused(file, 'UNREADABLE_FILE', error.message);
  }
  if (isTemplate(text)) return refused(file, 'NOT_A_DEFINITION', TEMPLATE);
  const { validateDefinition } = require('../../asl/validate') as typeof import('../../asl/validate');
  const { result, diagnostics } = validateDefinition(text, { type });
  const names = stateNames(text);
  const found = diagnostics.map((diagnostic) => {
    const state = stateOf(diagnostic.location, names);
    return { ...diagnostic, ...(state !== undefined && { state }) };
  });
  return { file, result, diagnostics: found.sort((a, b) => (a.line ?? 0) - (b.line ?? 0)) };
}

/** What is no definition at all, so that the other files are checked all the same. */
function refused(file: string, code: string, message: string): Checked {
  return { file, result: 'FAIL', diagnostics: [{ severity: 'ERROR', code, message }] };
}

const TEMPLATE =
  "This is a CloudFormation template, not a definition. Its state machines are checked when 'stepwright start --assembly DIR' deploys " +
  'the cdk.out that it is in.';

function isTemplate(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) && isObject(value.Resources) && value.States === undefined;
  } catch {
    return false;
  }
}

/** One line for each finding, as compilers print them, and one that counts. */
function describe(results: readonly Checked[]): string {
  const lines = results.flatMap(({ file, diagnostics }) =>
    diagnostics.map(({ severity, line = 1, state, message, code }) => {
      const where = state === undefined ? '' : `state '${state}': `;
      return `${file}:${line}: ${severity.toLowerCase()}: ${where}${message.replace(/\s*\n\s*/g, ' ')} (${code})`;
    }),
  );
  const all = results.flatMap(({ diagnostics }) => diagnostics);
  const errors = all.filter(({ severity }) => severity === 'ERROR').length;
  const count = (number: number, what: string) => `${number} ${what}${number === 1 ? '' : 's'}`;
  lines.push(
    `${count(results.length, 'file')}: ${count(errors, 'error')}, ${count(all.length - errors, 'warning')}`,
    '',
  );
  return lines.join('\n');
}

/** The innermost state that a location such as '/States/Each/ItemProcessor/States/Work/Next' leads through. */
function stateOf(location: string | undefined, names: ReadonlySet<string>): string | undefined {
  const inner = location?.split('/States/').slice(1).at(-1);
  if (inner === undefined) return undefined;
  // A name may have slashes in it: the longest that fits is meant.
  const fitting = [...names].filter((name) => inner === name || inner.startsWith(`${name}/`));
  return fitting.sort((a, b) => b.length - a.length)[0] ?? inner.split('/')[0];
}

/** Of all states, those inside of other states too; none of a text that is not JSON. */
function stateNames(text: string): Set<string> {
  const names = new Set<string>();
  const collect = (value: unknown) => {
    if (isObject(value) && isObject(value.States)) for (const name of Object.keys(value.States)) names.add(name);
    return value;
  };
  try {
    JSON.parse(text, (_key, value) => collect(value));
  } catch {
    // The validator has told where it breaks.
  }
  return names;
}
