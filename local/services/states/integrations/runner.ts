import { isObject, type JsonObject } from '../../../asl/json';
import type { Execution, TaskCall } from '../../../engine/types';
import { type Ending, type TaskAnswer, TaskError, type TaskOwner, type TaskRunner } from '../../../runtime/dispatch';
import type { Caller } from '../../aws';
import { executionTrace } from '../../metering/trace';
import type { Parts } from '../../parts';
import { invokeApi } from './api-gateway';
import { callSdk } from './aws-sdk';
import { invokeHttp } from './http';
import { Jobs } from './jobs';
import { callFunction, invokeFunction } from './lambda';
import { NestedExecutions } from './nested';
import { callOptimized, OPTIMIZED } from './optimized';
import { type Pattern, parseResource } from './resource';
import { unsupported } from './task-errors';

/**
 * Owns which integration a Task's resource means, and its service integration pattern: a request that is answered, a
 * job that is waited for (`.sync`), or a token that comes back (`.waitForTaskToken`).
 */
export class Integrations implements TaskRunner {
  readonly #nested: NestedExecutions;
  readonly #jobs: Jobs;

  constructor(
    private readonly parts: Parts,
    ended: (arn: string) => Promise<Execution> | undefined,
  ) {
    this.#nested = new NestedExecutions(parts, ended);
    this.#jobs = new Jobs(parts);
  }

  async run(call: TaskCall, owner: TaskOwner, ending: Ending): Promise<TaskAnswer> {
    const resource = parseResource(call.resource);
    if (resource.kind === 'unknown') throw unsupported(call.resource);
    const caller = new TaskCaller(owner, ending);
    if (resource.kind === 'function') {
      return { type: 'succeeded', output: await callFunction(this.parts, resource.arn, call.parameters, caller) };
    }
    const { kind, service, action, pattern } = resource;
    try {
      if (kind === 'optimized' && `${service}:${action}` === 'states:startExecution') {
        return await this.#nested.start(call, pattern, ending.signal);
      }
      if (kind === 'optimized' && pattern !== 'sync:2' && this.#jobs.has(service, action)) {
        return await this.#jobs.start(call, service, action, pattern, ending.signal);
      }
      if (pattern === 'sync' || pattern === 'sync:2') throw unsupported(call.resource);
      const parameters = isObject(call.parameters) ? call.parameters : {};
      const output = await this.#request(call.resource, resource, parameters, owner, caller);
      return { type: pattern === 'waitForTaskToken' ? 'submitted' : 'succeeded', output };
    } catch (error) {
      throw atSubmission(error, pattern);
    }
  }

  #request(
    name: string,
    { kind, service, action, pattern }: { kind: string; service: string; action: string; pattern: Pattern },
    parameters: JsonObject,
    owner: TaskOwner,
    caller: TaskCaller,
  ): Promise<JsonObject> {
    if (kind === 'aws-sdk') return callSdk(this.parts, service, action, parameters, caller);
    if (service === 'lambda' && action === 'invoke') return invokeFunction(this.parts, parameters, caller);
    if (service === 'http' && action === 'invoke') return invokeHttp(this.parts, parameters, caller.signal);
    if (service === 'apigateway' && action === 'invoke') return invokeApi(this.parts, parameters, caller.signal);
    const integration = OPTIMIZED[`${service}:${action}`];
    const waits = pattern === 'waitForTaskToken';
    if (!integration || !this.parts.aws.get(integration.id) || (waits && !integration.callback))
      throw unsupported(name);
    return callOptimized(this.parts, integration, parameters, owner, caller);
  }
}

/** Its signal is made when somebody asks for it. */
class TaskCaller implements Caller {
  readonly via = 'states';
  readonly isWork = true;
  readonly trace: string;

  constructor(
    { arn, traceHeader }: TaskOwner,
    private readonly ending: Ending,
  ) {
    this.trace = executionTrace(arn, traceHeader);
  }

  get signal(): AbortSignal {
    return this.ending.signal;
  }
}

/** A refused request of a task that would have gone on is recorded as TaskSubmitFailed. */
function atSubmission(error: unknown, pattern: Pattern): unknown {
  if (pattern === 'requestResponse' || !(error instanceof TaskError)) return error;
  return new TaskError(error.error, error.cause, 'submit');
}
