import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

/** Projects that installed Stepwright with `npm install file:…`, as docs/testing.md says. */
const root = resolve(__dirname, '..', '..');
const page = readFileSync(join(root, 'docs', 'testing.md'), 'utf8');
const parent = mkdtempSync(join(tmpdir(), 'stepwright-elsewhere-'));
afterAll(() => rmSync(parent, { recursive: true, force: true }));

const TEST = `
import { fails, stateMachine } from 'stepwright/testing';

const order = stateMachine('order.asl.json', { tasks: { Charge: 'receipt' } });

test('charges', async () => expect((await order.run()).output).toBe('receipt'));
`;
/** The same in plain JavaScript. */
const PLAIN_TEST = `
const { stateMachine } = require('stepwright/testing');

test('charges', async () => {
  const execution = await stateMachine('order.asl.json').run({ tasks: { Charge: 'receipt' } });
  expect(execution.output).toBe('receipt');
});
`;
const CHARGED = `
const assert = require('node:assert/strict');
const { test } = require('node:test');
const { stateMachine } = require('stepwright/testing');

test('charges', async () => {
  const execution = await stateMachine('order.asl.json').run({ tasks: { Charge: 'receipt' } });
  assert.equal(execution.output, 'receipt');
});
`;
const ORDER = {
  StartAt: 'Charge',
  States: {
    Charge: {
      Type: 'Task',
      Resource: 'arn:aws:lambda:us-east-1:123456789012:function:charge',
      Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Refuse' }],
      End: true,
    },
    Refuse: { Type: 'Fail' },
  },
};

/** A project with these packages and files. */
function project(name: string, packages: readonly string[], files: Readonly<Record<string, string>>): string {
  const directory = join(parent, name);
  for (const folder of ['.bin', '@swc']) mkdirSync(join(directory, 'node_modules', folder), { recursive: true });
  symlinkSync(root, join(directory, 'node_modules', 'stepwright'));
  symlinkSync('../stepwright/bin/stepwright.mjs', join(directory, 'node_modules', '.bin', 'stepwright'));
  for (const name of packages) symlinkSync(join(root, 'node_modules', name), join(directory, 'node_modules', name));
  writeFileSync(join(directory, 'order.asl.json'), JSON.stringify(ORDER));
  for (const [file, text] of Object.entries(files)) writeFileSync(join(directory, file), text);
  return directory;
}

function run(directory: string, file: string, ...argv: string[]): SpawnSyncReturns<string> {
  return spawnSync(process.execPath, [file, ...argv], {
    cwd: directory,
    encoding: 'utf8',
    env: { ...process.env, NODE_OPTIONS: '', JEST_WORKER_ID: undefined },
  });
}

const measuredIn = (directory: string) =>
  JSON.parse(readFileSync(join(directory, 'coverage', 'state-machines.json'), 'utf8'));

test('a state machine is tested in Jest, and its coverage judged', () => {
  const [, config = ''] = /```js\n(\/\/ jest\.config\.js[\s\S]*?)```/.exec(page) as RegExpExecArray;
  const directory = project('jest', ['@swc/jest', '@swc/core'], {
    'jest.config.js': config,
    'order.test.ts': TEST,
    'plain.test.js': PLAIN_TEST,
  });

  const jest = join(root, 'node_modules', 'jest', 'bin', 'jest.js');
  const { status, stdout, stderr } = run(directory, jest, '--ci');

  expect(stderr).toContain('Tests:       2 passed');
  expect(`${stdout}${stderr}`).toMatch(/order +1\/2 +50 % .*0\/1 +0 %/);
  expect(status).toBe(1);
  const [measured] = measuredIn(directory);
  expect(measured).toMatchObject({ machine: 'order', counts: { states: { covered: 1, total: 2 } } });
});

describe("in Node's own runner", () => {
  const [, example = ''] = /```js\n(import assert[\s\S]*?)```/.exec(page) as RegExpExecArray;
  const [, command = ''] = /```sh coverage\nnpx stepwright (.*)\n```/.exec(page) as RegExpExecArray;
  const stepwright = join('node_modules', '.bin', 'stepwright');

  test('the example is run, beside one of CommonJS, and all is covered', () => {
    const directory = project('node', [], { 'order.test.mjs': example, 'charged.test.cjs': CHARGED });
    const { status, stdout, stderr } = run(directory, stepwright, ...command.split(' '));

    // Newer ones print another mark before it.
    expect(stdout).toMatch(/^. pass 3$/m);
    expect(stderr).toMatch(/order +2\/2 100 % .*1\/1 100 %\n/);
    expect(status).toBe(0);
    expect(measuredIn(directory)).toMatchObject([{ machine: 'order', uncovered: [] }]);
  });
});
