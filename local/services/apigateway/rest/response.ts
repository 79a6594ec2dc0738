import { isObject, type JsonObject } from '../../../asl/json';
import { areSendable, type HttpAnswer } from '../response';

/** Owns what a REST API makes of a function's result, and its own messages. Pure. */
const GATEWAY_ERRORS = {
  Forbidden: [403, 'ForbiddenException', 'Forbidden'],
  MissingAuthenticationToken: [403, 'MissingAuthenticationTokenException', 'Missing Authentication Token'],
  Unauthorized: [401, 'UnauthorizedException', 'Unauthorized'],
  BadRequest: [400, 'BadRequestException', 'Bad Request'],
  RequestTooLong: [413, 'RequestTooLongException', 'Request Too Long'],
  UnsupportedMediaType: [415, 'UnsupportedMediaTypeException', 'Unsupported Media Type'],
  InternalServerError: [500, 'InternalServerErrorException', 'Internal server error'],
  BadGateway: [502, 'InternalServerErrorException', 'Internal server error'],
  TimedOut: [504, 'InternalServerErrorException', 'Endpoint request timed out'],
} as const;

/** An answer of API Gateway's own, as REST APIs word it. */
export function gatewayError(name: keyof typeof GATEWAY_ERRORS): HttpAnswer {
  const [status, type, message] = GATEWAY_ERRORS[name];
  return errorAnswer(status, type, message);
}

export function errorAnswer(status: number, type: string, message: string | null): HttpAnswer {
  // AWS's errors of the server have a space there.
  const body = `{"message":${status >= 500 && message !== null ? ' ' : ''}${JSON.stringify(message)}}`;
  const headers = { 'content-type': 'application/json', 'x-amzn-errortype': type };
  return { status, headers, cookies: [], body: Buffer.from(body) };
}

const MEMBERS = new Set(['statusCode', 'headers', 'multiValueHeaders', 'body', 'isBase64Encoded']);

/** What functions may not say of the connection to the client, and says it by another name. */
const REMAPPED = new Set(['connection', 'content-length', 'date', 'server', 'www-authenticate']);

/**
 * The answer that a function's result means in payload format 1.0; undefined when it is malformed: nothing in it is required, and nothing
 * else may be in it. A body in base64 is decoded for clients that accept a binary type only.
 * See https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html
 */
export function answerOf(result: unknown, { acceptsBinary }: { acceptsBinary: boolean }): HttpAnswer | undefined {
  if (!isObject(result) || Object.keys(result).some((name) => !MEMBERS.has(name))) return undefined;
  const { statusCode, headers, multiValueHeaders, body, isBase64Encoded } = result;
  const status = Number(statusCode ?? 200);
  const merged = mergedHeaders(headers ?? {}, multiValueHeaders ?? {});
  if (!Number.isInteger(status) || status < 200 || status > 599 || !merged) return undefined;
  if (!(body === undefined || body === null || typeof body === 'string')) return undefined;
  const encoding = isBase64Encoded === true && acceptsBinary ? 'base64' : 'utf8';
  return {
    status,
    headers: { 'content-type': 'application/json', ...merged },
    cookies: [],
    body: Buffer.from(body ?? '', encoding),
  };
}

/** By names in lower case; undefined when they cannot be sent. */
function mergedHeaders(single: unknown, several: unknown): Record<string, string[]> | undefined {
  if (!isObject(single) || !isObject(several)) return undefined;
  const lists = Object.values(several);
  if (!Object.values(single).every(isScalar)) return undefined;
  if (!lists.every((list) => Array.isArray(list) && list.every(isScalar))) return undefined;
  const merged = new Map<string, string[]>();
  const add = (given: string, value: unknown) => {
    const lower = given.toLowerCase();
    const name = REMAPPED.has(lower) ? `x-amzn-remapped-${lower}` : lower;
    const values = merged.get(name) ?? [];
    if (!values.includes(String(value))) merged.set(name, [...values, String(value)]);
  };
  for (const [name, list] of Object.entries(several as Record<string, unknown[]>)) {
    for (const value of list) add(name, value);
  }
  for (const [name, value] of Object.entries(single as JsonObject)) add(name, value);
  const pairs = [...merged].flatMap(([name, values]) => values.map((value) => [name, value] as const));
  return areSendable(pairs) ? Object.fromEntries(merged) : undefined;
}

function isScalar(value: unknown): boolean {
  return ['string', 'number', 'boolean'].includes(typeof value);
}
