import { isObject } from '../../../asl/json';
import { AwsError } from '../../aws';
import type { Parts } from '../../parts';
import { invoke } from '../invocation';
import type { TimeLimit } from '../time-limit';
import { sessionFor, withStageVariables } from './backend';
import type { RestVisit } from './event';
import { integrationParameters } from './integration-request';
import { BadRequestBody } from './json-values';
import type { Asked } from './mapped-integration';
import type { Mapping } from './mapping';
import type { FunctionCall } from './spec';
import { TemplateError } from './vtl/nodes';

/**
 * Owns the calls of functions that are no proxies: what the template made is the event, and an error's message chooses the response.
 * See https://docs.aws.amazon.com/apigateway/latest/developerguide/handle-errors-in-lambda-integration.html
 *
 * @returns undefined when its time was over
 * @throws TemplateError where Lambda refuses the call; BadRequestBody where its event is no JSON
 */
export async function callFunction(
  { aws }: Parts,
  call: FunctionCall,
  body: Buffer,
  visit: RestVisit,
  mapping: Mapping,
  timeLimit: TimeLimit,
): Promise<Asked | undefined> {
  const headers = [...integrationParameters(call, 'header', visit, mapping)];
  const type = headers.find(([name]) => name.toLowerCase() === 'x-amz-invocation-type')?.[1].at(-1);
  const functionArn = withStageVariables(call.functionArn, visit.stage.variables);
  try {
    const invoked = await invoke(aws, {
      functionArn,
      payload: body,
      type,
      trace: visit.trace,
      timeLimit,
      role: sessionFor(call, visit),
    });
    if (!invoked) return undefined;
    const { status, payload, hasFailed } = invoked;
    const answer = { status, headers: { 'content-type': 'application/json' }, body: payload };
    return { selector: hasFailed ? messageIn(payload) : '', answer };
  } catch (error) {
    if (error instanceof AwsError && error.code === 'InvalidRequestContentException') {
      throw new BadRequestBody(error.message);
    }
    if (error instanceof AwsError) throw new TemplateError(`Lambda invocation failed: ${error.message}`);
    throw error;
  }
}

function messageIn(payload: Buffer): string {
  const said: unknown = JSON.parse(payload.toString());
  return isObject(said) && typeof said.errorMessage === 'string' ? said.errorMessage : '';
}
