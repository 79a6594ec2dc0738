import { createReadStream, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { Counter } from '../../desk/counter';
import { temporaryDirectory } from '../assembly/synthesize';

const item = { title: 'Momo', itemId: 'book-42', loanId: 'loan-1' };

/** A counter whose person answers with these lines, and then, unless they stay, goes home. */
function counter(lines: readonly string[], stay = false) {
  const input = new PassThrough();
  const output = new PassThrough();
  const leave = jest.fn();
  const at = new Counter(input, output, leave);
  input.write(lines.map((line) => `${line}\n`).join(''));
  if (!stay) input.end();
  return { at, input, leave, shown: () => String(output.read() ?? '') };
}

const open = () => new AbortController().signal;

test.each([
  [['g'], { condition: 'good' }],
  [[' Good '], { condition: 'good' }],
  [['n'], { condition: 'notThere' }],
  [['not there'], { condition: 'notThere' }],
  [['d', ' wet pages '], { condition: 'damaged', note: 'wet pages' }],
  [['D', '', 'g'], { condition: 'good' }],
  [['', 'yes', 'g'], { condition: 'good' }],
  [['d', 'x'.repeat(501), 'a torn cover'], { condition: 'damaged', note: 'a torn cover' }],
])('takes %j as %j', async (lines, finding) => {
  const { at } = counter(lines);
  expect(await at.inspect(item, open())).toEqual(finding);
});

test('says what it wants when it does not understand', async () => {
  const { at, shown } = counter(['perhaps', 'g']);
  await at.inspect(item, open());
  expect(shown()).toContain('Please answer g, d or n.');
});

test('takes lines that come together as answers to one question after the other', async () => {
  const { at, input } = counter([], true);
  const finding = at.inspect(item, open());
  input.write('d\nwet pages\n');
  expect(await finding).toEqual({ condition: 'damaged', note: 'wet pages' });
  at.close();
});

test('is there while a pipe is silent, and gone when it ends, in the middle of a question too', async () => {
  const { at, input, leave } = counter([], true);
  await at.ready();
  expect(at.gone.aborted).toBe(false);
  const finding = at.inspect(item, open());
  input.end('d\n');
  expect(await finding).toBeUndefined();
  expect(at.gone.aborted).toBe(true);
  expect(leave).not.toHaveBeenCalled();
});

test('is gone when a pipe has ended, but not before its last line is an answer', async () => {
  const { at } = counter(['g']);
  await at.ready();
  expect(at.gone.aborted).toBe(false);
  expect(await at.inspect(item, open())).toEqual({ condition: 'good' });
  await at.ready();
  expect(at.gone.aborted).toBe(true);
});

test('knows of a file whether it has another answer', async () => {
  const file = join(temporaryDirectory(), 'answers');
  writeFileSync(file, 'g');
  const at = new Counter(createReadStream(file), new PassThrough(), jest.fn());
  await at.ready();
  expect(at.gone.aborted).toBe(false);
  expect(await at.inspect(item, open())).toEqual({ condition: 'good' });
  await at.ready();
  expect(at.gone.aborted).toBe(true);
});

test.each([
  [false, { left: 0, gone: true }],
  [true, { left: 1, gone: false }],
])('the end of input (a terminal: %s) is how a person leaves, or that nobody is there', async (isTTY, expected) => {
  const input = Object.assign(new PassThrough(), { isTTY });
  const leave = jest.fn();
  const at = new Counter(input, new PassThrough(), leave);
  input.end();
  await at.ready();
  expect({ left: leave.mock.calls.length, gone: at.gone.aborted }).toEqual(expected);
});

test('asks no further once the inspection is over, and takes the next answer for the next item', async () => {
  const { at } = counter([], true);
  const over = new AbortController();
  const first = at.inspect(item, over.signal);
  over.abort();
  expect(await first).toBeUndefined();
  expect(at.gone.aborted).toBe(false);
  at.close();
});

test('shows a title without what could move the cursor or turn the line', () => {
  const { at, shown } = counter([]);
  at.show({ ...item, title: 'Evil \u001b[31m\u202e\r\ntitle', itemId: '\u0007x' });
  const text = shown();
  expect(text).toContain('‘Evil \ufffd[31m\ufffd\ufffd\ufffdtitle’');
  expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\u202e]/u);
});
