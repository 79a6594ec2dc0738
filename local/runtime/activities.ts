import type { Json } from '../asl/json';
import type { TaskNumber } from '../engine/types';

/**
 * Owns the tasks that wait for an activity's workers, and the workers that wait for tasks, in order of arrival.
 *
 * A1  A task is offered to one worker at a time. It leaves the queue when its start is recorded; a worker that has
 *     gone away before takes nothing with it.
 * A2  A waiting worker is not work: the clock may jump while it waits.
 */
export class ActivityQueues {
  readonly #queues = new Map<string, Queue>();

  /** Adds a task to its activity's queue, or hands it to the worker that has waited longest. */
  offer(offer: Offer): void {
    const queue = this.#queue(offer.activityArn);
    const [waiting] = queue.workers;
    if (waiting) waiting(offer);
    else queue.offers.set(offerKey(offer), offer);
  }

  /** Takes a task out of its queue: nobody waits for it any more. */
  withdraw(executionArn: string, task: TaskNumber): void {
    for (const queue of this.#queues.values()) if (queue.offers.delete(offerKey({ executionArn, task }))) return;
  }

  /**
   * The next task of an activity, or undefined when none came within `patience` (real ms), the worker has gone away,
   * or the queues were closed.
   */
  take(activityArn: string, patience: number, signal?: AbortSignal): Promise<Offer | undefined> {
    if (signal?.aborted) return Promise.resolve(undefined);
    const queue = this.#queue(activityArn);
    for (const [key, offer] of queue.offers) {
      queue.offers.delete(key);
      return Promise.resolve(offer);
    }
    return new Promise((resolve) => {
      const settle: Worker = (offer) => {
        queue.workers.delete(settle);
        clearTimeout(timer);
        signal?.removeEventListener('abort', leave);
        resolve(offer);
      };
      const leave = () => settle(undefined);
      const timer = setTimeout(leave, patience);
      signal?.addEventListener('abort', leave);
      queue.workers.add(settle);
    });
  }

  /** Sends all waiting workers away empty-handed. */
  close(): void {
    for (const queue of this.#queues.values()) for (const worker of [...queue.workers]) worker(undefined);
    this.#queues.clear();
  }

  #queue(activityArn: string): Queue {
    let queue = this.#queues.get(activityArn);
    if (!queue) {
      queue = { offers: new Map(), workers: new Set() };
      this.#queues.set(activityArn, queue);
    }
    return queue;
  }
}

/** A task of an activity that no worker has started. */
export interface Offer {
  readonly activityArn: string;
  readonly executionArn: string;
  readonly task: TaskNumber;
  readonly input: Json;
  readonly token: string;
}

type Worker = (offer: Offer | undefined) => void;

/** Maps and sets keep the order of arrival and forget any entry at once. */
interface Queue {
  readonly offers: Map<string, Offer>;
  readonly workers: Set<Worker>;
}

function offerKey(offer: { executionArn: string; task: TaskNumber }): string {
  return `${offer.executionArn}/${offer.task}`;
}
