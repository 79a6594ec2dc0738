import { RoomWait } from '../../runtime/room';
import type { Collection } from '../../runtime/store';
import type { Parts } from '../parts';
import { explain, isRetryable } from './failure';
import { Lanes } from './lanes';

export interface RetryPolicy {
  /** Attempts after the first. */
  readonly attempts: number;
  /** How old a delivery may become, in seconds. */
  readonly ageSeconds: number;
}

/** Why a delivery was given up, in the words of AWS's dead-letter attributes. */
export interface GivenUp {
  readonly code: string;
  readonly message: string;
  /** Attempts after the first. */
  readonly retries: number;
  exhausted?: 'MaximumRetryAttempts' | 'MaximumEventAgeInSeconds';
}

export interface DeliveriesOptions<T> {
  /** The collection that keeps them. */
  readonly collection: string;
  /** Delivers once; `id` is the delivery's, the same for every attempt. Rejects when it failed. */
  send(what: T, id: string): Promise<void>;
  /** Called when no further attempt is made; a rejection is reported on stderr. */
  giveUp(what: T, failure: GivenUp, id: string): Promise<void>;
  /**
   * What must arrive in order: deliveries of one lane are made one after the other. Their ids must be in that order, too,
   * for it to outlive the process.
   */
  laneOf?(what: T): string | undefined;
}

interface Delivery<T> {
  what: T;
  retry: RetryPolicy;
  acceptedAt: number;
  /** When the next attempt is due, virtual ms. */
  dueAt: number;
  retries: number;
}

/**
 * Owns what was accepted for somebody else and has not arrived: a durable queue with retries.
 *
 * Q1  What `add` took is durable with everything written in the same turn; no attempt is made before that.
 * Q2  It is delivered at least once, or given up once: a restart goes on where the queue was.
 * Q3  Back-off is virtual time; a delivery that waits for it is a row and a timer, not work.
 * Q4  A burst waits here, where no time limit runs but the delivery's age: no attempt begins while executions have as many
 *     calls under way as the machine is quick with (W3), but for the first in line after two seconds (R2).
 * Q5  Deliveries of one lane are made in the order of `add`: what waits for another attempt holds up those behind it.
 */
export class Deliveries<T> {
  readonly #queue: Collection<Delivery<T>>;
  readonly #lanes = new Lanes();
  readonly #timers = new Map<string, () => void>();
  /** Deliveries to attempt now, each counted as work until it was. */
  readonly #ready: Array<{ id: string; end: () => void }> = [];
  #running = 0;
  readonly #room: RoomWait;
  #stopped = false;

  constructor(
    private readonly parts: Parts,
    private readonly options: DeliveriesOptions<T>,
  ) {
    this.#queue = parts.store.collection(options.collection);
    this.#room = new RoomWait(parts.work, (anyway) => this.#pump(anyway));
  }

  /** Takes a delivery; durable when the store says so next. An id that is queued already is not queued again. */
  add(id: string, what: T, retry: RetryPolicy): void {
    if (this.#queue.get(id)) return;
    const now = this.parts.clock.now();
    const end = this.parts.work.begin();
    const lane = this.options.laneOf?.(what);
    if (lane !== undefined) this.#lanes.join(lane, id);
    this.#queue.put(id, { what, retry, acceptedAt: now, dueAt: now, retries: 0 }).then(() => {
      if (lane === undefined || this.#lanes.mayGo(lane, id)) this.#offer(id, end);
      else end();
    }, end);
  }

  /** Goes on with what an earlier process left. Call it when the targets exist again. */
  start(): void {
    const now = this.parts.clock.now();
    for (const { key, value } of this.#queue.list()) {
      const lane = this.options.laneOf?.(value.what);
      if (lane !== undefined) {
        this.#lanes.join(lane, key);
        if (!this.#lanes.mayGo(lane, key)) continue;
      }
      if (value.dueAt <= now) this.#offer(key, this.parts.work.begin());
      else this.#arm(key, value.dueAt);
    }
  }

  stop(): void {
    this.#stopped = true;
    this.#room.end();
    for (const cancel of this.#timers.values()) cancel();
    for (const { end } of this.#ready.splice(0)) end();
  }

  #arm(id: string, due: number): void {
    this.#timers.get(id)?.();
    const cancel = this.parts.clock.at(due, () => {
      this.#timers.delete(id);
      this.#offer(id, this.parts.work.begin());
    });
    this.#timers.set(id, cancel);
  }

  #offer(id: string, end: () => void): void {
    if (this.#stopped) {
      end();
      return;
    }
    this.#ready.push({ id, end });
    this.#pump();
  }

  /** @param anyway whether the first in line goes without room */
  #pump(anyway = false): void {
    for (let mayGo = anyway; this.#running < MOST_AT_ONCE; mayGo = false) {
      if (!mayGo && !this.parts.work.hasRoom(this.#running)) {
        // An attempt that ends pumps by itself.
        if (this.#ready.length > 0) this.#room.wait();
        return;
      }
      const next = this.#ready.shift();
      if (!next) return;
      this.#room.end();
      this.#running += 1;
      this.#attempt(next.id)
        .catch((error) => report(this.options.collection, next.id, explain(error).message))
        .finally(() => {
          this.#running -= 1;
          next.end();
          this.#pump();
        });
    }
  }

  async #attempt(id: string): Promise<void> {
    const delivery = this.#queue.get(id);
    if (!delivery) return;
    try {
      await this.options.send(delivery.what, id);
    } catch (error) {
      if (!this.#stopped) await this.#failed(id, delivery, error);
      return;
    }
    if (this.#stopped) return;
    await this.#queue.delete(id);
    this.#leaveLane(delivery.what);
  }

  async #failed(id: string, delivery: Delivery<T>, error: unknown): Promise<void> {
    const { retry, retries, acceptedAt } = delivery;
    const dueAt = this.parts.clock.now() + backoffMs(retries);
    const tooOld = dueAt > acceptedAt + retry.ageSeconds * 1000;
    if (isRetryable(error) && retries < retry.attempts && !tooOld) {
      await this.#queue.put(id, { ...delivery, dueAt, retries: retries + 1 });
      if (!this.#stopped) this.#arm(id, dueAt);
      return;
    }
    const failure: GivenUp = { ...explain(error), retries };
    if (isRetryable(error)) failure.exhausted = tooOld ? 'MaximumEventAgeInSeconds' : 'MaximumRetryAttempts';
    report(this.options.collection, id, `given up: ${failure.code}: ${failure.message}`);
    try {
      await this.options.giveUp(delivery.what, failure, id);
      await this.#queue.delete(id);
    } finally {
      this.#leaveLane(delivery.what);
    }
  }

  #leaveLane(what: T): void {
    const lane = this.options.laneOf?.(what);
    const next = lane === undefined ? undefined : this.#lanes.leave(lane);
    if (next !== undefined) this.#offer(next, this.parts.work.begin());
  }
}

/** Targets run in this very process: more at once would only pile up. */
const MOST_AT_ONCE = 64;

/** 1, 2, 4, … seconds, at most 450: the 185 retries of EventBridge's default policy then take about its 24 hours. */
function backoffMs(retries: number): number {
  return Math.min(2 ** retries, 450) * 1000;
}

function report(collection: string, id: string, text: string): void {
  process.stderr.write(`stepwright: ${collection} ${id}: ${text}\n`);
}
