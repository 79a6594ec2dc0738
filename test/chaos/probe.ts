import { percentile } from './report';

/** Makes a call again and again, one after the other, and tells how long each took in ms. */
export class Probe {
  readonly latencies: number[] = [];
  #over = false;
  readonly #done: Promise<void>;

  constructor(call: () => Promise<unknown>) {
    this.#done = this.#run(call);
    // Told by `stop`, or not at all when something else went wrong before.
    this.#done.catch(() => {});
  }

  async stop(): Promise<{ calls: number; p50: number; p99: number; longest: number }> {
    this.#over = true;
    await this.#done;
    const { latencies } = this;
    return {
      calls: latencies.length,
      p50: percentile(latencies, 0.5),
      p99: percentile(latencies, 0.99),
      longest: Math.max(...latencies),
    };
  }

  async #run(call: () => Promise<unknown>): Promise<void> {
    while (!this.#over) {
      const began = performance.now();
      await call();
      this.latencies.push(performance.now() - began);
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
  }
}

/** Runs `task` for each number below `count`, so many at once. */
export async function each(count: number, atOnce: number, task: (index: number) => Promise<unknown>): Promise<void> {
  let next = 0;
  const worker = async () => {
    while (next < count) await task(next++);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}
