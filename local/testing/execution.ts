import type { Json } from '../asl/json';
import { taskStatus } from '../engine/step';
import type { Decision, Execution, ExecutionStatus, HistoryEvent, Outcome, Stimulus } from '../engine/types';
import { VirtualClock } from '../runtime/clock';
import { Executions } from '../runtime/executions';
import { Store } from '../runtime/store';
import { Work } from '../runtime/work';
import type { CoverageRecorder } from './coverage-recorder';
import type { Definition } from './definitions';
import type { Mocks } from './mocks';
import { StandIns } from './stand-ins';
import { startRequest } from './start-request';
import type { StateNames } from './state-names';
import { OpenTask, type Task } from './task';
import { type Duration, instantOf, millisecondsOf } from './time';

/**
 * Owns one execution of a state machine under test: the real engine in its real shell, in memory, with a clock that
 * stands still until the test moves it, and mocks in the place of all that tasks call.
 *
 * T1  Whatever moves the execution resolves only when nothing more happens without time or an answer.
 * T2  What is the test's own fault (a task without a mock, a mock that throws) makes that call reject.
 */
export class TestExecution {
  readonly #work = new Work();
  readonly #clock: VirtualClock;
  readonly #executions: Executions;
  readonly #standIns: StandIns;
  readonly #coverage: CoverageRecorder;
  readonly #states: StateNames;
  readonly #history: HistoryEvent[] = [];
  readonly #decisions: Decision[] = [];
  readonly #tasks: Task[] = [];
  /** The execution under test first, then those of a distributed Map's items. */
  readonly #latest = new Map<string, Execution>();

