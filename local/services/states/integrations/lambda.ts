import { isObject, type Json, type JsonObject } from '../../../asl/json';
import { TaskError } from '../../../runtime/dispatch';
import type { AwsShape, Caller } from '../../aws';
import type { Parts } from '../../parts';
import { sdkMetadata } from './metadata';
import { optimizedError } from './task-errors';

/** Owns the calls of Lambda functions: by their ARN as Resource, and by `lambda:invoke`. */

const NAMES = { prefix: 'Lambda', service: 'AWSLambda', fallback: 'AWSLambdaException' };

/** `Resource` is the function's ARN: the task's input is the payload, the function's result is the task's. */
export async function callFunction(parts: Parts, arn: string, input: Json, caller: Caller): Promise<Json> {
  const answer = await invoke(parts, { FunctionName: arn, Payload: JSON.stringify(input) }, caller);
  if (answer.FunctionError) throw functionError(text(answer.Payload), (cause) => cause);
  return parsed(text(answer.Payload));
}

/** `arn:aws:states:::lambda:invoke`: the API's parameters, and its answer with the payload parsed. */
export async function invokeFunction(parts: Parts, parameters: JsonObject, caller: Caller): Promise<JsonObject> {
  const { Payload = {}, ...request } = parameters;
  const answer = await invoke(parts, { ...request, Payload: JSON.stringify(Payload) }, caller);
  if (answer.FunctionError) throw functionError(text(answer.Payload), (cause) => JSON.stringify(JSON.parse(cause)));
  const { ExecutedVersion = '$LATEST', StatusCode = 200 } = answer;
  const body = text(answer.Payload);
  return {
    ExecutedVersion,
    ...(body === '' ? {} : { Payload: parsed(body) }),
    ...sdkMetadata(parts.clock.now(), StatusCode),
    StatusCode,
  };
}

async function invoke(parts: Parts, request: AwsShape, caller: Caller): Promise<AwsShape> {
  try {
    const input = { InvocationType: 'RequestResponse', ...request };
    return await parts.aws.call('lambda', 'Invoke', input, caller);
  } catch (error) {
    throw optimizedError(error, NAMES);
  }
}

/** The function's own error: its `errorType` is the error's name, the whole error document the cause. */
function functionError(body: string, write: (cause: string) => string): TaskError {
  const error = parsed(body);
  if (isObject(error) && typeof error.errorType === 'string') return new TaskError(error.errorType, write(body));
  return new TaskError(
    'Lambda.Unknown',
    `The cause could not be determined because Lambda did not return an error type. Returned payload: ${body}`,
  );
}

function text(bytes: Uint8Array | undefined): string {
  return bytes ? Buffer.from(bytes).toString('utf8') : '';
}

/** A function that answers nothing answers null; one that does not answer JSON is passed on as text. */
function parsed(body: string): Json {
  if (body === '') return null;
  try {
    return JSON.parse(body);
  } catch {
    return body;
  }
}
