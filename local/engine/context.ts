import type { Json, JsonObject } from '../asl/json';
import type { JsonataScope } from '../asl/jsonata';
import type { State } from '../asl/model';
import { type Frame, parentOf } from './frames';
import type { Run } from './run';

/** What a state's expressions see beyond their frame. */
export interface View {
  /** `$` and `$states.input`. */
  input: Json;
  /** `$states.result`. */
  result?: Json;
  /** `$states.errorOutput`. */
  errorOutput?: Json;
  /** `$$.Task.Token`. */
  token?: string;
  /** `$$.Map.Item`, for ItemSelector. */
  item?: Item;
}

/** `$$.Map.Item`; it has a key if the Map maps over an object. */
export interface Item {
  index: number;
  value: Json;
  key?: string | undefined;
}

/** A frame's scope for both query languages; what is not asked for is not made. */
export class FrameScope implements JsonataScope {
  readonly input: Json;
  readonly now: number;
  readonly random: () => number;
  readonly uuid: () => string;
  #context: JsonObject | undefined;
  #variables: JsonObject | undefined;

  constructor(
    private readonly run: Run,
    private readonly frame: Frame,
    private readonly view: View,
  ) {
    this.input = view.input;
    this.now = run.context.now;
    this.random = run.context.random;
    this.uuid = run.context.uuid;
  }

  get context(): JsonObject {
    this.#context ??= this.run.rehearsal?.contextObject ?? contextObject(this.run, this.frame, this.view);
    return this.#context;
  }

  get variables(): JsonObject {
    this.#variables ??= visibleVariables(this.run, this.frame);
    return this.#variables;
  }

  get states(): JsonObject {
    const { input, result, errorOutput } = this.view;
    return {
      input,
      context: this.context,
      ...(result !== undefined && { result }),
      ...(errorOutput !== undefined && { errorOutput }),
    };
  }
}

function visibleVariables(run: Run, frame: Frame): JsonObject {
  const parent = parentOf(run.frames, frame);
  return parent ? { ...visibleVariables(run, parent), ...frame.variables } : frame.variables;
}

/** @see https://docs.aws.amazon.com/step-functions/latest/dg/input-output-contextobject.html */
function contextObject(run: Run, frame: Frame, view: View): JsonObject {
  const { execution } = run;
  const item = view.item ?? itemOf(run, frame);
  return {
    Execution: {
      Id: execution.arn,
      Input: execution.input,
      StartTime: isoTime(execution.startedAt),
      Name: execution.name,
      RoleArn: execution.roleArn,
      ...(execution.type === 'STANDARD' && { RedriveCount: execution.redriveCount }),
      ...(execution.redrivenAt !== undefined && { RedriveTime: isoTime(execution.redrivenAt) }),
    },
    StateMachine: { Id: execution.stateMachineArn, Name: execution.stateMachineName },
    State: {
      Name: frame.state,
      EnteredTime: isoTime(frame.enteredAt),
      ...(isRetried(run.stateOf(frame)) && { RetryCount: frame.retryCount }),
    },
    ...(view.token !== undefined && { Task: { Token: view.token } }),
    ...(item && { Map: { Item: itemObject(item) } }),
  };
}

function isRetried({ Type }: State): boolean {
  return Type === 'Task' || Type === 'Parallel' || Type === 'Map';
}

function itemObject({ index, key, value }: Item): JsonObject {
  return { Index: index, ...(key !== undefined && { Key: key }), Value: value };
}

/** The item of the innermost iteration that the frame runs in. */
function itemOf(run: Run, frame: Frame): View['item'] {
  const parent = parentOf(run.frames, frame);
  if (!parent) return undefined;
  const index = frame.index as number;
  if (parent.phase.type !== 'map') return itemOf(run, parent);
  const { items, keys } = parent.phase;
  return { index, value: items[index] as Json, key: keys?.[index] };
}

function isoTime(ms: number): string {
  return new Date(ms).toISOString();
}
