import type { Json, JsonObject } from '../asl/json';
import type { Block, MapState, ParallelState, State } from '../asl/model';
import { HistoryFull } from './failure';
import {
  addFrame,
  copyTable,
  endPhase,
  type Frame,
  type FrameId,
  type InMap,
  type InMapRun,
  type InParallel,
  parentOf,
  type WaitingForTask,
} from './frames';
import { lifetimeSeconds, MOST_EVENTS } from './limits';
import type { Rehearsal } from './rehearsal';
import type { Decision, Effect, Execution, HistoryEvent, StepContext, TaskNumber } from './types';

/**
 * Owns one step while it is made: the execution as it changes, the events and effects so far, and the frames that have
 * yet to enter their state. The primitives of the engine; what states mean is in `flow.ts` and `states/`.
 */
export class Run {
  readonly events: HistoryEvent[] = [];
  readonly decisions: Decision[] = [];
  readonly #effects: Effect[] = [];
  readonly #entering: Frame[] = [];
  /** The frames as they stood when the last failure arose. */
  #halted: Record<FrameId, Frame> | undefined;
  #value: Json | undefined;
  #text = '';

  constructor(
    readonly execution: Execution,
    readonly context: StepContext,
  ) {}

  get frames() {
    return this.execution.frames;
  }

  get effects(): Effect[] {
    return this.#effects;
  }

  /** Records an event of the frame's own course. Returns its id. */
  record(frame: Frame, type: string, details?: JsonObject): number {
    frame.lastEvent = this.recordAfter(frame.lastEvent, type, details);
    return frame.lastEvent;
  }

  /** Records an event that the frame's next one does not follow. Returns its id. */
  recordAfter(previousEventId: number, type: string, details?: JsonObject): number {
    const { execution } = this;
    const id = execution.lastEventId + 1;
    const full = execution.type === 'STANDARD' && id >= MOST_EVENTS;
    if (full && !type.startsWith('Execution')) throw new HistoryFull();
    execution.lastEventId = id;
    const timestamp = this.context.now;
    this.events.push(
      details ? { id, previousEventId, timestamp, type, details } : { id, previousEventId, timestamp, type },
    );
    return id;
  }

  /** JSON.stringify, remembering the last one: a state's output is the next one's input. */
  text(value: Json): string {
    if (typeof value !== 'object' || value === null) return JSON.stringify(value);
    if (value !== this.#value) {
      this.#text = JSON.stringify(value);
      this.#value = value;
    }
    return this.#text;
  }

  /** Undefined unless this is a state played by itself. */
  get rehearsal(): Rehearsal | undefined {
    return this.context.rehearsal;
  }

  effect(effect: Effect): void {
    this.#effects.push(effect);
  }

  /** The states of the machine, branch or processor that the frame runs in. */
  blockOf(frame: Frame): Block {
    const parent = parentOf(this.frames, frame);
    if (!parent) return this.context.machine;
    const state = this.stateOf(parent) as ParallelState | MapState;
    if (state.Type === 'Parallel') return state.Branches[frame.index as number] as Block;
    return (state.ItemProcessor ?? state.Iterator) as Block;
  }

  stateOf(frame: Frame): State {
    return this.blockOf(frame).States[frame.state] as State;
  }

  /** Lets the frame enter its state when its turn comes: breadth first, so that branches advance side by side. */
  enqueue(frame: Frame): void {
    frame.phase = { type: 'entering' };
    frame.enteredEvent = 0;
    this.#entering.push(frame);
  }

  /** Lets the frame do the work of its state again when its turn comes, without entering it anew. */
  resume(frame: Frame): void {
    const entered = frame.enteredEvent;
    this.enqueue(frame);
    if (entered === 0) return;
    frame.phase = { type: 'entering', again: true };
    frame.enteredEvent = entered;
  }

  /** The next frame that enters a state; those that were stopped meanwhile are passed over. */
  nextEntering(): Frame | undefined {
    for (let frame = this.#entering.shift(); frame; frame = this.#entering.shift()) {
      if (this.frames.table[frame.id] === frame) return frame;
    }
    return undefined;
  }

  /** Begins a branch or iteration of the parent's state. */
  spawn(parent: Frame & { phase: InParallel | InMap }, index: number, startAt: string, input: Json, lastEvent: number) {
    const child = addFrame(this.frames, { parent, index }, startAt, input, lastEvent);
    parent.phase.children.push(child.id);
    this.enqueue(child);
  }

  /** Counts the execution's lifetime from now. */
  startLifetime(): void {
    const { execution, context } = this;
    execution.frames.deadline = context.now + lifetimeSeconds(execution.type, context.machine) * 1000;
  }

  /** Remembers how all stands while a failure has not yet unwound anything, for a redrive. */
  halt(): void {
    if (this.execution.type === 'STANDARD') this.#halted = copyTable(this.frames.table);
  }

  get halted(): Record<FrameId, Frame> | undefined {
    return this.#halted;
  }

  /** A number for a task, before its parameters are known: its token may be one of them. */
  numberTask(): TaskNumber {
    return this.frames.nextTask++;
  }

  awaitTask(frame: Frame, phase: WaitingForTask | InMapRun): void {
    frame.phase = phase;
    this.frames.tasks[phase.task] = frame.id;
  }

  /** Ends what the frame waits for, because it has come. */
  fulfil(frame: Frame): void {
    endPhase(this.frames, frame);
  }

  /** Ends what the frame waits for; nobody wants the answer any more. */
  abandon(frame: Frame): void {
    const task = endPhase(this.frames, frame);
    if (task !== undefined) this.effect({ type: 'forget', task });
  }
}
