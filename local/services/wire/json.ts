import { isUtf8 } from 'node:buffer';
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
    input = JSON.parse(textOf(body) || '{}');
  } catch {
    throw new AwsError('SerializationException', 'The request body is not valid JSON.');
  }
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    throw new AwsError('SerializationException', 'Start of structure or map expected.');
  }
  return input;
}

/** Throws for what is not UTF-8. */
function textOf(body: Uint8Array): string {
  if (!isUtf8(body)) throw new TypeError('The text is not UTF-8.');
  const text = Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString();
  return text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text;
}

const BYTE_ORDER_MARK = '\ufeff';

/** The JSON text of an answer. */
export function formatJson(output: unknown): string {
  return JSON.stringify(plain(output)) ?? '{}';
}

/** `value` with numbers for its dates and text for its bytes. Structures that hold none are not copied. */
function plain(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Date) return value.getTime() / 1000;
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (Array.isArray(value)) return value.map(plain);
  let copy: Record<string, unknown> | undefined;
  for (const [name, member] of Object.entries(value)) {
    const changed = plain(member);
    if (changed === member) continue;
    copy ??= { ...value };
    copy[name] = changed;
  }
  return copy ?? value;
}
