import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** docs/library-loan.md lists the journeys with the tests that run them: each must be there under its name. */
const root = join(__dirname, '..', '..');
const page = readFileSync(join(root, 'docs', 'library-loan.md'), 'utf8');
const rows = [...page.matchAll(/^\| (.+?) \| `([\w-]+\.test\.ts)`: (.+?) \|$/gm)].map(
  ([, journey = '', file = '', name = '']) => ({ journey, file, name }),
);

test('the page names journeys and races', () => {
  expect(rows.length).toBeGreaterThan(20);
});

test.each(rows)('$journey is run by $file', ({ file, name }) => {
  expect(readFileSync(join(__dirname, file), 'utf8')).toContain(`test('${name}'`);
});

test('what it links to is there', () => {
  const links = [...page.matchAll(/\]\(([^)]+)\)/g)].map(([, link = '']) => link);
  for (const link of links) expect(() => readFileSync(join(root, 'docs', link))).not.toThrow();
});
