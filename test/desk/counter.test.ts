import { PassThrough } from 'node:stream';
import { Counter } from '../../desk/counter';

const item = { title: 'Momo', itemId: 'book-42', loanId: 'loan-1' };

/** A counter whose person answers with these lines, and then, unless they stay, goes home. */
function counter(lines: readonly string[], stay = false) {
  const input = new PassThrough();
  const output = new PassThrough();
  const leave = jest.fn();
  const at = new Counter(input, output, leave);
  input.write(lines.map((line) => `${line}\n`).join(''));
  if (!stay) input.end();
  return { at, leave, shown: () => String(output.read() ?? '') };
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

test('closes when nobody is there to answer', async () => {
  const { at, leave } = counter([]);
  expect(await at.inspect(item, open())).toBeUndefined();
  expect(at.unattended).toBe(true);
  expect(leave).toHaveBeenCalled();
});

test('asks no further once the inspection is over, and takes the next answer for the next item', async () => {
  const { at } = counter([], true);
  const over = new AbortController();
  const first = at.inspect(item, over.signal);
  over.abort();
  expect(await first).toBeUndefined();
  expect(at.unattended).toBe(false);
  at.close();
});

test('shows a title without what could move the cursor or turn the line', () => {
  const { at, shown } = counter([]);
  at.show({ ...item, title: 'Evil \u001b[31m\u202e\r\ntitle', itemId: '\u0007x' });
  const text = shown();
  expect(text).toContain('‘Evil \ufffd[31m\ufffd\ufffd\ufffdtitle’');
  expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\u202e]/u);
});
