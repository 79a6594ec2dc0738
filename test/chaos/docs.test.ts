import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const page = (name: string) => readFileSync(join(__dirname, '../..', name), 'utf8');

/** The rows of the table of promises on a page, by the names of its columns. */
function promises(text: string): Array<Record<string, string>> {
  const table = /<!-- promises -->\n([\s\S]*?)<!-- end -->/.exec(text)?.[1] ?? '';
  const [head = [], , ...rows] = table
    .trim()
    .split('\n')
    .map((line) => line.slice(2, -2).split(' | '));
  return rows.map((cells) => Object.fromEntries(head.map((name, index) => [name, cells[index] ?? ''])));
}

test("the README's promises and figures are those of docs/promises.md", () => {
  const all = promises(page('docs/promises.md'));
  expect(all.length).toBeGreaterThan(5);
  expect(promises(page('README.md'))).toEqual(
    all.map(({ promise, 'last run': run }) => ({ promise, 'last run': run })),
  );
});

test('each promise names a command that there is, and each letter has its line', () => {
  const all = promises(page('docs/promises.md'));
  for (const { command } of all) expect(command).toMatch(/^`npm run chaos -- --only [a-z]+/);
  for (const letter of 'ABCDEF') expect(all.some(({ promise }) => promise?.includes(`(${letter})`))).toBe(true);
});
