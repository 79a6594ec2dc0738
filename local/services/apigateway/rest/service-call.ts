import { AwsError, type AwsService, type HttpRequest } from '../../aws';
import type { Parts } from '../../parts';
import { sessionToken } from '../../role-session';
import { dispatch, mayWait } from '../../wire/dispatch';
import { formatError } from '../../wire/errors';
import type { TimeLimit } from '../time-limit';
import { sessionFor, withStageVariables } from './backend';
import type { RestVisit } from './event';
import { integrationParameters } from './integration-request';
import type { Asked } from './mapped-integration';
import type { Mapping } from './mapping';
import type { ServiceCall } from './spec';
import { TemplateError } from './vtl/nodes';

/** The services whose requests say themselves, by a header that is mapped, which operation they want. */
const WITHOUT_TARGET = new Set(['events']);
const WITHOUT_BODY = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Owns the requests that API Gateway sends to AWS's services: each goes to the service in the protocol that it speaks, and comes back as the
 * service answers it, errors and all.
 * See https://docs.aws.amazon.com/apigateway/latest/api/API_Integration.html
 *
 * @returns undefined when its time was over
 */
export async function callService(
  parts: Parts,
  call: ServiceCall,
  body: Buffer,
  visit: RestVisit,
  mapping: Mapping,
  timeLimit: TimeLimit,
): Promise<Asked | undefined> {
  const service = parts.aws.bySigningName(call.signingName);
  if (!service) throw new TemplateError(`There is no service '${call.signingName}'.`);
  const request = requestTo(service, call, body, visit, mapping);
  timeLimit.start();
  if (mayWait(service, request)) visit.waits();
  const caller = { via: 'apigateway', trace: visit.trace, role: sessionFor(call, visit) };
  const answered = dispatch(parts, service, request, visit.requestId, caller);
  const response = await Promise.race([
    answered.catch((error) => refused(error, service, request, visit)),
    timeLimit.passed,
  ]);
  if (response === undefined) return undefined;
  const { status, headers } = response;
  const named = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]);
  const answer = { status, headers: Object.fromEntries(named), body: Buffer.from(response.body) };
  return { selector: String(status), answer };
}

function refused(error: unknown, service: AwsService, request: HttpRequest, visit: RestVisit) {
  if (error instanceof AwsError) return formatError(error, service, visit.requestId, request);
  throw error;
}

function requestTo(
  service: AwsService,
  call: ServiceCall,
  body: Buffer,
  visit: RestVisit,
  mapping: Mapping,
): HttpRequest {
  const { action, httpMethod } = call;
  const { protocol } = service;
  const { url, path } = addressOf(call, visit, mapping);
  const role = sessionFor(call, visit);
  const headers: Record<string, string> = {
    accept: 'application/json',
    host: '127.0.0.1',
    'content-type': visit.request.headers['content-type'] ?? 'application/json',
    ...(visit.trace !== undefined && { 'x-amzn-trace-id': visit.trace }),
  };
  if (action !== undefined && protocol.kind === 'json' && !protocol.query && !WITHOUT_TARGET.has(call.signingName)) {
    headers['x-amz-target'] = `${protocol.targetPrefix}.${action}`;
  } else if (action !== undefined) url.searchParams.set('Action', action);
  for (const [name, values] of integrationParameters(call, 'header', visit, mapping)) {
    headers[name.toLowerCase()] = values.join(',');
  }
  // The role is for API Gateway to say, whatever is mapped.
  delete headers['x-amz-security-token'];
  if (role) headers['x-amz-security-token'] = sessionToken(role);
  const target = `${path}${url.search}`;
  return { method: httpMethod, url, target, headers, body: WITHOUT_BODY.has(httpMethod) ? new Uint8Array() : body };
}

/** The path is as it is before a URL resolves '.' and '..' in it: they may be a part of an object's key. */
function addressOf(call: ServiceCall, visit: RestVisit, mapping: Mapping): { url: URL; path: string } {
  const named = integrationParameters(call, 'path', visit, mapping);
  const filled = withStageVariables(call.path, visit.stage.variables).replace(/\{([^{}]+)\}/g, (_all, name: string) => {
    return (named.get(name) ?? []).map(encoded).join(',');
  });
  const path = `/${filled.replace(/^\//, '')}`;
  const url = new URL('http://127.0.0.1');
  url.pathname = path;
  url.search = call.query;
  for (const [name, values] of integrationParameters(call, 'querystring', visit, mapping)) {
    for (const value of values) url.searchParams.append(name, value);
  }
  return { url, path };
}

/** Of a path, what is between its slashes. */
function encoded(value: string): string {
  return value.split('/').map(encodeURIComponent).join('/');
}
