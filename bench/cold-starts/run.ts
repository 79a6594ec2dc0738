import { execFile } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { bundleHandler, handlersDirectory } from '../../lib/workflow/bundle';
import type { BenchCommand } from '../command/command';
import { Setting } from '../command/figures-file';
import { temporaryDirectory } from '../command/leftovers';
import { count, outputFile } from '../command/options';
import { progress } from '../command/progress';

const options = {
  rounds: count('processes for each function; the time is their median', 7),
  json: outputFile('also write the figures there, with machine, load and commit'),
};

/**
 * `npm run cold-starts`: for each function of the application the size of its bundle, and how long a process of its own
 * takes to `require` it, in ms, on this machine and its Node.js.
 */
export const coldStartsCommand: BenchCommand<typeof options> = {
  call: 'npm run cold-starts --',
  about: `
Bundles each function of the application as a synth does, and prints the size of the bundle in KB and the ms that a process of
its own takes to require it.

By default it takes half a minute, when the machine has nothing else to do. Ends with 0 however long they take, with 1 for a
failure, with 2 for a wrong command line.`,
  options,
  async run({ rounds, json }) {
    const setting = new Setting('npm run cold-starts');
    progress(setting.line);
    const { path: directory } = temporaryDirectory('bundles');
    const functions = [];
    for (const handler of handlers()) {
      // As a synth makes it.
      const file = join(directory, handler, 'index.js');
      bundleHandler(handler, file);
      const { size: bundleBytes } = statSync(file);
      const requireP50Ms = await requireMs(file, rounds);
      functions.push({ handler, bundleBytes, requireP50Ms });
      const size = (bundleBytes / 1000).toFixed(0).padStart(5);
      process.stdout.write(`${handler.padEnd(42)} ${size} KB  ${requireP50Ms.toFixed(0).padStart(5)} ms\n`);
    }
    if (json !== undefined) setting.write(json, { rounds }, { functions });
    return 0;
  },
};

function handlers(): string[] {
  const files = readdirSync(handlersDirectory, { recursive: true, encoding: 'utf8' });
  return files
    .filter((file) => file.endsWith('.lambda.ts'))
    .map((file) => file.replace('.lambda.ts', ''))
    .sort();
}

/** Handlers ask for their configuration when they are loaded: here they find one in each variable, with nothing in it but hours. */
const configured =
  'process.env = new Proxy(process.env, { get: (env, name) => env[name] ?? (/^(AWS|NODE)_|[a-z]/.test(String(name)) ? undefined : \'{"hours":{}}\') });';

/** The median of so many processes, one after the other. */
async function requireMs(file: string, rounds: number): Promise<number> {
  const load = `const began = performance.now(); require(${JSON.stringify(file)}); process.stdout.write(String(performance.now() - began));`;
  const env = { ...process.env, AWS_REGION: 'us-east-1', NODE_NO_WARNINGS: '1' };
  const times: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const { stdout } = await promisify(execFile)(process.execPath, ['-e', `${configured} ${load}`], { env });
    times.push(Number(stdout));
  }
  return times.sort((a, b) => a - b)[Math.floor(rounds / 2)] as number;
}
