import type { Clock } from '../runtime/clock';
import { AwsError, type AwsShape, type Caller, type Interceptor } from './aws';

/**
 * Owns faults made on purpose: rules that fail chosen calls of local services or make them slow, so that people can watch
 * their error paths. They are not kept: a process begins without any.
 *
 * F1  The first rule that matches a call, is not used up and whose chance falls takes it; no other is asked.
 * F2  Without `probability` nothing is random.
 * F3  A call that is slow waits before its service sees it, by virtual time.
 *
 * ```ts
 * const faults = new Faults(parts.clock);
 * parts.aws.intercept(faults.intercept);
 * const end = faults.add({
 *   service: 's3', operation: 'PutObject', where: { Bucket: 'reports' },
 *   error: { code: 'SlowDown', message: 'Please reduce your request rate.', status: 503 }, times: 2,
 * });
 * ```
 */
export interface FaultRule {
  /** SDK id: 's3', 'sfn', … */
  readonly service: string;
  /** 'PutObject'; every operation of the service when left out. */
  readonly operation?: string | undefined;
  /** What the input must contain: each member given must be equal, objects by the same rule. Everything when left out. */
  readonly where?: AwsShape | undefined;
  /** How the call fails; without it, it is only slow. */
  readonly error?:
    | {
        readonly code: string;
        readonly message: string;
        /** HTTP status; 400 by default. Callers retry 5xx and throttling. */
        readonly status?: number;
      }
    | undefined;
  /** Virtual ms that the call waits first. */
  readonly delayMs?: number | undefined;
  /** How many calls it takes; all of them when left out. */
  readonly times?: number | undefined;
  /** Of a call that matches being taken: more than 0, at most 1, which it is by default. */
  readonly probability?: number | undefined;
}

/** A rule that exists. */
export interface Fault {
  readonly id: number;
  readonly rule: FaultRule;
  /** Calls that it has taken. */
  readonly taken: number;
}

export class Faults {
  readonly #faults = new Map<number, { rule: FaultRule; taken: number }>();
  #lastId = 0;

  constructor(
    private readonly clock: Clock,
    private readonly random: () => number = Math.random,
  ) {}

  /** Puts a rule behind those that exist. Returns a function that takes it away. */
  add(rule: FaultRule): () => void {
    this.#lastId += 1;
    const id = this.#lastId;
    this.#faults.set(id, { rule, taken: 0 });
    return () => this.remove(id);
  }

  /** Those that are not used up, in the order in which they are asked. */
  list(): Fault[] {
    return [...this.#faults].map(([id, { rule, taken }]) => ({ id, rule, taken }));
  }

  /** Answers whether there was one. */
  remove(id: number): boolean {
    return this.#faults.delete(id);
  }

  clear(): void {
    this.#faults.clear();
  }

  /** For `AwsServices.intercept`. */
  readonly intercept: Interceptor = (service, operation, input, caller) => {
    for (const [id, fault] of this.#faults) {
      const { rule } = fault;
      if (rule.service !== service || (rule.operation ?? operation) !== operation) continue;
      if (!contains(input, rule.where ?? {})) continue;
      if (rule.probability !== undefined && this.random() >= rule.probability) continue;
      fault.taken += 1;
      if (fault.taken >= (rule.times ?? Number.POSITIVE_INFINITY)) this.remove(id);
      if (rule.delayMs !== undefined) return this.#slow(rule, rule.delayMs, caller);
      return fail(rule);
    }
  };

  async #slow(rule: FaultRule, delayMs: number, caller: Caller): Promise<void> {
    await waitFor(this.clock, delayMs, caller);
    fail(rule);
  }
}

function fail({ error }: FaultRule): void {
  if (error) throw new AwsError(error.code, error.message, error.status ?? 400);
}

/**
 * Waits in virtual time; rejects when the caller gives up. A caller that is work of the local cloud's (a function) keeps the clock
 * from being moved, and the clock may stand: so that the wait ends, it ends by the machine's time too, unless it is known that it is
 * not counted.
 */
function waitFor(clock: Clock, ms: number, { signal, isWork }: Caller): Promise<void> {
  return new Promise((resolve, reject) => {
    let machine: NodeJS.Timeout | undefined;
    const settle = (end: () => void) => {
      forget();
      clearTimeout(machine);
      signal?.removeEventListener('abort', abort);
      end();
    };
    const abort = () => settle(() => reject(signal?.reason));
    const forget = clock.at(clock.now() + ms, () => settle(resolve));
    if (!isWork) machine = setTimeout(() => settle(resolve), ms).unref();
    if (signal?.aborted) abort();
    else signal?.addEventListener('abort', abort, { once: true });
  });
}

function contains(actual: unknown, wanted: unknown): boolean {
  if (typeof wanted !== 'object' || wanted === null) return actual === wanted;
  if (typeof actual !== 'object' || actual === null) return false;
  return Object.entries(wanted).every(([name, value]) => contains((actual as AwsShape)[name], value));
}
