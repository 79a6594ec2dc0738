/**
 * Owns the count of what the local cloud is doing right now: tasks dispatched, requests being served, deliveries
 * under way. The clock jumps only when nothing is, so that no virtual time passes while work of the present remains.
 *
 * W1  What waits for a caller or for time (a long poll, a timer) is not work and is never counted.
 * W2  Every `begin` is ended exactly once, however its work ends.
 */
export class Work {
  #running = 0;
  #waiters: Array<() => void> = [];

  /** Counts one piece of work until the returned function is called; calling that again does nothing. */
  begin(): () => void {
    this.#running += 1;
    let ended = false;
    return () => {
      if (ended) return;
      ended = true;
      this.#running -= 1;
      if (this.#running === 0) for (const wake of this.#waiters.splice(0)) wake();
    };
  }

  /** Counts `task` until it settles, and answers what it answers. */
  async track<T>(task: () => Promise<T>): Promise<T> {
    const end = this.begin();
    try {
      return await task();
    } finally {
      end();
    }
  }

  get busy(): boolean {
    return this.#running > 0;
  }

  /** Resolves when nothing has been running for two turns of the event loop (a commit and its follow-up fit in between). */
  async idle(): Promise<void> {
    for (let quiet = 0; quiet < 2; ) {
      if (this.#running > 0) {
        await new Promise<void>((resolve) => this.#waiters.push(resolve));
        quiet = 0;
      }
      await new Promise<void>((resolve) => setImmediate(resolve));
      quiet = this.#running > 0 ? 0 : quiet + 1;
    }
  }
}
