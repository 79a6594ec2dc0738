/**
 * Owns which deliveries are made one after the other: those of a lane, in the order in which they joined it. The first in
 * line is attempted until it has arrived or is given up; the others are held.
 */
export class Lanes {
  readonly #lanes = new Map<string, string[]>();
  /** Those that could be attempted but for the others in front. */
  readonly #held = new Set<string>();

  join(lane: string, id: string): void {
    const ids = this.#lanes.get(lane);
    if (ids) ids.push(id);
    else this.#lanes.set(lane, [id]);
  }

  /** Whether a delivery that is ready may go; if not, it is held until `leave` answers it. */
  mayGo(lane: string, id: string): boolean {
    if (this.#lanes.get(lane)?.[0] === id) return true;
    this.#held.add(id);
    return false;
  }

  /** The first in line is done; answers the one that may go now. */
  leave(lane: string): string | undefined {
    const ids = this.#lanes.get(lane) ?? [];
    ids.shift();
    const next = ids[0];
    if (next === undefined) this.#lanes.delete(lane);
    return next !== undefined && this.#held.delete(next) ? next : undefined;
  }
}
