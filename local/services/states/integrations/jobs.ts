import { isObject, type JsonObject } from '../../../asl/json';
import type { TaskCall } from '../../../engine/types';
import { FORGOTTEN, type TaskAnswer, TaskError } from '../../../runtime/dispatch';
import type { AwsShape } from '../../aws';
import type { Parts } from '../../parts';
import { sdkMetadata } from './metadata';
import { poll } from './poll';
import type { Pattern } from './resource';
import { type Call, toAnswer, toRequest } from './shapes';
import type { JobCaller } from './task-caller';
import { optimizedError, type ServiceNames, unsupported } from './task-errors';

/**
 * Owns the optimised integrations that begin a job of another service, and wait for its end with `.sync`
 * (docs.aws.amazon.com/step-functions/latest/dg/connect-to-resource.html#connect-sync).
 */
interface JobKind {
  /** As registered with `parts.aws`. */
  readonly id: string;
  readonly operation: string;
  readonly names: ServiceNames;
  /** How the job that an answer tells of is looked at. */
  readonly look: (started: AwsShape, request: AwsShape) => Request;
  /** The job in the answer to a look, both spelled as in state machines. */
  readonly job: (answer: AwsShape) => JsonObject;
  /** Whether a job has ended and how; undefined while it runs. */
  readonly outcome: (job: AwsShape) => 'SUCCEEDED' | 'FAILED' | undefined;
  readonly stop: (started: AwsShape, request: AwsShape) => Request;
}

type Request = readonly [operation: string, input: AwsShape];

const GLUE_STATES: Readonly<Record<string, 'SUCCEEDED' | 'FAILED'>> = {
  SUCCEEDED: 'SUCCEEDED',
  FAILED: 'FAILED',
  ERROR: 'FAILED',
  STOPPED: 'FAILED',
  TIMEOUT: 'FAILED',
};

/** By service and action as in `arn:aws:states:::<service>:<action>`. */
const JOBS: Readonly<Record<string, JobKind>> = {
  'batch:submitJob': {
    id: 'batch',
    operation: 'SubmitJob',
    names: { prefix: 'Batch', service: 'AWSBatch', fallback: 'AWSBatchException' },
    look: ({ jobId }) => ['DescribeJobs', { jobs: [jobId] }],
    job: ({ Jobs }) => Jobs?.[0] ?? {},
    outcome: ({ Status }) => (Status === 'SUCCEEDED' || Status === 'FAILED' ? Status : undefined),
    stop: ({ jobId }) => ['TerminateJob', { jobId, reason: 'The task was stopped.' }],
  },
  'ecs:runTask': {
    id: 'ecs',
    operation: 'RunTask',
    names: { prefix: 'ECS', service: 'AmazonECS', fallback: 'AmazonECSException' },
    look: ({ tasks }, { cluster }) => ['DescribeTasks', { cluster, tasks: [tasks?.[0]?.taskArn] }],
    job: ({ Tasks }) => Tasks?.[0] ?? {},
    outcome({ LastStatus, Containers = [] }) {
      if (LastStatus !== 'STOPPED') return undefined;
      return Containers.every(({ ExitCode }: AwsShape) => ExitCode === 0) ? 'SUCCEEDED' : 'FAILED';
    },
    stop: ({ tasks }, { cluster }) => ['StopTask', { cluster, task: tasks?.[0]?.taskArn }],
  },
  'glue:startJobRun': {
    id: 'glue',
    operation: 'StartJobRun',
    names: { prefix: 'Glue', service: 'AWSGlue', fallback: 'AWSGlueException' },
    look: ({ JobRunId }, { JobName }) => ['GetJobRun', { JobName, RunId: JobRunId }],
    job: ({ JobRun }) => JobRun ?? {},
    outcome: ({ JobRunState }) => GLUE_STATES[JobRunState],
    stop: ({ JobRunId }, { JobName }) => ['BatchStopJobRun', { JobName, JobRunIds: [JobRunId] }],
  },
  ...Object.fromEntries(
    ['TrainingJob', 'TransformJob', 'ProcessingJob', 'HyperParameterTuningJob', 'LabelingJob'].map((noun) => [
      `sagemaker:create${noun}`,
      sageMaker(noun),
    ]),
  ),
};

