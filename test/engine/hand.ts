import type { Json } from '../../local/asl/json';
import type { StateMachine } from '../../local/asl/model';
import { createExecution, nextDue, step } from '../../local/engine/step';
import type { Effect, Execution, HistoryEvent, Outcome, StepContext, Stimulus } from '../../local/engine/types';

export const START = Date.parse('2026-03-01T08:00:00Z');

export const FUNCTION = 'arn:aws:lambda:us-east-1:123456789012:function:work';
export const ACTIVITY = 'arn:aws:states:us-east-1:123456789012:activity:desk';
export const INVOKE = 'arn:aws:states:::lambda:invoke';
export const CALLBACK = 'arn:aws:states:::sqs:sendMessage.waitForTaskToken';
export const SYNC = 'arn:aws:states:::states:startExecution.sync:2';

/** A machine of one state, or several; `StartAt` is the first. */
export function machine(states: Record<string, object>, more: object = {}): StateMachine {
  return { StartAt: Object.keys(states)[0], States: states, ...more } as unknown as StateMachine;
}

/** Drives one execution by hand: each stimulus is given by the test, time moves only when told. */
export class Hand {
  execution: Execution;
  readonly events: HistoryEvent[] = [];
  /** Of the last step. */
  effects: Effect[] = [];
  now = START;
  #ids = 0;

  constructor(
    readonly definition: StateMachine,
    input: Json = {},
    private readonly options: Partial<StepContext> & { type?: 'STANDARD' | 'EXPRESS'; reload?: boolean } = {},
  ) {
    this.execution = createExecution({
      arn: 'arn:aws:states:us-east-1:123456789012:execution:machine:run',
      name: 'run',
      type: options.type ?? 'STANDARD',
      stateMachineArn: 'arn:aws:states:us-east-1:123456789012:stateMachine:machine',
      stateMachineName: 'machine',
      roleArn: 'arn:aws:iam::123456789012:role/machine',
      startedAt: START,
      input,
    });
  }

  get context(): StepContext {
    return {
      machine: this.definition,
      now: this.now,
      random: () => 0.5,
      uuid: () => `id-${this.#ids++}`,
      token: (task) => `token-${task}`,
      ...this.options,
    };
  }

  /** One step, synchronous unless it evaluates JSONata. */
  give(stimulus: Stimulus): Outcome | Promise<Outcome> {
    if (this.options.reload) this.execution = JSON.parse(JSON.stringify(this.execution));
    const outcome = step(this.execution, stimulus, this.context);
    return outcome instanceof Promise ? outcome.then((made) => this.#keep(made)) : this.#keep(outcome);
  }

  async send(stimulus: Stimulus): Promise<boolean> {
    return (await this.give(stimulus)).accepted;
  }

  start(): Promise<boolean> {
    return this.send({ type: 'start' });
  }

  /** Moves time by so many seconds and fires what is due then. */
  async pass(seconds: number): Promise<boolean> {
    this.now += seconds * 1000;
    return this.send({ type: 'time' });
  }

  /** Seconds until the next deadline. */
  get dueIn(): number | undefined {
    const due = nextDue(this.execution);
    return due === undefined ? undefined : (due - this.now) / 1000;
  }

  /** The number of the task that the last step called or offered. */
  get task(): number {
    const begun = this.effects.filter((effect) => effect.type === 'call' || effect.type === 'offer');
    if (begun.length !== 1) throw new Error(`${begun.length} tasks begun`);
    return (begun[0] as { task: number }).task;
  }

  get types(): string[] {
    return this.events.map(({ type }) => type);
  }

  /** `2<1 PassStateExited` of each event. */
  get chain(): string[] {
    return this.events.map(({ id, previousEventId, type }) => `${id}<${previousEventId} ${type}`);
  }

  /** The details of the last event of a type. */
  details(type: string): Record<string, Json> {
    const event = this.events.findLast((candidate) => candidate.type === type);
    if (!event) throw new Error(`no ${type} in ${this.types}`);
    return event.details ?? {};
  }

  #keep(outcome: Outcome): Outcome {
    this.execution = outcome.execution;
    this.events.push(...outcome.events);
    this.effects = outcome.effects;
    return outcome;
  }
}

/** Runs a machine without tasks from its start; moves time until it ends. */
export async function run(definition: StateMachine, input: Json = {}): Promise<Hand> {
  const hand = new Hand(definition, input);
  await hand.start();
  while (hand.execution.status === 'RUNNING' && hand.dueIn !== undefined) await hand.pass(hand.dueIn);
  return hand;
}
