import type { Json } from '../asl/json';
import type { Stimulus, TaskNumber } from '../engine/types';

/** A task that an execution has called. */
export interface Task {
  /** Not always the one under test: the items of a distributed Map run in executions of their own. */
  readonly execution: string;
  readonly number: TaskNumber;
  readonly state: string;
  readonly input: Json;
  readonly ofActivity: boolean;
}

/**
 * A task that waits for the test to answer it: one with a token, one of an activity, or any that was mocked `waits`.
 * Each answer resolves when what it set off has settled, and rejects when it comes too late.
 */
export class OpenTask {
  #taken = false;

  constructor(
    private readonly task: Task,
    private readonly deliver: (stimulus: Stimulus) => Promise<boolean>,
  ) {}

  /** What the task was called with. */
  get input(): Json {
    return this.task.input;
  }

  /** A worker takes the task of an activity: only now its timeout and heartbeats count. An answer takes it too. */
  async take(): Promise<void> {
    this.#taken = true;
    await this.#give({ type: 'activityStarted', task: this.task.number });
  }

  async heartbeat(): Promise<void> {
    await this.#give({ type: 'heartbeat', task: this.task.number });
  }

  async succeed(output: Json = {}): Promise<void> {
    await this.#takeFirst();
    await this.#give({ type: 'taskSucceeded', task: this.task.number, output });
  }

  async fail(error: string, cause = ''): Promise<void> {
    await this.#takeFirst();
    await this.#give({ type: 'taskFailed', task: this.task.number, error, cause });
  }

  async #takeFirst(): Promise<void> {
    if (this.task.ofActivity && !this.#taken) await this.take();
  }

  async #give(stimulus: Stimulus): Promise<void> {
    if (await this.deliver(stimulus)) return;
    throw new Error(`TaskTimedOut: the task of ${this.task.state} does not wait for that any more.`);
  }
}
