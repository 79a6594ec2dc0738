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

/** A clock that stands still at 2026-01-01 until it is moved, and a store in memory. */
export function testParts(options: { store?: Store; start?: number; work?: Work } = {}): Parts {
  const work = options.work ?? new Work();
  const clock = new VirtualClock({ start: options.start ?? Date.parse('2026-01-01T00:00:00Z'), scale: 0, work });
  const store = options.store ?? Store.open();
  return { store, clock, work, aws: new AwsServices(work), identity, dir: undefined };
}

/** What a new process finds: the same store and time, no timers, no services. */
export function restarted(parts: Parts): Parts {
  return testParts({ store: parts.store, start: parts.clock.now() });
}
