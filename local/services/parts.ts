import type { VirtualClock } from '../runtime/clock';
import type { Store } from '../runtime/store';
import type { Work } from '../runtime/work';
import type { AwsServices } from './aws';
import type { Identity } from './identity';

/** What every room of `services/` is built from. */
export interface Parts {
  readonly store: Store;
  readonly clock: VirtualClock;
  readonly work: Work;
  readonly aws: AwsServices;
  readonly identity: Identity;
  /** Where a room that keeps files of its own may make a folder; undefined when everything is in memory. */
  readonly dir: string | undefined;
}
