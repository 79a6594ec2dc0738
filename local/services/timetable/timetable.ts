import type { Collection } from '../../runtime/store';
import type { Parts } from '../parts';
import { parseExpression } from './expression';

/** When something is to happen. */
export interface Plan {
  /** As `parseExpression` takes it; it must have. */
  readonly expression: string;
  readonly zone: string;
  /** Virtual ms: no occurrence before and none after. */
  readonly startAt?: number;
  readonly endAt?: number;
  /** Whether a rate begins with an occurrence at once rather than after its first interval. */
  readonly atOnce: boolean;
}

interface Entry {
  plan: Plan;
  anchor: number;
  next: number | null;
}

/**
 * Owns when the planned occurrences of one room are due.
 *
 * R1  Each occurrence fires exactly once, in order, also those that fell due while no process ran: that it fired and when
 *     the next one is due are written in the same transaction as all that `fire` writes.
 * R2  Setting the same plan again changes nothing; a changed one begins anew.
 * R3  Nothing fires before `start`.
 */
export class Timetable {
  readonly #entries: Collection<Entry>;
  readonly #timers = new Map<string, () => void>();
  #started = false;

  /** `fire` gets the occurrence's time (virtual ms), must not wait, and writes what is to be done about it. */
  constructor(
    private readonly parts: Parts,
    collection: string,
    private readonly fire: (key: string, at: number, last: boolean) => void,
  ) {
    this.#entries = parts.store.collection(collection);
  }

  /** Durable with the store's next commit. */
  set(key: string, plan: Plan): void {
    const old = this.#entries.get(key);
    if (old && JSON.stringify(old.plan) === JSON.stringify(plan)) return;
    const now = this.parts.clock.now();
    const anchor = plan.startAt ?? now;
    const after = plan.atOnce ? Math.max(now, anchor) - 1 : Math.max(now, anchor);
    const entry = { plan, anchor, next: nextOf(plan, after, anchor) };
    void this.#entries.put(key, entry);
    if (this.#started) this.#arm(key, entry.next);
  }

  remove(key: string): void {
    this.#timers.get(key)?.();
    this.#timers.delete(key);
    void this.#entries.delete(key);
  }

  start(): void {
    this.#started = true;
    for (const { key, value } of this.#entries.list()) this.#arm(key, value.next);
  }

  stop(): void {
    this.#started = false;
    for (const cancel of this.#timers.values()) cancel();
    this.#timers.clear();
  }

  #arm(key: string, due: number | null): void {
    this.#timers.get(key)?.();
    this.#timers.delete(key);
    let at = due;
    // What is due already does not wait for a clock that may stand still.
    while (at !== null && at <= this.parts.clock.now()) at = this.#occur(key, at);
    if (at === null) return;
    const next = at;
    this.#timers.set(
      key,
      this.parts.clock.at(next, () => this.#arm(key, next)),
    );
  }

  #occur(key: string, at: number): number | null {
    const entry = this.#entries.get(key);
    if (!entry) return null;
    const next = nextOf(entry.plan, at, entry.anchor);
    void this.#entries.put(key, { ...entry, next });
    this.fire(key, at, next === null);
    return this.#entries.get(key) ? next : null;
  }
}

function nextOf({ expression, zone, startAt, endAt }: Plan, after: number, anchor: number): number | null {
  const from = startAt === undefined ? after : Math.max(after, startAt - 1);
  const next = parseExpression(expression, zone)?.next(from, anchor);
  return next === undefined || (endAt !== undefined && next > endAt) ? null : next;
}
