import { AwsError } from '../aws';
import type { Parts } from '../parts';
import type { Invocation, Outcome } from './invocation';

/** An asynchronous invocation that was accepted and is not finished yet. */
export interface QueuedEvent {
  readonly functionName: string;
  readonly invocation: Invocation;
  /** Tries that ended in a function's error. */
  readonly failures: number;
  /** Tries that found no room. */
  readonly throttles: number;
  /** Virtual ms since the epoch. */
  readonly acceptedAt: number;
  readonly dueAt: number;
}

/** AWS waits a minute before the second try and two before the third: https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html */
const RETRY_DELAYS_MS = [60_000, 120_000];
/** A throttled event is tried again after a second, then ever more rarely, to every five minutes, for six hours. */
const THROTTLE_DELAY_MS = { first: 1_000, most: 300_000 };
const MAX_AGE_MS = 6 * 60 * 60 * 1000;

/**
 * Owns asynchronous invocations between their acceptance and their end.
 *
 * Q1  An accepted event is durable, and is tried again after a restart, once its function is deployed.
 * Q2  A function that fails gets the event three times in all; then it is dropped, with a line in the function's log.
 */
export class EventQueue {
  readonly #events;
  readonly #resumed = new Set<string>();

  /**
   * @param invoke tries an event; rejects with `TooManyRequestsException` when there is no room
   * @param dropped told of every event that is given up
   */
  constructor(
    private readonly parts: Parts,
    private readonly invoke: (event: QueuedEvent) => Promise<Outcome>,
    private readonly dropped: (event: QueuedEvent, reason: string) => void,
  ) {
    this.#events = parts.store.collection<QueuedEvent>('lambda_event');
  }

  /** Resolves when the event is durable; it is tried at once. */
  async accept(functionName: string, invocation: Invocation): Promise<void> {
    const now = this.parts.clock.now();
    const event = { functionName, invocation, failures: 0, throttles: 0, acceptedAt: now, dueAt: now };
    await this.#events.put(keyOf(event), event);
    void this.parts.work.track(() => this.#try(event));
  }

  /** Takes up what an earlier run left of a function's events. Harmless when repeated. */
  resume(functionName: string): void {
    if (this.#resumed.has(functionName)) return;
    this.#resumed.add(functionName);
    for (const { value } of this.#events.list(`${functionName}/`)) this.#schedule(value);
  }

  #schedule(event: QueuedEvent): void {
    this.parts.clock.at(event.dueAt, () => void this.parts.work.track(() => this.#try(event)));
  }

  async #try(event: QueuedEvent): Promise<void> {
    try {
      const outcome = await this.invoke(event);
      if (outcome.error === undefined) await this.#events.delete(keyOf(event));
      else await this.#failed(event, outcome.error);
    } catch (error) {
      if (error instanceof AwsError && error.code === 'TooManyRequestsException') await this.#throttled(event);
      else await this.#drop(event, String(error));
    }
  }

  #failed(event: QueuedEvent, reason: string): Promise<void> {
    const delay = RETRY_DELAYS_MS[event.failures];
    if (delay === undefined) return this.#drop(event, reason);
    return this.#retry({ ...event, failures: event.failures + 1 }, delay);
  }

  #throttled(event: QueuedEvent): Promise<void> {
    if (this.parts.clock.now() - event.acceptedAt > MAX_AGE_MS)
      return this.#drop(event, 'it found no room for six hours');
    const delay = Math.min(THROTTLE_DELAY_MS.first * 2 ** event.throttles, THROTTLE_DELAY_MS.most);
    return this.#retry({ ...event, throttles: event.throttles + 1 }, delay);
  }

  async #retry(event: QueuedEvent, delayMs: number): Promise<void> {
    const next = { ...event, dueAt: this.parts.clock.now() + delayMs };
    await this.#events.put(keyOf(next), next);
    this.#schedule(next);
  }

  async #drop(event: QueuedEvent, reason: string): Promise<void> {
    this.dropped(event, reason);
    await this.#events.delete(keyOf(event));
  }
}

function keyOf(event: QueuedEvent): string {
  return `${event.functionName}/${event.invocation.requestId}`;
}
