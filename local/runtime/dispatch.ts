import { isTooDeep, MAX_DEPTH } from '../asl/depth';
import type { Json } from '../asl/json';
import type { Stimulus, TaskCall, TaskNumber } from '../engine/types';
import type { Work } from './work';

/**
 * Owns the calls that executions have under way: it starts them, turns their answers into stimuli, and aborts those
 * that nobody waits for any more.
 *
 * Promise C: a call that was under way when the process died is made again with the same idempotency key, until an
 * answer is recorded. A call is work until its answer is recorded, except while it waits for a job to end (`.sync`).
 */
export class Dispatcher {
  /** Those whose answers are wanted, by idempotency key. */
  readonly #calls = new Map<string, AbortController>();

  constructor(
    private readonly runner: TaskRunner,
    private readonly work: Work,
    private readonly deliver: (executionArn: string, stimulus: Stimulus) => Promise<unknown>,
  ) {}

  start(task: TaskNumber, call: TaskCall, owner: TaskOwner): void {
    const controller = new AbortController();
    this.#calls.set(call.idempotencyKey, controller);
    void this.#run(task, call, owner, controller).finally(() => {
      if (this.#calls.get(call.idempotencyKey) === controller) this.#calls.delete(call.idempotencyKey);
    });
  }

  /** Aborts the call, if there is one; its answer is dropped. */
  forget(executionArn: string, task: TaskNumber): void {
    const key = idempotencyKey(executionArn, task);
    this.#calls.get(key)?.abort(FORGOTTEN);
    this.#calls.delete(key);
  }

  /** Aborts all calls without recording an answer: they are made again when the store is opened next. */
  close(): void {
    for (const controller of this.#calls.values()) controller.abort();
    this.#calls.clear();
  }

  async #run(task: TaskNumber, call: TaskCall, owner: TaskOwner, controller: AbortController): Promise<void> {
    const record = async (answer: TaskAnswer | TaskError) => {
      if (this.#calls.get(call.idempotencyKey) !== controller) return;
      await this.deliver(owner.arn, toStimulus(task, answer)).catch(() => {});
    };
    const answer = await this.work.trackCall(async () => {
      const given = await this.runner.run(call, owner, controller).catch(toFailure);
      await record(given);
      return given;
    });
    if (answer instanceof TaskError || answer.type !== 'submitted' || !answer.job) return;
    const result = await answer.job.catch(toFailure);
    await this.work.track(() => record(result));
  }
}

/** Why a call is aborted when nobody waits for it any more, rather than that the local cloud is closing. */
export const FORGOTTEN = 'forgotten';

/** Stable over restarts. */
export function idempotencyKey(executionArn: string, task: TaskNumber): string {
  return `${executionArn}/${task}`;
}

/** Does what a task asks for. Implemented by `services/states/integrations`. */
export interface TaskRunner {
  /**
   * Makes the call and answers what the task gets. Rejects with `TaskError`. When the signal of `ending` aborts nobody
   * waits for the answer any more.
   */
  run(call: TaskCall, owner: TaskOwner, ending: Ending): Promise<TaskAnswer>;
}

/** An `AbortController` is one: it makes its signal, which few calls ask for, when it is asked for. */
export type Ending = Pick<AbortController, 'signal'>;

/** The execution that a task belongs to. */
export interface TaskOwner {
  readonly arn: string;
  readonly name: string;
  readonly stateMachineArn: string;
  readonly roleArn: string;
  readonly testCase?: string | undefined;
  /** See `ExecutionHeader`. */
  readonly traceHeader?: string | undefined;
}

export type TaskAnswer =
  | { type: 'succeeded'; output: Json }
  /** The request was accepted. `job` (`.sync`) settles when what it began has ended; else a token ends the task. */
  | { type: 'submitted'; output: Json; job?: Promise<TaskAnswer> };

/** How a task fails: what Retry and Catch see, and AWS's text. */
export class TaskError extends Error {
  override readonly name = 'TaskError';
  constructor(
    readonly error: string,
    override readonly cause: string,
    /** See `Stimulus`. */
    readonly phase: 'start' | 'submit' | 'run' = 'run',
  ) {
    super(`${error}: ${cause}`);
  }
}

const TOO_DEEP = `The task's result is nested deeper than ${MAX_DEPTH} levels.`;

export function toStimulus(task: TaskNumber, answer: TaskAnswer | TaskError): Stimulus {
  if (answer instanceof TaskError) {
    return { type: 'taskFailed', task, error: answer.error, cause: answer.cause, phase: answer.phase };
  }
  if (isTooDeep(answer.output)) {
    return { type: 'taskFailed', task, error: 'States.Runtime', cause: TOO_DEEP, phase: 'run' };
  }
  return { type: answer.type === 'submitted' ? 'taskSubmitted' : 'taskSucceeded', task, output: answer.output };
}

export function toFailure(error: unknown): TaskError {
  if (error instanceof TaskError) return error;
  return new TaskError('States.TaskFailed', `The local cloud failed to run the task: ${(error as Error).message}`);
}
