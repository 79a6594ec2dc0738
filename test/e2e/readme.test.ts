import { execFile, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { readme, root, shown } from './pages';

/** The README is run: its commands as they stand there, and its output compared with what they print today; the demo's is `demo.test.ts`'s. */
const run = promisify(execFile);

/** The shell blocks, by the word behind `sh`. */
function blocks(name = '', page = readme): string[] {
  return [...page.matchAll(/^```sh *(.*)\n([\s\S]*?)^```$/gm)]
    .filter((block) => block[1] === name)
    .map((block) => (block[2] as string).trim());
}

/** Runs a script in the project's root, its `npx stepwright` being the command under test on a directory of its own. */
async function shell(script: string, directory: string): Promise<string> {
  const commands = script
    .replace(/npx stepwright (env|clock|run|faults)\b(.*?)(?=\)|$)/gm, `npx stepwright $1$2 --data ${directory}`)
    .replace(/npx stepwright/g, 'node bin/stepwright.mjs');
  const { stdout } = await run('bash', ['-euo', 'pipefail', '-c', commands], { cwd: root, maxBuffer: 1 << 24 });
  return stdout;
}

/** What differs from day to day, as the session begins today, and from run to run. */
function withoutDates(text: string): string {
  return text
    .replace(/[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}/g, 'ID')
    .replace(/; \d+(\.\d+)? s$/gm, '; TIME s')
    .replace(/\d{4}-\d\d-\d\d([ T])\d\d:\d\d:\d\d(Z| UTC)/g, 'DATE$1TIME$2')
    .replace(
      /\b\d{1,2} (January|February|March|April|May|June|July|August|September|October|November|December)/g,
      'DAY',
    );
}

test('its plain commands are those that run here and in CI', () => {
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  expect(blocks()).toEqual(['npm ci && npm run demo', 'npm ci && npm test', 'npx cdk synth --quiet']);
  expect(scripts.demo).toBe('node bin/stepwright.mjs demo');
  const ci = readFileSync(join(root, '.ci/run'), 'utf8');
  for (const command of ['npm ci', 'npm test', 'npx cdk synth --quiet']) expect(ci).toContain(`\n${command}`);
});

test('its session works: start, lend by curl, 22 days later, run', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'stepwright-readme-'));
  const [start = ''] = blocks('start');
  const server = spawn('node', ['bin/stepwright.mjs', ...start.split(' ').slice(2), ...SERVER_OPTIONS, directory], {
    cwd: root,
  });
  try {
    await new Promise<void>((ready, failed) => {
      let output = '';
      server.stdout.setEncoding('utf8').on('data', (text) => {
        output += text;
        if (output.includes('Ready after')) ready();
      });
      server.once('exit', (code) => failed(new Error(`start ended with ${code}: ${output}`)));
    });
    const [session = ''] = blocks('session');
    const output = await shell(session, directory);
    const printed = withoutDates(output.replace('}2', '}\n2')).trim().split('\n');
    const lines = shown('session', readme);
    expect(lines.length).toBeGreaterThan(5);
    expect(printed).toEqual(expect.arrayContaining(lines.map(withoutDates)));
    await playFaults(directory);
  } finally {
    server.removeAllListeners('exit');
    const ended = new Promise((done) => server.once('exit', done));
    server.kill('SIGTERM');
    await ended;
    rmSync(directory, { recursive: true });
  }
}, 120_000);

/** docs/faults.md shows what its commands print on the local cloud that is in use. */
async function playFaults(directory: string): Promise<void> {
  const page = readFileSync(join(root, 'docs/faults.md'), 'utf8');
  for (const name of ['refused', 'slow']) {
    const [commands = ''] = blocks(name, page);
    const lines = shown(name, page);
    expect(lines.length).toBeGreaterThan(4);
    const printed = withoutDates(await shell(commands, directory))
      .trim()
      .split('\n');
    // What else comes to an end in that minute is the session's.
    expect(printed.map(inAnyOrder)).toEqual(expect.arrayContaining(lines.map(withoutDates).map(inAnyOrder)));
  }
}

/** Jitter decides which of two branches goes on first. */
function inAnyOrder(line: string): string {
  return line.replace(/^ {2}(\w.*);/, (_, steps: string) => `  ${steps.split(', ').sort().join(', ')};`);
}

const SERVER_OPTIONS = ['--port', '0', '--aws-port', '0', '--data'];
