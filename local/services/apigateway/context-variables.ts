import { isObject } from '../../asl/json';
import { accessLogTime, type EventContext, type ReceivedRequest } from './event';
import type { Match } from './router';

/**
 * Owns what `$context.<name>` stands for, in identity sources and in the parameters of integrations, as far as it is known before an
 * integration is called (docs.aws.amazon.com/apigateway/latest/developerguide/http-api-logging-variables.html). Pure.
 */
type OfRequest = (request: ReceivedRequest, match: Match, context: EventContext) => string | undefined;

const VARIABLES: Readonly<Record<string, OfRequest>> = {
  accountId: (_request, _match, { identity }) => identity.accountId,
  apiId: (_request, _match, { apiId }) => apiId,
  domainName: ({ url }) => url.host,
  domainPrefix: (_request, _match, { apiId }) => apiId,
  extendedRequestId: (_request, _match, { requestId }) => requestId,
  httpMethod: ({ method }) => method,
  'identity.sourceIp': ({ sourceIp }) => sourceIp,
  'identity.userAgent': ({ headers }) => headers['user-agent'],
  path: ({ url }) => url.pathname,
  protocol: ({ protocol }) => protocol,
  requestId: (_request, _match, { requestId }) => requestId,
  requestTime: (_request, _match, { now }) => accessLogTime(now),
  requestTimeEpoch: (_request, _match, { now }) => String(now),
  routeKey: (_request, { route }) => route.routeKey,
  stage: (_request, _match, { stage }) => stage ?? '$default',
};

/** 'routeKey', 'authorizer.claims.sub', 'authorizer.tenant' */
export function isContextVariable(name: string): boolean {
  return Object.hasOwn(VARIABLES, name) || /^authorizer\.[^.]/.test(name);
}

/** Undefined where the request has no such value. */
export function contextVariable(
  name: string,
  request: ReceivedRequest,
  match: Match,
  context: EventContext,
): string | undefined {
  if (Object.hasOwn(VARIABLES, name)) return VARIABLES[name]?.(request, match, context);
  const [, claim] = /^authorizer\.claims\.(.+)$/.exec(name) ?? [];
  const { jwt, lambda } = (context.authorizer ?? {}) as { jwt?: { claims: object }; lambda?: unknown };
  const found = claim === undefined ? member(lambda, name.replace(/^authorizer\./, '')) : member(jwt?.claims, claim);
  return found === undefined || found === null || typeof found === 'object' ? undefined : String(found);
}

function member(of: unknown, name: string): unknown {
  return isObject(of) && Object.hasOwn(of, name) ? of[name] : undefined;
}
