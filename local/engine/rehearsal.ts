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
  /**
   * What a Parallel's branches or a Map's iterations come to, which do not run; throws their `Failure`.
   *
   * @param count of branches or iterations
   */
  readonly children?: (count: number) => Json;
  /** What a Map's ItemReader finds, as text. */
  readonly itemReaderData?: string;
  /** Hears the state's data after each field has been applied to it. */
  saw(stage: Stage, value: Json): void;
  /** Hears why the state failed, before a retrier or catcher takes it. */
  failed(error?: string, cause?: string): void;
}

/** As TestState's InspectionData names them. */
export type Stage =
  | 'afterInputPath'
  | 'afterParameters'
  | 'afterArguments'
  | 'result'
  | 'afterResultSelector'
  | 'afterResultPath'
  | 'afterItemsPath'
  | 'afterItemSelector'
  | 'afterItemBatcher'
  | 'afterItemsPointer'
  | 'maxConcurrency'
  | 'toleratedFailureCount'
  | 'toleratedFailurePercentage'
  | 'variables';
