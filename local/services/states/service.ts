import type { Diagnostic } from '../../asl/validate';
import { Executions } from '../../runtime/executions';
import type { AwsService, Caller, WireProtocol } from '../aws';
import { AwsError } from '../aws';
import type { Parts } from '../parts';
import { Activities } from './activities';
import { Aliases } from './aliases';
import { checkRequest } from './constraints';
import { Definitions } from './definitions';
import { Descriptions } from './descriptions';
import type { Input } from './errors';
import { ExecutionLog } from './execution-log';
import { ExecutionApi } from './executions';
import { getExecutionHistory } from './history';
import { Integrations } from './integrations/runner';
import { listExecutions } from './list-executions';
import { StateMachines } from './machines';
import { MapRunApi } from './map-runs/api';
import { S3MapRunIo } from './map-runs/io';
import type { MockConfiguration } from './mocks/configuration';
import { MockedTasks } from './mocks/mocked-tasks';
import { OwnExecutions } from './own-executions';
import { dateToken, undateToken } from './paging';
import { MachineRecords } from './records';
import { Redrives } from './redrive';
import { loadRevision } from './revision';
import { machineOf } from './session';
import { StatusEvents } from './status-events';
import { Tagging } from './tags';
import { Targets } from './targets';
import { TaskAnswers } from './tasks';
import { StateTests } from './test-state/test-state';
import { Versions } from './versions';

export interface StatesOptions {
  /** Hears of errors that are the local cloud's own fault; printed to stderr by default. */
  readonly onFault?: (executionArn: string, error: unknown) => void;
  /** Hears what is to be said of a definition that was accepted; silent by default. */
  readonly onWarnings?: ((stateMachineArn: string, warnings: readonly Diagnostic[]) => void) | undefined;
  /** Chooses between the versions of an alias: from 0 to 1; `Math.random` by default. */
  readonly random?: () => number;
  /** Factor of what Wait states and retries wait; 1 by default. */
  readonly waitScale?: number | undefined;
  /** Answers the tasks of executions that are started for one of its test cases. */
  readonly mocks?: MockConfiguration | undefined;
}

/** Called most: they answer when what they tell is durable, and need not wait for what others write meanwhile. */
const WAITS_FOR_DURABILITY = new Set(['StartExecution', 'DescribeExecution']);

/**
 * Owns the Step Functions API: each operation is a method of the file of its group; here stands which.
 *
 * `start()` takes up the executions that a stopped or killed process left; call it when all other services are ready.
 */
export class StatesService implements AwsService {
  readonly id = 'sfn';
  readonly signingName = 'states';
  readonly protocol: WireProtocol = { kind: 'json', targetPrefix: 'AWSStepFunctions', version: '1.0' };
  readonly waits = new Set(['GetActivityTask', 'StartSyncExecution', 'TestState']);
  readonly largestRequest = 1_048_576;
  /** The shell that runs executions: for consoles and tests in the same process. */
  readonly executions: Executions;
  /** What AWS's API does not tell of them. */
  readonly own: OwnExecutions;
  readonly operations: ReadonlySet<string>;
  readonly #activities: Activities;
  readonly #operations: Record<string, (input: Input, caller: Caller) => Input | Promise<Input>>;

