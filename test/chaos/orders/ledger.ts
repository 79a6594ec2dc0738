import { appendFileSync, rmSync } from 'node:fs';

/**
 * Owns what was acknowledged, kept outside the engine: a call is written here when its answer has arrived, and in a file
 * too, so that a run that found something can be read afterwards.
 */
export class Ledger {
  /** Executions by name: the date that StartExecution answered, in ms. */
  readonly started = new Map<string, number>();
  /** Those whose StartExecution was sent but never answered. */
  readonly unanswered = new Set<string>();
  /** By name, the decision that SendTaskSuccess took for the approval. */
  readonly approved = new Map<string, string>();
  /** By name, the finding that SendTaskSuccess took for the inspection. */
  readonly inspected = new Map<string, string>();
  /** By name, how often GetActivityTask handed its task out. */
  readonly taken = new Map<string, number>();
  /** By name, the date and cause that StopExecution answered and took. */
  readonly stopped = new Map<string, { date: number; cause: string }>();
  /** Those whose StopExecution was sent but never answered. */
  readonly perhapsStopped = new Set<string>();
  /** By name, the lives of the process in which its first function was called, one for each call. */
  readonly charged = new Map<string, number[]>();
  /** By name, the tokens that its second function was given. */
  readonly asked = new Map<string, Set<string>>();
  /** By name, the life in which the second function was first called: the first one's result was recorded then. */
  readonly recorded = new Map<string, number>();
  /** Calls of first functions whose result was not known to be recorded when the process died, over all deaths. */
  underWay = 0;
  /** Of the process, so far. */
  lives = 0;
  /** The version and tag that were acknowledged last, and those that were sent since. */
  readonly tag = { acknowledged: 0, sent: 0 };
  acknowledged = 0;
  #lines: string[] = [];

  constructor(private readonly file: string) {
    rmSync(file, { force: true });
  }

  /** The process began a life; what was called in the one before and is not known to be recorded may be called again. */
  begin(): void {
    this.lives += 1;
    for (const [name, lives] of this.charged) {
      if (lives.includes(this.lives - 1) && !this.recorded.has(name)) this.underWay += 1;
    }
  }

  /** The machine ended with the life of the process: what it showed in it and did not acknowledge need not be there. */
  lose(): void {
    for (const [name, life] of this.recorded) if (life === this.lives) this.recorded.delete(name);
  }

  /** Calls of first functions beyond the first of each execution. */
  get again(): number {
    return [...this.charged.values()].reduce((sum, lives) => sum + lives.length - 1, 0);
  }

  charge(name: string, life: number): void {
    this.charged.set(name, [...(this.charged.get(name) ?? []), life]);
  }

  ask(name: string, token: string, life: number): void {
    this.asked.set(name, (this.asked.get(name) ?? new Set()).add(token));
    if (!this.recorded.has(name)) this.recorded.set(name, life);
  }

  /** Counts one acknowledged call. */
  note(what: string, name: string, detail: unknown = ''): void {
    this.acknowledged += 1;
    this.#lines.push(JSON.stringify([Date.now(), what, name, detail]));
    if (this.#lines.length >= 500) this.flush();
  }

  flush(): void {
    if (this.#lines.length > 0) appendFileSync(this.file, `${this.#lines.splice(0).join('\n')}\n`);
  }
}
