import type { ClockPosition, VirtualClock } from '../runtime/clock';
import type { Collection, Store } from '../runtime/store';

/** Real ms: as much may pass between two positions that are saved while the cloud works. */
const SAVED_EVERY_MS = 1000;

/**
 * Owns the virtual clock's position in the data directory, so that a restart never goes back in time (K1), whatever the
 * machine's clock did meanwhile. A jump is written in the transaction of the turn that makes it, hence is durable
 * together with whatever it sets off; else the position is written with what is committed, about once a second.
 *
 * While nothing runs, virtual time goes on as it did, but never faster than real time after an orderly end.
 */
export class SavedClockPosition {
  readonly #documents: Collection<SavedPosition>;
  #savedAt = Number.NEGATIVE_INFINITY;

  constructor(private readonly store: Store) {
    this.#documents = store.collection<SavedPosition>('clock');
  }

  /** The virtual time at which to go on, in ms since the epoch; undefined in a new data directory. */
  resume(realNow: number): number | undefined {
    const saved = this.#documents.get('position');
    if (!saved) return undefined;
    // What was committed after the position may be dated later than it, by so much at most.
    const least = saved.isFinal ? 0 : SAVED_EVERY_MS;
    return saved.virtual + Math.max(least, realNow - saved.real) * saved.scale;
  }

  /** Saves where the clock is with what is committed, from now on. */
  follow(clock: VirtualClock): void {
    this.store.beforeCommit(() => {
      const real = Date.now();
      if (Math.abs(real - this.#savedAt) < SAVED_EVERY_MS) return;
      this.save({ virtual: clock.now(), real, scale: clock.position.scale });
    });
  }

  save(position: SavedPosition): void {
    this.#savedAt = position.real;
    try {
      void this.#documents.put('position', position).catch(() => {});
    } catch {
      // The store has failed and says so to everybody who waits for it.
    }
  }

  /** The last word of a clock that ends in order. */
  saveFinal(position: ClockPosition, now: number, realNow: number): void {
    this.save({ virtual: now, real: realNow, scale: Math.min(position.scale, 1), isFinal: true });
  }
}

interface SavedPosition extends ClockPosition {
  /** Nothing was committed after it. */
  readonly isFinal?: boolean;
}
