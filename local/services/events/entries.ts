import { randomUUID } from 'node:crypto';
import { isObject } from '../../asl/json';
import { AwsError, type AwsShape, type Caller } from '../aws';
import type { Parts } from '../parts';
import type { BusEvent } from './model';

/** PutEvents' quotas: entries, and bytes of all of them. */
const MOST_ENTRIES = 10;
const LARGEST_REQUEST = 262_144;

/** Throws ValidationException when the request as a whole is none. */
export function requireEntries(entries: unknown): asserts entries is AwsShape[] {
  if (!Array.isArray(entries) || entries.length < 1 || entries.length > MOST_ENTRIES) {
    const value = Array.isArray(entries) ? `${entries.length} entries` : 'null';
    const message = `1 validation error detected: Value '${value}' at 'entries' failed to satisfy constraint: Member must have length less than or equal to ${MOST_ENTRIES} and greater than or equal to 1`;
    throw new AwsError('ValidationException', message);
  }
  const size = entries.reduce((sum, entry) => sum + sizeOf(entry), 0);
  if (size > LARGEST_REQUEST) {
    throw new AwsError('ValidationException', 'Total size of the entries in the request is over the limit.');
  }
}

/** Who may send events whose source is AWS: its own services, and a bus that forwards them. */
const OWN_SOURCES: ReadonlySet<string> = new Set(['states', 'ses', 'events']);

/** The event of an entry. Throws AwsError with the entry's ErrorCode and ErrorMessage. */
export function readEntry(parts: Parts, entry: AwsShape, caller: Caller): BusEvent {
  for (const name of ['Source', 'DetailType', 'Detail']) {
    if (typeof entry[name] !== 'string' || entry[name] === '') throw missing(name);
  }
  if (entry.Source.startsWith('aws.') && !OWN_SOURCES.has(caller.via)) {
    throw new AwsError('NotAuthorizedForSourceException', 'Not authorized for the source.');
  }
  const detail = parseDetail(entry.Detail);
  const time = entry.Time === undefined || entry.Time === null ? parts.clock.now() : instant(entry.Time);
  return {
    version: '0',
    id: randomUUID(),
    'detail-type': entry.DetailType,
    source: entry.Source,
    account: parts.identity.accountId,
    time: `${new Date(time).toISOString().slice(0, 19)}Z`,
    region: parts.identity.region,
    resources: entry.Resources ?? [],
    detail,
  };
}

/** As docs.aws.amazon.com/eventbridge/latest/userguide/eb-putevent-size.html counts. */
function sizeOf({ Time, Source = '', DetailType = '', Detail = '', Resources }: AwsShape): number {
  const texts = [Source, DetailType, Detail, ...(Resources ?? [])];
  return texts.reduce(
    (sum, text) => sum + (typeof text === 'string' ? Buffer.byteLength(text) : 0),
    Time === undefined ? 0 : 14,
  );
}

function parseDetail(text: string) {
  try {
    const detail = JSON.parse(text);
    if (isObject(detail)) return detail;
  } catch {
    // Answered below.
  }
  throw new AwsError('MalformedDetail', 'Detail is malformed.');
}

/** A `Date` in process, epoch seconds on the wire, ISO text from a state machine. */
function instant(time: unknown): number {
  const isTime = time instanceof Date || typeof time === 'number' || typeof time === 'string';
  // What a Date cannot hold becomes NaN.
  const ms = isTime ? new Date(typeof time === 'number' ? time * 1000 : time).getTime() : Number.NaN;
  if (Number.isNaN(ms)) throw new AwsError('InvalidArgument', 'Parameter Time is not valid.');
  return ms;
}

function missing(name: string): AwsError {
  return new AwsError('InvalidArgument', `Parameter ${name} is not valid. Reason: ${name} is a required argument.`);
}
