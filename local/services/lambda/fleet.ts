import type { Capacity, Tenant } from './capacity';
import { type EnvironmentHost, ExecutionEnvironment } from './environment';
import { type Invocation, type Outcome, runtimeExited, STOPPED } from './invocation';
import type { FunctionSpec } from './spec';

interface Waiting {
  readonly invocation: Invocation;
  resolve(outcome: Outcome): void;
}

/**
 * Owns the execution environments of one function as it was deployed once, and the invocations that wait for one.
 *
 * F1  An invocation runs in a warm environment if there is one, else in the first that becomes free or ready.
 * F2  Invocations are taken up in the order in which they came.
 * F3  A retired fleet finishes what it was given; each environment ends with its last work.
 */
export class Fleet implements Tenant {
  readonly #environments = new Set<ExecutionEnvironment>();
  readonly #starting = new Set<ExecutionEnvironment>();
  /** The most recently used last. */
  readonly #idle: ExecutionEnvironment[] = [];
  readonly #waiting: Waiting[] = [];
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
      this.#waiting.push({ invocation, resolve });
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
    while (this.#waiting.length > this.#starting.size && this.capacity.tryStart(this)) this.#start();
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
    for (const { invocation, resolve } of this.#waiting.splice(0)) {
      resolve(runtimeExited(invocation, 'Runtime.ExitError', STOPPED));
    }
    await Promise.all([...this.#environments].map((environment) => environment.end()));
  }

  #start(): void {
    const environment: ExecutionEnvironment = new ExecutionEnvironment(this.spec, this.host, () => {
      // Settled means ready, idle again, or broken; the constructor itself may find it broken.
      queueMicrotask(() => this.#settled(environment));
    });
    this.#environments.add(environment);
    this.#starting.add(environment);
  }

  #settled(environment: ExecutionEnvironment): void {
    if (!this.#environments.has(environment)) return;
    const isNew = this.#starting.delete(environment);
    if (isNew) this.capacity.started();
    if (this.#waiting.length > 0 && (isNew || !environment.isBroken)) {
      // One that failed to load answers the invocation it was started for with the reason.
      this.#serveWith(environment);
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
