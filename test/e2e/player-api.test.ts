import { sendSigned } from '../../demo/signed-fetch';
import { MINUTE, World } from './world';

jest.setTimeout(60_000);

let world: World;
beforeAll(async () => {
  world = await World.begin();
  await play(
    ['ada', 7, 1200, '2026-03-01T10:00:00Z'],
    ['ada', 7, 900, '2026-03-02T08:00:00Z'],
    ['ada', 9, 50, '2026-03-02T08:10:00Z'],
    ['grace', 7, 1200, '2026-03-01T09:00:00Z'],
    ['alan', 7, 2000, '2026-03-02T07:00:00Z'],
    ['edsger', 7, 1200, '2026-03-01T10:00:00.5Z'],
    ['barbara', 7, 0, '2026-03-01T10:00:00Z'],
  );
}, 180_000);
// Whether a report is there it is told without the right to list them all.
afterAll(() => world?.end(['s3:ListBucket']));

/** Levels completed, each under the id '<player>-<number>'. */
async function play(...completions: [player: string, level: number, score: number, completedAt: string][]) {
  const { EventBuses } = await world.call('eventbridge', 'ListEventBuses');
  const EventBusName = EventBuses.find(({ Name }: { Name: string }) => Name !== 'default').Name;
  const Entries = completions.map(([playerId, level, score, completedAt], index) => ({
    EventBusName,
    Source: 'stepwright.game',
    DetailType: 'LevelCompleted',
    Detail: JSON.stringify({
      completionId: `${playerId}-${index}`,
      playerId,
      level,
      score,
      durationSeconds: 60,
      completedAt,
    }),
  }));
  await world.call('eventbridge', 'PutEvents', { Entries });
  await world.settle();
  await world.pass(MINUTE);
}

const url = (path: string) => {
  const { apis } = world.cloud.endpoints;
  const name = Object.keys(apis).find((candidate) => candidate.includes('Game')) as string;
  return new URL(path, apis[name]);
};
const get = (path: string) => sendSigned(world.cloud.endpoints.credentials, 'GET', url(path), undefined);
// biome-ignore lint/suspicious/noExplicitAny: what the API answers is what the tests check.
const read = (response: Response): Promise<any> => response.json();
const body = async (path: string) => {
  const response = await get(path);
  expect(response.status).toBe(200);
  return read(response);
};

test('strangers are told nothing', async () => {
  for (const path of ['/players/ada', '/levels/7/leaderboard', '/completions/ada-0/report']) {
    expect((await fetch(url(path))).status).toBe(403);
  }
});

test("a player's progress is told", async () => {
  expect(await body('/players/ada')).toEqual({
    playerId: 'ada',
    points: 2150,
    completions: 3,
    highestLevel: 9,
    streakDays: 2,
    lastDay: '2026-03-02',
  });
});

test("a level's leaderboard has the highest score first, of equal ones the earlier, and each player once", async () => {
  expect(await body('/levels/7/leaderboard')).toEqual({
    level: 7,
    players: [
      { place: 1, playerId: 'alan', score: 2000, completedAt: '2026-03-02T07:00:00Z' },
      { place: 2, playerId: 'grace', score: 1200, completedAt: '2026-03-01T09:00:00Z' },
      { place: 3, playerId: 'ada', score: 1200, completedAt: '2026-03-01T10:00:00Z' },
      { place: 4, playerId: 'edsger', score: 1200, completedAt: '2026-03-01T10:00:00.5Z' },
      { place: 5, playerId: 'barbara', score: 0, completedAt: '2026-03-01T10:00:00Z' },
    ],
  });
  expect(await body('/levels/8/leaderboard')).toEqual({ level: 8, players: [] });
});

test.each([1, 2, 4, 5])('page by page, %i at a time, it is the same', async (limit) => {
  const all = (await body('/levels/7/leaderboard')).players;
  const seen: unknown[] = [];
  let after = '';
  for (let pages = 0; pages < 6; pages += 1) {
    const page = await body(`/levels/7/leaderboard?limit=${limit}${after && `&after=${after}`}`);
    expect(page.players.length).toBeLessThanOrEqual(limit);
    seen.push(...page.players);
    if (!page.next) break;
    after = page.next;
  }
  expect(seen).toEqual(all);
});

