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
    revision: 2,
  });
});

test.each([
  ['the same day twice', ['2026-03-01', '2026-03-01'], 1],
  ['three days in a row', ['2026-02-27', '2026-02-28', '2026-03-01'], 3],
  ['a day between', ['2026-03-01', '2026-03-03'], 1],
  ['an older day that comes late', ['2026-03-01', '2026-03-02', '2026-02-10'], 2],
])('the streak after %s', (_, days, streak) => {
  expect(streakOf(...days)).toBe(streak);
});
