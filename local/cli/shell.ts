import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * Owns how the commands are written that the user is told to type: they must work as they stand, in the directory
 * where they are shown.
 */

/**
 * A command of Stepwright's for the user's shell: `npx stepwright clock now`.
 * @param directory where it is to be typed: npx finds Stepwright there, or would fetch whatever has its name
 */
export function commandLine(command: string, directory: string = process.cwd()): string {
  const program = npxFinds(directory) ? 'npx stepwright' : `node ${shellWord(launcher())}`;
  return `${program} ${command}`;
}

/** As one word for any POSIX shell. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/** `text`, quoted if need be. */
export function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : quoted(text);
}

/** Whether it is installed in `directory` or above, or `directory` is in its own package. */
function npxFinds(directory: string): boolean {
  const folders = folderAndParents(directory);
  if (folders.some((folder) => existsSync(join(folder, 'node_modules', '.bin', 'stepwright')))) return true;
  const project = folders.find((folder) => existsSync(join(folder, 'package.json')));
  return project !== undefined && packageName(project) === 'stepwright';
}

function packageName(folder: string): unknown {
  try {
    return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))?.name;
  } catch {
    // Somebody's package.json that npx could not read either.
    return undefined;
  }
}

/** The absolute path of `bin/stepwright.mjs`; sources and bundle stand at different depths below its package. */
function launcher(): string {
  const files = folderAndParents(__dirname).map((folder) => join(folder, 'bin', 'stepwright.mjs'));
  const file = files.find((candidate) => existsSync(candidate));
  if (file === undefined) throw new Error('Stepwright cannot find its own bin/stepwright.mjs.');
  return file;
}

function folderAndParents(folder: string): string[] {
  const parent = dirname(folder);
  return parent === folder ? [folder] : [folder, ...folderAndParents(parent)];
}