  private constructor({ tasks, at = '2026-03-02T09:00:00Z', coverage, states }: ExecutionOptions) {
    this.#standIns = new StandIns(tasks);
    this.#coverage = coverage;
    this.#states = states;
    this.#clock = new VirtualClock({ work: this.#work, start: instantOf(at), scale: 0 });
    this.#executions = new Executions({
      store: Store.open(),
      clock: this.#clock,
      work: this.#work,
      runner: this.#standIns,
      mapRunIo: this.#standIns,
      onFault: (_, error) => this.#standIns.faults.push(error),
      onStep: (outcome) => this.#observe(outcome),
    });
  }

  static async start(options: ExecutionOptions): Promise<TestExecution> {
    const { definition } = options;
    const machineName = definition.name.replaceAll('/', '-');
    const stateMachineArn = `${ARN}:stateMachine:${machineName}`;
    const { name, input, inputText } = startRequest(stateMachineArn, options.name ?? 'test', options.input ?? {});
    const self = new TestExecution(options);
    await self.#executions.start({
      header: {
        arn: `${ARN}:execution:${machineName}:${name}`,
        name,
        type: definition.type,
        stateMachineArn,
        stateMachineName: machineName,
        roleArn: 'arn:aws:iam::123456789012:role/test',
        startedAt: self.#clock.now(),
        input,
      },
      revision: self.#executions.putRevision({ definition: definition.text }),
      inputText,
    });
    await self.#settle();
    return self;
  }

  get status(): ExecutionStatus {
    return this.#execution.status;
  }

  /** Of an execution that SUCCEEDED. */
  get output(): Json | undefined {
    return this.#execution.output;
  }

  /** Of an execution that FAILED. */
  get error(): string | undefined {
    return this.#execution.error;
  }

  get cause(): string | undefined {
    return this.#execution.cause;
  }

  /** The states entered until now, in order; those of branches as they took turns. */
  get path(): string[] {
    return this.#history
      .filter(({ type }) => type.endsWith('StateEntered'))
      .map(({ details }) => details?.name as string);
  }

  /** What each variable was assigned last, in whichever branch or iteration. */
  get variables(): Record<string, Json> {
    const texts = this.#history.map(({ details }) => (details?.assignedVariables ?? {}) as Record<string, string>);
    const entries = Object.entries(Object.assign({}, ...texts) as Record<string, string>);
    return Object.fromEntries(entries.map(([name, text]) => [name, JSON.parse(text) as Json]));
  }

  /** What the state's task was called with, each time. Throws when the definition has no such state. */
  calls(state: string): Json[] {
    this.#states.require(state);
    return this.#tasks.filter((task) => task.state === state).map(({ input }) => input);
  }

  /** The seconds before each further attempt of the state, as its retriers set them. Throws when there is no such state. */
  retryDelays(state: string): number[] {
    this.#states.require(state);
    return this.#decisions.flatMap((decision) =>
      decision.type === 'retry' && decision.state === state && decision.delay !== undefined
        ? [decision.delay / 1000]
        : [],
    );
  }

  /** The history as AWS would record it. */
  get history(): readonly HistoryEvent[] {
    return this.#history;
  }

  /** The virtual time. */
  get now(): Date {
    return new Date(this.#clock.now());
  }

  /** The task that waits in a state, to be answered by the test; of several, the one that began first. */
  task(state: string): OpenTask {
    this.#states.require(state);
    const open = this.#tasks.filter((task) => this.#isOpen(task));
    const found = open.find((task) => task.state === state);
    if (found) return new OpenTask(found, (stimulus) => this.#deliver(found, stimulus));
    const elsewhere =
      open.length > 0 ? `but in: ${open.map((task) => task.state).join(', ')}` : 'nor in any other state';
    throw new Error(`No task waits in ${state}, ${elsewhere}.`);
  }

  /** Moves the clock on, stopping at everything that is due on the way. Rejects when it would go back. */
  async advance(duration: Duration): Promise<void> {
    await this.#clock.advanceBy(millisecondsOf(duration));
    await this.#settle();
  }

  /** Moves the clock to `instant`, as in `2026-03-30T09:00:00Z`. Rejects when that is past. */
  async advanceTo(instant: string): Promise<void> {
    const target = instantOf(instant);
    if (target < this.#clock.now()) {
      throw new Error(`Time only goes forward: it is ${this.now.toISOString()} already, after ${instant}.`);
    }
    await this.#clock.advanceTo(target);
    await this.#settle();
  }

  /** Moves the clock to the next thing that is due: a wait, a retry, a timeout. */
  async advanceToNext(): Promise<void> {
    await this.#clock.advanceToNext();
    await this.#settle();
  }

  /** Moves the clock until the execution has ended. */
  async finish(): Promise<void> {
    while (this.status === 'RUNNING') await this.advanceToNext();
  }

  get #execution(): Execution {
    const [execution] = this.#latest.values();
    return execution as Execution;
  }

  #isOpen({ execution, number }: Task): boolean {
    return taskStatus(this.#latest.get(execution) as Execution, number) === 'open';
  }

  async #settle(): Promise<void> {
    await this.#work.idle();
    const { faults } = this.#standIns;
    if (faults.length > 0) throw faults[0];
  }

  async #deliver({ execution }: Task, stimulus: Stimulus): Promise<boolean> {
    const taken = await this.#executions.deliver(execution, stimulus);
    await this.#settle();
    return taken?.accepted === true;
  }

  #observe({ execution, events, decisions, effects }: Outcome): void {
    this.#latest.set(execution.arn, execution);
    if (execution === this.#execution) this.#history.push(...events);
    this.#decisions.push(...decisions);
    this.#coverage.record(events, decisions);
    for (const effect of effects) {
      if (effect.type === 'call') {
        const { stateName: state, parameters: input } = effect.call;
        this.#tasks.push({ execution: execution.arn, number: effect.task, state, input, ofActivity: false });
      } else if (effect.type === 'offer') {
        const { task: number, stateName: state, input } = effect;
        const task: Task = { execution: execution.arn, number, state, input, ofActivity: true };
        this.#tasks.push(task);
        void this.#work.track(() =>
          this.#standIns.work(task, (stimulus) => this.#executions.deliver(execution.arn, stimulus)),
        );
      } else if (effect.type === 'mapRun') {
        this.#standIns.expectRead(effect.order);
      }
    }
  }
}

interface ExecutionOptions {
  readonly definition: Definition;
  readonly coverage: CoverageRecorder;
  readonly states: StateNames;
  readonly tasks: Mocks;
  readonly input?: Json;
  readonly name?: string;
  readonly at?: string;
}

const ARN = 'arn:aws:states:us-east-1:123456789012';
