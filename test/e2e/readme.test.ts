import { execFile, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

/** The README is run: its commands as they stand there, and its output compared with what they print today. */
const root = resolve(__dirname, '../..');
const readme = readFileSync(join(root, 'README.md'), 'utf8');
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

/** What differs from run to run: links, ports, ids, where the sources are. */
function withoutChance(line: string): string {
  return line
    .replace(/127\.0\.0\.1:\d+/g, '127.0.0.1:PORT')
    .replace(/\/l\/[\w-]{43}\//g, '/l/LINK/')
    .replace(/"trace":\[.*\]/, '"trace":[…]');
}

/** And from day to day: the session begins today. */
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

/** What a page shows under this name, line by line. */
function shown(name: string, page = readme): string[] {
  return new RegExp(`<!-- ${name} -->\n\`\`\`\n([\\s\\S]*?)\`\`\``).exec(page)?.[1]?.trimEnd().split('\n') ?? [];
}

test('its plain commands are those that run here and in CI', () => {
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  expect(blocks()).toEqual(['npm ci && npm run demo', 'npm ci && npm test', 'npx cdk synth --quiet']);
  expect(scripts.demo).toBe('node bin/stepwright.mjs demo');
  const ci = readFileSync(join(root, '.ci/run'), 'utf8');
  for (const command of ['npm ci', 'npm test', 'npx cdk synth --quiet']) expect(ci).toContain(`\n${command}`);
});

test('the demo prints what is shown here and in docs/retries.md, and ends with 0', async () => {
  const { stdout } = await run('node', ['bin/stepwright.mjs', 'demo'], { cwd: root });
  const printed = stdout.split('\n').map(withoutChance);
  const printedLike = (lines: string[]) => {
    expect(lines.length).toBeGreaterThan(10);
    const begin = printed.indexOf(lines[0] as string);
    return printed.slice(begin, begin + lines.length);
  };
  const here = shown('demo');
  expect(printedLike(here)).toEqual(here.map(withoutChance));
  // When it begins depends on the journeys before it.
  const retries = shown('demo', readFileSync(join(root, 'docs/retries.md'), 'utf8'));
  expect(sinceBegin(printedLike(retries))).toEqual(sinceBegin(retries));
}, 120_000);

/** Lines of the timeline, with the seconds since the first of them in the place of day and time. */
function sinceBegin(lines: string[]): string[] {
  let began: number | undefined;
  return lines.map((line) =>
    line.replace(/^.{19}(\d\d):(\d\d):(\d\d)/, (_, hours, minutes, seconds) => {
      const at = 3600 * Number(hours) + 60 * Number(minutes) + Number(seconds);
      began ??= at;
      return `${at - began} s`;
    }),
  );
}

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
    const lines = shown('session');
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
