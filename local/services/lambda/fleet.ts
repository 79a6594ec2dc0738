import type { Capacity, Tenant } from './capacity';
import { type EnvironmentHost, ExecutionEnvironment } from './environment';
import { type Invocation, type Outcome, runtimeExited, STOPPED } from './invocation';
import type { FunctionSpec } from './spec';

interface Waiting {
  readonly invocation: Invocation;
  readonly since: number;
  resolve(outcome: Outcome): void;
}

/** Of functions that are slow to start, too, nobody waits for longer than this, in ms. */
const LONGEST_PATIENCE = 300;

/**
 * Owns the execution environments of one function as it was deployed once, and the invocations that wait for one.
 *
 * F1  An invocation runs in a warm environment if there is one, else in the first that becomes free or ready.
 * F2  Invocations are taken up in the order in which they came.
 * F3  An environment more is started once an invocation has waited for the others as long as a start takes. AWS starts one
 *     at once; here starts take the time of the invocations that run, and most of those end sooner.
 * F4  A retired fleet finishes what it was given; each environment ends with its last work.
 */
export class Fleet implements Tenant {
  readonly #environments = new Set<ExecutionEnvironment>();
  /** With the moments at which their starts began. */
  readonly #starting = new Map<ExecutionEnvironment, number>();
  /** The most recently used last. */
  readonly #idle: ExecutionEnvironment[] = [];
  readonly #waiting: Waiting[] = [];
  /** For how long an invocation waits for the environments that there are, in ms. */
  #patience = LONGEST_PATIENCE;
  /** When the last environment began to start, or was ready. */
  #lastGrown = 0;
  /** Goes off when an invocation has waited long enough. */
  #impatience: NodeJS.Timeout | undefined;
  #retired = false;
  #empty: (() => void) | undefined;

  constructor(
    readonly spec: FunctionSpec,
    private readonly host: EnvironmentHost,
    private readonly capacity: Capacity,
  ) {}

  /** Never rejects: what goes wrong is the outcome. */
  invoke(invocation: Invocation): Promise<Outcome> {
    return new Promise((resolve) => {
      this.#waiting.push({ invocation, since: performance.now(), resolve });
      this.pump();
    });
  }

  pump(): void {
    while (this.#waiting.length > 0) {
      const environment = this.#idle.pop();
      if (!environment) break;
      this.capacity.taken(environment);
      this.#serveWith(environment);
    }
    this.#grow();
  }

  /** Starts what the invocations that wait need; at most as many as there are, so that a burst of short ones finds few. */
  #grow(): void {
    clearTimeout(this.#impatience);
    const [first] = this.#waiting;
    if (!first || this.#waiting.length <= this.#starting.size) return;
    const wait = Math.max(first.since, this.#lastGrown) + this.#patience - performance.now();
    if (wait > 0 && this.#environments.size > 0) {
      this.#impatience = setTimeout(() => this.#grow(), wait);
      return;
    }
    const starts = Math.min(this.#waiting.length - this.#starting.size, Math.max(1, this.#environments.size));
    for (let i = 0; i < starts && this.capacity.tryStart(this); i += 1) this.#start();
  }

  evictIdle(environment: object): void {
    this.#discard(environment as ExecutionEnvironment);
  }

  /** No new invocation will come; resolves when the last environment has ended. */
  retire(): Promise<void> {
    this.#retired = true;
    return new Promise((resolve) => {
      this.#empty = resolve;
      for (const environment of [...this.#idle]) this.#discard(environment);
      if (this.#isEmpty) resolve();
    });
  }

  /** Ends everything at once; what was not finished fails. */
  async stop(): Promise<void> {
    this.#retired = true;
    clearTimeout(this.#impatience);
    for (const { invocation, resolve } of this.#waiting.splice(0)) {
      resolve(runtimeExited(invocation, 'Runtime.ExitError', STOPPED));
    }
    await Promise.all([...this.#environments].map((environment) => environment.end()));
  }

  #start(): void {
    this.#lastGrown = performance.now();
    const environment: ExecutionEnvironment = new ExecutionEnvironment(this.spec, this.host, () => {
      // Settled means ready, idle again, or broken; the constructor itself may find it broken.
      queueMicrotask(() => this.#settled(environment));
    });
    this.#environments.add(environment);
    this.#starting.set(environment, this.#lastGrown);
  }

  #settled(environment: ExecutionEnvironment): void {
    if (!this.#environments.has(environment)) return;
    const began = this.#starting.get(environment);
    const isNew = began !== undefined;
    if (isNew) {
      this.#starting.delete(environment);
      this.#lastGrown = performance.now();
      this.#patience = Math.min(this.#lastGrown - began, LONGEST_PATIENCE);
      this.capacity.started();
    }
    if (this.#waiting.length > 0 && (isNew || !environment.isBroken)) {
      // One that failed to load answers the invocation it was started for with the reason.
      this.#serveWith(environment);
      this.#grow();
    } else if (this.#retired || environment.isBroken) {
      this.#discard(environment);
      this.pump();
    } else {
      this.#idle.push(environment);
      this.capacity.idle(environment, this);
    }
  }

  #serveWith(environment: ExecutionEnvironment): void {
    const next = this.#waiting.shift();
    if (!next) return;
    next.invocation.begun?.();
    void environment.run(next.invocation).then(next.resolve);
  }

  #discard(environment: ExecutionEnvironment): void {
    if (!this.#environments.delete(environment)) return;
    const at = this.#idle.indexOf(environment);
    if (at >= 0) this.#idle.splice(at, 1);
    this.capacity.taken(environment);
    this.capacity.ended();
    void environment.end();
    if (this.#isEmpty) this.#empty?.();
  }

  get #isEmpty(): boolean {
    return this.#environments.size === 0 && this.#waiting.length === 0;
  }
}
