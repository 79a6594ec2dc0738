import * as v from 'valibot';
import { requireEnv } from '../../../lambda/shared/env';
import { InvalidInput, parseInput } from '../../../lambda/shared/input';
import { log, maskAddress } from '../../../lambda/shared/log';

test('requireEnv names every variable that is missing', () => {
  process.env.SHARED_A = 'a';
  process.env.SHARED_B = '';
  expect(requireEnv('SHARED_A')).toEqual({ SHARED_A: 'a' });
  expect(() => requireEnv('SHARED_A', 'SHARED_B', 'SHARED_C')).toThrow(
    'Missing environment variables: SHARED_B, SHARED_C',
  );
});

test('parseInput names paths, not values', () => {
  const schema = v.object({ customer: v.object({ email: v.string() }) });
  const parse = () => parseInput(schema, { customer: { email: 41 } });
  expect(parse).toThrow(InvalidInput);
  expect(parse).toThrow('customer.email: expected string');
  expect(parse).not.toThrow('41');
});

test.each([
  ['reader@example.com', 'r***@example.com'],
  ['@example.com', '***'],
  ['nonsense', '***'],
])('maskAddress(%p) is %p', (address, masked) => {
  expect(maskAddress(address)).toBe(masked);
});

test('a log line is one JSON object, whatever the message holds', () => {
  const lines: string[] = [];
  const write = jest.spyOn(process.stdout, 'write').mockImplementation((text) => lines.push(String(text)) > 0);
  log.error('two\nlines', { loanId: 'l-1', error: new TypeError('broken') });
  write.mockRestore();
  expect(lines).toHaveLength(1);
  expect(lines[0]?.trimEnd()).not.toContain('\n');
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({
    level: 'ERROR',
    message: 'two\nlines',
    loanId: 'l-1',
    error: 'TypeError',
    errorMessage: 'broken',
  });
});
