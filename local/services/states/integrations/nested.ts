import { createHash } from 'node:crypto';
import type { Json, JsonObject } from '../../../asl/json';
import type { Execution, TaskCall } from '../../../engine/types';
import { FORGOTTEN, type TaskAnswer, TaskError } from '../../../runtime/dispatch';
import type { AwsShape } from '../../aws';
import type { Parts } from '../../parts';
import { sdkMetadata } from './metadata';
import { poll } from './poll';
import type { Pattern } from './resource';
import type { JobCaller } from './task-caller';
import { optimizedError } from './task-errors';
import { asText, pascalCase, toJson } from './values';

/**
 * Owns `arn:aws:states:::states:startExecution`, its `.sync` and its `.sync:2`
 * (docs.aws.amazon.com/step-functions/latest/dg/connect-stepfunctions.html).
 *
 * A call that is made again after a crash starts nothing twice: without a Name the execution is named by the task's
 * idempotency key, and the start of one that runs with the same input is answered like the first.
 */
export class NestedExecutions {
  constructor(
    private readonly parts: Parts,
    /** Resolves when an execution has ended; undefined when it does not run here. */
    private readonly ended: (arn: string) => Promise<Execution> | undefined,
  ) {}

  async start(call: TaskCall, pattern: Pattern, caller: JobCaller): Promise<TaskAnswer> {
    const { StateMachineArn, Name, Input } = call.parameters as JsonObject;
    const request = {
      stateMachineArn: StateMachineArn,
      name: Name ?? nameOf(call),
      input: Input === undefined || Input === null ? undefined : asText(Input),
    };
    const { executionArn, startDate } = await this.#call('StartExecution', request, caller);
    const output = {
      ExecutionArn: executionArn,
      ...sdkMetadata(this.parts.clock.now()),
      StartDate: startDate.getTime(),
    };
    if (pattern === 'requestResponse') return { type: 'succeeded', output };
    const job = pattern === 'waitForTaskToken' ? undefined : this.#result(executionArn, pattern, caller);
    return { type: 'submitted', output, job };
  }

  /** `.sync` gives the execution's input and output as text, `.sync:2` as values. */
  async #result(arn: string, pattern: Pattern, caller: JobCaller): Promise<TaskAnswer> {
    const { signal } = caller;
    signal.addEventListener('abort', () => {
      if (signal.reason === FORGOTTEN) this.#stop(arn, caller);
    });
    await (this.ended(arn) ?? this.#endedElsewhere(arn, caller));
    const { redriveCount, redriveStatus, redriveStatusReason, redriveDate, ...answer } = await this.#call(
      'DescribeExecution',
      { executionArn: arn },
      caller,
    );
    const described = toJson(answer, (date) => date.getTime()) as JsonObject;
    if (pattern === 'sync:2') {
      for (const member of ['input', 'output']) {
        const text = described[member];
        if (typeof text === 'string') described[member] = JSON.parse(text);
      }
    }
    const output = withPascalMembers(described);
    if (answer.status === 'SUCCEEDED') return { type: 'succeeded', output };
    throw new TaskError('States.TaskFailed', JSON.stringify(output));
  }

  #endedElsewhere(executionArn: string, caller: JobCaller): Promise<AwsShape> {
    const look = async () => {
      const execution = await this.#call('DescribeExecution', { executionArn }, caller);
      return execution.status === 'RUNNING' ? undefined : execution;
    };
    return poll(this.parts.clock, look, caller.signal);
  }

  /** A task that is waited for no more takes its job with it, as far as that goes. */
  #stop(executionArn: string, { role }: JobCaller): void {
    this.parts.aws.call('sfn', 'StopExecution', { executionArn }, { via: 'states', role }).catch(() => {});
  }

  async #call(operation: string, request: AwsShape, { signal, role }: JobCaller): Promise<AwsShape> {
    try {
      return await this.parts.aws.call('sfn', operation, request, { via: 'states', signal, role });
    } catch (error) {
      throw optimizedError(error, {
        prefix: 'StepFunctions',
        service: 'AWSStepFunctions',
        fallback: 'AWSStepFunctionsException',
      });
    }
  }
}

/** Like a UUID, but always the same for the same task. */
function nameOf({ idempotencyKey }: TaskCall): string {
  const hex = createHash('sha256').update(idempotencyKey).digest('hex');
  return hex.slice(0, 32).replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

/** Members of the answer are renamed; the data inside input and output are the state machine's own. */
function withPascalMembers({ input, output, ...members }: JsonObject): JsonObject {
  const data: Record<string, Json | undefined> = { Input: input, Output: output };
  const given = Object.entries(data).filter(([, value]) => value !== undefined) as Array<[string, Json]>;
  return { ...(pascalCase(members) as JsonObject), ...Object.fromEntries(given) };
}
