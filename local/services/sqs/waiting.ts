import type { Clock } from '../../runtime/clock';

/** Owns who waits for messages of which queue. Waiting is no work: a long poll never holds the clock. */
export class Waiting {
  readonly #wakers = new Map<string, Set<() => void>>();

  constructor(private readonly clock: Clock) {}

  /** Resolves when the queue is woken, at `until` (virtual ms), or when the signal aborts. */
  wait(queue: string, until: number, signal: AbortSignal | undefined): Promise<void> {
    if (signal?.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const wakers = this.#wakers.get(queue) ?? new Set();
      this.#wakers.set(queue, wakers);
      const wake = () => {
        cancel();
        wakers.delete(wake);
        signal?.removeEventListener('abort', wake);
        resolve();
      };
      // Without an end there is nothing to set a timer for.
      const cancel = Number.isFinite(until) ? this.clock.at(until, wake) : () => {};
      wakers.add(wake);
      signal?.addEventListener('abort', wake);
    });
  }

  /** There may be something to receive. */
  wake(queue: string): void {
    for (const wake of [...(this.#wakers.get(queue) ?? [])]) wake();
  }

  wakeAll(): void {
    for (const queue of this.#wakers.keys()) this.wake(queue);
  }
}
