import type { Json } from '../asl/json';
import type { ItemSource, MapRunOrder } from '../engine/map-run';
import { resourceOf } from '../engine/resource';
import type { Stimulus, TaskCall } from '../engine/types';
import { type TaskAnswer, TaskError, type TaskRunner } from '../runtime/dispatch';
import type { MapRunIo } from '../runtime/map-runs';
import { anew, answerOf, Failing, type Mock, type Mocks, Waiting, waits } from './mocks';
import type { Task } from './task';

/**
 * Owns what stands where services, workers and data sets would: the mocks of one execution.
 *
 * M1  A call that is not answered is no work under way, so the clock may move while it waits.
 * M2  What is wrong with the test itself becomes a fault, never an error that the state machine could catch.
 */
export class StandIns implements TaskRunner, MapRunIo {
  readonly faults: unknown[] = [];
  readonly #mocks: ReadonlyMap<string, Mock>;
  /** The Map states that read their items, by what they read. */
  readonly #readers = new Map<string, string>();

  constructor(mocks: Mocks) {
    this.#mocks = new Map(Object.entries(mocks).map(([state, mock]) => [state, anew(mock)]));
  }

  /** What a service would answer. */
  async run({ stateName, resource, parameters }: TaskCall): Promise<TaskAnswer> {
    const { pattern } = resourceOf(resource);
    const answer = await this.#answer(stateName, parameters, pattern === 'waitForTaskToken');
    if (answer instanceof Waiting) return { type: 'submitted', output: {}, job: new Promise(() => {}) };
    if (answer instanceof Failing) throw new TaskError(answer.error, answer.cause);
    const result: TaskAnswer = { type: 'succeeded', output: answer.output };
    return pattern === 'requestResponse' ? result : { type: 'submitted', output: {}, job: Promise.resolve(result) };
  }

  /** What an activity's worker would do. */
  async work({ number: task, state, input }: Task, deliver: (stimulus: Stimulus) => Promise<unknown>): Promise<void> {
    const answer = await this.#answer(state, input, true);
    if (answer instanceof Waiting) return;
    await deliver({ type: 'activityStarted', task });
    if (answer instanceof Failing)
      await deliver({ type: 'taskFailed', task, error: answer.error, cause: answer.cause });
    else await deliver({ type: 'taskSucceeded', task, output: answer.output });
  }

  /** A Map is about to read its items. */
  expectRead({ source, stateName }: MapRunOrder): void {
    this.#readers.set(JSON.stringify(source), stateName);
  }

  /** What an ItemReader would find. */
  async *read(source: ItemSource): AsyncGenerator<Json> {
    const state = this.#readers.get(JSON.stringify(source)) as string;
    const answer = await this.#answer(state, source.parameters, false);
    if (answer instanceof Failing) throw new TaskError(answer.error, answer.cause);
    if (answer instanceof Waiting) return;
    if (Array.isArray(answer.output)) yield* answer.output;
    else this.faults.push(new Error(`The mock of ${state} is not a list of items.`));
  }

  /** What a ResultWriter writes is not kept: it is what the tasks answered. */
  files() {
    return { bucket: 'results', put: async (name: string) => name };
  }

  async #answer(state: string, input: Json, mayWait: boolean): ReturnType<typeof answerOf> {
    const mock = this.#mocks.get(state);
    try {
      if (mock !== undefined) return checked(state, await answerOf(mock, input));
      if (!mayWait) throw new Error(`${state} was called and has no mock.`);
    } catch (error) {
      this.faults.push(error);
    }
    return waits;
  }
}

/** Functions of a test are not always type-checked. */
function checked<T extends object>(state: string, answer: T): T {
  if ('output' in answer && answer.output === undefined) {
    throw new Error(`The mock of ${state} answered undefined: it has to return what the task answers.`);
  }
  return answer;
}
