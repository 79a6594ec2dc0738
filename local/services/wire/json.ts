import { AwsError, type AwsShape } from '../aws';

/**
 * Owns the AWS JSON protocols 1.0 and 1.1 (smithy.io/2.0/aws/protocols/aws-json-1_0-protocol.html).
 *
 * A request's timestamps reach the service as sent, in epoch seconds, and its blobs as base64 text: JSON does not
 * say which member is which, the service knows. In answers `Date` becomes epoch seconds and `Uint8Array` base64.
 */
export function parseJson(body: Uint8Array): AwsShape {
  let input: unknown;
  try {
    input = JSON.parse(utf8.decode(body) || '{}');
  } catch {
    throw new AwsError('SerializationException', 'The request body is not valid JSON.');
  }
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    throw new AwsError('SerializationException', 'Start of structure or map expected.');
  }
  return input;
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** The JSON text of an answer. */
export function formatJson(output: unknown): string {
  return JSON.stringify(toWire(output) ?? {});
}

function toWire(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Date) return value.getTime() / 1000;
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (Array.isArray(value)) return value.map(toWire);
  const members: Record<string, unknown> = {};
  for (const name of Object.keys(value)) define(members, name, toWire((value as Record<string, unknown>)[name]));
  return members;
}

/** A member may be named `__proto__`. */
function define(members: Record<string, unknown>, name: string, value: unknown): void {
  if (name !== '__proto__') members[name] = value;
  else Object.defineProperty(members, name, { value, enumerable: true });
}
