import type { Work } from './work';

/**
 * Owns the waiting of one queue until there is room for what nobody waits for (W3).
 *
 * R1  While it waits, `go` is called after each call that ends, and must ask for room again.
 * R2  Calls that are long hold up none for ever: the first in line is let go after two seconds.
 */
export class RoomWait {
  #patience: NodeJS.Timeout | undefined;
  #isWatching = false;

  /** @param go told whether the first in line goes without room */
  constructor(
    private readonly work: Work,
    private readonly go: (anyway: boolean) => void,
  ) {}

  /** Call it when there is no room for the first in line; harmless when repeated. */
  wait(): void {
    this.#patience ??= setTimeout(() => {
      this.#patience = undefined;
      this.go(true);
    }, LONGEST_WAIT_MS);
    if (this.#isWatching) return;
    this.#isWatching = true;
    this.work.whenCallEnds(() => {
      this.#isWatching = false;
      if (this.#patience !== undefined) this.go(false);
    });
  }

  /** The first in line went, or nobody is. */
  end(): void {
    clearTimeout(this.#patience);
    this.#patience = undefined;
  }
}

/** In real time. */
const LONGEST_WAIT_MS = 2_000;
