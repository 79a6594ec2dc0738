import type { EventContext, ReceivedRequest } from './event';
import type { Match } from './router';

/**
 * Owns where authorizers look for who calls: headers and the query for both kinds, and what is known of the request for
 * Lambda authorizers, whose answers are kept by it. Pure.
 */
type OfContext = (request: ReceivedRequest, match: Match, context: EventContext) => string;

const OF_CONTEXT: Readonly<Record<string, OfContext>> = {
  '$context.routeKey': (_, { route }) => route.routeKey,
  '$context.httpMethod': ({ method }) => method,
  '$context.path': ({ url }) => url.pathname,
  '$context.stage': (_request, _match, { stage }) => stage ?? '$default',
  '$context.identity.sourceIp': ({ sourceIp }) => sourceIp,
};

/** '$request.header.Authorization', '$request.querystring.token' */
export function isRequestSource(source: string): boolean {
  return /^\$request\.(header|querystring)\..+$/.test(source);
}

/** One of the request's, or '$context.routeKey'. */
export function isIdentitySource(source: string): boolean {
  return isRequestSource(source) || Object.hasOwn(OF_CONTEXT, source);
}

/** What an identity source holds; undefined when the request has nothing there. */
export function identityValue(
  source: string,
  request: ReceivedRequest,
  match: Match,
  context: EventContext,
): string | undefined {
  if (Object.hasOwn(OF_CONTEXT, source)) return OF_CONTEXT[source]?.(request, match, context);
  return requestValue(source, request);
}

/** As `identityValue`, for the sources that are of the request alone. */
export function requestValue(source: string, { headers, url }: ReceivedRequest): string | undefined {
  const [, place, name = ''] = /^\$request\.(header|querystring)\.(.+)$/.exec(source) ?? [];
  if (place === 'querystring') return url.searchParams.get(name) ?? undefined;
  return headers[name.toLowerCase()];
}
