import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { TemporaryDirectory } from '../../local/assembly/temporary-directory';

test('temporary directories go when the cloud does', () => {
  const temporary = new TemporaryDirectory();
  const [one, two] = [temporary.make(), temporary.make()];
  expect(one).not.toBe(two);
  temporary.remove();
  expect(existsSync(dirname(one))).toBe(false);
});

test('what a killed process has left goes at the next start, and nothing else', () => {
  const running = new TemporaryDirectory();
  const own = dirname(running.make());
  const parent = dirname(own);
  /** As another process makes it, somewhere. */
  const made = (name: string) => {
    mkdirSync(join(parent, name, 'code-x'), { recursive: true });
    writeFileSync(join(parent, name, 'code-x', 'index.js'), '');
    return join(parent, name);
  };
  const [, , pid, place] = basename(own).split('-') as [string, string, string, string];
  expect(pid).toBe(String(process.pid));
  const { pid: dead } = spawnSync(process.execPath, ['--version']);
  const abandoned = made(`stepwright-code-${dead}-${place}-abandoned`);
  const others = [
    own,
    made(`stepwright-code-${process.ppid}-${place}-living`),
    made(`stepwright-code-${dead}-0123abcd-elsewhere`),
    made(`stepwright-code-${dead}`),
    made('stepwright-abcdef'),
  ];
  const next = new TemporaryDirectory();
  expect([abandoned, ...others].map((directory) => existsSync(directory))).toEqual([false, ...others.map(() => true)]);
  next.remove();
  expect(existsSync(own)).toBe(true);
  running.remove();
});
