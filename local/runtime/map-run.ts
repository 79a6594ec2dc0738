import type { Json } from '../asl/json';
import { Failure } from '../engine/failure';
import type { MapRunOrder } from '../engine/map-run';
import type { Execution, Stimulus } from '../engine/types';
import { TaskError } from './dispatch';
import { childRequest } from './map-run-children';
import { grouped } from './map-run-items';
import type { ChildStatus, MapRunJournal, MapRunLimits, StoredChild, StoredMapRun } from './map-run-journal';
import { asFiles, asOutput, type Result } from './map-run-results';
import type { MapRunsParts } from './map-runs';

/**
 * Owns one map run while it has something to do: reads its items, keeps as many children running as it may, counts how
 * they end, and tells the parent what came of it.
 *
 * M1  Every child has a row before it is started, and a name that follows from the map run and its index: starting it
 *     again after a crash starts nothing twice.
 * M2  The outcome is stored before the parent hears of it, so it is told again, the same, if the process dies between.
 * M3  Once it stops (too many failures, or nobody waits for it) no child is started; it settles when the last has ended.
 */
export class MapRun {
  readonly #running = new Map<string, StoredChild>();
  readonly #stop = new AbortController();
  readonly #tally = { failed: 0, total: 0 };
  /** The index from which on children may not have been started. */
  #next = 0;
  #ending: { error: string; cause: string } | 'aborted' | undefined;
  #ended = false;
  #settled = false;
  readonly #done: Array<() => void> = [];

  constructor(
    readonly stored: StoredMapRun,
    private readonly order: MapRunOrder,
    private readonly revision: string,
    private readonly journal: MapRunJournal,
    private readonly parts: MapRunsParts,
  ) {}

  /** Begins, or goes on where the store says it was. */
  async go(): Promise<void> {
    try {
      if (!this.stored.loaded) await this.#load();
    } catch (error) {
      // The parent may have ended already, and be about to say so.
      if (!this.#ended && !this.parts.awaits(this.stored.execution, this.stored.task)) this.abort();
      if (this.#ending || this.#ended) return this.#settle();
      return this.#end(toOutcome(error));
    }
    for (const { status, items } of this.journal.counts(this.stored.row)) {
      this.#tally.total += items;
      if (status === 'FAILED' || status === 'TIMED_OUT') this.#tally.failed += items;
    }
    this.#findRunning();
    this.#pump();
  }

  /** A child has ended, durably. */
  childEnded({ arn, status }: Execution): void {
    const child = this.#running.get(arn);
    if (!child) return;
    this.#running.delete(arn);
    this.#count(child, status);
    this.#pump();
  }

  /** Nobody waits for it any more: its children are stopped. */
  abort(): void {
    if (this.#ending || this.#ended) return;
    this.#ending = 'aborted';
    this.#save({ status: 'ABORTED', stoppedAt: this.parts.clock.now() });
    this.#stop.abort();
    this.#stopChildren();
    this.#pump();
  }

  /** Lets go of everything; what is stored goes on when the store is opened next. */
  close(): void {
    this.#ended = true;
    this.#stop.abort();
  }

  /** UpdateMapRun: takes effect for what has not begun. */
  limit(limits: MapRunLimits): void {
    this.#save({ limits });
    this.#pump();
  }

  /** Resolves when no child of it runs any more and the parent has been told. */
  settled(): Promise<void> {
    return this.#settled ? Promise.resolve() : new Promise((resolve) => this.#done.push(resolve));
  }

  async #load(): Promise<void> {
    const { row } = this.stored;
    this.journal.removeChildren(row);
    let index = 0;
    for await (const child of grouped(this.#inputs(), this.order.batch)) {
      this.#stop.signal.throwIfAborted();
      this.journal.addChild(row, { index, ...child });
      index += 1;
      if (index % CHUNK === 0) await this.parts.store.durable();
    }
    this.#save({ loaded: true });
  }

  async *#inputs(): AsyncGenerator<Json> {
    let index = 0;
    for await (const value of this.#items()) {
      yield await this.parts.itemInput(this.stored.execution, this.stored.task, {
        index,
        value,
        key: this.order.keys?.[index],
      });
      index += 1;
    }
  }

  async *#items(): AsyncGenerator<Json> {
    const { items, source } = this.order;
    if (items) yield* items;
    if (!source) return;
    if (!this.parts.io) throw new TaskError('States.ItemReaderFailed', 'There is no service to read items from.');
    if (source.maxItems !== undefined && source.maxItems < 0) {
      throw new TaskError('States.ItemReaderFailed', 'field MaxItems must be positive');
    }
    const most = source.maxItems || Number.POSITIVE_INFINITY;
    let count = 0;
    for await (const item of this.parts.io.read(source, this.#stop.signal, this.parts.parent(this.stored.execution))) {
      yield item;
      count += 1;
      if (count >= most) return;
    }
  }

  /** Children that the store takes for running: they do, or have ended or never begun when the process died. */
  #findRunning(): void {
    const { row } = this.stored;
    for (const child of this.journal.children(row, 0, Number.MAX_SAFE_INTEGER, ['RUNNING'])) {
      const execution = this.parts.find(child.arn as string);
      if (!execution) this.journal.setChild(row, child.index, 'PENDING');
      else if (execution.status === 'RUNNING') this.#running.set(execution.arn, child);
      else this.#count(child, execution.status);
    }
    if (this.#ending) this.#stopChildren();
  }

  #count({ index, items }: StoredChild, status: ChildStatus): void {
    this.journal.setChild(this.stored.row, index, status);
    if (status === 'FAILED' || status === 'TIMED_OUT') this.#tally.failed += items;
    if (!this.#ending && this.#exceeds()) {
      this.#ending = {
        error: 'States.ExceedToleratedFailureThreshold',
        cause: 'The specified tolerated failure threshold was exceeded',
      };
      this.#stopChildren();
    }
  }

