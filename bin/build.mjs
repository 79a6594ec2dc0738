/**
 * Owns what is compiled ahead of time: the command itself, and the files that must exist as plain JavaScript at run
 * time (the bootstrap of the Lambda workers). Used by `bin/stepwright.mjs` and by the tests' global setup.
 */
import { existsSync, mkdirSync, readdirSync, renameSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

const SOURCES = ['local', 'demo', 'desk', 'lambda/shared', 'bin'];
const OUTPUTS = [
  { from: 'local/services/lambda/worker.ts', to: 'dist/lambda-worker.js' },
  { from: 'local/services/lambda/import-hooks.ts', to: 'dist/lambda-import-hooks.js' },
  { from: 'bin/stepwright.ts', to: 'dist/stepwright.js' },
];

/** What a program needs that runs functions from the TypeScript sources. */
export const WORKER_FILES = ['dist/lambda-worker.js', 'dist/lambda-import-hooks.js'];

/**
 * Compiles what is missing or older than any of its sources; answers the files it wrote.
 * @param {string[]} [wanted] outputs to look after, e.g. `WORKER_FILES`; all of them by default
 */
export async function build(wanted = OUTPUTS.map(({ to }) => to)) {
  // The version that the command tells stands in package.json.
  const newest = Math.max(
    writtenAt(join(root, 'package.json')),
    ...SOURCES.map((folder) => newestIn(join(root, folder))),
  );
  const stale = OUTPUTS.filter(
    ({ from, to }) => wanted.includes(to) && existsSync(join(root, from)) && writtenAt(join(root, to)) < newest,
  );
  if (stale.length === 0) return [];
  const esbuild = await import('esbuild');
  await Promise.all(stale.map((output) => compile(esbuild, output)));
  return stale.map(({ to }) => to);
}

async function compile(esbuild, { from, to }) {
  const began = new Date();
  const { outputFiles } = await esbuild.build({
    absWorkingDir: root,
    entryPoints: [from],
    outfile: to,
    bundle: true,
    write: false,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    external: ['libsql', 'dynalite', 'mailparser'],
    logLevel: 'error',
  });
  // Several processes may build at once, and others may be reading: the file appears whole or not at all.
  const file = join(root, to);
  const draft = `${file}.${process.pid}`;
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(draft, outputFiles[0].contents);
  utimesSync(draft, began, began);
  renameSync(draft, file);
}

function newestIn(folder) {
  if (!existsSync(folder)) return 0;
  let newest = 0;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    newest = Math.max(newest, entry.isDirectory() ? newestIn(path) : statSync(path).mtimeMs);
  }
  return newest;
}

function writtenAt(file) {
  return existsSync(file) ? statSync(file).mtimeMs : 0;
}
