/** What has been opened, to be closed in the opposite order; a failure to close one thing keeps no other open. */
export class Undo {
  readonly #steps: Array<() => unknown> = [];

  later(step: () => unknown): void {
    this.#steps.push(step);
  }

  async all(): Promise<void> {
    const failures: unknown[] = [];
    for (let step = this.#steps.pop(); step; step = this.#steps.pop()) {
      try {
        await step();
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw failures[0];
  }
}
