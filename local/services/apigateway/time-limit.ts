/** Runs out some ms of real time after its start, unless it is cancelled. */
export class TimeLimit {
  readonly passed: Promise<undefined>;
  #pass!: () => void;
  #timer: NodeJS.Timeout | undefined;

  constructor(private readonly ms: number) {
    this.passed = new Promise((resolve) => {
      this.#pass = () => resolve(undefined);
    });
  }

  start(): void {
    this.#timer ??= setTimeout(this.#pass, this.ms);
  }

  cancel(): void {
    clearTimeout(this.#timer);
  }
}
