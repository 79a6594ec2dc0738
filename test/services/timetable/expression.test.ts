import { parseExpression } from '../../../local/services/timetable/expression';

const ms = (iso: string) => Date.parse(iso);

/** The next occurrences after a time, as ISO text. */
function occurrences(text: string, after: string, count: number, zone = 'UTC'): string[] {
  const schedule = parseExpression(text, zone);
  if (!schedule) throw new Error(`not an expression: ${text}`);
  const found: string[] = [];
  for (let at: number | undefined = ms(after); found.length < count; ) {
    at = schedule.next(at, ms(after));
    if (at === undefined) break;
    found.push(new Date(at).toISOString().slice(0, 16));
  }
  return found;
}

test.each([
  ['cron(0 9 * * ? *)', '2026-01-01T09:00:00Z', ['2026-01-02T09:00', '2026-01-03T09:00']],
  ['cron(15 10 ? * MON-FRI *)', '2026-01-02T12:00:00Z', ['2026-01-05T10:15', '2026-01-06T10:15']],
  ['cron(0/15 8-9 1 * ? *)', '2026-01-01T08:40:00Z', ['2026-01-01T08:45', '2026-01-01T09:00', '2026-01-01T09:15']],
  ['cron(0 0 L * ? *)', '2028-01-31T12:00:00Z', ['2028-02-29T00:00', '2028-03-31T00:00']],
  ['cron(0 0 LW * ? *)', '2026-01-01T00:00:00Z', ['2026-01-30T00:00', '2026-02-27T00:00']],
  ['cron(0 0 1W * ? *)', '2026-01-31T00:00:00Z', ['2026-02-02T00:00', '2026-03-02T00:00']],
  ['cron(0 0 ? * 2#1 *)', '2026-01-01T00:00:00Z', ['2026-01-05T00:00', '2026-02-02T00:00']],
  ['cron(0 0 ? * FRIL *)', '2026-01-01T00:00:00Z', ['2026-01-30T00:00', '2026-02-27T00:00']],
  ['cron(0 0 29 FEB ? *)', '2026-01-01T00:00:00Z', ['2028-02-29T00:00', '2032-02-29T00:00']],
  [
    'cron(0 0 1 1,7 ? 2027-2028/1)',
    '2026-01-01T00:00:00Z',
    ['2027-01-01T00:00', '2027-07-01T00:00', '2028-01-01T00:00'],
  ],
  ['cron(0 0 30 2 ? *)', '2026-01-01T00:00:00Z', []],
  ['cron(0 0 1 1 ? 2020)', '2026-01-01T00:00:00Z', []],
  ['rate(1 minute)', '2026-01-01T00:00:30Z', ['2026-01-01T00:01', '2026-01-01T00:02']],
  ['rate(7 days)', '2026-01-01T00:00:00Z', ['2026-01-08T00:00', '2026-01-15T00:00']],
  ['at(2026-02-01T10:00:00)', '2026-01-01T00:00:00Z', ['2026-02-01T10:00']],
  ['at(2026-02-01T10:00:00)', '2026-02-01T10:00:00Z', []],
])('%s after %s', (text, after, expected) => {
  expect(occurrences(text, after, expected.length || 1)).toEqual(expected);
});

describe('with daylight saving', () => {
  test('the wall clock is kept', () => {
    const days = occurrences('cron(0 9 * * ? *)', '2026-03-27T12:00:00Z', 3, 'Europe/Berlin');
    expect(days).toEqual(['2026-03-28T08:00', '2026-03-29T07:00', '2026-03-30T07:00']);
  });

  test('an occurrence in the hour that is skipped is left out', () => {
    const days = occurrences('cron(30 2 * * ? *)', '2026-03-27T12:00:00Z', 2, 'Europe/Berlin');
    expect(days).toEqual(['2026-03-28T01:30', '2026-03-30T00:30']);
  });

  test('an occurrence in the hour that comes twice happens once', () => {
    const days = occurrences('cron(30 2 * * ? *)', '2026-10-24T12:00:00Z', 2, 'Europe/Berlin');
    expect(days).toEqual(['2026-10-25T00:30', '2026-10-26T01:30']);
    const minutes = occurrences('cron(0/30 1-2 * * ? *)', '2026-10-25T00:00:00Z', 2, 'Europe/Berlin');
    expect(minutes).toEqual(['2026-10-25T00:30', '2026-10-26T00:00']);
  });

  test('at() is a wall time', () => {
    expect(occurrences('at(2026-07-01T09:00:00)', '2026-01-01T00:00:00Z', 1, 'America/New_York')).toEqual([
      '2026-07-01T13:00',
    ]);
  });
});

test.each([
  'cron(0 9 * * *)',
  'cron(0 9 * * * *)',
  'cron(0 9 ? * ? *)',
  'cron(60 9 * * ? *)',
  'cron(0 24 * * ? *)',
  'cron(0 9 0 * ? *)',
  'cron(0 9 ? * 8 *)',
  'cron(0 9 ? * MON#6 *)',
  'cron(5-1 9 * * ? *)',
  'cron(*/0 9 * * ? *)',
  'cron(x 9 * * ? *)',
  'rate(1 minutes)',
  'rate(5 minute)',
  'rate(0 days)',
  'rate(5 weeks)',
  'rate(-1 days)',
  'at(2026-02-01)',
  'at(2026-13-01T00:00:00)',
  'every day',
  '',
])('%j is no expression', (text) => {
  expect(parseExpression(text)).toBeUndefined();
});
