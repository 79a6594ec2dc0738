import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

/** A project that installed Stepwright with `npm install file:…`, as docs/testing.md says. */
const root = resolve(__dirname, '..', '..');
const project = mkdtempSync(join(tmpdir(), 'stepwright-elsewhere-'));
afterAll(() => rmSync(project, { recursive: true, force: true }));

const TEST = `
import { fails, stateMachine } from 'stepwright/local/testing';

const order = stateMachine('order.asl.json', { tasks: { Charge: 'receipt' } });

test('charges', async () => expect((await order.run()).output).toBe('receipt'));
`;
/** The same in plain JavaScript. */
const PLAIN_TEST = `
const { stateMachine } = require('stepwright/local/testing');

test('charges', async () => {
  const execution = await stateMachine('order.asl.json').run({ tasks: { Charge: 'receipt' } });
  expect(execution.output).toBe('receipt');
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

test('a state machine of another project is tested, and its coverage judged', () => {
  mkdirSync(join(project, 'node_modules', '@swc'), { recursive: true });
  symlinkSync(root, join(project, 'node_modules', 'stepwright'));
  for (const name of ['@swc/jest', '@swc/core']) {
    symlinkSync(join(root, 'node_modules', name), join(project, 'node_modules', name));
  }
  const [, config = ''] = /```js\n(\/\/ jest\.config\.js[\s\S]*?)```/.exec(
    readFileSync(join(root, 'docs', 'testing.md'), 'utf8'),
  ) as RegExpExecArray;
  writeFileSync(join(project, 'jest.config.js'), config);
  writeFileSync(join(project, 'order.asl.json'), JSON.stringify(ORDER));
  writeFileSync(join(project, 'order.test.ts'), TEST);
  writeFileSync(join(project, 'plain.test.js'), PLAIN_TEST);

  const jest = join(root, 'node_modules', 'jest', 'bin', 'jest.js');
  const { status, stdout, stderr } = spawnSync(process.execPath, [jest, '--ci'], {
    cwd: project,
    encoding: 'utf8',
    env: { ...process.env, NODE_OPTIONS: '', JEST_WORKER_ID: undefined },
  });

  expect(stderr).toContain('Tests:       2 passed');
  expect(`${stdout}${stderr}`).toMatch(/order +1\/2 +50 % .*0\/1 +0 %/);
  expect(status).toBe(1);
  const [measured] = JSON.parse(readFileSync(join(project, 'coverage', 'state-machines.json'), 'utf8'));
  expect(measured).toMatchObject({ machine: 'order', counts: { states: { covered: 1, total: 2 } } });
});
