import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { examplesFor } from '../../local/cli/examples';
import { temporaryDirectory } from '../assembly/synthesize';

test('examples are found by the state machine that their row names, wherever it does', () => {
  const directory = temporaryDirectory();
  expect(examplesFor('App-Orders-1a2b3c4d', directory)).toEqual([]);
  mkdirSync(join(directory, 'examples'));
  const rows = [
    '| File | Workflow | What it shows |',
    '| --- | --- | --- |',
    '| `order.json` | `Orders` | an order of one `item` |',
    '| `post.json` | none: the body of `POST /orders` | the API starts `Orders` |',
    '| `other.json` | `Returns` | something else |',
  ];
  writeFileSync(join(directory, 'examples', 'README.md'), rows.join('\n'));
  expect(examplesFor('App-Orders-1a2b3c4d', directory)).toEqual([
    { file: 'examples/order.json', about: 'an order of one item' },
    { file: 'examples/post.json', about: 'none: the body of POST /orders; the API starts Orders' },
  ]);
});

test('of the workflows here, each file is an example of one', () => {
  const machines = ['GameLevelComplete', 'HelloWorldRetries', 'LibraryLoan'];
  const found = machines.map((machine) => examplesFor(`Stepwright-${machine}7C0E8-1a2b3c4d`).map(({ file }) => file));
  for (const files of found) expect(files).not.toEqual([]);
  const all = readdirSync('examples').filter((file) => file.endsWith('.json'));
  expect(found.flat().sort()).toEqual(all.map((file) => `examples/${file}`).sort());
  expect(found.flat().every((file) => existsSync(file))).toBe(true);
});
