import type { Completion } from './completion';

/** What the players' table holds of one player. */
export interface Progress {
  readonly playerId: string;
  readonly points: number;
  readonly completions: number;
  readonly highestLevel: number;
  /** Days in a row, in UTC, on which the player completed a level. */
  readonly streakDays: number;
  /** 'YYYY-MM-DD', the last day of the streak. */
  readonly lastDay: string;
  /** The days until `lastDay` with a completion: bit 0 is that day, bit 1 the day before, … */
  readonly recentDays: number;
  /** How many days in a row there were before those, up to the first of them. */
  readonly olderDays: number;
  /** Counts the writes, so that one that read an older state is noticed. */
  readonly revision: number;
}

/** The player's progress after a completion. Completions may arrive in any order, up to 30 days late. */
export function advance(before: Progress | undefined, completion: Completion): Progress {
  const day = completion.completedAt.slice(0, 10);
  return {
    playerId: completion.playerId,
    points: (before?.points ?? 0) + completion.score,
    completions: (before?.completions ?? 0) + 1,
    highestLevel: Math.max(before?.highestLevel ?? 0, completion.level),
    ...streak(before, day),
    revision: (before?.revision ?? 0) + 1,
  };
}

/** As many days are remembered one by one; bitwise operators take 31. */
const window = 31;

type Days = Pick<Progress, 'recentDays' | 'olderDays'>;

function streak(before: Progress | undefined, day: string): Days & Pick<Progress, 'streakDays' | 'lastDay'> {
  if (!before) return { streakDays: 1, lastDay: day, recentDays: 1, olderDays: 0 };
  const daysLater = (Date.parse(day) - Date.parse(before.lastDay)) / 86_400_000;
  const days = daysLater > 0 ? onLaterDay(before, daysLater) : onEarlierDay(before, -daysLater);
  const run = trailingOnes(days.recentDays);
  return {
    streakDays: run < window ? run : window + days.olderDays,
    lastDay: daysLater > 0 ? day : before.lastDay,
    ...days,
  };
}

function onLaterDay({ recentDays, olderDays }: Days, daysLater: number): Days {
  let [recent, older] = [recentDays, olderDays];
  // After twice the window nothing of what was is left.
  for (let day = 0; day < Math.min(daysLater, 2 * window); day += 1) {
    older = (recent >>> (window - 1)) & 1 ? older + 1 : 0;
    recent = (recent << 1) & 0x7fffffff;
  }
  return { recentDays: recent | 1, olderDays: older };
}

function onEarlierDay({ recentDays, olderDays }: Days, daysEarlier: number): Days {
  return { recentDays: daysEarlier < window ? recentDays | (1 << daysEarlier) : recentDays, olderDays };
}

function trailingOnes(bits: number): number {
  let count = 0;
  while (count < window && (bits >>> count) & 1) count += 1;
  return count;
}
