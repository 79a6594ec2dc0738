import { availableParallelism } from 'node:os';

/**
 * Owns the count of what the local cloud is doing right now: tasks dispatched, requests being served, deliveries
 * under way. The clock jumps only when nothing is, so that no virtual time passes while work of the present remains.
 *
 * W1  What waits for a caller or for time (a long poll, a timer) is not work and is never counted.
 * W2  Every `begin` is ended exactly once, however its work ends.
 * W3  Where AWS would run any number of tasks' calls at once, this machine runs so many as it is quick with. What nobody
 *     waits for (a delivery) asks `hasRoom` before it begins anything: so a burst queues where no time limit runs.
 */
export class Work {
  #running = 0;
  #waiters: Array<() => void> = [];
  #calls = 0;
  #waitingForRoom: Array<() => void> = [];

  /** @param mostCalls as many calls of tasks are under way before deliveries wait */
  constructor(private readonly mostCalls = CALLS_PER_PROCESSOR * availableParallelism()) {}

  /** Counts one piece of work until the returned function is called; calling that again does nothing. */
  begin(): () => void {
    this.#running += 1;
    let ended = false;
    return () => {
      if (ended) return;
      ended = true;
      this.#end();
    };
  }

  /** Counts `task` until it settles, and answers what it answers. */
  async track<T>(task: () => Promise<T>): Promise<T> {
    this.#running += 1;
    try {
      return await task();
    } finally {
      this.#end();
    }
  }

  /** As `track`, for the call of a task. */
  async trackCall<T>(call: () => Promise<T>): Promise<T> {
    this.#calls += 1;
    try {
      return await this.track(call);
    } finally {
      this.#calls -= 1;
      for (const resume of this.#waitingForRoom.splice(0)) resume();
    }
  }

  /** Waits for what waits for time (W1), in the middle of one piece of work, which does not count meanwhile. */
  async aside(wait: Promise<void>): Promise<void> {
    this.#end();
    try {
      await wait;
    } finally {
      this.#running += 1;
    }
  }

  /** Whether one more call can begin beside those under way and `others`. Without any there always is room. */
  hasRoom(others = 0): boolean {
    return this.#calls + others < this.mostCalls;
  }

  /** Calls `resume` once, when a call has ended. */
  whenCallEnds(resume: () => void): void {
    this.#waitingForRoom.push(resume);
  }

  get busy(): boolean {
    return this.#running > 0;
  }

  #end(): void {
    this.#running -= 1;
    if (this.#running === 0) for (const wake of this.#waiters.splice(0)) wake();
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

/** As many as functions run at once. More do not end sooner together, and each of them takes longer. */
const CALLS_PER_PROCESSOR = 8;
