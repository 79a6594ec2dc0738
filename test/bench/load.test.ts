import { burst, isWhole } from '../../bench/load/burst';
import { Cloud } from '../../local/assembly/cloud';
import { assembly } from '../lib/assembly';

test('a burst of events is recorded whole: each id once, each point once', async () => {
  const clock = { start: Date.parse('2026-03-02T09:00:00Z'), scale: 0 };
  const cloud = await Cloud.boot({ assemblyDir: assembly(), clock });
  try {
    const result = await burst(cloud, 60, 12);
    expect(result).toMatchObject({ recorded: 60, missing: [], points: result.expectedPoints });
    expect(isWhole(result)).toBe(true);
    expect(isWhole({ ...result, missing: ['burst-1'] })).toBe(false);
    expect(isWhole({ ...result, points: result.points + 1 })).toBe(false);
  } finally {
    await cloud.stop();
  }
}, 180_000);
