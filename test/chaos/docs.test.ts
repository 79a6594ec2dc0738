import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promises, scenarioOf, withLastRun, withPromises } from './promises';
import { type Finding, type Flaw, Flaws } from './report';

const text = (name: string) => readFileSync(join(__dirname, '../..', name), 'utf8');
const page = text('docs/promises.md');

test("the README's promises and figures are those of docs/promises.md", () => {
  expect(text('README.md')).toBe(withPromises(text('README.md'), page));
});

test('each promise names a scenario of `npm run chaos`, and each letter has its line', () => {
  const all = promises(page);
  const scenarios = /SCENARIOS.* = \[([\w,\s]+)\]/.exec(text('test/chaos/scenarios.ts'))?.[1]?.match(/\w+/g);
  expect([...new Set(all.map(scenarioOf))].sort()).toEqual(scenarios?.sort());
  for (const letter of 'ABCDEF') expect(all.some(({ promise }) => promise?.includes(`(${letter})`))).toBe(true);
});

const finding = (name: string, flaws: readonly Flaw[], figures: Record<string, number> = {}): Finding => {
  return { name, title: name, letters: 'AF', figures, limits: {}, flaws, seconds: 1, load: 1 };
};
const told = (one: Finding) => {
  const changed = promises(withLastRun(page, { [one.name]: one }));
  const rows = changed.filter((row, index) => row['last run'] !== promises(page)[index]?.['last run']);
  return rows.map((row) => [scenarioOf(row), row['last run']]);
};

test('a run that kept its promise is told by its figures in the row of its scenario', () => {
  const figures = { faults: 12, 'acknowledged calls': 3456 };
  expect(told(finding('disk', [], figures))).toEqual([['disk', expect.stringMatching(/^12 faults, 3,456 acknow/)]]);
});

test('a breach is told in one line without the praise, in each row by its letter, and a limit as what it is', () => {
  const flaws = new Flaws();
  flaws.breach('A', 'order-1 is | not\nthere');
  flaws.breach('C', 'called twice');
  expect(told(finding('kill', flaws.all()))).toEqual([
    ['kill', '**broken**: (A) order-1 is \\| not there'],
    ['kill', '**broken**: (A) order-1 is \\| not there'],
    ['kill', '**broken**: (C) called twice'],
  ]);
  const slow = new Flaws();
  slow.limit({ 'describe p99 ms': 100.02 }, { 'describe p99 ms': 100 });
  expect(told(finding('functions', slow.all()))).toEqual([
    ['functions', '**over limit**: describe p99 ms is 100.02, its limit 100'],
  ]);
});
