import type { ClockPosition } from '../runtime/clock';
import type { Collection, Store } from '../runtime/store';

/**
 * Owns the virtual clock's position in the data directory, so that a restart never goes back in time (K1). A jump is
 * written in the transaction of the turn that makes it, hence is durable together with whatever it sets off.
 *
 * While nothing runs, virtual time goes on as it did, but never faster than real time after an orderly end.
 */
export class SavedClockPosition {
  readonly #documents: Collection<ClockPosition>;

  constructor(store: Store) {
    this.#documents = store.collection<ClockPosition>('clock');
  }

  /** The virtual time at which to go on, in ms since the epoch; undefined in a new data directory. */
  resume(realNow: number): number | undefined {
    const saved = this.#documents.get('position');
    return saved && saved.virtual + Math.max(0, realNow - saved.real) * saved.scale;
  }

  save(position: ClockPosition): void {
    void this.#documents.put('position', position).catch(() => {
      // The store has failed and says so to everybody who waits for it.
    });
  }

  /** The last word of a clock that ends in order. */
  saveFinal(position: ClockPosition, now: number, realNow: number): void {
    this.save({ virtual: now, real: realNow, scale: Math.min(position.scale, 1) });
  }
}
