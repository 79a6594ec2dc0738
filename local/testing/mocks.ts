import type { Json } from '../asl/json';

/**
 * Owns what a test may say that a task answers:
 *
 *   a value               the task's result, as the state sees it (`{ Payload: … }` of a Lambda function)
 *   `fails(error, cause)` the task fails with that error
 *   `waits`               nobody answers; the test does it later, or the task times out
 *   `inTurn(a, b, c)`     a for the first call, b for the second; the last one stands for all further calls
 *   a function            of what the task is called with; answers any of these
 */
export type Mock = Json | Answer | InTurn | MockFunction;

export type MockFunction = (input: never) => Mock | Promise<Mock>;

/** Mocks by the names of the states. */
export type Mocks = Readonly<Record<string, Mock>>;

export type Answer = Failing | Waiting;

export class Failing {
  constructor(
    readonly error: string,
    readonly cause: string,
  ) {}
}

class InTurn {
  #next = 0;
  constructor(private readonly mocks: readonly Mock[]) {}

  take(): Mock {
    const mock = this.mocks[Math.min(this.#next, this.mocks.length - 1)] as Mock;
    this.#next += 1;
    return mock;
  }

  /** Another execution begins at the first answer. */
  anew(): InTurn {
    return new InTurn(this.mocks.map(anew));
  }
}

export class Waiting {}

/** Nobody answers: the test does it later, or the task times out. */
export const waits = new Waiting();

/** The task fails with `error`, as Retry and Catch name it. */
export function fails(error: string, cause = ''): Failing {
  return new Failing(error, cause);
}

export function inTurn(...mocks: readonly Mock[]): InTurn {
  if (mocks.length === 0) throw new Error('inTurn needs an answer.');
  return new InTurn(mocks);
}

/** The same answer so many times, for `inTurn(...times(2, fails('Busy')), 'done')`. */
export function times(count: number, mock: Mock): Mock[] {
  return Array.from({ length: count }, () => mock);
}

/** The mock as it is before its first call. */
export function anew(mock: Mock): Mock {
  return mock instanceof InTurn ? mock.anew() : mock;
}

/** What the mock says to a call with `input`. Rejects if a function of the test throws. */
export async function answerOf(mock: Mock, input: Json): Promise<{ output: Json } | Answer> {
  if (mock instanceof InTurn) return answerOf(mock.take(), input);
  if (typeof mock === 'function') return answerOf(await mock(input as never), input);
  if (mock instanceof Failing || mock instanceof Waiting) return mock;
  return { output: mock };
}
