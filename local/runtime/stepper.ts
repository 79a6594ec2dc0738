import { randomUUID } from 'node:crypto';
import { nextDue, step } from '../engine/step';
import type { Execution, Outcome, StepContext, Stimulus } from '../engine/types';
import type { Clock } from './clock';
import type { Journal } from './journal';
import type { Delivery, Resident, Residents } from './residents';
import type { Store } from './store';
import type { TaskTokens } from './tokens';
import type { Work } from './work';

/**
 * Owns how a stimulus becomes a step: taken in turn, recorded, begun when it is written, told of when it is on disk.
 *
 * X1  Stimuli of one execution are taken strictly one after the other; different executions interleave.
 * X2  A step's row and events are one transaction (J1). What it wants is begun when that is written, and nobody hears of it
 *     before that is durable; both in the order of the steps. What is begun while the disk still syncs writes to the
 *     same log, behind its step: no end of the machine keeps that and loses the step.
 * X3  An execution in which the engine throws ends, visibly; none is stuck.
 */
export class Stepper {
  #closed = false;

  constructor(private readonly parts: StepperParts) {}

  /** Resolves when what the stimulus did is durable. */
  take(resident: Resident, stimulus: Stimulus): Promise<Taken> {
    return new Promise((resolve, reject) => {
      resident.queue.push({ stimulus, resolve, reject });
      if (!resident.stepping) void this.#drain(resident);
    });
  }

  /** What the engine is told beside the stimulus. */
  context({ machine, execution: { arn } }: Resident): StepContext {
    const { clock, tokens, hasActivity, waitScale } = this.parts;
    return {
      machine,
      now: clock.now(),
      random: Math.random,
      uuid: randomUUID,
      token: (task) => tokens.mint(arn, task),
      hasActivity,
      waitScale,
    };
  }

  /** Takes no stimulus any more; steps that are recorded are still told of. */
  close(): void {
    this.#closed = true;
  }

  #requireOpen(): void {
    if (this.#closed) throw new Error('The local cloud is shutting down.');
  }

  async #drain(resident: Resident): Promise<void> {
    resident.stepping = true;
    const end = this.parts.work.begin();
    for (let delivery = resident.queue.shift(); delivery; delivery = resident.queue.shift()) {
      try {
        this.#requireOpen();
        const outcome = await step(resident.execution, delivery.stimulus, this.context(resident));
        this.#requireOpen();
        const due = nextDue(outcome.execution);
        if (outcome.accepted) this.#record(resident, outcome, due);
        this.parts.wakeAt(outcome.execution.arn, due);
        this.#publish(outcome, delivery, resident);
      } catch (error) {
        delivery.reject(error);
        if (!this.#closed) this.#abandon(resident, delivery.stimulus, error);
      }
    }
    // Its room for elements goes, too.
    resident.queue.length = 0;
    resident.stepping = false;
    end();
  }

  #record(resident: Resident, { execution, events }: Outcome, due: number | undefined): void {
    const { journal, residents } = this.parts;
    const { row, room, revision, inputText } = resident;
    const recorded =
      row === undefined
        ? journal.insert(execution, revision, inputText, events, due)
        : journal.update({ row, room, inputText }, execution, events, due);
    resident.row = recorded.row;
    resident.room = recorded.room;
    residents.resize(resident, recorded.size);
    resident.execution = execution;
  }

  #publish(outcome: Outcome, { stimulus, resolve, reject }: Delivery, resident: Resident): void {
    const { accepted, execution } = outcome;
    resident.unsynced += 1;
    const end = this.parts.work.begin();
    const { store } = this.parts;
    store.written().then(
      () => this.parts.written(outcome),
      () => {},
    );
    store
      .durable()
      .then(() => {
        resident.unsynced -= 1;
        this.parts.published(outcome, stimulus, resident.inputText);
        resolve({ accepted, execution });
      }, reject)
      .finally(end);
  }

  #abandon(resident: Resident, stimulus: Stimulus, error: unknown): void {
    this.parts.onFault?.(resident.execution.arn, error);
    if (resident.row === undefined) {
      this.parts.residents.remove(resident);
      for (const waiting of resident.queue.splice(0)) waiting.reject(error);
      return;
    }
    if (stimulus.type === 'stop') return;
    const cause = `The local cloud failed: ${(error as Error).message}`;
    this.take(resident, { type: 'stop', error: 'States.Runtime', cause }).catch(() => {});
  }
}

/** What a stimulus did. `accepted` is false when it was stale and nothing changed. */
export interface Taken {
  readonly accepted: boolean;
  readonly execution: Execution;
}

export interface StepperParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly work: Work;
  readonly journal: Journal;
  readonly residents: Residents;
  readonly tokens: TaskTokens;
  /** Sets when the execution needs its next `time` stimulus. */
  readonly wakeAt: (arn: string, due: number | undefined) => void;
  /** Called once for each step, when it is written. */
  readonly written: (outcome: Outcome) => void;
  /** Called once for each step, when it is durable. */
  readonly published: (outcome: Outcome, stimulus: Stimulus, inputText: string) => void;
  readonly hasActivity?: (activityArn: string) => boolean;
  /** See `StepContext`. */
  readonly waitScale?: number | undefined;
  readonly onFault?: (executionArn: string, error: unknown) => void;
}
