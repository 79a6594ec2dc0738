import type { Json } from '../asl/json';
import type { Item } from '../engine/context';
import type { ItemSource, MapRunOrder, ResultDestination } from '../engine/map-run';
import type { Execution, Stimulus, TaskNumber } from '../engine/types';
import type { Clock } from './clock';
import { MapRun } from './map-run';
import type { ChildRequest } from './map-run-children';
import { MapRunJournal, type MapRunLimits, type StoredMapRun } from './map-run-journal';
import type { ResultFiles } from './map-run-results';
import type { Store } from './store';
import type { Work } from './work';

/**
 * Owns which map runs there are: they begin with an effect of the engine, go on over restarts, and end with a stimulus
 * to the execution that waits for them. Each is a `MapRun` while it has something to do, and rows otherwise.
 */
export class MapRuns {
  readonly #journal: MapRunJournal;
  readonly #active = new Map<string, MapRun>();
  #closed = false;

  constructor(private readonly parts: MapRunsParts) {
    this.#journal = new MapRunJournal(parts.store);
  }

  /** Begins the map run that an execution waits for, takes it up after a restart, or redrives it. */
  begin(parent: Execution, task: TaskNumber, order: MapRunOrder, revision: string): void {
    void this.parts.work
      .track(async () => {
        await this.#active.get(order.arn)?.settled();
        if (!this.#closed) await this.#begin(parent, task, order, revision);
      })
      .catch((error) => this.parts.onFault(parent.arn, error));
  }

  /** Nobody waits for the map run any more. */
  forget(execution: string, task: TaskNumber): void {
    for (const run of this.#active.values()) {
      if (run.stored.execution === execution && run.stored.task === task) run.abort();
    }
  }

  /** An execution has ended: is it a child of a map run? */
  childEnded(execution: Execution): void {
    if (execution.mapRunArn !== undefined && !this.#closed)
      this.#active.get(execution.mapRunArn)?.childEnded(execution);
  }

  /** Stops the children of those map runs that ended while the process died. Call when executions have been taken up. */
  recover(): void {
    for (const stored of this.#journal.unsettled()) {
      if (this.#active.has(stored.arn) || this.parts.awaits(stored.execution, stored.task)) continue;
      for (const child of this.#journal.children(stored.row, 0, Number.MAX_SAFE_INTEGER, ['RUNNING'])) {
        const status = this.parts.find(child.arn as string)?.status ?? 'PENDING';
        this.#journal.setChild(stored.row, child.index, status === 'RUNNING' ? 'ABORTED' : status);
        if (status === 'RUNNING') void this.parts.deliver(child.arn as string, { type: 'stop' });
      }
      if (stored.status !== 'RUNNING') continue;
      this.#journal.update({ ...stored, status: 'ABORTED', stoppedAt: this.parts.clock.now() });
    }
  }

  find(arn: string): StoredMapRun | undefined {
    return this.#journal.find(arn);
  }

  /** The map runs of an execution, oldest first. */
  ofExecution(arn: string): StoredMapRun[] {
    return this.#journal.ofExecution(arn);
  }

  counts(run: StoredMapRun): ReturnType<MapRunJournal['counts']> {
    return this.#journal.counts(run.row);
  }

  /** UpdateMapRun, for one that runs. */
  limit(run: StoredMapRun, limits: MapRunLimits): void {
    this.#active.get(run.arn)?.limit(limits);
  }

  close(): void {
    this.#closed = true;
    for (const run of this.#active.values()) run.close();
    this.#active.clear();
  }

  async #begin(parent: Execution, task: TaskNumber, order: MapRunOrder, revision: string): Promise<void> {
    const stored = this.#stored(parent, task, order);
    const run = new MapRun(stored, order, this.#childRevision(order, revision), this.#journal, this.parts);
    if (stored.outcome) return run.tell();
    this.#active.set(order.arn, run);
    void run.settled().then(() => {
      if (this.#active.get(order.arn) === run) this.#active.delete(order.arn);
    });
    await run.go();
  }

  #stored(parent: Execution, task: TaskNumber, order: MapRunOrder): StoredMapRun {
    const { items, keys, processor, redriveCount, ...spec } = order;
    const { maxConcurrency, toleratedCount, toleratedPercentage } = order;
    const known = this.#journal.find(order.arn);
    if (!known) {
      return this.#journal.insert({
        arn: order.arn,
        execution: parent.arn,
        startedAt: this.parts.clock.now(),
        machineArn: `${parent.stateMachineArn}/${order.label}`,
        machineName: `${parent.stateMachineName}/${order.label}`,
        task,
        status: 'RUNNING',
        spec,
        loaded: false,
        limits: { maxConcurrency, toleratedCount, toleratedPercentage },
        redriveCount,
        written: { executions: 0, items: 0 },
      });
    }
    if (known.redriveCount >= redriveCount) return known;
    const { stoppedAt, outcome, ...kept } = known;
    const redriven: StoredMapRun = {
      ...kept,
      task,
      status: 'RUNNING',
      redriveCount,
      redrivenAt: this.parts.clock.now(),
    };
    this.#journal.markForRedrive(known.row);
    this.#journal.update(redriven);
    return redriven;
  }

  /** The children run the processor, with all else that belongs to the parent's revision. */
  #childRevision({ processor }: MapRunOrder, revision: string): string {
    return this.parts.deriveRevision(revision, JSON.stringify(processor));
  }
}

/** Where items come from and results go. Implemented by `services/states/map-runs`. */
export interface MapRunIo {
  /** The items of a data set, in its order. Rejects with TaskError. */
  read(source: ItemSource, signal: AbortSignal, owner: MapRunOwner): AsyncIterable<Json>;
  files(destination: ResultDestination, owner: MapRunOwner): ResultFiles;
}

/** The execution that a map run belongs to. */
export type MapRunOwner = Pick<Execution, 'arn' | 'roleArn' | 'testCase'>;

export interface MapRunsParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly work: Work;
  readonly io?: MapRunIo;
  /** Starts a child, once. */
  readonly start: (request: ChildRequest & { startedAt: number; revision: string }) => Promise<void>;
  /** Whether the stimulus was accepted; never rejects. */
  readonly deliver: (arn: string, stimulus: Stimulus) => Promise<boolean>;
  readonly find: (arn: string) => Execution | undefined;
  readonly parent: (arn: string) => MapRunOwner;
  /** Whether the execution still waits for the task. */
  readonly awaits: (arn: string, task: TaskNumber) => boolean;
  /** What the parent's ItemSelector makes of an item. */
  readonly itemInput: (arn: string, task: TaskNumber, item: Item) => Json | Promise<Json>;
  readonly deriveRevision: (revision: string, definition: string) => string;
  readonly onFault: (arn: string, error: unknown) => void;
}
