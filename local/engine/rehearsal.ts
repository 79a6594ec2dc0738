import type { Json, JsonObject } from '../asl/json';

/**
 * Owns what a step takes from, and tells, whoever plays a single state outside its execution (TestState). It comes with
 * the step's context; an execution that runs for itself has none, and is the same with or without it.
 */
export interface Rehearsal {
  readonly variables: JsonObject;
  /** How often each retrier of the state is taken to have been used. */
  readonly retries: number;
  /** Stands in for the whole context object. */
  readonly contextObject?: JsonObject;
  /** What a Parallel's branches come to, which do not run; throws their `Failure`. */
  readonly branches?: () => Json;
  /** Hears the state's data after each field has been applied to it. */
  saw(stage: Stage, value: Json): void;
  /** Hears why the state failed, before a retrier or catcher takes it. */
  failed(error?: string, cause?: string): void;
  /** Hears that the state is left, and with which variables. */
  left(variables: JsonObject): void;
}

/** As TestState's InspectionData names them. */
export type Stage =
  | 'afterInputPath'
  | 'afterParameters'
  | 'afterArguments'
  | 'result'
  | 'afterResultSelector'
  | 'afterResultPath';
