import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const loader = pathToFileURL(resolve(__dirname, '..', '..', 'bin', 'compiled.mjs')).href;

let dir: string;
let file: string;
let cache: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'stepwright-compiled-'));
  file = join(dir, 'command.js');
  cache = `${file}.start.cache`;
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

/** A program that says something and ends; all of them have the same length. */
const program = (word: string, code = 0) =>
  writeFileSync(
    file,
    `const { basename } = require('node:path'); // “
     console.log('${word}', basename(__filename), typeof module.exports); process.exitCode = ${code};`,
  );

function run(command: string | undefined = 'start') {
  const script = `import(${JSON.stringify(loader)}).then(({ runCompiled }) => runCompiled(${JSON.stringify(file)}, ${JSON.stringify(command)}))`;
  const { stdout, stderr, status } = spawnSync(process.execPath, ['-e', script], { encoding: 'utf8' });
  expect(stderr).toBe('');
  return { said: stdout.trim(), status };
}

test('a command runs the same from its text and from the cache of the run before', () => {
  program('one');
  expect(run()).toEqual({ said: 'one command.js object', status: 0 });
  const kept = readFileSync(cache);
  expect(run()).toEqual({ said: 'one command.js object', status: 0 });
  expect(readFileSync(cache)).toEqual(kept);
});

test('a cache of another text of the same length, and one that is damaged, are made anew', () => {
  program('one');
  run();
  const first = readFileSync(cache);
  program('two');
  expect(run().said).toBe('two command.js object');
  const second = readFileSync(cache);
  expect(second).not.toEqual(first);
  const damaged = Buffer.from(second);
  damaged.writeUInt8(damaged.readUInt8(second.length - 9) ^ 1, second.length - 9);
  writeFileSync(cache, damaged);
  expect(run().said).toBe('two command.js object');
  expect(readFileSync(cache)).not.toEqual(damaged);
});

test('nothing is kept of a command that failed, or that is none', () => {
  program('one', 2);
  expect(run().status).toBe(2);
  expect(existsSync(cache)).toBe(false);
  program('one');
  expect(run('../start').said).toBe('one command.js object');
  expect(run(undefined).said).toBe('one command.js object');
  expect(existsSync(`${file}.../start.cache`)).toBe(false);
});
