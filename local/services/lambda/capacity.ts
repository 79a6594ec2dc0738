import { availableParallelism } from 'node:os';

export interface CapacityOptions {
  /** Worker threads at once, of all functions together. */
  maxEnvironments?: number;
  /** Warm ones kept without work. */
  maxIdle?: number;
}

/** What is asked to make room or to use it. */
export interface Tenant {
  /** Starts environments for what waits, as far as `Capacity` lets it. */
  pump(): void;
  /** Ends one idle environment. */
  evictIdle(environment: object): void;
}

/**
 * Owns how many worker threads this machine may have: AWS would start an environment for each concurrent invocation;
 * here only as many as are useful, and the rest of the invocations wait for a free one.
 *
 * K1  Never more than `maxEnvironments` threads; never more than the machine has processors are starting at once.
 * K2  Idle environments are ended in order of last use, when there are too many or another function needs the room.
 */
export class Capacity {
  readonly #maxEnvironments: number;
  readonly #maxIdle: number;
  readonly #maxStarting = availableParallelism();
  #total = 0;
  #starting = 0;
  /** Idle environments with their tenants, the longest unused first. */
  readonly #idle = new Map<object, Tenant>();
  readonly #waiting = new Set<Tenant>();

  constructor(options: CapacityOptions = {}) {
    this.#maxEnvironments = options.maxEnvironments ?? MOST_PER_PROCESSOR * availableParallelism();
    this.#maxIdle = options.maxIdle ?? 16;
  }

  /** Whether the tenant may start an environment now; if not, it is pumped when it is worth asking again. */
  tryStart(tenant: Tenant): boolean {
    const tooManyStart = () => this.#starting >= this.#maxStarting;
    // Making room lets others have a turn, so the question is asked again.
    if (tooManyStart() || !this.#makeRoom() || tooManyStart()) {
      this.#waiting.add(tenant);
      return false;
    }
    this.#total += 1;
    this.#starting += 1;
    return true;
  }

  started(): void {
    this.#starting -= 1;
    this.#offer();
  }

  ended(): void {
    this.#total -= 1;
    this.#offer();
  }

  idle(environment: object, tenant: Tenant): void {
    this.#idle.set(environment, tenant);
    if (this.#idle.size > this.#maxIdle) this.#evictOldest();
    else this.#offer();
  }

  /** The environment is in use again, or gone. */
  taken(environment: object): void {
    this.#idle.delete(environment);
  }

  #makeRoom(): boolean {
    while (this.#total >= this.#maxEnvironments) if (!this.#evictOldest()) return false;
    return true;
  }

  #evictOldest(): boolean {
    const oldest = this.#idle.entries().next().value;
    if (!oldest) return false;
    const [environment, tenant] = oldest;
    this.#idle.delete(environment);
    tenant.evictIdle(environment);
    return true;
  }

  #offer(): void {
    for (const tenant of [...this.#waiting]) {
      this.#waiting.delete(tenant);
      tenant.pump();
    }
  }
}

/**
 * A function waits for this process most of its time, so some more threads than processors are of use. Many more only
 * slow each other down until functions run out of their own time, which is real.
 */
const MOST_PER_PROCESSOR = 8;
