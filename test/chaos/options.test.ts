import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { again, type Options, readOptions, usage } from './options';
import type { Scenario } from './trial';

const scenario = (name: string): Scenario => {
  return { name, title: `the ${name}`, letters: 'A', seconds: 30, scales: 'kills', seed: 'draws', run: async () => {} };
};
const all = [scenario('kill'), scenario('soak')];
const read = (line: string) => readOptions(line === '' ? [] : line.split(' '), all, 1_234_567);

test('all scenarios run by default, once, with a seed of the time', () => {
  expect(read('')).toEqual({ scenarios: all, size: 1, seed: 234_567, seconds: 60, docs: false });
  const json = join(tmpdir(), 'found.json');
  expect(read(`--only kill --size .5 --seed 4294967295 --json ${json}`)).toEqual({
    scenarios: [all[0]],
    size: 0.5,
    seed: 4_294_967_295,
    seconds: 60,
    docs: false,
    json,
  });
  expect(read('-h')).toBe('help');
});

test.each([
  ['--only toString', /^--only wants kill, soak, not 'toString'\.$/],
  ['--only=', /^--only wants kill, soak, not ''\.$/],
  ['--only kill,kill', /^--only names 'kill' twice\.$/],
  ['--only', /^Option '--only <value>' argument missing\.$/],
  ['--bogus', /^Unknown option '--bogus'\.$/],
  ['kill', /^Unexpected argument 'kill'\.$/],
  ['--size 0', /^--size wants a number above 0 and up to 1000, not '0'\.$/],
  ['--size 1e2', /^--size wants/],
  ['--size -1', /^Option '--size' wants a value, which stands behind '='/],
  ['--seed 1.5', /^--seed wants a whole number from 0 to 4294967295, not '1\.5'\.$/],
  ['--seed 1e20', /^--seed wants/],
  ['--seconds 5', /^--seconds wants a whole number from 60/],
  ['--seconds 90 --only kill', /^--seconds is how long the soak lasts/],
  ['--docs', /^--docs publishes a soak of an hour/],
  ['--docs --size 0.1', /^--docs publishes figures of size 1/],
  ['--json /nowhere/at/all.json', /^--json cannot write '\/nowhere\/at\/all\.json': ENOENT/],
  [`--json ${tmpdir()}`, /^--json wants a file/],
  [`--json ${tmpdir()}/none/`, /^--json wants a file/],
])('%s is refused with a sentence', (line, message) => {
  expect(() => read(line)).toThrow(message);
});

test('the command of a scenario repeats it', () => {
  const options = read('--size 2 --seed 7') as Options;
  expect(again({ name: 'damage', seed: 'all' }, options)).toBe('npm run chaos -- --only damage --size 2 --seed 7');
  expect(again({ name: 'time', seed: 'nothing' }, options)).toBe('npm run chaos -- --only time --size 2');
  const command = again({ name: 'soak', seed: 'draws' }, options);
  expect(read(command.replace('npm run chaos -- ', ''))).toMatchObject({ size: 2, seed: 7, seconds: 120 });
});

test('help tells how long each scenario takes', () => {
  expect(usage(all)).toMatch(/^ {2}soak {7}the soak .* 30 s {3}kills$/m);
});
