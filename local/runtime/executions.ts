import { createExecution, itemInput, nextDue, outstanding, taskStatus } from '../engine/step';
import type { Effect, Execution, ExecutionHeader, HistoryEvent, Outcome, Stimulus } from '../engine/types';
import { ActivityQueues } from './activities';
import type { Clock } from './clock';
import { Dispatcher, type TaskRunner } from './dispatch';
import { failPoint } from './fail-point';
import { Journal, type ListedExecution, type ListQuery, type RevisionBody, type StoredExecution } from './journal';
import { type MapRunIo, MapRuns } from './map-runs';
import { type Resident, Residents } from './residents';
import { Stepper, type Taken } from './stepper';
import type { Store } from './store';
import { ExecutionTimers } from './timers';
import { TaskTokens } from './tokens';
import type { Work } from './work';

/**
 * Owns the life of executions: it is the shell around the engine's pure `step`. Stimuli come in, steps are recorded,
 * effects go out.
 *
 * What it promises (docs/promises.md), and where it is kept:
 * (A) What was acknowledged is durable: every promise given out here resolves after the sync (X2).
 * (B) Each transition is recorded exactly once: stimuli of one execution are taken one after the other (X1), and a
 *     step's row and events are one transaction (J1).
 * (C) A task runs at least once: its call starts after the commit that scheduled it (X2), and again at `recover`
 *     when no answer was recorded, with the same idempotency key.
 * (D) A token is settled at most once: its answer is a stimulus like any other, and a stale one is not `accepted`.
 * (E) No timer fires early: waking is the virtual clock's (C2), and the engine compares due times with `now` itself.
 * (F) The store opens right or is refused: see `database.ts`.
 */
export class Executions {
  readonly #store: Store;
  readonly #journal: Journal;
  readonly #tokens: TaskTokens;
  readonly #residents: Residents;
  readonly #timers: ExecutionTimers;
  readonly #dispatcher: Dispatcher;
  readonly #stepper: Stepper;
  /** The map runs of distributed Map states. */
  readonly mapRuns: MapRuns;
  readonly #activities = new ActivityQueues();
  readonly #statusListeners: StatusListener[] = [];
  readonly #onStep: ExecutionsOptions['onStep'];
  readonly #awaitingEnd = new Map<string, Array<(execution: Execution) => void>>();
  #closed = false;

