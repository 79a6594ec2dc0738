import type { AwsShape } from '../aws';

/**
 * Owns the difference between the shapes of AWS's model, which services exchange (blobs are `Uint8Array`, timestamps
 * `Date`), and DynamoDB's JSON, which tables are kept in (base64 text, epoch seconds).
 */

/** A copy in DynamoDB's JSON; blobs that are base64 text already stay as they are. */
export function toJson(value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (value instanceof Date) return value.getTime() / 1000;
  if (value instanceof Set) return [...value].map(toJson);
  if (Array.isArray(value)) return value.map(toJson);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, member]) => member !== undefined)
      .map(([name, member]) => [name, toJson(member)]),
  );
}

/** The members of tables' descriptions that are timestamps. */
const TIMESTAMPS = new Set([
  'CreationDateTime',
  'LastUpdateToPayPerRequestDateTime',
  'LastIncreaseDateTime',
  'LastDecreaseDateTime',
  'EarliestRestorableDateTime',
  'LatestRestorableDateTime',
]);

/** A copy in the shapes of AWS's model. An attribute value is an object whose only member is 'B' or 'BS' when it holds blobs. */
export function toShape(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(toShape);
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  const [only] = members;
  if (members.length === 1 && only) {
    const [type, content] = only;
    if (type === 'B' && typeof content === 'string') return { B: blob(content) };
    if (type === 'BS' && Array.isArray(content)) return { BS: content.map(blob) };
  }
  return Object.fromEntries(
    members.map(([name, member]) =>
      TIMESTAMPS.has(name) && typeof member === 'number' ? [name, new Date(member * 1000)] : [name, toShape(member)],
    ),
  );
}

const blob = (base64: string): Uint8Array => new Uint8Array(Buffer.from(base64, 'base64'));

/** `toShape` for an operation's whole answer. */
export const answer = (output: AwsShape): AwsShape => toShape(output) as AwsShape;
