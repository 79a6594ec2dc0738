import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { merge, table } from '../../local/testing/coverage';
import { pointsOf } from '../../local/testing/coverage-points';

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

test('the table of docs/testing.md is that of all state machines, which jest holds at 100 %', () => {
  const directory = join(__dirname, '../../statemachines');
  const whole = readdirSync(directory).map((file) => {
    const points = pointsOf(JSON.parse(readFileSync(join(directory, file), 'utf8')));
    return { machine: basename(file, '.asl.json'), points, covered: points.map(({ key }) => key) };
  });

  expect(read('../../docs/testing.md')).toContain(`\`\`\`\n${table(merge(whole))}\n\`\`\``);
});
