import type { Identity } from '../../identity';
import { accessLogTime, type ReceivedRequest } from '../event';
import { isBinary } from './media-types';
import type { RestMatch } from './router';
import type { RestApiSpec, RestStage } from './spec';

/** A request that has found its method. */
export interface RestVisit {
  readonly api: RestApiSpec;
  readonly request: ReceivedRequest;
  readonly match: RestMatch;
  readonly stage: RestStage;
  readonly requestId: string;
  readonly trace: string | undefined;
  /** Ends its being counted as work, since from now on it waits for time. */
  readonly waits: () => void;
  readonly identity: Identity;
  /** What the method's authorizer found. */
  readonly authorizer?: Readonly<Record<string, unknown>>;
  /** Virtual ms since the epoch. */
  readonly now: number;
}

/**
 * Owns the event of payload format 1.0 that a method's function gets. Members without a value are null, as AWS has them. The path and its
 * parameters are as they were sent, the query is decoded: so AWS does it, whatever it says of requests that are mapped.
 * See https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html
 */
export function proxyEvent(visit: RestVisit): Record<string, unknown> {
  const { request, api } = visit;
  const isBase64Encoded = request.body.length > 0 && isBinary(request.headers['content-type'], api.binaryMediaTypes);
  const body = Buffer.from(request.body).toString(isBase64Encoded ? 'base64' : 'utf8');
  return { ...requestHead(visit), body: body === '' ? null : body, isBase64Encoded };
}

/** All but the body. */
export function requestHead(visit: RestVisit): Record<string, unknown> {
  const { request, match, stage } = visit;
  const headers = multiValued(headerPairs(request));
  const query = multiValued([...request.url.searchParams]);
  return {
    resource: match.resourcePath,
    path: pathOf(visit),
    httpMethod: request.method,
    headers: lastOf(headers),
    multiValueHeaders: headers,
    queryStringParameters: orNull(lastOf(query)),
    multiValueQueryStringParameters: orNull(query),
    pathParameters: orNull(match.pathParameters),
    stageVariables: orNull(stage.variables),
    requestContext: requestContext(visit),
  };
}

export function requestContext(visit: RestVisit): Record<string, unknown> {
  const { api, request, match, stage, requestId, identity, now } = visit;
  const { url } = request;
  return {
    resourceId: match.resourceId,
    resourcePath: match.resourcePath,
    ...(match.method.operationName !== undefined && { operationName: match.method.operationName }),
    httpMethod: request.method,
    extendedRequestId: requestId,
    requestTime: accessLogTime(now),
    path: url.pathname,
    accountId: identity.accountId,
    protocol: request.protocol,
    stage: stage.name,
    domainPrefix: api.id,
    requestTimeEpoch: now,
    requestId,
    identity: { ...callerOf(visit), sourceIp: request.sourceIp, userAgent: request.headers['user-agent'] ?? null },
    domainName: url.host,
    deploymentId: stage.deploymentId,
    apiId: api.id,
    ...(visit.authorizer && { authorizer: visit.authorizer }),
  };
}

/** The one caller whose signature this cloud accepts, or nobody known. */
function callerOf({ match, identity }: RestVisit): Record<string, string | null> {
  const { accessKeyId, accountId } = identity;
  const isSigned = match.method.authorization.type === 'AWS_IAM';
  return {
    cognitoIdentityPoolId: null,
    cognitoIdentityId: null,
    cognitoAuthenticationType: null,
    cognitoAuthenticationProvider: null,
    principalOrgId: null,
    accountId: isSigned ? accountId : null,
    caller: isSigned ? accountId : null,
    user: isSigned ? accountId : null,
    userArn: isSigned ? `arn:aws:iam::${accountId}:root` : null,
    accessKey: isSigned ? accessKeyId : null,
  };
}

/** Below the stage. */
export function pathOf({ request, stage }: RestVisit): string {
  return request.url.pathname.slice(stage.name.length + 1) || '/';
}

/** Headers that end at API Gateway. */
const DROPPED = new Set([
  'connection',
  'content-length',
  'content-md5',
  'expect',
  'keep-alive',
  'max-forwards',
  'proxy-authenticate',
  'server',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'www-authenticate',
  'x-forwarded-for',
  'x-forwarded-port',
  'x-forwarded-proto',
]);

/** Names that are always spelled so; others are as they were sent. */
const SPELLED: Readonly<Record<string, string>> = {
  authorization: 'Authorization',
  host: 'Host',
  'user-agent': 'User-Agent',
};

/** The headers that reach a function, with those that API Gateway adds. */
function headerPairs({ rawHeaders, headers, sourceIp, url }: ReceivedRequest): Array<[string, string]> {
  const pairs: Array<[string, string]> = [];
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at] as string;
    const lower = name.toLowerCase();
    if (!DROPPED.has(lower)) pairs.push([SPELLED[lower] ?? name, rawHeaders[at + 1] as string]);
  }
  const forwarded = headers['x-forwarded-for'];
  return [
    ...pairs,
    ['X-Forwarded-For', forwarded === undefined ? sourceIp : `${forwarded}, ${sourceIp}`],
    ['X-Forwarded-Port', url.port || '80'],
    ['X-Forwarded-Proto', 'http'],
  ];
}

function multiValued(pairs: Iterable<readonly [string, string]>): Record<string, string[]> {
  const found: Record<string, string[]> = {};
  for (const [name, value] of pairs) {
    if (Object.hasOwn(found, name)) found[name]?.push(value);
    else Object.defineProperty(found, name, { value: [value], enumerable: true });
  }
  return found;
}

function lastOf(multiValues: Readonly<Record<string, readonly string[]>>): Record<string, string> {
  return Object.fromEntries(Object.entries(multiValues).map(([name, values]) => [name, values.at(-1) as string]));
}

function orNull<T extends object>(members: T): T | null {
  return Object.keys(members).length > 0 ? members : null;
}
