import { AwsError, type AwsShape } from '../aws';
import { formatJson } from '../wire/json';
import type { Answer } from './http';
import type { ClientProtocol } from './protocol';

/** AWS JSON 1.0 and 1.1 from the client's side: any operation of any service that speaks it. */
export function jsonProtocol(targetPrefix: string, version: '1.0' | '1.1'): ClientProtocol {
  return {
    write: (operation, input) => ({
      method: 'POST',
      target: '/',
      headers: { 'content-type': `application/x-amz-json-${version}`, 'x-amz-target': `${targetPrefix}.${operation}` },
      body: Buffer.from(formatJson(input)),
    }),
    read: (_operation, answer) => readJson(answer),
    readError: readJsonError,
  };
}

/** An API of AWS's restJson1 whose operations all are `POST <path>` with their input as JSON. */
export function restJsonProtocol(path: (operation: string) => string): ClientProtocol {
  return {
    write: (operation, input) => ({
      method: 'POST',
      target: path(operation),
      headers: { 'content-type': 'application/json' },
      body: Buffer.from(formatJson(input)),
    }),
    read: (_operation, answer) => readJson(answer),
    readError: readJsonError,
  };
}

/** The error that an answer of a JSON protocol tells, in its header or its body. */
export function readJsonError({ status, headers, body }: Answer): AwsError {
  const shape = parsed(body) ?? {};
  const code = headers['x-amzn-errortype'] ?? shape.__type ?? shape.code ?? 'UnknownError';
  const message = shape.message ?? shape.Message ?? body.toString('utf8').slice(0, 1000);
  // 'com.amazonaws.dynamodb.v20120810#ResourceNotFoundException:http://internal.amazon.com/…'
  return new AwsError(String(code).replace(/^.*#|:.*$/g, ''), String(message), status);
}

function readJson({ body }: Answer): AwsShape {
  if (body.length === 0) return {};
  const shape = parsed(body);
  if (shape) return withDates(shape);
  throw new AwsError('SdkClientException', 'The answer is not a JSON object.', 0);
}

function parsed(body: Buffer): AwsShape | undefined {
  try {
    const value = JSON.parse(body.toString('utf8'));
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

const NAMED_LIKE_AN_INSTANT = /(?:date|time|timestamp|At|On)$/i;
/** September 2001, in seconds since the epoch; no duration or count named like an instant is as large. */
const EARLIEST_INSTANT = 1e9;

/**
 * Instants as `Date`. They come as seconds since the epoch, and nothing but the name of the member and the size of the
 * number tells them from other numbers without the service's model.
 */
function withDates<T>(value: T, name = ''): T | Date {
  if (typeof value === 'number') {
    return value > EARLIEST_INSTANT && NAMED_LIKE_AN_INSTANT.test(name) ? new Date(value * 1000) : value;
  }
  if (Array.isArray(value)) return value.map((item) => withDates(item, name)) as T;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([member, item]) => [member, withDates(item, member)])) as T;
}
