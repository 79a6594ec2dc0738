import { isDeepStrictEqual } from 'node:util';

/** Collects what differed from what it should be; the demo fails with these reasons, after it has shown everything. */
export class Checks {
  readonly differences: string[] = [];
  #made = 0;

  get made(): number {
    return this.#made;
  }

  /** `what` should be `expected`. */
  equal(what: string, actual: unknown, expected: unknown): void {
    this.#made += 1;
    if (isDeepStrictEqual(actual, expected)) return;
    this.differences.push(`${what}: expected ${show(expected)}, but it is ${show(actual)}`);
  }

  /** `what` should hold; `found` is shown when it does not. */
  holds(what: string, truth: boolean, found: unknown): void {
    this.#made += 1;
    if (!truth) this.differences.push(`${what}: it is ${show(found)}`);
  }
}

function show(value: unknown): string {
  return typeof value === 'string' ? `'${value}'` : (JSON.stringify(value) ?? 'nothing');
}
