import type { JsonObject } from '../../asl/json';
import { RoomWait } from '../../runtime/room';
import type { AwsShape } from '../aws';
import { isFifo } from '../fifo/ids';
import type { Parts } from '../parts';
import type { RoleSession } from '../role-session';
import { goesThrough, groupOf, type SqsRecord, toRecord } from './records';

/** What is polled, and who gets it. */
export interface Polling {
  /** Whose it is, for what is written to stderr: 'pipe p'. */
  readonly name: string;
  /** Who calls the queue. */
  readonly via: 'pipes' | 'lambda';
  /** The role that it is polled with. */
  readonly role?: () => RoleSession | undefined;
  readonly queueArn: string;
  readonly batchSize: number;
  /** How long a batch may be gathered. */
  readonly windowSeconds: number;
  /** Patterns, of which a message must match one; none: every message goes through. */
  readonly filters: readonly JsonObject[];
  /** Batches that may be under way at the same time; five by default, with which AWS begins. */
  readonly mostAtOnce?: number | undefined;
  /** Answers the records that failed, which are to come again; rejects when all of them did. */
  handOver(records: readonly SqsRecord[]): Promise<readonly SqsRecord[]>;
}

/**
 * Owns the polling of a queue for a pipe or an event source of Lambda.
 *
 * L1  A message is deleted from the queue when the target has taken it, or no filter lets it through. What failed stays,
 *     and is received again after the queue's visibility timeout, until the queue's own redrive policy moves it away:
 *     there are no retries but these.
 * L2  Waiting, for messages or for an execution to end, is no work and sets no timer of its own: what is done in
 *     between are calls, which are counted themselves.
 * L3  What is handed over at once has at most the bytes that AWS invokes a target with.
 * L4  A burst waits in the queue, where no time limit runs but the message's age: nothing is received while executions have
 *     as many calls under way as the machine is quick with (W3), but for one batch after two seconds (R2), and one that
 *     comes when the queue was empty.
 * L5  Messages of a FIFO queue are handed over in the order of their group: the queue gives out none of a group of which
 *     any is in hand, and what did not fit into one call is not handed over once an earlier message of its group failed.
 */
export class Poller {
  readonly #stopping = new AbortController();
  readonly #underWay = new Set<Promise<void>>();
  readonly #room: RoomWait;
  /** Goes on if there is room, or anyway. */
  #goOn: ((anyway: boolean) => void) | undefined;
  #abandoned = false;

  constructor(
    private readonly parts: Parts,
    private readonly polling: Polling,
  ) {
    this.#room = new RoomWait(parts.work, (anyway) => this.#goOn?.(anyway));
    void this.#poll();
  }

  /** Takes no more messages; batches in hand are carried on. */
  stop(): void {
    this.#stopping.abort();
    this.#goOn?.(true);
  }

  /** Drops what is in hand, too: it is in the queue still, and comes again. */
  abandon(): void {
    this.#abandoned = true;
    this.stop();
  }

