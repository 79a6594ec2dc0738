import { validateHeaderName, validateHeaderValue } from 'node:http';

/** Owns what an HTTP API answers: what it makes of a function's result, and its own messages. Pure. REST APIs answer in the same form. */
export interface HttpAnswer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly cookies: readonly string[];
  readonly body: Buffer;
}

/** API Gateway's own answer: `{"message": …}`. */
export function messageAnswer(status: number, message: string): HttpAnswer {
  return jsonAnswer(status, JSON.stringify({ message }));
}

export const INTERNAL_SERVER_ERROR = messageAnswer(500, 'Internal Server Error');

/**
 * The answer that a function's result means in payload format 2.0: a result without `statusCode` is itself the body
 * of a 200; one that cannot be understood is a 500.
 * See https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
 */
export function answerOf(result: unknown): HttpAnswer {
  if (!isObject(result) || result.statusCode === undefined) {
    return jsonAnswer(200, typeof result === 'string' ? result : JSON.stringify(result));
  }
  const status = Number(result.statusCode);
  const { headers = {}, cookies = [], body = '', isBase64Encoded = false } = result;
  if (!Number.isInteger(status) || status < 200 || status > 599) return INTERNAL_SERVER_ERROR;
  if (!isObject(headers) || !isTexts(cookies) || !(body === null || typeof body === 'string'))
    return INTERNAL_SERVER_ERROR;
  const named = lowerCased(headers);
  if (!areSendable([...Object.entries(named), ...cookies.map((cookie) => ['set-cookie', cookie] as const)])) {
    return INTERNAL_SERVER_ERROR;
  }
  return {
    status,
    headers: { 'content-type': 'text/plain; charset=utf-8', ...named },
    cookies,
    body: Buffer.from(body ?? '', isBase64Encoded === true ? 'base64' : 'utf8'),
  };
}

function jsonAnswer(status: number, text: string): HttpAnswer {
  return { status, headers: { 'content-type': 'application/json' }, cookies: [], body: Buffer.from(text) };
}

function lowerCased(headers: Record<string, unknown>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers)
      .filter(([, value]) => value !== null)
      .map(([name, value]) => [name.toLowerCase(), String(value)]),
  );
}

/** A line break in a value, for one, would end the header. */
export function areSendable(headers: ReadonlyArray<readonly [string, string]>): boolean {
  try {
    for (const [name, value] of headers) {
      validateHeaderName(name);
      validateHeaderValue(name, value);
    }
    return true;
  } catch {
    return false;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}
