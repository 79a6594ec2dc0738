import type { Json, JsonObject } from '../asl/json';
import type { StateMachine } from '../asl/model';
import type { ExecutionType } from './types';

/**
 * What a distributed Map wants of the shell. Everything that can be known when the state is entered is evaluated then;
 * only the items, of which there may be millions, are left to the shell, with `itemInput` for each.
 *
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/state-map-distributed.html
 */
export interface MapRunSpec {
  /** `arn:aws:states:<region>:<account>:mapRun:<state machine>/<label>:<uuid>` */
  readonly arn: string;
  readonly label: string;
  readonly stateName: string;
  readonly executionType: ExecutionType;
  /** 0 for as many as possible. */
  readonly maxConcurrency: number;
  readonly toleratedCount?: number;
  /** 0 to 100. */
  readonly toleratedPercentage?: number;
  /** Either the items themselves or where they come from. */
  readonly items?: Json[];
  /** Of the items, if they are the members of an object. */
  readonly keys?: string[];
  readonly source?: ItemSource;
  readonly batch?: Batch;
  readonly results?: ResultDestination;
}

/** `ItemReader`. */
export interface ItemSource {
  readonly resource: string;
  readonly parameters: JsonObject;
  /** `ReaderConfig` as it is written. */
  readonly config: JsonObject;
  readonly maxItems?: number;
}

/** `ItemBatcher`. */
export interface Batch {
  readonly maxItems?: number;
  readonly maxBytes?: number;
  readonly input?: Json;
}

/** `ResultWriter`: without a resource the results are the state's result, formatted. */
export interface ResultDestination {
  readonly resource?: string;
  readonly parameters?: JsonObject;
  readonly transformation: 'NONE' | 'COMPACT' | 'FLATTEN';
  readonly outputType: 'JSON' | 'JSONL';
}

export interface MapRunOrder extends MapRunSpec {
  /** What the child executions run. */
  readonly processor: StateMachine;
  /** How often the map run was redriven: more than the shell knows of means to redrive it now. */
  readonly redriveCount: number;
}
