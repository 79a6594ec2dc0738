import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { coldStartsCommand } from '../../bench/cold-starts/run';
import { type BenchCommand, perform } from '../../bench/command/command';
import { Setting } from '../../bench/command/figures-file';
import { atEnd, cleanUp, temporaryDirectory } from '../../bench/command/leftovers';
import { httpUrl, type Options, oneOf, type Values } from '../../bench/command/options';
import { costCommand } from '../../bench/cost/command';
import { loadCommand } from '../../bench/load/command';
import { benchCommand } from '../../bench/speed/run';
import { capture } from '../cli/capture';

const driveOptions = {
  url: httpUrl('of a server', 'http://127.0.0.1:8083'),
  workload: oneOf('NAME', 'which', ['W1', 'W2']),
};
const drive = { call: 'drive', about: 'Drives.', options: driveOptions };

/** The command with nothing behind it that runs: what it would have been given. */
async function given<O extends Options>(command: Omit<BenchCommand<O>, 'run'>, argv: readonly string[]) {
  const runs: Array<Values<O>> = [];
  const run = async (values: Values<O>) => {
    runs.push(values);
    return 0;
  };
  return { ...(await capture(() => perform({ ...command, run }, argv))), runs };
}

test('without options each has its default', async () => {
  expect((await given(benchCommand, [])).runs).toEqual([{ rounds: 3, seconds: 2, waiting: 10_000, json: undefined }]);
  expect((await given(loadCommand, [])).runs).toEqual([{ events: 10_000, players: 1000, times: 1, json: undefined }]);
  expect((await given(coldStartsCommand, [])).runs).toEqual([{ rounds: 7, json: undefined }]);
  expect((await given(costCommand, [])).runs).toEqual([{}]);
  expect((await given(drive, [])).runs).toEqual([{ url: 'http://127.0.0.1:8083', workload: 'W1' }]);
});

test('reads what is given', async () => {
  const { runs } = await given(benchCommand, ['--rounds', '5', '--seconds=0.5', '--waiting', '100']);
  expect(runs).toEqual([{ rounds: 5, seconds: 0.5, waiting: 100, json: undefined }]);
  expect((await given(drive, ['--workload', 'W2'])).runs).toEqual([{ url: 'http://127.0.0.1:8083', workload: 'W2' }]);
});

const bench = (...argv: string[]) => given(benchCommand, argv);
const load = (...argv: string[]) => given(loadCommand, argv);
const whole = 'wants a whole number from 1 on, not';

test.each([
  [() => bench('--seconds', 'abc'), "--seconds wants a number of seconds above 0, not 'abc'."],
  [() => bench('--seconds', '0.0'), "--seconds wants a number of seconds above 0, not '0.0'."],
  [() => bench('--seconds', '1e999'), "--seconds wants a number of seconds above 0, not '1e999'."],
  [() => bench('--seconds', '9'.repeat(20)), '--seconds wants a number of seconds above 0'],
  [() => bench('--rounds', '0'), `--rounds ${whole} '0'.`],
  [() => bench('--rounds', '1.5'), `--rounds ${whole} '1.5'.`],
  [() => bench('--rounds=-1'), `--rounds ${whole} '-1'.`],
  [() => bench('--waiting', '-3'), `--waiting ${whole} '-3'.`],
  [() => bench('--waiting', '0x10'), `--waiting ${whole} '0x10'.`],
  [() => bench('--waiting='), "--waiting wants a value, not ''."],
  [() => bench('--rounds', '--seconds', '2'), '--rounds wants a value.'],
  [() => bench('--json'), '--json wants a value.'],
  [() => bench('--json', '/nowhere/at/all.json'), "--json: there is no directory '/nowhere/at'."],
  [() => bench('--json', `${__filename}/x.json`), `--json: '${__filename}' is no directory.`],
  [() => bench('--json', __dirname), `--json: '${__dirname}' is a directory.`],
  [() => bench('--json', '/proc/figures.json'), "--json: '/proc/figures.json' cannot be written (ENOENT)."],
  [() => bench('--fast'), "Unknown option '--fast'."],
  [() => bench('W1'), "Unexpected argument 'W1'."],
  [() => load('--events', 'many'), `--events ${whole} 'many'.`],
  [() => load('--players', '0'), `--players ${whole} '0'.`],
  [() => load('--times', ' 2'), `--times ${whole} ' 2'.`],
  [() => given(coldStartsCommand, ['--rounds', 'x']), `--rounds ${whole} 'x'.`],
  [() => given(costCommand, ['--all']), "Unknown option '--all'."],
  [() => given(costCommand, ['all']), "Unexpected argument 'all'."],
  [() => given(drive, ['--url', 'localhost']), "--url wants a URL like http://127.0.0.1:8083, not 'localhost'."],
  [() => given(drive, ['--workload', 'w1']), "--workload wants one of W1, W2, not 'w1'."],
])('a wrong command line, %#, is told before anything runs', async (call, message) => {
  const { code, stdout, stderr, runs } = await call();
  expect(stderr.split('\n')[0]).toContain(message);
  expect(stderr).toContain("--help' tells how it is used.");
  expect({ code, stdout, runs }).toEqual({ code: 2, stdout: '', runs: [] });
});

