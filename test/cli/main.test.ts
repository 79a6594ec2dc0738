import { type Command, CommandFailure, parseCommandLine, portOption, UsageError } from '../../local/cli/command';
import { main } from '../../local/cli/main';
import { capture } from './capture';

const echo: Command = {
  summary: 'Says it again',
  usage: 'Usage: stepwright echo WORD [--loud]',
  async run(argv) {
    const { values, positionals } = parseCommandLine(argv, { loud: { type: 'boolean' }, to: { type: 'string' } }, [
      'WORD',
    ]);
    if (positionals[0] === 'bad') throw new CommandFailure('It is bad.');
    process.stdout.write(`${positionals[0]}${values.loud ? '!' : ''}\n`);
    return 0;
  },
};
const run = (...argv: string[]) => capture(() => main(argv, { echo }));

test('runs a command with its options', async () => {
  expect(await run('echo', 'hi', '--loud')).toEqual({ code: 0, stdout: 'hi!\n', stderr: '' });
});

test('lists the commands, and shows the usage of each', async () => {
  const all = await run('--help');
  expect(all.code).toBe(0);
  expect(all.stdout).toContain('  echo  Says it again\n');
  expect((await run()).code).toBe(2);
  for (const argv of [
    ['echo', '--help'],
    ['echo', 'x', '-h'],
    ['help', 'echo'],
  ]) {
    expect(await run(...argv)).toEqual({ code: 0, stdout: 'Usage: stepwright echo WORD [--loud]\n', stderr: '' });
  }
});

test.each([
  [['fly'], "stepwright: There is no command 'fly'. 'npx stepwright --help' lists them.\n"],
  [['constructor'], "stepwright: There is no command 'constructor'."],
  [['echo'], 'stepwright: WORD is missing.'],
  [['echo', 'a', 'b'], "stepwright: Unexpected argument 'b'."],
  [['echo', 'a', '--quiet'], "stepwright: Unknown option '--quiet'."],
  [['echo', 'a', '--loud=x'], "stepwright: Option '--loud' does not take an argument."],
  [['echo', 'a', '--to'], 'stepwright: --to wants a value.\n'],
  [['echo', 'a', '--to', ''], "stepwright: --to wants a value, not ''.\n"],
  [
    ['echo', 'a', '--to', '--loud'],
    "stepwright: --to wants a value. One that begins with a dash is written behind '=': --to=-…\n",
  ],
  [['echo', ''], "stepwright: An argument is empty: ''."],
  [['help', 'fly'], "stepwright: There is no command 'fly'."],
])('a wrong command line, %j, exits with 2', async (argv, message) => {
  const { code, stderr, stdout } = await run(...argv);
  expect(code).toBe(2);
  expect(stderr).toContain(message);
  expect(stderr).toContain('--help');
  expect(stdout).toBe('');
});

test('a failure exits with 1 and one line, and with a stack trace when asked for', async () => {
  expect(await run('echo', 'bad')).toEqual({ code: 1, stdout: '', stderr: 'stepwright: It is bad.\n' });
  process.env.STEPWRIGHT_DEBUG = '1';
  try {
    expect((await run('echo', 'bad')).stderr).toContain('main.test.ts');
  } finally {
    delete process.env.STEPWRIGHT_DEBUG;
  }
});

test('portOption takes ports only', () => {
  expect(portOption('port', '4700')).toBe(4700);
  for (const text of ['', '-1', '65536', '1e3', '80x']) expect(() => portOption('port', text)).toThrow(UsageError);
});
