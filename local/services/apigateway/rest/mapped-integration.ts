import { AwsError } from '../../aws';
import type { Parts } from '../../parts';
import type { HttpAnswer } from '../response';
import { TimeLimit } from '../time-limit';
import type { RestVisit } from './event';
import { callFunction } from './function-call';
import { integrationBody, UNSUPPORTED } from './integration-request';
import { mappedAnswer } from './integration-response';
import { BadRequestBody, NotJson } from './json-values';
import { Mapping } from './mapping';
import type { IntegrationAnswer } from './parameters';
import { errorAnswer, gatewayError } from './response';
import { callService } from './service-call';
import type { FunctionCall, Mock, ServiceCall } from './spec';
import { TemplateError } from './vtl/nodes';

/** What an integration answered, and what its responses are chosen by. */
export interface Asked {
  readonly selector: string;
  readonly answer: IntegrationAnswer;
}

/**
 * Owns what a method does whose integration is no proxy: the request is mapped, something is asked, and its answer is mapped. What goes wrong
 * in a template is for who wrote it: callers are told no more than that.
 */
export async function mappedIntegration(
  parts: Parts,
  integration: Mock | FunctionCall | ServiceCall,
  visit: RestVisit,
): Promise<HttpAnswer> {
  const mapping = new Mapping(visit);
  const timeLimit = new TimeLimit(integration.type === 'MOCK' ? 0 : integration.timeoutMs);
  try {
    const asked = await ask(parts, integration, visit, mapping, timeLimit);
    if (asked === undefined) return gatewayError('TimedOut');
    if (asked === UNSUPPORTED) return gatewayError('UnsupportedMediaType');
    return mappedAnswer(integration.responses, asked.selector, asked.answer, visit, mapping);
  } catch (error) {
    if (error instanceof BadRequestBody) return errorAnswer(400, 'BadRequestException', error.message);
    if (!(error instanceof TemplateError || error instanceof NotJson || error instanceof AwsError)) throw error;
    const method = `${visit.request.method} ${visit.match.resourcePath}`;
    process.emitWarning(
      `REST API '${visit.api.name}', ${method}: Execution failed due to configuration error: ${error.message}`,
    );
    return gatewayError('InternalServerError');
  } finally {
    timeLimit.cancel();
  }
}

async function ask(
  parts: Parts,
  integration: Mock | FunctionCall | ServiceCall,
  visit: RestVisit,
  mapping: Mapping,
  timeLimit: TimeLimit,
): Promise<Asked | undefined | typeof UNSUPPORTED> {
  const body = bodyFor(integration, visit, mapping);
  if (body === UNSUPPORTED) return UNSUPPORTED;
  switch (integration.type) {
    case 'MOCK':
      return { selector: statusIn(body.toString()), answer: { status: 200, headers: {}, body: Buffer.alloc(0) } };
    case 'FUNCTION':
      return callFunction(parts, integration, body, visit, mapping, timeLimit);
    case 'SERVICE':
      return callService(parts, integration, body, visit, mapping, timeLimit);
  }
}

function bodyFor(integration: Mock | FunctionCall | ServiceCall, visit: RestVisit, mapping: Mapping) {
  const handling = integration.type === 'MOCK' ? undefined : integration.contentHandling;
  try {
    return integrationBody(integration, visit, mapping, handling);
  } catch (error) {
    if (error instanceof NotJson) throw new BadRequestBody(`Could not parse request body into json: ${error.message}`);
    throw error;
  }
}

/** The status that a mock's request names: '{ statusCode: 204 }'. See docs.aws.amazon.com/apigateway/latest/developerguide/how-to-mock-integration.html */
function statusIn(request: string): string {
  const found = /["']?\bstatusCode["']?\s*:\s*["']?(\d{3})\b/.exec(request)?.[1];
  if (found === undefined) throw new TemplateError('Unable to parse statusCode. It should be an integer');
  return found;
}
