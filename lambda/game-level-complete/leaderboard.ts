import type { Completion } from './completion';

/** A player's best completion of a level, as the leaderboard's table holds it. */
export interface Best {
  readonly level: number;
  readonly playerId: string;
  readonly bestScore: number;
  readonly completionId: string;
  readonly completedAt: string;
  /** Orders a level's players: the smaller text stands first. */
  readonly rank: string;
}

const highestScore = 1_000_000_000;

/**
 * What a completion would be on the leaderboard. Its rank is a text that sorts by score, the higher first; equal ones by
 * time, the earlier first; then by the completion's id. So whatever arrives in whichever order, the same one is best, and
 * no two of a level have the same place.
 */
export function asBest({ level, playerId, score, completionId, completedAt }: Completion): Best {
  const distance = String(highestScore - score).padStart(10, '0');
  // The same digits for every time, with milliseconds or without.
  const rank = `${distance}#${new Date(completedAt).toISOString()}#${completionId}`;
  return { level, playerId, bestScore: score, completionId, completedAt, rank };
}
