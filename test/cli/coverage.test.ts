import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { localCommands } from '../../local/cli/commands';
import { main } from '../../local/cli/main';
import { temporaryDirectory } from '../assembly/synthesize';
import { capture } from './capture';

/** What a test's process leaves that entered the first of two states. */
const LINE = JSON.stringify({
  machine: 'order',
  points: [
    { key: 'Charge', kind: 'states', label: 'Charge' },
    { key: 'Refuse', kind: 'states', label: 'Refuse' },
  ],
  covered: ['Charge'],
});
const test1 = `require('node:fs').writeFileSync(process.env.STEPWRIGHT_COVERAGE + '/1.jsonl', ${JSON.stringify(LINE)})`;

const directory = temporaryDirectory();
const home = process.cwd();
beforeAll(() => process.chdir(directory));
afterAll(() => process.chdir(home));

const coverage = (...argv: string[]) => capture(() => main(['coverage', ...argv], localCommands));
const program = (script: string) => ['--', process.execPath, '-e', script];

test('is measured, and judged unless a part was run', async () => {
  expect(await coverage(...program(test1))).toMatchObject({ code: 0 });
  const judged = await coverage('--threshold', '51', '--file', 'out.json', ...program(test1));
  expect(judged.code).toBe(1);
  expect(judged.stderr).toMatch(
    /order +1\/2 50 %[\s\S]*out\.json\nstepwright: The coverage of order is below 51 %\.\n$/,
  );
  expect(await coverage('--threshold', '51', '--partial', ...program(test1))).toMatchObject({ code: 0 });
});

test('misses the definitions of a directory that no test loads', async () => {
  mkdirSync(join(directory, 'machines'));
  const definition = { StartAt: 'Done', States: { Done: { Type: 'Succeed' } } };
  writeFileSync(join(directory, 'machines/untested.asl.json'), JSON.stringify(definition));
  const { stderr } = await coverage('--definitions', 'machines', ...program(test1));
  expect(stderr).toMatch(/untested +0\/1 0 %/);
});

test('ends as the tests do', async () => {
  expect(await coverage('--threshold', '100', ...program(`${test1}; process.exitCode = 7`))).toMatchObject({ code: 7 });
  expect(await coverage(...program(`process.kill(process.pid, 'SIGKILL')`))).toMatchObject({ code: 137 });
  expect(await coverage(...program(''))).toEqual({ code: 0, stdout: '', stderr: '' });
});

test.each([
  [['--threshold', 'all', '--', 'x'], 2, "--threshold wants a percentage from 0 to 100, not 'all'."],
  [['--definitions', 'none', '--', 'x'], 1, "There is no directory 'none' of definitions."],
  [['--', 'no-such-program'], 1, 'no-such-program cannot be run: there is no such program.'],
])('%j is refused', async (argv, code, message) => {
  const { stderr, ...rest } = await coverage(...argv);
  expect({ ...rest, first: stderr.split('\n')[0] }).toEqual({ code, stdout: '', first: `stepwright: ${message}` });
});

test.each([[[]], [['node', '--test']]])('%j names no tests to run', async (argv) => {
  const { stderr, code } = await coverage(...argv);
  expect(code).toBe(2);
  expect(stderr).toMatch(
    /^stepwright: The command that runs the tests is missing: '.+ coverage -- node --test' for one\.\n/,
  );
});
