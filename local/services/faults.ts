import { AwsError, type AwsShape, type Interceptor } from './aws';

/**
 * Owns faults made on purpose: rules that fail chosen calls of local services, so that people can watch their error
 * paths. Deterministic: the first rule that matches a call and is not used up fails it; nothing is random.
 *
 * ```ts
 * const faults = new Faults();
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
  readonly operation?: string;
  /** What the input must contain: each member given must be equal, objects by the same rule. Everything when left out. */
  readonly where?: AwsShape;
  readonly error: {
    readonly code: string;
    readonly message: string;
    /** HTTP status; 400 by default. Callers retry 5xx and throttling. */
    readonly status?: number;
  };
  /** How many calls fail; all of them when left out. */
  readonly times?: number;
}

export class Faults {
  readonly #rules = new Set<{ rule: FaultRule; left: number }>();

  /** Puts a rule behind those that exist. Returns a function that takes it away. */
  add(rule: FaultRule): () => void {
    const entry = { rule, left: rule.times ?? Number.POSITIVE_INFINITY };
    this.#rules.add(entry);
    return () => this.#rules.delete(entry);
  }

  /** For `AwsServices.intercept`. */
  readonly intercept: Interceptor = (service, operation, input) => {
    for (const entry of this.#rules) {
      const { rule } = entry;
      if (rule.service !== service || (rule.operation ?? operation) !== operation) continue;
      if (!contains(input, rule.where ?? {})) continue;
      entry.left -= 1;
      if (entry.left <= 0) this.#rules.delete(entry);
      throw new AwsError(rule.error.code, rule.error.message, rule.error.status ?? 400);
    }
  };
}

function contains(actual: unknown, wanted: unknown): boolean {
  if (typeof wanted !== 'object' || wanted === null) return actual === wanted;
  if (typeof actual !== 'object' || actual === null) return false;
  return Object.entries(wanted).every(([name, value]) => contains((actual as AwsShape)[name], value));
}
