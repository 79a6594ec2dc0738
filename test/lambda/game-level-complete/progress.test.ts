import { advance, type Progress } from '../../../lambda/game-level-complete/progress';

const completion = (day: string, more = {}) => ({
  completionId: 'c-1',
  playerId: 'p-1',
  level: 3,
  score: 100,
  durationSeconds: 60,
  completedAt: `${day}T23:59:59Z`,
  ...more,
});

const streakOf = (...days: string[]) =>
  days.reduce<Progress | undefined>((progress, day) => advance(progress, completion(day)), undefined)?.streakDays;

test('points and completions add up, the highest level stays', () => {
  const first = advance(undefined, completion('2026-03-01', { level: 7, score: 250 }));
  const second = advance(first, completion('2026-03-01', { level: 2, score: 50 }));
  expect(second).toEqual({
    playerId: 'p-1',
    points: 300,
    completions: 2,
    highestLevel: 7,
    streakDays: 1,
    lastDay: '2026-03-01',
    recentDays: 1,
    olderDays: 0,
    revision: 2,
  });
});

test.each([
  ['the same day twice', ['2026-03-01', '2026-03-01'], 1],
  ['three days in a row', ['2026-02-27', '2026-02-28', '2026-03-01'], 3],
  ['a day between', ['2026-03-01', '2026-03-03'], 1],
  ['an older day that comes late', ['2026-03-01', '2026-03-02', '2026-02-10'], 2],
  ['the day between, which comes last', ['2026-02-28', '2026-03-02', '2026-03-01'], 3],
  ['a year between', ['2025-03-01', '2026-03-01'], 1],
  ['a day too late to be remembered', ['2026-03-01', '2026-01-29'], 1],
])('the streak after %s', (_, days, streak) => {
  expect(streakOf(...days)).toBe(streak);
});

test('the streak is the same in whatever order the days come, be it longer than what is remembered day by day', () => {
  const day = (number: number) => new Date(Date.UTC(2026, 0, number)).toISOString().slice(0, 10);
  const days = Array.from({ length: 70 }, (_, index) => day(index + 1));
  expect(streakOf(...days)).toBe(70);
  // Each day up to 30 days late: in tens, each of them backwards.
  const shuffled = days.map((_, index) => days[10 * Math.floor(index / 10) + (9 - (index % 10))] as string);
  expect(streakOf(...shuffled)).toBe(70);
  // The last day first, as far as it goes, then what led up to it.
  expect(streakOf(...days.slice(0, 40), day(60), ...days.slice(40, 59).reverse())).toBe(60);
  expect(streakOf(...days.slice(0, 40), day(60), ...days.slice(41, 59))).toBe(19);
});
