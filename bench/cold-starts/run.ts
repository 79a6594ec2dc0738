import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundleHandler, handlersDirectory } from '../../lib/workflow/bundle';

/**
 * `npm run cold-starts`: for each function of the application the size of its bundle, and how long a process of its own
 * takes to `require` it: the median of seven, in ms, on this machine and its Node.js.
 */
const rounds = 7;

/** Handlers ask for their configuration when they are loaded: here they find one in each variable, with nothing in it but hours. */
const configured =
  'process.env = new Proxy(process.env, { get: (env, name) => env[name] ?? (/^(AWS|NODE)_|[a-z]/.test(String(name)) ? undefined : \'{"hours":{}}\') });';

function requireMs(file: string): number {
  const load = `const began = performance.now(); require(${JSON.stringify(file)}); process.stdout.write(String(performance.now() - began));`;
  const env = { ...process.env, AWS_REGION: 'us-east-1', NODE_NO_WARNINGS: '1' };
  const times = Array.from({ length: rounds }, () =>
    Number(
      execFileSync(process.execPath, ['-e', `${configured} ${load}`], { env, stdio: ['ignore', 'pipe', 'inherit'] }),
    ),
  );
  return times.sort((a, b) => a - b)[Math.floor(rounds / 2)] as number;
}

const directory = mkdtempSync(join(tmpdir(), 'stepwright-bundles-'));
try {
  const files = readdirSync(handlersDirectory, { recursive: true, encoding: 'utf8' });
  const handlers = files.filter((file) => file.endsWith('.lambda.ts')).map((file) => file.replace('.lambda.ts', ''));
  for (const handler of handlers.sort()) {
    // As a synth makes it.
    const file = join(directory, handler, 'index.js');
    bundleHandler(handler, file);
    const { size: bytes } = statSync(file);
    const time = `${requireMs(file).toFixed(0).padStart(5)} ms`;
    process.stdout.write(`${handler.padEnd(42)} ${(bytes / 1000).toFixed(0).padStart(5)} KB  ${time}\n`);
  }
} finally {
  rmSync(directory, { recursive: true, force: true });
}
