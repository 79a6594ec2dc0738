import { VirtualClock } from '../../../local/runtime/clock';
import { Store } from '../../../local/runtime/store';
import { Work } from '../../../local/runtime/work';
import { AwsServices } from '../../../local/services/aws';
import type { Parts } from '../../../local/services/parts';

export const identity = {
  accountId: '123456789012',
  region: 'us-east-1',
  accessKeyId: 'local',
  secretAccessKey: 'local-secret',
};

/** A clock that stands still at 2026-01-01 until it is moved, and a store in memory (or in `dir`). */
export function testParts(options: { dir?: string; start?: string } = {}): Parts {
  const work = new Work();
  const clock = new VirtualClock({ start: Date.parse(options.start ?? '2026-01-01T00:00:00Z'), scale: 0, work });
  return { store: Store.open(options.dir), clock, work, aws: new AwsServices(work), identity, dir: options.dir };
}
