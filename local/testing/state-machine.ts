import type { Json } from '../asl/json';
import type { StateMachine } from '../asl/model';
import { blocksOf } from './blocks';
import { CoverageRecorder } from './coverage-recorder';
import { type Definition, readDefinition, readDeployedDefinition, type Written } from './definitions';
import { TestExecution } from './execution';
import type { Mocks } from './mocks';
import { requireOptions } from './options';
import { StateNames } from './state-names';

/** Owns a state machine under test: its definition, checked once, and what its tasks answer unless a test says otherwise. */
export class StateMachineUnderTest {
  #loaded: Promise<Loaded> | undefined;

  constructor(
    private readonly load: () => Definition | Promise<Definition>,
    private readonly tasks: Mocks = {},
  ) {}

  /** Starts an execution of its own world and time; resolves when it waits for something, or has ended. */
  async start(options: StartOptions = {}): Promise<TestExecution> {
    return this.#start('start', options);
  }

  /** Starts an execution and moves its clock until it has ended. */
  async run(options: StartOptions = {}): Promise<TestExecution> {
    const execution = await this.#start('run', options);
    await execution.finish();
    return execution;
  }

  async #start(call: string, options: StartOptions): Promise<TestExecution> {
    requireOptions(call, options, START_OPTIONS);
    this.#loaded ??= this.#prepare();
    const { definition, machine, coverage, states } = await this.#loaded;
    const tasks = { ...this.tasks, ...options.tasks };
    requireTasks(machine, definition.name, Object.keys(tasks));
    return TestExecution.start({ definition, coverage, states, ...options, tasks });
  }

  async #prepare(): Promise<Loaded> {
    const definition = await this.load();
    const machine = JSON.parse(definition.text) as StateMachine;
    const coverage = new CoverageRecorder(definition, machine);
    return { definition, machine, coverage, states: new StateNames(definition.name, machine) };
  }
}

export interface StartOptions {
  /** `{}` by default. */
  readonly input?: Json;
  /** What tasks answer, by state; they count before the state machine's own. */
  readonly tasks?: Mocks;
  /** The execution's name. */
  readonly name?: string;
  /** When it starts, as in `2026-03-02T09:00:00Z`; that by default. */
  readonly at?: string;
}

const START_OPTIONS = ['input', 'tasks', 'name', 'at'] satisfies Array<keyof StartOptions>;

interface Loaded {
  readonly definition: Definition;
  readonly machine: StateMachine;
  readonly coverage: CoverageRecorder;
  readonly states: StateNames;
}

/** A definition: the path of its file, from where the tests are run, or the definition itself. */
export function stateMachine(
  source: string | object,
  options: Written & { tasks?: Mocks } = {},
): StateMachineUnderTest {
  requireOptions('stateMachine', options, ['tasks', 'substitutions', 'type', 'name']);
  return new StateMachineUnderTest(() => readDefinition(source, options), options.tasks);
}

/** A state machine of a synthesized stack: `stateMachineOf('cdk.out', 'OrderStack')` or `'OrderStack/Billing'`. */
export function stateMachineOf(
  assemblyDirectory: string,
  path: string,
  options: { tasks?: Mocks } = {},
): StateMachineUnderTest {
  requireOptions('stateMachineOf', options, ['tasks']);
  return new StateMachineUnderTest(() => readDeployedDefinition(assemblyDirectory, path), options.tasks);
}

/** A mock of a state that is not there would never be called, and nobody would notice. */
function requireTasks(machine: StateMachine, name: string, mocked: string[]): void {
  const states = [...blocksOf(machine)].flatMap((block) => Object.entries(block.States));
  const tasks = states.filter(([, state]) => state.Type === 'Task' || 'ItemReader' in state).map(([task]) => task);
  const unknown = mocked.filter((task) => !tasks.includes(task));
  if (unknown.length === 0) return;
  throw new Error(`${name} has no task ${unknown.join(', ')}; its tasks are ${tasks.join(', ')}.`);
}
