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
  return toText(output) ?? '{}';
}

/** As JSON.stringify, without copying the answer first; undefined for what JSON has no text for. */
function toText(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (value instanceof Date) return JSON.stringify(value.getTime() / 1000);
  if (value instanceof Uint8Array) return JSON.stringify(Buffer.from(value).toString('base64'));
  if (Array.isArray(value)) return `[${value.map((item) => toText(item) ?? 'null').join()}]`;
  let members = '';
  for (const name of Object.keys(value)) {
    const text = toText((value as Record<string, unknown>)[name]);
    if (text !== undefined) members += `${members === '' ? '' : ','}${JSON.stringify(name)}:${text}`;
  }
  return `{${members}}`;
}
