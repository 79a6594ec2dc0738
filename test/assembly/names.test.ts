import { physicalName } from '../../local/assembly/names';

test('a physical name says stack and logical id, and is the same each time', () => {
  const name = physicalName('LibraryLoan', 'LoansTable1B2C', { longest: 255 });
  expect(name).toMatch(/^LibraryLoan-LoansTable1B2C-[0-9a-f]{8}$/);
  expect(physicalName('LibraryLoan', 'LoansTable1B2C', { longest: 255 })).toBe(name);
  expect(physicalName('LibraryLoan', 'Other', { longest: 255 })).not.toContain(name.slice(-8));
});

test.each([
  ['long stack, long id', 'S'.repeat(100), 'L'.repeat(100)],
  ['long stack', 'S'.repeat(100), 'Id'],
  ['long id', 'St', 'L'.repeat(100)],
])('it keeps to the limit and to both parts: %s', (_case, stack, id) => {
  const name = physicalName(stack, id, { longest: 64 });
  expect(name.length).toBeLessThanOrEqual(64);
  expect(name).toMatch(/^S[St]*-[LId]+-[0-9a-f]{8}$/);
});

test('it follows the rules of buckets and FIFO queues', () => {
  expect(physicalName('MyStack', 'MyBucket', { longest: 63, lowerCase: true })).toMatch(/^mystack-mybucket-/);
  const queue = physicalName('S'.repeat(100), 'Queue', { longest: 80, suffix: '.fifo' });
  expect(queue).toMatch(/\.fifo$/);
  expect(queue).toHaveLength(80);
});
