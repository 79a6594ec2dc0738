import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promises, scenarioOf, withLastRun, withPromises } from './promises';

const text = (name: string) => readFileSync(join(__dirname, '../..', name), 'utf8');
const page = text('docs/promises.md');

test("the README's promises and figures are those of docs/promises.md", () => {
  expect(text('README.md')).toBe(withPromises(text('README.md'), page));
});

test('each promise names a scenario of `npm run chaos`, and each letter has its line', () => {
  const all = promises(page);
  const scenarios = /--only NAME,\.\.\. {2}(.*);/.exec(text('test/chaos/run.ts'))?.[1]?.split(', ');
  expect([...new Set(all.map(scenarioOf))].sort()).toEqual(scenarios?.sort());
  for (const letter of 'ABCDEF') expect(all.some(({ promise }) => promise?.includes(`(${letter})`))).toBe(true);
});

test('a run is told in the rows of its scenario, and a breach as such', () => {
  const figures = { faults: 12, 'acknowledged calls': 3456 };
  const told = (breaches: string[]) => {
    const changed = withLastRun(page, { disk: { scenario: 'a disk that fails', figures, breaches } });
    const rows = promises(changed).filter((row, index) => row['last run'] !== promises(page)[index]?.['last run']);
    return rows.map((row) => [scenarioOf(row), row['last run']]);
  };
  expect(told([])).toEqual([['disk', expect.stringMatching(/^12 faults, 3,456 acknowledged calls: /)]]);
  expect(told(['it went on'])).toEqual([['disk', expect.stringMatching(/^\*\*broken\*\* \(it went on\): 12 faults/)]]);
});
