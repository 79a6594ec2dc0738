import { type EventContext, eventOf, queryParameters, type ReceivedRequest } from './event';
import type { Match } from './router';

/** What an authorizer is told beside what the route's function is. */
export interface AuthorizerContext extends EventContext {
  /** The request's, as policies name it. */
  readonly arn: string;
  /** The values of the identity sources. */
  readonly sources: readonly string[];
}

/**
 * The event that a Lambda authorizer gets, of payload format 1.0 or 2.0.
 * See https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-lambda-authorizer.html
 */
export function authorizerEvent(
  request: ReceivedRequest,
  match: Match,
  context: AuthorizerContext,
  { payloadFormatVersion }: { readonly payloadFormatVersion: '1.0' | '2.0' },
): object {
  return payloadFormatVersion === '1.0' ? formerEvent(request, match, context) : event(request, match, context);
}

function event(request: ReceivedRequest, match: Match, context: AuthorizerContext): object {
  const { version, body, isBase64Encoded, ...head } = eventOf(request, match, context);
  return { version, type: 'REQUEST', routeArn: context.arn, identitySource: context.sources, ...head };
}

/** As REST APIs have it. */
function formerEvent(request: ReceivedRequest, { route, pathParameters }: Match, context: AuthorizerContext): object {
  const { method, url, headers } = request;
  const { apiId, identity, requestId, stage = '$default', arn } = context;
  const source = context.sources.join();
  const resource = route.routeKey.split(' ').at(-1);
  return {
    version: '1.0',
    type: 'REQUEST',
    methodArn: arn,
    identitySource: source,
    authorizationToken: source,
    resource,
    path: url.pathname,
    httpMethod: method,
    headers,
    queryStringParameters: queryParameters(url) ?? {},
    pathParameters,
    stageVariables: {},
    requestContext: {
      accountId: identity.accountId,
      apiId,
      domainName: url.host,
      domainPrefix: apiId,
      httpMethod: method,
      identity: { sourceIp: request.sourceIp, userAgent: headers['user-agent'] ?? '' },
      path: url.pathname,
      protocol: request.protocol,
      requestId,
      requestTimeEpoch: context.now,
      resourceId: route.routeKey,
      resourcePath: resource,
      stage,
    },
  };
}