  async #poll(): Promise<void> {
    const most = Math.min(this.polling.mostAtOnce ?? MOST_AT_ONCE, MOST_AT_ONCE);
    let pause = FIRST_PAUSE_MS;
    for (;;) {
      await this.#untilRoom();
      if (this.#stopping.signal.aborted) return;
      try {
        const batch = await this.#gather();
        pause = FIRST_PAUSE_MS;
        if (batch.length === 0 || this.#abandoned) continue;
        const done = this.#process(batch);
        this.#underWay.add(done);
        void done.finally(() => {
          this.#underWay.delete(done);
          this.#goOn?.(false);
        });
        if (this.#underWay.size >= most) await Promise.race(this.#underWay);
      } catch (error) {
        if (this.#stopping.signal.aborted) return;
        if (pause === FIRST_PAUSE_MS) this.#report('cannot read its queue', error);
        await this.#pause(pause);
        pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
      }
    }
  }

  /** Resolves when there is room for one more batch, or when it must not wait any longer. */
  async #untilRoom(): Promise<void> {
    const hasRoom = () => this.parts.work.hasRoom(this.#underWay.size);
    if (this.#stopping.signal.aborted || hasRoom()) return;
    await new Promise<void>((resolve) => {
      this.#goOn = (anyway) => {
        if (!anyway && !hasRoom()) return this.#room.wait();
        this.#goOn = undefined;
        this.#room.end();
        resolve();
      };
      this.#room.wait();
    });
  }

  /** By the virtual clock: a queue that is gone is looked for again, but ever more rarely. */
  #pause(ms: number): Promise<void> {
    const { signal } = this.#stopping;
    return new Promise((resolve) => {
      const end = () => {
        cancel();
        signal.removeEventListener('abort', end);
        resolve();
      };
      const cancel = this.parts.clock.at(this.parts.clock.now() + ms, end);
      signal.addEventListener('abort', end);
    });
  }

  /** A batch: what one look at the queue gives, or what comes in until the window is over or it is large enough. */
  async #gather(): Promise<SqsRecord[]> {
    const { batchSize, windowSeconds } = this.polling;
    const { clock } = this.parts;
    // A message that comes once more within the window counts with its last receipt.
    const batch = new Map<string, SqsRecord>();
    let bytes = 0;
    const take = async (wait?: number) => {
      for (const record of await this.#receive(batchSize - batch.size, wait)) {
        batch.set(record.messageId, record);
        bytes += Buffer.byteLength(record.body);
      }
    };
    await take();
    const until = clock.now() + windowSeconds * 1000;
    const isOpen = () => batch.size > 0 && batch.size < batchSize && bytes < LARGEST_BATCH && clock.now() < until;
    while (isOpen() && !this.#stopping.signal.aborted) await take(Math.ceil((until - clock.now()) / 1000));
    return [...batch.values()];
  }

  /** Waits for messages without an end unless `wait` (seconds) says how long. */
  async #receive(most: number, wait?: number): Promise<SqsRecord[]> {
    const { signal } = this.#stopping;
    const { queueArn, via, role } = this.polling;
    const request = {
      QueueUrl: queueArn,
      MaxNumberOfMessages: Math.min(10, most),
      ...(wait !== undefined && { WaitTimeSeconds: wait }),
      MessageSystemAttributeNames: ['All'],
      MessageAttributeNames: ['All'],
    };
    const { Messages = [] } = await this.parts.aws.call('sqs', 'ReceiveMessage', request, {
      via,
      signal,
      role: role?.(),
    });
    return Messages.map((message: AwsShape) => toRecord(message, queueArn));
  }

  async #process(batch: readonly SqsRecord[]): Promise<void> {
    const wanted = batch.filter((record) => goesThrough(this.polling.filters, record));
    await this.#delete(batch.filter((record) => !wanted.includes(record)));
    const heldUp = new Set<string | undefined>();
    for (const part of withinBytes(wanted)) {
      const failed = await this.#handOver(part.filter((record) => !heldUp.has(groupOf(record))));
      if (isFifo(this.polling.queueArn)) for (const record of failed) heldUp.add(groupOf(record));
    }
  }

  /** Answers what failed. */
  async #handOver(records: readonly SqsRecord[]): Promise<readonly SqsRecord[]> {
    if (this.#abandoned || records.length === 0) return records;
    let failed: readonly SqsRecord[];
    try {
      failed = await this.polling.handOver(records);
    } catch (error) {
      if (!this.#abandoned)
        this.#report(
          `its target failed for ${records.length === 1 ? 'a message' : `${records.length} messages`}`,
          error,
        );
      return records;
    }
    if (!this.#abandoned) await this.#delete(records.filter((record) => !failed.includes(record)));
    return failed;
  }

  async #delete(records: readonly SqsRecord[]): Promise<void> {
    const { queueArn: QueueUrl, via, role } = this.polling;
    const caller = { via, role: role?.() };
    const batches = Array.from({ length: Math.ceil(records.length / 10) }, (_, n) =>
      records.slice(n * 10, n * 10 + 10),
    );
    await Promise.all(
      batches.map(async (batch) => {
        const Entries = batch.map(({ receiptHandle }, index) => ({ Id: String(index), ReceiptHandle: receiptHandle }));
        try {
          const { Failed } = await this.parts.aws.call('sqs', 'DeleteMessageBatch', { QueueUrl, Entries }, caller);
          for (const { Code, Message } of Failed) this.#report(NOT_DELETED, `${Code}: ${Message}`);
        } catch (error) {
          this.#report(NOT_DELETED, error);
        }
      }),
    );
  }

  #report(what: string, error: unknown): void {
    const reason =
      error instanceof Error ? `${(error as { code?: string }).code ?? error.name}: ${error.message}` : error;
    process.stderr.write(`stepwright: ${this.polling.name}: ${what}: ${reason}\n`);
  }
}

const MOST_AT_ONCE = 5;

const FIRST_PAUSE_MS = 60_000;
const LONGEST_PAUSE_MS = 3_600_000;

/** Six megabytes, but for what stands around the records. */
const LARGEST_BATCH = 6 * 1024 * 1024 - 1024;

const NOT_DELETED = 'messages could not be deleted and come again';

/** The records in their order, in lists of as many as have room together. */
function withinBytes(records: readonly SqsRecord[]): SqsRecord[][] {
  const parts: SqsRecord[][] = [];
  let room = 0;
  for (const record of records) {
    const bytes = Buffer.byteLength(JSON.stringify(record)) + 1;
    if (bytes > room || parts.length === 0) {
      parts.push([]);
      room = LARGEST_BATCH;
    }
    parts.at(-1)?.push(record);
    room -= bytes;
  }
  return parts;
}
