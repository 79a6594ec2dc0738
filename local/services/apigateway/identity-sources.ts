import { contextVariable } from './context-variables';
import type { EventContext, ReceivedRequest } from './event';
import type { Match } from './router';

/**
 * Owns where authorizers look for who calls: headers and the query for both kinds, and what is known of the request for
 * Lambda authorizers, whose answers are kept by it. Pure.
 */
const OF_CONTEXT: ReadonlySet<string> = new Set([
  '$context.routeKey',
  '$context.httpMethod',
  '$context.path',
  '$context.stage',
  '$context.identity.sourceIp',
]);

/** '$request.header.Authorization', '$request.querystring.token' */
export function isRequestSource(source: string): boolean {
  return /^\$request\.(header|querystring)\..+$/.test(source);
}

/** One of the request's, or '$context.routeKey'. */
export function isIdentitySource(source: string): boolean {
  return isRequestSource(source) || OF_CONTEXT.has(source);
}

/** What an identity source holds; undefined when the request has nothing there. */
export function identityValue(
  source: string,
  request: ReceivedRequest,
  match: Match,
  context: EventContext,
): string | undefined {
  if (OF_CONTEXT.has(source)) return contextVariable(source.replace('$context.', ''), request, match, context);
  return requestValue(source, request);
}

/** As `identityValue`, for the sources that are of the request alone. */
export function requestValue(source: string, { headers, url }: ReceivedRequest): string | undefined {
  const [, place, name = ''] = /^\$request\.(header|querystring)\.(.+)$/.exec(source) ?? [];
  if (place === 'querystring') return url.searchParams.get(name) ?? undefined;
  return headers[name.toLowerCase()];
}
