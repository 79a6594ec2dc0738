import type { Json } from '../../local/asl/json';
import type { AwsShape } from '../../local/services/aws';
import type { Failing } from '../../local/testing/mocks';

export { fails } from '../../local/testing/mocks';

/**
 * One conformance case: a state machine `machine` whose execution `run` is played to its end, or requests to the API alone. `<taskToken>`, `<nextToken>` and other `<members>` in what is sent stand for the
 * last value that the API or a task's request had under that name.
 */
export interface Case {
  readonly name: string;
  /** Without one, there are only `steps`. */
  readonly definition?: object;
  /** EXPRESS: started by StartSyncExecution. */
  readonly type?: 'STANDARD' | 'EXPRESS';
  readonly input?: Json;
  /** What the tasks' requests are answered, in turn: by the name of the Lambda function, or `service Operation`. */
  readonly answers?: Readonly<Record<string, readonly (Json | Failing)[]>>;
  /** Requests before the state machine is created. */
  readonly setup?: readonly Step[];
  /** What happens after the start. */
  readonly steps?: readonly Step[];
  /** The events after the first, one in each line; see `lines.ts`. */
  readonly history?: string;
  /** The output of an execution that SUCCEEDED. */
  readonly output?: Json;
  /** Of an execution that FAILED. */
  readonly error?: string;
  readonly cause?: string;
  /** SUCCEEDED with an `output`, FAILED with an `error`. RUNNING: after the steps it is left as it is. */
  readonly status?: string;
}

/** A request and its answer, which may be an error; or virtual time that passes. */
export type Step = readonly [operation: string, input: AwsShape, answer?: unknown] | { readonly seconds: number };

export const after = (seconds: number): Step => ({ seconds });

/** The answer of a request that the API refuses. */
export const refused = (code: string, message: unknown = expect.any(String)) => ({ code, message });

export const ROLE = 'arn:aws:iam::123456789012:role/machine';
export const ARN = 'arn:aws:states:us-east-1:123456789012';
export const FUNCTION = 'arn:aws:lambda:us-east-1:123456789012:function';

/** A machine of states that stand in their order: each goes on to the next unless it says otherwise. */
export function machine(states: Record<string, object>, more: object = {}): object {
  const names = Object.keys(states);
  const entries = Object.entries(states).map(([name, state], index) => {
    const { Type, Next, End } = state as { Type: string; Next?: string; End?: boolean };
    const goesOn = Next ?? End ?? ['Choice', 'Succeed', 'Fail'].includes(Type);
    const next = names[index + 1];
    return [name, goesOn ? state : { ...state, ...(next === undefined ? { End: true } : { Next: next }) }];
  });
  return { StartAt: names[0], States: Object.fromEntries(entries), ...more };
}

export const jsonata = (states: Record<string, object>) => machine(states, { QueryLanguage: 'JSONata' });
