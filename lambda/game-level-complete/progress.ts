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
  /** Counts the writes, so that one that read an older state is noticed. */
  readonly revision: number;
}

/** The player's progress after a completion. Completions may arrive in any order: an older day leaves the streak as it is. */
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

function streak(before: Progress | undefined, day: string): Pick<Progress, 'streakDays' | 'lastDay'> {
  if (!before) return { streakDays: 1, lastDay: day };
  const daysLater = (Date.parse(day) - Date.parse(before.lastDay)) / 86_400_000;
  if (daysLater <= 0) return { streakDays: before.streakDays, lastDay: before.lastDay };
  return { streakDays: daysLater === 1 ? before.streakDays + 1 : 1, lastDay: day };
}