test.each([
  ['bench', benchCommand],
  ['load', loadCommand],
  ['cold-starts', coldStartsCommand],
  ['cost', costCommand],
] as ReadonlyArray<[string, Omit<BenchCommand, 'run'>]>)(
  '%s tells how it is used, whatever else is asked',
  async (name, command) => {
    for (const argv of [['--help'], ['-h'], ['--fast', '--help']]) {
      const { code, stdout, stderr, runs } = await given(command, argv);
      expect({ code, stderr, runs }).toEqual({ code: 0, stderr: '', runs: [] });
      expect(stdout).toMatch(new RegExp(`^Usage: npm run ${name}( -- \\[--|\\n)`));
      expect(stdout).toMatch(/takes .*minute/);
      for (const [option, { byDefault }] of Object.entries(command.options)) {
        expect(stdout).toMatch(
          new RegExp(`\n  --${option} .*${byDefault === undefined ? '' : `\\(${byDefault}\\)`}\n`),
        );
      }
    }
  },
);

test('a failure is a sentence, and 1', async () => {
  const run = () => Promise.reject(new Error('The server closed the connection.'));
  const failed = await capture(() => perform({ ...drive, run }, []));
  expect(failed).toEqual({ code: 1, stdout: '', stderr: 'The server closed the connection.\n' });
});

describe('a file of figures', () => {
  const directory = mkdtempSync(join(tmpdir(), 'stepwright-tests-'));
  const file = join(directory, 'figures.json');

  test('is neither made nor changed by the check', async () => {
    expect((await bench('--json', file)).runs).toMatchObject([{ json: file }]);
    expect(existsSync(file)).toBe(false);
    writeFileSync(file, 'before');
    expect((await bench('--json', file)).code).toBe(0);
    expect(readFileSync(file, 'utf8')).toBe('before');
  });

  test('says where, when and of what, in sensible digits', () => {
    new Setting('npm run bench').write(file, { rounds: 3 }, { rate: 2179.4444, p50Ms: 0.319999, executions: 10_001 });
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({
      command: 'npm run bench',
      options: { rounds: 3 },
      date: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
      commit: expect.anything(),
      node: process.version,
      machine: {
        cores: expect.any(Number),
        loadOfOneMinuteBefore: expect.any(Number),
        loadOfOneMinuteAfter: expect.any(Number),
      },
      figures: { rate: 2179, p50Ms: 0.32, executions: 10_001 },
    });
  });
});

test('what is left at the end is removed, once, the last first', async () => {
  const removed: string[] = [];
  const { path } = temporaryDirectory('tests');
  const early = atEnd(() => removed.push('early'));
  atEnd(() => removed.push(`server, its directory ${existsSync(path) ? 'there' : 'gone'}`));
  atEnd(() => Promise.reject(new Error('It does not end.')));
  await early();
  await cleanUp();
  expect(removed).toEqual(['early', 'server, its directory there']);
  expect(existsSync(path)).toBe(false);
});
