import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const read = (file: string) => readFileSync(join(__dirname, file), 'utf8');

test('the example of docs/testing.md is the beginning of the one that is run', () => {
  const [, example] = /```ts\n(.*?)```/s.exec(read('../../docs/testing.md')) ?? [];

  expect(example).toContain('stateMachine(');
  expect(read('example.test.ts').startsWith(example as string)).toBe(true);
});

test('the example of the README is a part of it', () => {
  const [, example] = /```ts\n(.*?)```/s.exec(read('../../README.md')) ?? [];

  expect(example).toContain('stateMachine(');
  expect(read('example.test.ts')).toContain(example as string);
});
