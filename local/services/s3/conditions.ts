import type { AwsShape } from '../aws';
import { invalidRange, noSuchKey, notImplemented, notModified, preconditionFailed } from './errors';

/** Owns conditional requests (RFC 9110, section 13, as S3 applies it) and ranges. */

interface Current {
  etag: string;
  /** Virtual ms. */
  modified: number;
}

/** Throws PreconditionFailed or NotModified if a read must not be answered. */
export function checkRead(input: AwsShape, { etag, modified }: Current): void {
  const seconds = Math.floor(modified / 1000);
  if (input.IfMatch !== undefined) {
    if (!matches(input.IfMatch, etag)) throw preconditionFailed('If-Match');
  } else if (input.IfUnmodifiedSince !== undefined && seconds > epochSeconds(input.IfUnmodifiedSince)) {
    throw preconditionFailed('If-Unmodified-Since');
  }
  if (input.IfNoneMatch !== undefined) {
    if (matches(input.IfNoneMatch, etag)) throw notModified(etag);
  } else if (input.IfModifiedSince !== undefined && seconds <= epochSeconds(input.IfModifiedSince)) {
    throw notModified(etag);
  }
}

/** Throws PreconditionFailed (or NoSuchKey) if an object must not be written over `current`. */
export function checkWrite(input: AwsShape, current: Current | undefined): void {
  if (input.IfNoneMatch !== undefined) {
    if (input.IfNoneMatch !== '*') throw notImplemented('If-None-Match');
    if (current) throw preconditionFailed('If-None-Match');
  }
  if (input.IfMatch !== undefined) {
    if (!current) throw noSuchKey(input.Key);
    if (!matches(input.IfMatch, current.etag)) throw preconditionFailed('If-Match');
  }
}

/** The bytes that a Range header asks for, the last one included; undefined when all are to be answered. */
export function parseRange(range: unknown, size: number): { first: number; last: number } | undefined {
  const match = typeof range === 'string' ? /^bytes=(\d*)-(\d*)$/.exec(range.trim()) : null;
  if (!match || (match[1] === '' && match[2] === '')) return undefined;
  const [, from = '', to = ''] = match;
  if (from === '') {
    const count = Math.min(Number(to), size);
    if (count === 0) throw invalidRange(String(range), size);
    return { first: size - count, last: size - 1 };
  }
  const first = Number(from);
  const last = to === '' ? size - 1 : Math.min(Number(to), size - 1);
  if (to !== '' && Number(to) < first) return undefined;
  if (first >= size) throw invalidRange(String(range), size);
  return { first, last };
}

function matches(header: unknown, etag: string): boolean {
  const tags = String(header)
    .split(',')
    .map((tag) => unquoted(tag.trim().replace(/^W\//, '')));
  return tags.includes('*') || tags.includes(unquoted(etag));
}

export const unquoted = (etag: string): string => etag.replace(/^"(.*)"$/, '$1');

/** Dates that nobody can read are as if not sent. */
function epochSeconds(date: unknown): number {
  return Math.floor(new Date(date as string | Date).getTime() / 1000);
}
