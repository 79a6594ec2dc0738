import { type BurstResult, burst, isWhole } from '../../bench/load/burst';
import { Cloud } from '../../local/assembly/cloud';
import { assembly } from '../lib/assembly';

test('a burst of events is recorded whole: each id once, each point once, none set aside', async () => {
  const clock = { start: Date.parse('2026-03-02T09:00:00Z'), scale: 0 };
  const cloud = await Cloud.boot({ assemblyDir: assembly(), clock });
  let result: BurstResult;
  try {
    result = await burst(cloud, { events: 100, players: 20 });
  } finally {
    await cloud.stop();
  }
  expect(result).toMatchObject({
    executions: { SUCCEEDED: 100 },
    recorded: 100,
    missing: [],
    counted: 100,
    points: result.expectedPoints,
    setAside: 0,
    toRepair: 0,
  });
  expect(isWhole(result)).toBe(true);
  for (const wrong of [
    { executions: { SUCCEEDED: 99, FAILED: 1 } },
    { missing: ['burst-1'] },
    { counted: 101 },
    { points: result.points + 1 },
    { setAside: 1 },
    { toRepair: 1 },
  ]) {
    expect(isWhole({ ...result, ...wrong })).toBe(false);
  }
}, 180_000);
