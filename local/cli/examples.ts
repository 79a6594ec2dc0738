import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Owns where inputs to try a workflow with are found: a table in `examples/README.md` of the app's directory, whose rows
 * begin with a file and name workflows, each in backquotes, in any of their cells.
 */
export interface Example {
  /** As seen from the app's directory: 'examples/order.json'. */
  readonly file: string;
  /** What else the row says, but for the workflow's name alone. */
  readonly about: string;
}

/** The examples for the state machine of this name; none where there is no such table. */
export function examplesFor(machine: string, directory = process.cwd()): Example[] {
  const table = join(directory, 'examples', 'README.md');
  if (!existsSync(table)) return [];
  return readFileSync(table, 'utf8')
    .split('\n')
    .flatMap((line): Example[] => {
      const [, first = '', ...cells] = line.split('|').map((cell) => cell.trim());
      const file = /^`([^`]+)`$/.exec(first)?.[1];
      if (file === undefined || !names(cells.join(' ')).some((name) => isPartOf(name, machine))) return [];
      const about = cells.filter((cell) => cell !== '' && !/^`[^`]+`$/.test(cell)).join('; ');
      return [{ file: `examples/${file}`, about: about.replaceAll('`', '') }];
    });
}

function names(text: string): string[] {
  return [...text.matchAll(/`([A-Za-z0-9_-]+)`/g)].map(([, name]) => name as string);
}

/** As `chooseWorkflow` compares names. */
function isPartOf(name: string, machine: string): boolean {
  const plain = (text: string) => text.toLowerCase().replace(/[^a-z0-9]/g, '');
  return plain(machine).includes(plain(name));
}
