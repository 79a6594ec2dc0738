import { VirtualClock } from '../runtime/clock';
import { Store } from '../runtime/store';
import { Work } from '../runtime/work';
import { AwsServices } from '../services/aws';
import { Faults } from '../services/faults';
import type { Identity } from '../services/identity';
import { UsageMeter } from '../services/metering/meter';
import type { Parts } from '../services/parts';
import { SavedClockPosition } from './clock-position';
import { loadIdentity, makeDataDirectory } from './data-directory';
import type { Environment } from './environment';
import type { Undo } from './undo';

export interface PartsOptions {
  /** Where data is kept; everything is in memory without it. */
  readonly dataDir?: string | undefined;
  readonly clock?: {
    /** Virtual time of a new data directory in ms since the epoch; one in use goes on where it was, if that is later. */
    readonly start?: number;
    /** Virtual seconds per real second; 0 stands still. 1 by default. */
    readonly scale?: number;
  };
  /** Account and region of a new data directory; one in use keeps its own. An account of nobody's by default. */
  readonly environment?: Environment;
  /** By default the environment, and keys that are drawn, as they are kept with the data. */
  readonly identity?: Identity;
}

/**
 * Opens what a boot begins with; each thing opened is given to `undo`.
 * @param check looks at the store before anything in it changes; throws to refuse it
 */
export function assembleParts(
  options: PartsOptions,
  undo: Undo,
  check: (store: Store) => void = () => {},
): { parts: Parts; faults: Faults } {
  const dir = options.dataDir;
  if (dir !== undefined) makeDataDirectory(dir);
  const work = new Work();
  const store = Store.open(dir, work);
  undo.later(() => store.close());
  check(store);
  const saved = new SavedClockPosition(store);
  const resumed = saved.resume(Date.now());
  const start = Math.max(resumed ?? 0, options.clock?.start ?? (resumed === undefined ? Date.now() : 0));
  const clock = new VirtualClock({
    work,
    start,
    scale: options.clock?.scale,
    onMove: (position) => saved.save(position),
  });
  saved.follow(clock);
  undo.later(() => {
    clock.close();
    saved.saveFinal(clock.position, clock.now(), Date.now());
  });
  const aws = new AwsServices(work);
  const faults = new Faults(clock);
  aws.intercept(faults.intercept);
  const meter = new UsageMeter(store);
  aws.meterWith(meter);
  undo.later(() => meter.flush());
  const identity = options.identity ?? loadIdentity(dir, options.environment);
  return { parts: { store, clock, work, aws, identity, dir }, faults };
}
