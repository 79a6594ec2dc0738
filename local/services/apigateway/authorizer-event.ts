import { type EventContext, eventOf, queryParameters, type ReceivedRequest } from './event';
import { identityValue } from './identity-sources';
import type { Admitted } from './integration';
import type { Question } from './lambda-authorizer';
import type { Match } from './router';
import type { HttpRouteSpec } from './spec';

/** What an authorizer is told beside what the route's function is. */
interface AuthorizerContext extends EventContext {
  /** The request's, as policies name it. */
  readonly arn: string;
  /** The values of the identity sources. */
  readonly sources: readonly string[];
}

type LambdaAuthorization = Extract<HttpRouteSpec['authorization'], { type: 'CUSTOM' }>;

/**
 * What a Lambda authorizer of an HTTP API is asked about a request. Its event is of payload format 1.0 or 2.0.
 * See https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-lambda-authorizer.html
 */
export function questionOf(authorization: LambdaAuthorization, { request, match, context, trace }: Admitted): Question {
  const { functionArn, simpleResponses, ttlSeconds, identitySources, payloadFormatVersion } = authorization;
  const arn = requestArn(request, context);
  const form = payloadFormatVersion === '1.0' ? formerEvent : event;
  return {
    functionArn,
    simpleResponses,
    ttlSeconds,
    sources: identitySources.map((source) => identityValue(source, request, match, context)),
    arn,
    event: (sources) => form(request, match, { ...context, arn, sources }),
    trace,
  };
}

function requestArn({ method, url }: ReceivedRequest, { apiId, identity, stage }: EventContext): string {
  const path = stage === undefined ? url.pathname : url.pathname.slice(stage.length + 1);
  const { region, accountId } = identity;
  return `arn:aws:execute-api:${region}:${accountId}:${apiId}/${stage ?? '$default'}/${method}${path || '/'}`;
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
