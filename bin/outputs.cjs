/**
 * Owns which files are compiled ahead of time, and which of them are older than their sources. `build.mjs` makes them; programs that
 * cannot wait for a module (`testing.cjs`) ask here first.
 */
const { existsSync, readdirSync, statSync } = require('node:fs');
const { dirname, join } = require('node:path');

const root = dirname(__dirname);

// The version that the command tells stands in package.json.
const SOURCES = ['local', 'demo', 'desk', 'lambda/shared', 'bin', 'package.json'];
const OUTPUTS = [
  { from: 'local/services/lambda/worker.ts', to: 'dist/lambda-worker.js' },
  { from: 'local/services/lambda/import-hooks.ts', to: 'dist/lambda-import-hooks.js' },
  { from: 'bin/stepwright.ts', to: 'dist/stepwright.js' },
  // Not .js, which Jest would hand to Babel.
  { from: 'local/testing/index.ts', to: 'dist/testing.cjs' },
];

/** What a program needs that runs functions from the TypeScript sources. */
const WORKER_FILES = ['dist/lambda-worker.js', 'dist/lambda-import-hooks.js'];

/** What the command needs. */
const COMMAND_FILES = [...WORKER_FILES, 'dist/stepwright.js'];

const TESTING_FILES = ['dist/testing.cjs'];

/**
 * Those of the wanted outputs that are missing or older than any source.
 * @param {readonly string[]} wanted
 */
function staleOutputs(wanted) {
  const newest = Math.max(...SOURCES.map((source) => newestIn(join(root, source))));
  return OUTPUTS.filter(
    ({ from, to }) => wanted.includes(to) && existsSync(join(root, from)) && writtenAt(join(root, to)) < newest,
  );
}

function newestIn(path) {
  if (!existsSync(path)) return 0;
  if (!statSync(path).isDirectory()) return writtenAt(path);
  let newest = 0;
  for (const entry of readdirSync(path, { withFileTypes: true })) {
    const file = join(path, entry.name);
    newest = Math.max(newest, entry.isDirectory() ? newestIn(file) : statSync(file).mtimeMs);
  }
  return newest;
}

function writtenAt(file) {
  return existsSync(file) ? statSync(file).mtimeMs : 0;
}

module.exports = { root, WORKER_FILES, COMMAND_FILES, TESTING_FILES, staleOutputs };
