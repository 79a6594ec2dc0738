import { QueryCommand } from '@aws-sdk/lib-dynamodb';
import * as v from 'valibot';
import { requireEnv } from '../shared/env';
import { Problem } from '../shared/http';
import type { Best } from './leaderboard';
import { tables } from './tables';

const env = requireEnv('LEADERBOARD_TABLE');

export interface LeaderboardPage {
  readonly level: number;
  readonly players: readonly { place: number; playerId: string; score: number; completedAt: string }[];
  /** To be sent back as `after`; absent on the last page. */
  readonly next?: string;
}

const position = v.strictObject({
  level: v.number(),
  place: v.pipe(v.number(), v.integer(), v.minValue(1)),
  rank: v.pipe(v.string(), v.regex(/^[0-9]{10}#[0-9TZ:.-]{24}#[A-Za-z0-9_-]{1,64}$/)),
});

/**
 * A level's players by their best scores, the highest first; whoever reached the same score earlier stands before.
 *
 * @param after the `next` of the page before
 * @throws Problem 400 when `after` is none of this level's
 */
export async function leaderboardPage(level: number, limit: number, after?: string): Promise<LeaderboardPage> {
  const from = after === undefined ? undefined : readPosition(after, level);
  // One more than wanted tells whether there is a next page. Where a page begins is a rank, not an item: that may move.
  const { Items = [] } = await tables.send(
    new QueryCommand({
      TableName: env.LEADERBOARD_TABLE,
      IndexName: 'byRank',
      Limit: limit + 1,
      KeyConditionExpression: from ? '#level = :level AND #rank > :rank' : '#level = :level',
      ExpressionAttributeNames: { '#level': 'level', ...(from && { '#rank': 'rank' }) },
      ExpressionAttributeValues: { ':level': level, ...(from && { ':rank': from.rank }) },
    }),
  );
  const first = (from?.place ?? 0) + 1;
  const best = (Items as Best[]).slice(0, limit);
  const last = Items.length > limit ? best.at(-1) : undefined;
  return {
    level,
    players: best.map(({ playerId, bestScore, completedAt }, index) => ({
      place: first + index,
      playerId,
      score: bestScore,
      completedAt,
    })),
    ...(last && { next: writePosition({ level, place: first + best.length - 1, rank: last.rank }) }),
  };
}

function writePosition(at: v.InferOutput<typeof position>): string {
  return Buffer.from(JSON.stringify(at)).toString('base64url');
}

function readPosition(token: string, level: number): v.InferOutput<typeof position> {
  try {
    const at = v.parse(position, JSON.parse(Buffer.from(token, 'base64url').toString('utf8')));
    if (at.level === level) return at;
  } catch {
    // Answered below.
  }
  throw new Problem(400, 'Not a page', "'after' must be the 'next' that another page of this leaderboard ended with.");
}
