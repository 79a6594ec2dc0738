import type { AwsShape } from '../aws';
import type { Parts } from '../parts';
import type { Pipe, SqsRecord } from './model';
import { goesThrough, toRecord } from './records';
import { handOver, VIA } from './target';

/** Batches of one pipe that are under way at the same time; a queue with groups in order has one. */
const MOST_AT_ONCE = 5;

/**
 * Owns the polling of one running pipe.
 *
 * L1  A message is deleted from the queue when the target has taken it, or no filter lets it through. What failed stays,
 *     and is received again after the queue's visibility timeout, until the queue's own redrive policy moves it away: a
 *     pipe on a queue has no retries of its own.
 * L2  Waiting, for messages or for an execution to end, is no work and sets no timer of its own: what is done in
 *     between are calls, which are counted themselves.
 */
export class Poller {
  readonly #stopping = new AbortController();
  readonly #underWay = new Set<Promise<void>>();
  #abandoned = false;

  constructor(
    private readonly parts: Parts,
    private readonly pipe: Pipe,
  ) {
    void this.#poll();
  }

  /** Takes no more messages; batches in hand are carried on. */
  stop(): void {
    this.#stopping.abort();
  }

  /** Drops what is in hand, too: it is in the queue still, and comes again. */
  abandon(): void {
    this.#abandoned = true;
    this.stop();
  }

  async #poll(): Promise<void> {
    const most = this.pipe.source.endsWith('.fifo') ? 1 : MOST_AT_ONCE;
    while (!this.#stopping.signal.aborted) {
      try {
        const batch = await this.#gather();
        if (batch.length === 0) continue;
        const done = this.#process(batch);
        this.#underWay.add(done);
        void done.finally(() => this.#underWay.delete(done));
        if (this.#underWay.size >= most) await Promise.race(this.#underWay);
      } catch (error) {
        if (this.#stopping.signal.aborted) return;
        this.#report('cannot read its queue', error);
        // By the virtual clock: a queue that is gone is looked for again, but not without end.
        await new Promise<void>((resolve) => {
          this.parts.clock.at(this.parts.clock.now() + 60_000, resolve);
          this.#stopping.signal.addEventListener('abort', () => resolve());
        });
      }
    }
  }

  /** A batch: what one look at the queue gives, or what comes in until the window is over. */
  async #gather(): Promise<SqsRecord[]> {
    const { batchSize, windowSeconds } = this.pipe;
    const batch = await this.#receive(batchSize);
    const until = this.parts.clock.now() + windowSeconds * 1000;
    while (batch.length > 0 && batch.length < batchSize && this.parts.clock.now() < until) {
      batch.push(
        ...(await this.#receive(batchSize - batch.length, Math.ceil((until - this.parts.clock.now()) / 1000))),
      );
    }
    return batch;
  }

  /** Waits for messages without an end unless `wait` (seconds) says how long. */
  async #receive(most: number, wait?: number): Promise<SqsRecord[]> {
    const { signal } = this.#stopping;
    const request = {
      QueueUrl: this.pipe.source,
      MaxNumberOfMessages: Math.min(10, most),
      ...(wait !== undefined && { WaitTimeSeconds: wait }),
      MessageSystemAttributeNames: ['All'],
      MessageAttributeNames: ['All'],
    };
    const { Messages = [] } = await this.parts.aws.call('sqs', 'ReceiveMessage', request, { via: VIA, signal });
    return Messages.map((message: AwsShape) => toRecord(message, this.pipe.source));
  }

  async #process(batch: readonly SqsRecord[]): Promise<void> {
    const wanted = batch.filter((record) => goesThrough(this.pipe, record));
    let failed: readonly SqsRecord[] = [];
    try {
      if (wanted.length > 0) failed = await handOver(this.parts, this.pipe, wanted);
    } catch (error) {
      if (!this.#abandoned) this.#report(`its target failed for ${wanted.length} of ${batch.length} messages`, error);
      failed = wanted;
    }
    if (this.#abandoned) return;
    const done = batch.filter((record) => !failed.includes(record));
    await Promise.all(done.map((record) => this.#delete(record)));
  }

  async #delete({ receiptHandle }: SqsRecord): Promise<void> {
    try {
      const request = { QueueUrl: this.pipe.source, ReceiptHandle: receiptHandle };
      await this.parts.aws.call('sqs', 'DeleteMessage', request, { via: VIA });
    } catch (error) {
      this.#report('a message could not be deleted and comes again', error);
    }
  }

  #report(what: string, error: unknown): void {
    const reason =
      error instanceof Error ? `${(error as { code?: string }).code ?? error.name}: ${error.message}` : error;
    process.stderr.write(`stepwright: pipe ${this.pipe.name}: ${what}: ${reason}\n`);
  }
}