  constructor(options: ExecutionsOptions) {
    const { store, clock, work, runner, capacity } = options;
    this.#store = store;
    this.#onStep = options.onStep;
    this.#journal = new Journal(store);
    this.#tokens = new TaskTokens(store);
    this.#residents = new Residents(this.#journal, capacity);
    this.#timers = new ExecutionTimers(clock, (arn) => void this.deliver(arn, { type: 'time' }).catch(() => {}));
    this.#dispatcher = new Dispatcher(runner, work, (arn, stimulus) => this.deliver(arn, stimulus));
    this.#stepper = new Stepper({
      ...options,
      journal: this.#journal,
      residents: this.#residents,
      tokens: this.#tokens,
      wakeAt: (arn, due) => this.#timers.set(arn, due),
      written: (outcome) => this.#written(outcome),
      published: (outcome, stimulus, inputText) => this.#published(outcome, stimulus, inputText),
    });
    this.mapRuns = new MapRuns({
      store,
      clock,
      work,
      io: options.mapRunIo,
      start: ({ header, startedAt, revision, inputText }) =>
        this.start({ header: { ...header, startedAt }, revision, inputText }).then(
          () => {},
          () => {},
        ),
      deliver: (arn, stimulus) =>
        this.deliver(arn, stimulus).then(
          (taken) => taken?.accepted === true,
          () => false,
        ),
      find: (arn) => this.#journal.find(arn)?.execution,
      parent: (arn) => this.#require(arn).execution,
      awaits: (arn, task) => {
        const execution = this.#residents.get(arn)?.execution;
        return execution !== undefined && taskStatus(execution, task) === 'open';
      },
      itemInput: (arn, task, item) => {
        const resident = this.#require(arn);
        return itemInput(resident.execution, task, item, this.#stepper.context(resident));
      },
      deriveRevision: (revision, definition) => this.putRevision({ ...this.revision(revision), definition }),
      onFault: options.onFault ?? (() => {}),
    });
  }

  /** Stores a revision of a state machine; answers the key that `start` takes. Durable with the next `store.durable()`. */
  putRevision(body: RevisionBody): string {
    return this.#journal.putRevision(body);
  }

  revision(key: string): RevisionBody {
    return this.#journal.revision(key);
  }

  /**
   * Starts an execution, unless there is one of that arn: then that one is answered, and `created` is false. Resolves
   * when the start is durable.
   */
  async start(request: StartRequest): Promise<{ execution: Execution; inputText: string; created: boolean }> {
    const known = this.#residents.get(request.header.arn);
    if (known) {
      await known.begun;
      return { execution: known.execution, inputText: known.inputText, created: false };
    }
    const { revision, inputText } = request;
    const execution = createExecution(request.header);
    const machine = this.#residents.machine(revision);
    const resident = this.#residents.add({
      execution,
      machine,
      revision,
      inputText,
      row: undefined,
      room: 0,
      size: 0,
      queue: [],
      stepping: false,
      unsynced: 0,
      begun: undefined,
      used: false,
    });
    resident.begun = this.#stepper.take(resident, { type: 'start' });
    await resident.begun;
    resident.begun = undefined;
    return { execution: resident.execution, inputText, created: true };
  }

  /** Hands a stimulus to an execution; resolves when what it did is durable. Undefined when there is no such execution. */
  async deliver(arn: string, stimulus: Stimulus): Promise<Taken | undefined> {
    const resident = this.#residents.get(arn);
    return resident && this.#stepper.take(resident, stimulus);
  }

  /** Answers the task that `token` stands for. `stimulus` makes the answer for the task's number. */
  async answer(token: string, stimulus: (task: number) => Stimulus): Promise<TokenVerdict> {
    const named = this.#tokens.open(token);
    if (!named) return 'garbage';
    const outcome = await this.deliver(named.executionArn, stimulus(named.task));
    if (!outcome) return 'unknown';
    return outcome.accepted ? 'accepted' : 'late';
  }

  /** The execution that a token names; undefined when it is not one of this store's. */
  ownerOf(token: string): string | undefined {
    return this.#tokens.open(token)?.executionArn;
  }

  /**
   * The next task of an activity for a worker: its token and input, or undefined when none came within `patience`
   * (real ms) or the worker has gone away. The task's start is durable when this resolves.
   */
  async poll(worker: { activityArn: string; name?: string; patience: number; signal?: AbortSignal }) {
    const until = Date.now() + worker.patience;
    for (;;) {
      const offer = await this.#activities.take(worker.activityArn, Math.max(0, until - Date.now()), worker.signal);
      if (!offer) return undefined;
      if (worker.signal?.aborted) {
        this.#activities.offer(offer);
        return undefined;
      }
      const stimulus: Stimulus = { type: 'activityStarted', task: offer.task, workerName: worker.name };
      const outcome = await this.deliver(offer.executionArn, stimulus);
      if (outcome?.accepted) return { token: offer.token, input: offer.input };
    }
  }

  /** An execution as it is now. */
  find(arn: string): Pick<StoredExecution, 'execution' | 'revision' | 'inputText'> | undefined {
    return this.#residents.get(arn);
  }

  /** Resolves when all that `find` has told of the execution until now is durable. */
  async durable(arn: string): Promise<void> {
    const resident = this.#residents.get(arn);
    if (!resident || resident.unsynced > 0) await this.#store.durable();
  }

  /** See `Journal.list`. */
  list(query: ListQuery): ListedExecution[] {
    return this.#journal.list(query);
  }

  /** See `Journal.history`. Undefined when there is no such execution. */
  history(arn: string, query: Parameters<Journal['history']>[1]): HistoryEvent[] | undefined {
    const row = this.#residents.get(arn)?.row;
    return row === undefined ? undefined : this.#journal.history(row, query);
  }

  /** Calls `listener` when an execution has started and when it has ended, after that is durable. */
  onStatusChange(listener: StatusListener): void {
    this.#statusListeners.push(listener);
  }

  /** Resolves with the execution when it has ended, which may be at once. */
  async ended(arn: string): Promise<Execution> {
    const execution = this.#residents.get(arn)?.execution;
    if (execution && execution.status !== 'RUNNING') {
      await this.#store.durable();
      return execution;
    }
    return new Promise((resolve) => {
      const waiting = this.#awaitingEnd.get(arn);
      if (waiting) waiting.push(resolve);
      else this.#awaitingEnd.set(arn, [resolve]);
    });
  }

  /** Takes up all executions that had not ended when the store was closed or the process died. Call once, first. */
  recover(): void {
    for (const arn of this.#journal.running()) {
      const resident = this.#residents.get(arn);
      if (!resident) continue;
      this.#timers.set(arn, nextDue(resident.execution));
      this.#perform(outstanding(resident.execution, this.#stepper.context(resident)), resident.execution);
    }
    this.mapRuns.recover();
  }

  /** Stops taking stimuli and aborts calls; what is recorded goes on at the next `recover`. */
  close(): void {
    this.#closed = true;
    this.#stepper.close();
    this.#timers.clear();
    this.#dispatcher.close();
    this.#activities.close();
    this.mapRuns.close();
  }

  #require(arn: string): Resident {
    const resident = this.#residents.get(arn);
    if (!resident) throw new Error(`There is no execution ${arn}.`);
    return resident;
  }

  #written(outcome: Outcome): void {
    this.#onStep?.(outcome);
    this.#perform(outcome.effects, outcome.execution);
  }

  #published({ execution, effects, accepted }: Outcome, stimulus: Stimulus, inputText: string): void {
    if (stimulus.type === 'start' || (stimulus.type === 'redrive' && accepted))
      this.#tell(asStarted(execution), inputText);
    if (this.#closed || !effects.some(({ type }) => type === 'ended')) return;
    for (const resolve of this.#awaitingEnd.get(execution.arn) ?? []) resolve(execution);
    this.#awaitingEnd.delete(execution.arn);
    this.#tell(execution, inputText);
  }

  #perform(effects: Effect[], execution: Execution): void {
    if (this.#closed) return;
    const { arn, name, stateMachineArn, roleArn, testCase, traceHeader } = execution;
    const owner = { arn, name, stateMachineArn, roleArn, testCase, traceHeader };
    for (const effect of effects) {
      failPoint?.('before-dispatch');
      switch (effect.type) {
        case 'call':
          this.#dispatcher.start(effect.task, effect.call, owner);
          break;
        case 'offer':
          this.#activities.offer({ ...effect, executionArn: arn });
          break;
        case 'mapRun':
          this.mapRuns.begin(execution, effect.task, effect.order, this.#require(arn).revision);
          break;
        case 'forget':
          this.#dispatcher.forget(arn, effect.task);
          this.#activities.withdraw(arn, effect.task);
          this.mapRuns.forget(arn, effect.task);
          break;
        case 'ended':
          this.#timers.set(arn, undefined);
          this.mapRuns.childEnded(execution);
      }
      failPoint?.('after-dispatch');
    }
  }

  #tell(execution: Execution, inputText: string): void {
    for (const listener of this.#statusListeners) listener(execution, inputText);
  }
}

export interface ExecutionsOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly work: Work;
  readonly runner: TaskRunner;
  readonly hasActivity?: (activityArn: string) => boolean;
  /** See `StepContext`. */
  readonly waitScale?: number | undefined;
  /** Reads the items and writes the results of distributed Map states. */
  readonly mapRunIo?: MapRunIo;
  /** Hears of errors that are the local cloud's own fault. */
  readonly onFault?: (executionArn: string, error: unknown) => void;
  /** Hears of each step when it is written, before its effects begin. */
  readonly onStep?: (outcome: Outcome) => void;
  /** How much of executions is kept in memory, in characters of JSON. */
  readonly capacity?: number;
}

export interface StartRequest {
  readonly header: ExecutionHeader;
  /** From `putRevision`. */
  readonly revision: string;
  readonly inputText: string;
}

export type StatusListener = (execution: Execution, inputText: string) => void;

/** The first step may have run to the end: as it was when it started. */
function asStarted(execution: Execution): Execution {
  if (execution.status === 'RUNNING') return execution;
  const { stoppedAt, output, error, cause, ...rest } = execution;
  return { ...rest, status: 'RUNNING' };
}

/** `late`: settled before, timed out, or its execution has ended. */
export type TokenVerdict = 'accepted' | 'late' | 'unknown' | 'garbage';
