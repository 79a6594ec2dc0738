import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { dataOption } from '../../local/cli/endpoints-file';
import { commandLine, shellWord } from '../../local/cli/shell';
import { describeEndpoints } from '../../local/cli/summary';
import { temporaryDirectory } from '../assembly/synthesize';

const root = resolve(__dirname, '../..');
const BY_PATH = `node ${root}/bin/stepwright.mjs clock now`;
const BY_NPX = 'npx stepwright clock now';

/** A directory `inner` in a project whose package.json names it `name`. */
function project(name: string): { outer: string; inner: string } {
  const outer = temporaryDirectory();
  const inner = join(outer, 'inner');
  mkdirSync(inner);
  writeFileSync(join(outer, 'package.json'), JSON.stringify({ name }));
  return { outer, inner };
}

test("a command is npx's where npx has it: in the package, and where it is installed", () => {
  const own = project('stepwright');
  const user = project('game');
  expect([own.outer, own.inner].map((directory) => commandLine('clock now', directory))).toEqual([BY_NPX, BY_NPX]);
  expect([user.outer, user.inner].map((directory) => commandLine('clock now', directory))).toEqual([BY_PATH, BY_PATH]);
  mkdirSync(join(user.outer, 'node_modules', '.bin'), { recursive: true });
  writeFileSync(join(user.outer, 'node_modules', '.bin', 'stepwright'), '');
  expect([user.outer, user.inner].map((directory) => commandLine('clock now', directory))).toEqual([BY_NPX, BY_NPX]);
});

test('it is called by its path where there is no project, or a damaged one', () => {
  const directory = temporaryDirectory();
  expect(commandLine('clock now', directory)).toBe(BY_PATH);
  writeFileSync(join(directory, 'package.json'), '{');
  expect(commandLine('clock now', directory)).toBe(BY_PATH);
});

test('the data directory is named when it is not the default, as one word', () => {
  expect(dataOption('.stepwright')).toBe('');
  expect(dataOption('/tmp/data')).toBe(' --data /tmp/data');
  expect(dataOption("/tmp/Ann's data")).toBe(` --data '/tmp/Ann'\\''s data'`);
  expect([shellWord('a-b.c'), shellWord('$HOME'), shellWord('')]).toEqual(['a-b.c', "'$HOME'", "''"]);
});

test('start shows how to call it, by a command that works where it is shown', () => {
  const endpoints = {
    aws: 'http://127.0.0.1:4566',
    console: 'http://127.0.0.1:4700',
    mail: 'http://127.0.0.1:4700/mail',
    apis: {},
    outputs: {},
    credentials: { accessKeyId: 'key', secretAccessKey: 'secret', region: 'us-east-1' },
    control: { url: 'http://127.0.0.1:4700/control', token: 'token' },
    pid: 1,
  };
  const spy = jest.spyOn(process, 'cwd').mockReturnValue(project('game').outer);
  try {
    expect(describeEndpoints(endpoints, '/tmp/data')).toContain(
      `\n  eval "$(node ${root}/bin/stepwright.mjs env --data /tmp/data)"\n`,
    );
  } finally {
    spy.mockRestore();
  }
  expect(describeEndpoints(endpoints, resolve('.stepwright'))).toContain('\n  eval "$(npx stepwright env)"\n');
});