test('a token of another leaderboard, or of none, is refused, and so is a limit', async () => {
  const { next } = await body('/levels/7/leaderboard?limit=1');
  const broken = Buffer.from(JSON.stringify({ level: 7, place: 1, rank: '' })).toString('base64url');
  const queries = [
    `8/leaderboard?after=${next}`,
    '7/leaderboard?after=x',
    '7/leaderboard?after=',
    `7/leaderboard?after=${broken}`,
  ];
  for (const query of [...queries, '7/leaderboard?limit=0', '7/leaderboard?limit=101', '7/leaderboard?limit=two']) {
    const response = await get(`/levels/${query}`);
    expect([query, response.status]).toEqual([query, 400]);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    expect(await response.json()).toMatchObject({ status: 400, title: expect.any(String), detail: expect.any(String) });
  }
});

test.each([
  '/players/nobody',
  '/players/no%20body',
  '/levels/0/leaderboard',
  '/levels/x/leaderboard',
  '/completions/none/report',
])('of %s there is nothing', async (path) => {
  const response = await get(path);
  expect(response.status).toBe(404);
  expect(response.headers.get('content-type')).toBe('application/problem+json');
  expect(response.headers.get('cache-control')).toBe('no-store');
});

test('what was answered may be kept for some seconds, and is not sent again while it is the same', async () => {
  const { credentials } = world.cloud.endpoints;
  for (const [path, seconds] of [
    ['/players/grace', 5],
    ['/levels/7/leaderboard?limit=2', 10],
  ] as const) {
    const first = await get(path);
    expect(first.headers.get('cache-control')).toBe(`private, max-age=${seconds}`);
    const etag = first.headers.get('etag') as string;
    expect(etag).toMatch(/^"[\w-]{22}"$/);
    for (const tags of [etag, `W/${etag}`, `"x", ${etag}`, '*']) {
      const again = await sendSigned(credentials, 'GET', url(path), undefined, { 'if-none-match': tags });
      expect([tags, again.status, await again.text()]).toEqual([tags, 304, '']);
      expect(again.headers.get('etag')).toBe(etag);
    }
    const other = await sendSigned(credentials, 'GET', url(path), undefined, { 'if-none-match': '"x"' });
    expect(other.status).toBe(200);
  }
});

test('a report is where a link leads, for a quarter of an hour, and for who has the link', async () => {
  const response = await get('/completions/ada-0/report');
  expect(response.headers.get('cache-control')).toBe('no-store');
  const links = await read(response);
  expect(links).toMatchObject({ completionId: 'ada-0', expiresAt: new Date(world.now + 15 * MINUTE).toISOString() });
  const data = await fetch(links.json);
  expect(await data.json()).toMatchObject({ title: 'Level 7 completed', playerId: 'ada', score: 1200 });
  const page = await fetch(links.html);
  expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
  expect(await page.text()).toContain('<h1>Level 7 completed</h1>');
  expect((await fetch(links.html.replace('html', 'json'))).status).toBe(403);
  await world.pass(15 * MINUTE + 5_000);
  expect((await fetch(links.json)).status).toBe(403);
});

test('a report that is still to be made up for is told of as missing, and S3 in trouble as trouble', async () => {
  const heal = world.fail('s3', 'PutObject', 'SlowDown', 503);
  await play(['late', 3, 10, '2026-03-02T09:00:00Z']);
  heal();
  const missing = await get('/completions/late-0/report');
  expect([missing.status, (await read(missing)).title]).toEqual([404, 'No report yet']);
  const healHead = world.fail('s3', 'HeadObject', 'InternalError', 500);
  const trouble = await get('/completions/late-0/report');
  expect([trouble.status, trouble.headers.get('retry-after')]).toEqual([503, '1']);
  healHead();
  await world.pass(10 * MINUTE);
  expect((await get('/completions/late-0/report')).status).toBe(200);
});
