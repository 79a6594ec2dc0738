import type { Clock } from './clock';

/**
 * Owns when executions are to be woken: at most one timer of the clock for each, so that a waiting execution is a row
 * of the store and one entry here.
 */
export class ExecutionTimers {
  readonly #armed = new Map<string, { due: number; forget: () => void }>();

  constructor(
    private readonly clock: Clock,
    private readonly wake: (arn: string) => void,
  ) {}

  /** Wakes the execution at `due` (virtual ms), or no more without it; replaces what was set for it before. */
  set(arn: string, due: number | undefined): void {
    const armed = this.#armed.get(arn);
    if (armed?.due === due) return;
    armed?.forget();
    if (due === undefined) {
      this.#armed.delete(arn);
      return;
    }
    const forget = this.clock.at(due, () => {
      this.#armed.delete(arn);
      this.wake(arn);
    });
    this.#armed.set(arn, { due, forget });
  }

  get size(): number {
    return this.#armed.size;
  }

  clear(): void {
    for (const { forget } of this.#armed.values()) forget();
    this.#armed.clear();
  }
}
