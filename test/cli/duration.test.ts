import { UsageError } from '../../local/cli/command';
import { parseDuration } from '../../local/cli/duration';

test.each([
  ['0s', 0],
  ['90s', 90_000],
  ['5m', 300_000],
  ['3h30m', 12_600_000],
  ['14d', 14 * 86_400_000],
  ['1w2d', 9 * 86_400_000],
])('%s', (text, milliseconds) => {
  expect(parseDuration(text)).toBe(milliseconds);
});

test.each(['', '14', 'd', '14 d', '1y', '3h x', '-1d', '1.5h', '3d 2h'])('%j is refused', (text) => {
  expect(() => parseDuration(text)).toThrow(UsageError);
  expect(() => parseDuration(text)).toThrow('is not a duration');
});

test.each(['3650d1s', '400000d', `${'9'.repeat(400)}w`])('%s is too long', (text) => {
  expect(() => parseDuration(text)).toThrow(UsageError);
  expect(() => parseDuration(text)).toThrow(`'${text}' is too long: at most ten years (3650d) at once.`);
});
