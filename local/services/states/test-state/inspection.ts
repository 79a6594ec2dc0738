import type { Json, JsonObject } from '../../../asl/json';
import type { State } from '../../../asl/model';
import type { Rehearsal, Stage } from '../../../engine/rehearsal';
import type { Decision } from '../../../engine/types';
import type { AwsShape } from '../../aws';

/**
 * Owns what a test tells of the state's data, while and after it runs: which stages AWS shows of which type of state,
 * and who took a failure.
 *
 * @see https://docs.aws.amazon.com/step-functions/latest/apireference/API_InspectionData.html
 */
export class Inspection implements Pick<Rehearsal, 'saw' | 'failed' | 'left'> {
  /** Why the state last failed. */
  failure: { readonly error?: string; readonly cause?: string } = {};
  readonly #data: AwsShape = {};
  #variables: JsonObject;
  #left = false;

  constructor(
    private readonly type: State['Type'],
    variables: JsonObject,
  ) {
    this.#variables = variables;
  }

  saw(stage: Stage, value: Json): void {
    if (!this.#left && SHOWN[this.type].has(stage)) this.#data[stage] = JSON.stringify(value);
  }

  failed(error?: string, cause?: string): void {
    this.failure = { error, cause };
  }

  left(variables: JsonObject): void {
    if (!this.#left) this.#variables = variables;
    this.#left = true;
  }

  /** Members that are not a stage of the data: a Map's limits, an HTTP task's request. */
  note(members: AwsShape): void {
    Object.assign(this.#data, members);
  }

  /** InspectionData. @param input the state's raw input, as text */
  describe(input: string, decisions: readonly Decision[]): AwsShape {
    const hasVariables = Object.keys(this.#variables).length > 0;
    return {
      input,
      ...this.#data,
      ...(hasVariables && { variables: JSON.stringify(this.#variables) }),
      ...errorDetails(decisions),
    };
  }
}

/** The first retrier that names the error shows even when its attempts are used up. */
function errorDetails(decisions: readonly Decision[]): AwsShape {
  const details: AwsShape = {};
  for (const decision of decisions) {
    if (decision.type === 'exit') {
      if (decision.catcher !== undefined) details.catchIndex = decision.catcher;
      continue;
    }
    details.retryIndex = decision.retrier;
    if (decision.delay !== undefined) details.retryBackoffIntervalSeconds = Math.round(decision.delay / 1000);
  }
  return Object.keys(details).length > 0 ? { errorDetails: details } : {};
}

const IN: Stage[] = ['afterInputPath'];
const OUT: Stage[] = ['afterResultSelector', 'afterResultPath'];

const SHOWN: Readonly<Record<State['Type'], ReadonlySet<Stage>>> = {
  Task: new Set<Stage>([...IN, 'afterParameters', 'afterArguments', 'result', ...OUT]),
  Pass: new Set<Stage>([...IN, 'afterParameters', ...OUT]),
  Choice: new Set(IN),
  Wait: new Set(IN),
  Succeed: new Set(IN),
  Fail: new Set<Stage>(),
  Map: new Set([...IN, ...OUT]),
  Parallel: new Set(OUT),
};
