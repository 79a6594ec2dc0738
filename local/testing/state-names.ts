import type { StateMachine } from '../asl/model';
import { blocksOf } from './blocks';

/**
 * Owns which names of states a test may ask for: those of the definition, in branches and processors too. What is asked of any other
 * would be nothing for ever, and a test that expects nothing would pass for ever.
 */
export class StateNames {
  readonly #names: readonly string[];

  constructor(
    private readonly machineName: string,
    machine: StateMachine,
  ) {
    this.#names = [...blocksOf(machine)].flatMap((block) => Object.keys(block.States));
  }

  /** @throws Error with names that are near, or all, when there is no such state */
  require(asked: string): void {
    if (this.#names.includes(asked)) return;
    const near = this.#names.filter((name) => isNear(name, asked));
    const hint = near.length > 0 ? `did you mean ${near.join(' or ')}?` : `its states are ${this.#names.join(', ')}.`;
    throw new Error(`${this.machineName} has no state ${asked}; ${hint}`);
  }
}

/** One is a part of the other, or a third of it at most is mistyped. */
function isNear(name: string, asked: string): boolean {
  const [one, other] = [name.toLowerCase(), asked.toLowerCase()];
  if (asked.length > 2 && (one.includes(other) || other.includes(one))) return true;
  return distance(one, other) <= Math.max(1, Math.floor(one.length / 3));
}

/** How many letters must be put in, left out or changed to make one text of the other (Levenshtein). */
function distance(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, i) => i);
  for (let i = 1; i <= one.length; i++) {
    const next = [i];
    for (let j = 1; j <= other.length; j++) {
      const changed = (row[j - 1] as number) + (one[i - 1] === other[j - 1] ? 0 : 1);
      next.push(Math.min(changed, (row[j] as number) + 1, (next[j - 1] as number) + 1));
    }
    row = next;
  }
  return row[other.length] as number;
}
