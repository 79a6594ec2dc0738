import { isObject, type JsonObject } from '../../../asl/json';
import type { Execution, TaskCall } from '../../../engine/types';
import { type Ending, type TaskAnswer, TaskError, type TaskOwner, type TaskRunner } from '../../../runtime/dispatch';
import type { Parts } from '../../parts';
import { invokeApi } from './api-gateway';
import { callSdk } from './aws-sdk';
import { invokeHttp } from './http';
import { Jobs } from './jobs';
import { callFunction, invokeFunction } from './lambda';
import { NestedExecutions } from './nested';
import { callOptimized, OPTIMIZED } from './optimized';
import { type Pattern, parseResource } from './resource';
import { TaskCaller } from './task-caller';
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
    const caller = new TaskCaller(owner, ending, call);
    if (resource.kind === 'function') {
      return { type: 'succeeded', output: await callFunction(this.parts, resource.arn, call.parameters, caller) };
    }
    const { kind, service, action, pattern } = resource;
    try {
      if (kind === 'optimized' && `${service}:${action}` === 'states:startExecution') {
        return await this.#nested.start(call, pattern, caller);
      }
      if (kind === 'optimized' && pattern !== 'sync:2' && this.#jobs.has(service, action)) {
        return await this.#jobs.start(call, service, action, pattern, caller);
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
    if (service === 'http' && action === 'invoke') return invokeHttp(this.parts, parameters, owner, caller);
    if (service === 'apigateway' && action === 'invoke') return invokeApi(this.parts, parameters, caller.signal);
    const integration = OPTIMIZED[`${service}:${action}`];
    const waits = pattern === 'waitForTaskToken';
    if (!integration || !this.parts.aws.get(integration.id) || (waits && !integration.callback))
      throw unsupported(name);
    return callOptimized(this.parts, integration, parameters, owner, caller);
  }
}

/** A refused request of a task that would have gone on is recorded as TaskSubmitFailed. */
function atSubmission(error: unknown, pattern: Pattern): unknown {
  if (pattern === 'requestResponse' || !(error instanceof TaskError)) return error;
  return new TaskError(error.error, error.cause, 'submit');
}
