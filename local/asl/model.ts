import type { Json, JsonObject } from './json';

/**
 * The Amazon States Language as it is written: a definition that `validate` accepted has this shape, so the JSON text
 * is its own model. Fields are documented in the ASL specification (states-language.net/spec.html) and the Step
 * Functions developer guide.
 */
export type QueryLanguage = 'JSONPath' | 'JSONata';

export interface StateMachine {
  Comment?: string;
  QueryLanguage?: QueryLanguage;
  StartAt: string;
  States: Record<string, State>;
  TimeoutSeconds?: number;
  Version?: string;
}

export type State =
  | TaskState
  | PassState
  | ChoiceState
  | WaitState
  | SucceedState
  | FailState
  | ParallelState
  | MapState;

interface StateCommon {
  Comment?: string;
  QueryLanguage?: QueryLanguage;
  InputPath?: string | null;
  OutputPath?: string | null;
  Assign?: JsonObject;
  /** JSONata: an object, array or string of expressions that makes the state's output. */
  Output?: Json;
}

interface Continues {
  Next?: string;
  End?: boolean;
}

interface Results {
  /** JSONPath payload template; JSONata states use `Arguments`. */
  Parameters?: Json;
  Arguments?: Json;
  ResultSelector?: JsonObject;
  ResultPath?: string | null;
}

interface Guarded {
  Retry?: Retrier[];
  Catch?: Catcher[];
}

export interface TaskState extends StateCommon, Continues, Results, Guarded {
  Type: 'Task';
  Resource: string;
  TimeoutSeconds?: number | string;
  TimeoutSecondsPath?: string;
  HeartbeatSeconds?: number | string;
  HeartbeatSecondsPath?: string;
  Credentials?: JsonObject;
}

export interface PassState extends StateCommon, Continues {
  Type: 'Pass';
  Parameters?: Json;
  Result?: Json;
  ResultPath?: string | null;
}

export interface ChoiceState extends StateCommon {
  Type: 'Choice';
  Choices: ChoiceRule[];
  Default?: string;
}

/** JSONata: `Condition`. JSONPath: a data-test expression or And/Or/Not of them. */
export interface ChoiceRule extends JsonObject {
  Next: string;
}

export interface WaitState extends StateCommon, Continues {
  Type: 'Wait';
  Seconds?: number | string;
  SecondsPath?: string;
  Timestamp?: string;
  TimestampPath?: string;
}

export interface SucceedState extends StateCommon {
  Type: 'Succeed';
}

export interface FailState extends StateCommon {
  Type: 'Fail';
  Error?: string;
  ErrorPath?: string;
  Cause?: string;
  CausePath?: string;
}

export interface ParallelState extends StateCommon, Continues, Results, Guarded {
  Type: 'Parallel';
  Branches: Block[];
}

export interface MapState extends StateCommon, Continues, Results, Guarded {
  Type: 'Map';
  ItemProcessor?: ItemProcessor;
  /** The older names of ItemProcessor and ItemSelector. */
  Iterator?: ItemProcessor;
  ItemsPath?: string;
  Items?: Json;
  ItemSelector?: Json;
  MaxConcurrency?: number | string;
  MaxConcurrencyPath?: string;
  ItemReader?: JsonObject;
  ItemBatcher?: JsonObject;
  ResultWriter?: JsonObject;
  Label?: string;
  ToleratedFailurePercentage?: number | string;
  ToleratedFailurePercentagePath?: string;
  ToleratedFailureCount?: number | string;
  ToleratedFailureCountPath?: string;
}

/** A sequence of states of its own: a Parallel's branch or a Map's processor. */
export interface Block {
  StartAt: string;
  States: Record<string, State>;
  QueryLanguage?: QueryLanguage;
}

export interface ItemProcessor extends Block {
  ProcessorConfig?: { Mode?: 'INLINE' | 'DISTRIBUTED'; ExecutionType?: 'STANDARD' | 'EXPRESS' };
}

export interface Retrier {
  ErrorEquals: string[];
  IntervalSeconds?: number;
  MaxAttempts?: number;
  BackoffRate?: number;
  MaxDelaySeconds?: number;
  JitterStrategy?: 'FULL' | 'NONE';
  Comment?: string;
}

export interface Catcher {
  ErrorEquals: string[];
  Next: string;
  ResultPath?: string | null;
  Assign?: JsonObject;
  Output?: Json;
  Comment?: string;
}
