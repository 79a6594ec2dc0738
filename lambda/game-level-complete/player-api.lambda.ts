import { GetCommand } from '@aws-sdk/lib-dynamodb';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { cached } from '../shared/cached';
import { requireEnv } from '../shared/env';
import { json, Problem, type Response } from '../shared/http';
import { log } from '../shared/log';
import { leaderboardPage } from './leaderboard-page';
import type { Progress } from './progress';
import { reportLinks } from './report-link';
import { tables } from './tables';

const env = requireEnv('PLAYERS_TABLE');

/** How long an answer may be a little old. */
const playerSeconds = 5;
const leaderboardSeconds = 10;

/** The game's API: a player's progress, a level's leaderboard, links to a completion's report. It only reads. */
export async function handler(event: APIGatewayProxyEventV2): Promise<Response> {
  try {
    return await answer(event);
  } catch (error) {
    if (error instanceof Problem) return error.response;
    log.error('player request failed', { route: event.routeKey, error });
    const { response } = new Problem(503, 'Not now', 'The game cannot tell this at the moment. Try again.');
    return { ...response, headers: { ...response.headers, 'retry-after': '1' } };
  }
}

async function answer(event: APIGatewayProxyEventV2): Promise<Response> {
  const { playerId = '', level = '', completionId = '' } = event.pathParameters ?? {};
  switch (event.routeKey) {
    case 'GET /players/{playerId}':
      return cached(event, await player(id(playerId, 'player')), playerSeconds);
    case 'GET /levels/{level}/leaderboard': {
      const { limit = '25', after } = event.queryStringParameters ?? {};
      const most = whole(limit, 1, 100);
      if (most === undefined) throw new Problem(400, 'Not a limit', "'limit' must be a number from 1 to 100.");
      const number = whole(level, 1, 999);
      if (number === undefined) throw new Problem(404, 'Unknown level', 'There are the levels 1 to 999.');
      return cached(event, await leaderboardPage(number, most, after), leaderboardSeconds);
    }
    case 'GET /completions/{completionId}/report':
      return json(200, await reportLinks(id(completionId, 'completion')));
    default:
      throw new Problem(404, 'Not found', 'There is nothing here.');
  }
}

async function player(playerId: string) {
  const { Item } = await tables.send(new GetCommand({ TableName: env.PLAYERS_TABLE, Key: { playerId } }));
  if (!Item) throw new Problem(404, 'Unknown player', 'There is no such player.');
  const { points, completions, highestLevel, streakDays, lastDay } = Item as Progress;
  return { playerId, points, completions, highestLevel, streakDays, lastDay };
}

function id(given: string, whose: string): string {
  if (/^[A-Za-z0-9_-]{1,64}$/.test(given)) return given;
  throw new Problem(404, `Unknown ${whose}`, `There is no such ${whose}.`);
}

function whole(text: string, least: number, most: number): number | undefined {
  const value = /^[0-9]{1,3}$/.test(text) ? Number(text) : Number.NaN;
  return value >= least && value <= most ? value : undefined;
}
