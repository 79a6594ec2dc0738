/**
 * Compiles what must exist as plain JavaScript: the command itself, the bootstrap of the Lambda workers, the tests of state machines for
 * programs that read no TypeScript (`outputs.cjs` lists them).
 */
import { mkdirSync, renameSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import outputs from './outputs.cjs';

export const { root, WORKER_FILES, COMMAND_FILES } = outputs;

/**
 * Compiles what is missing or older than any of its sources; answers the files it wrote.
 * @param {readonly string[]} wanted outputs to look after, e.g. `WORKER_FILES`
 */
export async function build(wanted) {
  const stale = outputs.staleOutputs(wanted);
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