function sageMaker(noun: string): JobKind {
  const named = (_: AwsShape, request: AwsShape) => ({ [`${noun}Name`]: request[`${noun}Name`] });
  const ends: Readonly<Record<string, 'SUCCEEDED' | 'FAILED'>> = {
    Completed: 'SUCCEEDED',
    Failed: 'FAILED',
    Stopped: 'FAILED',
  };
  return {
    id: 'sagemaker',
    operation: `Create${noun}`,
    names: { prefix: 'SageMaker', service: 'AmazonSageMaker', fallback: 'AmazonSageMakerException' },
    look: (started, request) => [`Describe${noun}`, named(started, request)],
    job: (answer) => answer,
    outcome: (job) => ends[job[`${noun}Status`]],
    stop: (started, request) => [`Stop${noun}`, named(started, request)],
  };
}

export class Jobs {
  constructor(private readonly parts: Parts) {}

  /** Whether the resource begins a job of a service that is there. */
  has(service: string, action: string): boolean {
    const kind = kindOf(service, action);
    return kind !== undefined && this.parts.aws.get(kind.id) !== undefined;
  }

  async start(
    call: TaskCall,
    service: string,
    action: string,
    pattern: Pattern,
    caller: JobCaller,
  ): Promise<TaskAnswer> {
    const kind = kindOf(service, action);
    if (!kind) throw unsupported(call.resource);
    const parameters = isObject(call.parameters) ? call.parameters : {};
    const request = toRequest(callOf(kind, kind.operation), parameters);
    const started = await this.#call(kind, [kind.operation, request], caller);
    const output = { ...asOutput(kind, kind.operation, started), ...sdkMetadata(this.parts.clock.now()) };
    if (pattern === 'requestResponse') return { type: 'succeeded', output };
    const job = pattern === 'sync' ? this.#result(kind, started, request, caller) : undefined;
    return { type: 'submitted', output, job };
  }

  async #result(kind: JobKind, started: AwsShape, request: AwsShape, caller: JobCaller): Promise<TaskAnswer> {
    const { signal, role } = caller;
    signal.addEventListener('abort', () => {
      // A task that is waited for no more takes its job with it, as far as that goes.
      if (signal.reason === FORGOTTEN) this.#call(kind, kind.stop(started, request), { role }).catch(() => {});
    });
    const { job, outcome } = await poll(this.parts.clock, () => this.#look(kind, started, request, caller), signal);
    if (outcome === 'SUCCEEDED') return { type: 'succeeded', output: job };
    throw new TaskError('States.TaskFailed', JSON.stringify(job));
  }

  async #look(kind: JobKind, started: AwsShape, request: AwsShape, caller: JobCaller) {
    const [operation, input] = kind.look(started, request);
    const job = kind.job(asOutput(kind, operation, await this.#call(kind, [operation, input], caller)));
    const outcome = kind.outcome(job);
    return outcome && { job, outcome };
  }

  async #call(kind: JobKind, [operation, input]: Request, { signal, role }: Partial<JobCaller>): Promise<AwsShape> {
    try {
      return await this.parts.aws.call(kind.id, operation, input, { via: 'states', signal, role });
    } catch (error) {
      throw optimizedError(error, kind.names);
    }
  }
}

/** What a job begins with; undefined if an action begins none. */
export function jobCall(service: string, action: string): readonly [service: string, operation: string] | undefined {
  const kind = kindOf(service, action);
  return kind && [kind.id, kind.operation];
}

function kindOf(service: string, action: string): JobKind | undefined {
  const name = `${service}:${action}`;
  return Object.hasOwn(JOBS, name) ? JOBS[name] : undefined;
}

function callOf({ id: service }: JobKind, operation: string): Call {
  return { service, operation, spelling: 'optimized' };
}

function asOutput(kind: JobKind, operation: string, answer: AwsShape): JsonObject {
  return toAnswer(callOf(kind, operation), answer, (date) => date.getTime());
}