  /** Where both thresholds are given, either counts; where none is, the first failure is too much. */
  #exceeds(): boolean {
    const { toleratedCount, toleratedPercentage } = this.stored.limits;
    const { failed, total } = this.#tally;
    if (toleratedCount === undefined && toleratedPercentage === undefined) return failed > 0;
    if (toleratedCount !== undefined && failed > toleratedCount) return true;
    return toleratedPercentage !== undefined && (failed * 100) / total > toleratedPercentage;
  }

  #pump(): void {
    if (this.#ended || this.#settled || !this.stored.loaded) return;
    const free = (this.stored.limits.maxConcurrency || MOST_RUNNING) - this.#running.size;
    if (!this.#ending && free > 0) this.#startNext(Math.min(free, MOST_RUNNING));
    if (this.#running.size > 0) return;
    if (this.#ending === 'aborted') this.#settle();
    else this.#end(this.#ending).catch((error) => this.parts.onFault(this.stored.execution, error));
  }

  #startNext(count: number): void {
    const { row } = this.stored;
    const waiting = this.journal.children(row, this.#next, count, ['PENDING', 'PENDING_REDRIVE']);
    for (const child of waiting) {
      this.#next = child.index + 1;
      const request = childRequest(this.stored, this.order, child, this.parts.parent(this.stored.execution));
      const again = child.status === 'PENDING_REDRIVE' && this.order.executionType === 'STANDARD';
      const arn = again ? (child.arn as string) : request.header.arn;
      this.journal.setChild(row, child.index, 'RUNNING', arn);
      this.#running.set(arn, { ...child, arn });
      if (again) void this.#redrive(arn);
      else void this.parts.start({ ...request, startedAt: this.parts.clock.now(), revision: this.revision });
    }
  }

  /** A child whose history has no room for a redrive counts as failed again. */
  async #redrive(arn: string): Promise<void> {
    if (await this.parts.deliver(arn, { type: 'redrive' })) return;
    const execution = this.parts.find(arn);
    if (execution) this.childEnded(execution);
  }

  #stopChildren(): void {
    for (const arn of this.#running.keys()) void this.parts.deliver(arn, { type: 'stop' });
  }

  /** Makes the results, stores the outcome and tells the parent. */
  async #end(failure: { error: string; cause?: string } | undefined): Promise<void> {
    if (this.#ended) return;
    this.#ended = true;
    const outcome = await this.parts.work.track(() => this.#outcome(failure));
    const status = 'output' in outcome ? 'SUCCEEDED' : 'FAILED';
    if (this.stored.status === 'RUNNING') this.#save({ status, stoppedAt: this.parts.clock.now(), outcome });
    await this.tell();
    this.#settle();
  }

  async #outcome(
    failure: { error: string; cause?: string } | undefined,
  ): Promise<NonNullable<StoredMapRun['outcome']>> {
    const { results } = this.order;
    const exported = results?.resource !== undefined;
    try {
      if (failure && !(exported && this.stored.loaded)) return failure;
      const output = await this.#results();
      this.stored.written = this.#endedCounts();
      return failure ?? { output: JSON.stringify(output) };
    } catch (error) {
      return failure ?? toOutcome(error);
    }
  }

  async #results(): Promise<Json> {
    const { results, arn, stateName } = this.order;
    if (results?.resource === undefined) {
      return asOutput(this.#children(), results ?? { transformation: 'COMPACT', outputType: 'JSON' }, stateName);
    }
    if (!this.parts.io) throw new TaskError('States.ResultWriterFailed', 'There is no service to write results to.');
    return asFiles(
      this.#children(),
      results,
      arn,
      this.parts.io.files(results, this.parts.parent(this.stored.execution)),
    );
  }

  async *#children(): AsyncGenerator<Result> {
    for (let from = 0; ; ) {
      const page = this.journal.children(this.stored.row, from, CHUNK);
      for (const child of page) {
        yield { ...child, ...(child.arn !== undefined && { execution: this.parts.find(child.arn) }) };
      }
      if (page.length < CHUNK) return;
      from = (page.at(-1) as StoredChild).index + 1;
      await new Promise<void>((resolve) => setImmediate(resolve));
    }
  }

  #endedCounts(): { executions: number; items: number } {
    const ended = this.journal.counts(this.stored.row).filter(({ status }) => !status.startsWith('PENDING'));
    return {
      executions: ended.reduce((sum, { executions }) => sum + executions, 0),
      items: ended.reduce((sum, { items }) => sum + items, 0),
    };
  }

  /** Tells the parent the outcome that is stored. */
  async tell(): Promise<void> {
    const { outcome, task, execution } = this.stored;
    if (!outcome) return;
    const stimulus: Stimulus =
      'output' in outcome
        ? { type: 'mapRunSucceeded', task, output: JSON.parse(outcome.output) }
        : { type: 'mapRunFailed', task, ...outcome };
    await this.parts.store.durable();
    await this.parts.deliver(execution, stimulus);
  }

  #save(changes: Partial<StoredMapRun>): void {
    Object.assign(this.stored, changes);
    this.journal.update(this.stored);
  }

  #settle(): void {
    this.#settled = true;
    for (const resolve of this.#done.splice(0)) resolve();
  }
}

/** As many children as run at the same time where MaxConcurrency does not say: on AWS 10,000, here what a process holds. */
const MOST_RUNNING = 1000;

/** Rows that are written or read in one go. */
const CHUNK = 200;

function toOutcome(error: unknown): { error: string; cause: string } {
  if (error instanceof TaskError) return { error: error.error, cause: error.cause };
  if (error instanceof Failure) return { error: error.error ?? 'States.Runtime', cause: error.cause ?? '' };
  return { error: 'States.Runtime', cause: `The local cloud failed: ${(error as Error).message}` };
}
