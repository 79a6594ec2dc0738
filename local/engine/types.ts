import type { Json, JsonObject } from '../asl/json';
import type { StateMachine } from '../asl/model';
import type { Frame, FrameId, Frames } from './frames';
import type { MapRunOrder } from './map-run';
import type { Rehearsal } from './rehearsal';

/**
 * The engine's vocabulary: what the shell (`local/runtime`) and the core exchange. All of it is plain data.
 *
 * The core is one function, `step(execution, stimulus, context)`, that answers the next execution, the history events
 * that AWS would record, and the effects it wants. It reads no clock, draws no id and starts nothing by itself.
 */
export type ExecutionStatus = 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED' | 'PENDING_REDRIVE';
export type ExecutionType = 'STANDARD' | 'EXPRESS';

/** What is fixed when an execution starts. */
export interface ExecutionHeader {
  readonly arn: string;
  readonly name: string;
  readonly type: ExecutionType;
  readonly stateMachineArn: string;
  readonly stateMachineName: string;
  readonly stateMachineVersionArn?: string;
  readonly stateMachineAliasArn?: string;
  readonly roleArn: string;
  /** Virtual ms since the epoch. */
  readonly startedAt: number;
  readonly input: Json;
  /** X-Ray's, as StartExecution was given it. */
  readonly traceHeader?: string;
  /** Of a child of a distributed Map: the map run that started it, and how many items it was given. */
  readonly mapRunArn?: string;
  readonly itemCount?: number;
  /** The test case whose mocks answer its tasks: `<state machine>#<test case>`. */
  readonly testCase?: string | undefined;
}

/** An execution as it is stored: JSON, and complete together with its definition. `frames` is the core's alone. */
export interface Execution extends ExecutionHeader {
  readonly format: 1;
  status: ExecutionStatus;
  stoppedAt?: number;
  /** As JSON text's value; only when SUCCEEDED. */
  output?: Json;
  error?: string;
  cause?: string;
  /** The id of the last event recorded. Ids start at 1 and have no gaps. */
  lastEventId: number;
  redriveCount: number;
  redrivenAt?: number;
  /** The core's own. */
  frames: Frames;
  /** The core's own: the frames as they stood when a Standard execution ended without success. */
  redriveFrom?: Record<FrameId, Frame>;
}

/** Numbers each scheduled attempt of a task within its execution; an answer that names an older one is stale. */
export type TaskNumber = number;

export type Stimulus =
  | { type: 'start' }
  /** Time has come to `context.now`: fire everything that is due (waits, retries, timeouts, heartbeats). */
  | { type: 'time' }
  /** The request of a `.sync` or `.waitForTaskToken` task was accepted; the task goes on. */
  | { type: 'taskSubmitted'; task: TaskNumber; output: Json }
  | { type: 'taskSucceeded'; task: TaskNumber; output: Json }
  /** `phase` says which event AWS records: the request was refused before or while it was sent, or the task failed. */
  | { type: 'taskFailed'; task: TaskNumber; error?: string; cause?: string; phase?: 'start' | 'submit' | 'run' }
  | { type: 'activityStarted'; task: TaskNumber; workerName?: string }
  | { type: 'heartbeat'; task: TaskNumber }
  /** The map run of a distributed Map has ended. */
  | { type: 'mapRunSucceeded'; task: TaskNumber; output: Json }
  | { type: 'mapRunFailed'; task: TaskNumber; error: string; cause?: string }
  | { type: 'stop'; error?: string; cause?: string }
  /** Go on where an unsuccessful Standard execution ended. */
  | { type: 'redrive' };

/** Comes with every stimulus: the definition, and all that is not determined by execution and stimulus. */
export interface StepContext {
  readonly machine: StateMachine;
  /** Virtual ms since the epoch. */
  readonly now: number;
  readonly random: () => number;
  readonly uuid: () => string;
  /** The token of a task of this execution; the same number always gives the same token. */
  readonly token: (task: TaskNumber) => string;
  /** Whether there is such an activity: a task for one that was deleted fails before it is scheduled. */
  readonly hasActivity?: (activityArn: string) => boolean;
  /** Factor of what Wait states and retries wait; 1 by default. Timeouts are what they are. */
  readonly waitScale?: number | undefined;
  /** Only where one state is played by itself. */
  readonly rehearsal?: Rehearsal;
}

export type Effect =
  /** Call the resource and come back with taskSubmitted, taskSucceeded or taskFailed. */
  | { type: 'call'; task: TaskNumber; call: TaskCall }
  /** Offer the task to GetActivityTask. */
  | { type: 'offer'; task: TaskNumber; stateName: string; activityArn: string; input: Json; token: string }
  /** Run the items of a distributed Map and come back with mapRunSucceeded or mapRunFailed. */
  | { type: 'mapRun'; task: TaskNumber; order: MapRunOrder }
  /** Nobody waits for this task any more: abort its call, withdraw its offer, stop its map run. */
  | { type: 'forget'; task: TaskNumber }
  /** The execution has ended; always the last effect. */
  | { type: 'ended' };

export interface TaskCall {
  readonly stateName: string;
  /** As in the definition: a Lambda ARN, or `arn:aws:states:::dynamodb:putItem.waitForTaskToken`. */
  readonly resource: string;
  readonly parameters: Json;
  /** Only for `.waitForTaskToken`. */
  readonly token?: string;
  readonly credentials?: JsonObject;
  /** 0 at first, one more with each retry of the state. */
  readonly attempt: number;
  /** Stable over restarts: `<executionArn>/<task>`. */
  readonly idempotencyKey: string;
}

export interface HistoryEvent {
  readonly id: number;
  readonly previousEventId: number;
  /** Virtual ms since the epoch. */
  readonly timestamp: number;
  /** As AWS names it: 'TaskStateEntered', 'LambdaFunctionScheduled', … */
  readonly type: string;
  /** What AWS puts under `<x>EventDetails`; `detailsKey(type)` tells the key. */
  readonly details?: JsonObject;
}

/**
 * Which way the engine went where a definition leaves several: what a history does not always tell. Positions count
 * from 0 in the lists of the definition.
 */
export type Decision =
  /** A state was left for `next` (or an end): by a Choice rule, by a catcher, or else by its own Next or Default. */
  | { type: 'exit'; state: string; next?: string; rule?: number; catcher?: number }
  /** A retrier took a failure: again after `delay` (ms), or not again, its attempts used up. */
  | { type: 'retry'; state: string; error?: string; retrier: number; delay?: number };

export interface Outcome {
  readonly execution: Execution;
  readonly events: HistoryEvent[];
  readonly effects: Effect[];
  readonly decisions: Decision[];
  /** False when the stimulus was stale (answered, timed out or ended before) and nothing changed. */
  readonly accepted: boolean;
}
