import type { Identity } from '../identity';
import type { Match } from './router';

/** A request as it reached the API's server. */
export interface ReceivedRequest {
  readonly method: string;
  /** Path and query as sent. */
  readonly url: URL;
  /** Names in lower case; what was sent several times is joined by commas, cookies by semicolons. */
  readonly headers: Readonly<Record<string, string>>;
  /** Names and values by turns, as sent. */
  readonly rawHeaders: readonly string[];
  readonly body: Uint8Array;
  readonly protocol: string;
  readonly sourceIp: string;
}

export interface EventContext {
  readonly apiId: string;
  readonly identity: Identity;
  readonly requestId: string;
  /** What the route's authorizer found: `{ jwt: … }` or `{ lambda: … }`. */
  readonly authorizer?: object;
  /** '$default' if left out. */
  readonly stage?: string;
  /** Virtual ms since the epoch. */
  readonly now: number;
}

/** HTTP APIs hand these on as text and everything else, a form or a body without a type included, as base64. */
const TEXT_TYPES = /^(text\/.*|application\/(json|xml|javascript))$/;
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/**
 * The event of payload format 2.0 that a route's function gets. Members without a value are left out, as AWS does.
 * See https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
 */
export function eventOf(
  request: ReceivedRequest,
  { route, pathParameters }: Match,
  context: EventContext,
): Record<string, unknown> {
  const { url, method } = request;
  const { cookie, ...headers } = request.headers;
  const query = queryParameters(url);
  const path = decodedPath(url.pathname);
  return {
    version: '2.0',
    routeKey: route.routeKey,
    rawPath: path,
    rawQueryString: url.search.slice(1),
    ...(cookie !== undefined && { cookies: cookie.split(/;\s*/) }),
    headers,
    ...(query && { queryStringParameters: query }),
    requestContext: {
      accountId: context.identity.accountId,
      apiId: context.apiId,
      ...(route.authorization.type === 'AWS_IAM' && { authorizer: { iam: iamCaller(context.identity) } }),
      ...(context.authorizer && { authorizer: context.authorizer }),
      domainName: url.host,
      domainPrefix: context.apiId,
      http: {
        method,
        path,
        protocol: request.protocol,
        sourceIp: request.sourceIp,
        userAgent: headers['user-agent'] ?? '',
      },
      requestId: context.requestId,
      routeKey: route.routeKey,
      stage: context.stage ?? '$default',
      time: accessLogTime(context.now),
      timeEpoch: context.now,
    },
    ...(Object.keys(pathParameters).length > 0 && { pathParameters }),
    ...bodyOf(request),
  };
}

function bodyOf({ headers, body }: ReceivedRequest): { body?: string; isBase64Encoded: boolean } {
  if (body.length === 0) return { isBase64Encoded: false };
  const type = (headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  const isBase64Encoded = !TEXT_TYPES.test(type);
  return { body: Buffer.from(body).toString(isBase64Encoded ? 'base64' : 'utf8'), isBase64Encoded };
}

/** Decoded; what was sent several times is joined by commas. */
export function queryParameters(url: URL): Record<string, string> | undefined {
  const found: Record<string, string> = {};
  for (const [name, value] of url.searchParams) found[name] = name in found ? `${found[name]},${value}` : value;
  return url.search.length > 1 ? found : undefined;
}

/** HTTP APIs decode `rawPath`, unlike REST APIs. */
function decodedPath(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

/** The one caller whose signature this cloud accepts. */
function iamCaller({ accessKeyId, accountId }: Identity): object {
  return {
    accessKey: accessKeyId,
    accountId,
    callerId: accountId,
    userArn: `arn:aws:iam::${accountId}:root`,
    userId: accountId,
  };
}

/** '12/Mar/2020:19:03:58 +0000' */
export function accessLogTime(now: number): string {
  const [day, time] = new Date(now).toISOString().split(/[T.]/) as [string, string];
  const [year, month, date] = day.split('-');
  return `${date}/${MONTHS[Number(month) - 1]}/${year}:${time} +0000`;
}
