import type { Json, JsonObject } from '../asl/json';
import type { MapRunSpec } from './map-run';
import type { TaskNumber } from './types';

/**
 * Owns where an execution stands: a tree of frames, one for the machine itself and one for each branch and iteration
 * under way, kept as a table of plain data so that an execution is stored and loaded as JSON.
 *
 * F1  A frame is in exactly one state, in exactly one phase.
 * F2  Between two steps no frame is `entering`: each waits for a task, for time, or for its children.
 * F3  A frame other than the root is listed in the `children` of its parent's phase, and the other way round.
 * F4  A task number is in `tasks` exactly as long as the frame that it names waits for it (a task or a map run).
 * F5  Variables are seen from the frame outwards and assigned in the frame's own scope only.
 * F6  Frames are numbered in the order in which they began; what is due at one instant fires in that order.
 * F7  An execution that has ended has no frames; what a redrive needs of them is kept beside them (`redriveFrom`).
 */
export interface Frames {
  nextFrame: FrameId;
  nextTask: TaskNumber;
  /** When the execution as a whole times out, in virtual ms. */
  deadline?: number | undefined;
  table: Record<FrameId, Frame>;
  tasks: Record<TaskNumber, FrameId>;
}

export type FrameId = number;

export const ROOT: FrameId = 0;

export interface Frame {
  readonly id: FrameId;
  /** Not there for the root. */
  readonly parent?: FrameId;
  /** Which branch or iteration of the parent's state. */
  readonly index?: number;
  state: string;
  phase: Phase;
  /** The state's raw input. */
  input: Json;
  enteredAt: number;
  /** The id of the …StateEntered event (0 before there is one), and of the event before it. */
  enteredEvent: number;
  beforeEntered: number;
  /** The `previousEventId` of what comes next. */
  lastEvent: number;
  variables: JsonObject;
  /** How often the current state was retried: by each of its retriers, and in all. */
  retries: number[];
  retryCount: number;
}

export type Phase = Entering | WaitingForTask | WaitingUntil | RetryingAt | InParallel | InMap | InMapRun;

export interface Entering {
  type: 'entering';
  /** Its state was entered before; a redrive does its work anew. */
  again?: true;
}

export interface WaitingForTask {
  type: 'task';
  task: TaskNumber;
  /** What was sent, for sending it again after a restart. */
  parameters: Json;
  credentials?: JsonObject;
  /** For an activity: a worker has it. For a service: its request was accepted. */
  taken: boolean;
  timeoutSeconds?: number;
  heartbeatSeconds?: number;
  /** Virtual ms. */
  timeoutAt?: number;
  heartbeatAt?: number;
}

export interface WaitingUntil {
  type: 'wait';
  until: number;
}

export interface RetryingAt {
  type: 'retry';
  at: number;
}

export interface InParallel {
  type: 'parallel';
  children: FrameId[];
  outputs: Json[];
}

export interface InMap {
  type: 'map';
  children: FrameId[];
  outputs: Json[];
  items: Json[];
  /** Of the items, if they are the members of an object. */
  keys?: string[];
  /** The effective input: what ItemSelector sees as `$`. */
  input: Json;
  concurrency: number;
  /** The index of the first item not yet begun. */
  next: number;
}

/** A distributed Map: the shell runs its items in executions of their own. */
export interface InMapRun {
  type: 'mapRun';
  task: TaskNumber;
  run: MapRunSpec;
  redriveCount: number;
  /** Why it failed: whether a redrive takes it up again depends on that. */
  error?: string;
}

export function newFrames(): Frames {
  return { nextFrame: ROOT, nextTask: 1, deadline: undefined, table: {}, tasks: {} };
}

/** Begins a frame that will enter `startAt`; of a child, the parent's phase must list it (F3). */
export function addFrame(
  frames: Frames,
  place: { parent?: Frame; index?: number },
  startAt: string,
  input: Json,
  lastEvent: number,
): Frame {
  const frame: Frame = {
    id: frames.nextFrame++,
    // Undefined for the root: all frames are of one shape, and JSON leaves them out.
    parent: place.parent?.id,
    index: place.index,
    state: startAt,
    phase: { type: 'entering' },
    input,
    enteredAt: 0,
    enteredEvent: 0,
    beforeEntered: 0,
    lastEvent,
    variables: {},
    retries: [],
    retryCount: 0,
  };
  // A literal has no room for more: most executions never have a second frame, and there may be many of them.
  if (frame.id === ROOT) frames.table = { 0: frame };
  else frames.table[frame.id] = frame;
  return frame;
}

export function parentOf(frames: Frames, frame: Frame): Frame | undefined {
  return frame.parent === undefined ? undefined : frames.table[frame.parent];
}

export function childrenOf(frames: Frames, frame: Frame): Frame[] {
  const { phase } = frame;
  if (phase.type !== 'parallel' && phase.type !== 'map') return [];
  return phase.children.map((id) => frames.table[id] as Frame);
}

/** The frame that waits for the task or map run, if one does. */
export function frameOfTask(
  frames: Frames,
  task: TaskNumber,
): (Frame & { phase: WaitingForTask | InMapRun }) | undefined {
  const id = frames.tasks[task];
  return id === undefined ? undefined : (frames.table[id] as Frame & { phase: WaitingForTask | InMapRun });
}

/** When the frame's phase ends by itself (virtual ms), if it does. */
export function dueOf({ phase }: Frame): number | undefined {
  switch (phase.type) {
    case 'wait':
      return phase.until;
    case 'retry':
      return phase.at;
    case 'task':
      return earliest(phase.timeoutAt, phase.heartbeatAt);
    default:
      return undefined;
  }
}

export function earliest(a: number | undefined, b: number | undefined): number | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return Math.min(a, b);
}

/**
 * Makes the frame wait for nothing; answers the task that it waited for, if it did. A frame that a redrive has not
 * reached yet still tells of a task that ended with the execution: that one is not in `tasks` any more.
 */
export function endPhase(frames: Frames, frame: Frame): TaskNumber | undefined {
  const { phase } = frame;
  frame.phase = { type: 'entering' };
  if (phase.type !== 'task' && phase.type !== 'mapRun') return undefined;
  if (frames.tasks[phase.task] !== frame.id) return undefined;
  delete frames.tasks[phase.task];
  return phase.task;
}

/** Takes a frame without children out of the tree. */
export function removeFrame(frames: Frames, frame: Frame): void {
  const phase = parentOf(frames, frame)?.phase;
  if (phase?.type === 'parallel' || phase?.type === 'map') {
    phase.children.splice(phase.children.indexOf(frame.id), 1);
  }
  delete frames.table[frame.id];
}

/** A copy that later steps do not reach; the data that frames carry is never changed in place, so it is shared. */
export function copyTable(table: Record<FrameId, Frame>): Record<FrameId, Frame> {
  const copies = Object.values(table).map((frame) => [frame.id, { ...frame, phase: copyPhase(frame.phase) }]);
  return Object.fromEntries(copies);
}

function copyPhase(phase: Phase): Phase {
  if (phase.type !== 'parallel' && phase.type !== 'map') return { ...phase };
  return { ...phase, children: [...phase.children], outputs: [...phase.outputs] };
}