  constructor(
    private readonly parts: Parts,
    options: StatesOptions = {},
  ) {
    const activities = new Activities(parts, () => this.executions);
    this.#activities = activities;
    const runner = new Integrations(parts, (arn) => this.executions.find(arn) && this.executions.ended(arn));
    const executions = new Executions({
      store: parts.store,
      clock: parts.clock,
      work: parts.work,
      runner: options.mocks ? new MockedTasks(options.mocks, runner) : runner,
      waitScale: options.waitScale,
      hasActivity: (arn) => activities.has(arn),
      onStep: (outcome) => log.record(outcome),
      mapRunIo: new S3MapRunIo(parts),
      onFault: options.onFault ?? ((arn, error) => console.error(`Execution ${arn}:`, error)),
    });
    this.executions = executions;
    this.own = new OwnExecutions(executions);
    const log = new ExecutionLog(
      parts,
      (arn) => executions.find(arn)?.revision,
      (revision) => loadRevision(executions, revision).loggingConfiguration,
    );
    const records = new MachineRecords(parts.store);
    const versions = new Versions(parts, executions, records);
    const definitions = new Definitions(parts.aws, options.onWarnings);
    const machines = new StateMachines(parts, executions, records, versions, definitions);
    const aliases = new Aliases(parts, records);
    const targets = new Targets(records, options.random ?? Math.random);
    const descriptions = new Descriptions(executions, targets);
    const api = new ExecutionApi(parts, executions, targets, options.mocks);
    const tests = new StateTests(parts, runner);
    const mapRuns = new MapRunApi(executions);
    const redrives = new Redrives(parts, executions);
    const answers = new TaskAnswers(parts, executions);
    const tagging = new Tagging([machines, activities]);
    const events = new StatusEvents(parts);
    executions.onStatusChange((execution, inputText) => events.send(execution, inputText));

    this.#operations = {
      CreateStateMachine: (input) => machines.create(input),
      UpdateStateMachine: (input) => machines.update(input),
      DeleteStateMachine: (input) => machines.delete(input),
      DescribeStateMachine: (input) => descriptions.describe(input),
      DescribeStateMachineForExecution: (input) => descriptions.describeForExecution(input),
      ListStateMachines: (input) => machines.list(input),
      ValidateStateMachineDefinition: (input) => definitions.validate(input),
      TestState: (input) => tests.run(input),

      PublishStateMachineVersion: (input) => versions.publishCurrent(input),
      ListStateMachineVersions: (input) => versions.list(input),
      DeleteStateMachineVersion: (input) => versions.delete(input),

      CreateStateMachineAlias: (input) => aliases.create(input),
      UpdateStateMachineAlias: (input) => aliases.update(input),
      DescribeStateMachineAlias: (input) => aliases.describe(input),
      ListStateMachineAliases: (input) => aliases.list(input),
      DeleteStateMachineAlias: (input) => aliases.delete(input),

      StartExecution: (input, { trace }) => api.start(input, trace),
      StartSyncExecution: (input, { trace }) => api.startSync(input, trace),
      StopExecution: (input) => api.stop(input),
      DescribeExecution: (input) => api.describe(input),
      ListExecutions: (input) => listExecutions(executions, targets, input),
      GetExecutionHistory: (input) => getExecutionHistory(executions, input),
      RedriveExecution: (input) => redrives.redrive(input),

      DescribeMapRun: (input) => mapRuns.describe(input),
      ListMapRuns: (input) => mapRuns.list(input),
      UpdateMapRun: (input) => mapRuns.update(input),

      CreateActivity: (input) => activities.create(input),
      DeleteActivity: (input) => activities.delete(input),
      DescribeActivity: (input) => activities.describe(input),
      ListActivities: (input) => activities.list(input),
      GetActivityTask: (input, caller) => activities.getTask(input, caller),

      SendTaskSuccess: (input, { trace }) => answers.success(input, trace),
      SendTaskFailure: (input, { trace }) => answers.failure(input, trace),
      SendTaskHeartbeat: (input, { trace }) => answers.heartbeat(input, trace),

      ListTagsForResource: (input) => tagging.list(input),
      TagResource: (input) => tagging.add(input),
      UntagResource: (input) => tagging.remove(input),
    };
    this.operations = new Set(Object.keys(this.#operations));
  }

  async start(): Promise<void> {
    this.executions.recover();
  }

  async stop(): Promise<void> {
    this.executions.close();
  }

  /** Of a task token: the state machine that waits for it; and the activities, of which one may have given it out. */
  *resourcesOf(_operation: string, { taskToken }: Input): Generator<string> {
    const owner = typeof taskToken === 'string' ? this.executions.ownerOf(taskToken) : undefined;
    if (owner === undefined) return;
    yield machineOf(owner);
    yield* this.#activities.arns();
  }

  async call(operation: string, input: Input, caller: Caller): Promise<Input> {
    const run = Object.hasOwn(this.#operations, operation) ? this.#operations[operation] : undefined;
    if (run) {
      checkRequest(operation, input);
      const output = await run(undateToken(input, this.parts.clock.now()), caller);
      // What is told of executions may be in memory only until the turn's commit.
      if (!WAITS_FOR_DURABILITY.has(operation)) await this.parts.store.durable();
      return dateToken(output, this.parts.clock.now());
    }
    throw new AwsError('UnknownOperationException', '');
  }
}
