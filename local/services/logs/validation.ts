/**
 * Owns what CloudWatch Logs accepts: reads the members of its requests, or throws AWS's errors.
 * See https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutLogEvents.html
 */
import { AwsError, type AwsShape } from '../aws';

export interface InputEvent {
  readonly timestamp: number;
  readonly message: string;
}

const RETENTION_DAYS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];
const MOST_EVENTS = 10_000;
const LARGEST_BATCH_BYTES = 1_048_576;
/** AWS counts this for each event on top of its message. */
const EVENT_OVERHEAD_BYTES = 26;
const DAY_MS = 24 * 60 * 60 * 1000;

export function invalid(message: string): AwsError {
  return new AwsError('InvalidParameterException', message);
}

export function groupName(input: AwsShape): string {
  const given = input.logGroupName ?? input.logGroupIdentifier;
  // An identifier may be the group's ARN.
  const name = String(given ?? '').replace(/^arn:[^:]*:logs:[^:]*:[^:]*:log-group:([^:]+)(:\*)?$/, '$1');
  if (/^[.\-_/#A-Za-z0-9]{1,512}$/.test(name)) return name;
  throw invalid(
    `1 validation error detected: Value '${given}' at 'logGroupName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\.\\-_/#A-Za-z0-9]+`,
  );
}

export function streamName(input: AwsShape): string {
  const name = input.logStreamName;
  if (typeof name === 'string' && /^[^:*]{1,512}$/.test(name)) return name;
  throw invalid(
    `1 validation error detected: Value '${name}' at 'logStreamName' failed to satisfy constraint: Member must satisfy regular expression pattern: [^:*]*`,
  );
}

export function retentionDays(value: unknown): number {
  if (RETENTION_DAYS.includes(value as number)) return value as number;
  throw invalid(
    `1 validation error detected: Value '${value}' at 'retentionInDays' failed to satisfy constraint: Member must satisfy enum value set: [${RETENTION_DAYS.join(', ')}]`,
  );
}

export function limit(value: unknown, most: number, usual = most): number {
  const number = value === undefined ? usual : Number(value);
  if (Number.isInteger(number) && number >= 1 && number <= most) return number;
  throw invalid(
    `1 validation error detected: Value '${value}' at 'limit' failed to satisfy constraint: Member must have value between 1 and ${most}`,
  );
}

/** A moment in ms since the epoch, or `usual`. */
export function moment(value: unknown, name: string, usual: number): number {
  if (value === undefined) return usual;
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0) return value;
  throw invalid(
    `1 validation error detected: Value '${value}' at '${name}' failed to satisfy constraint: Member must have value greater than or equal to 0`,
  );
}

export function inputEvents(input: AwsShape): InputEvent[] {
  const events: unknown[] = Array.isArray(input.logEvents) ? input.logEvents : [];
  if (events.length === 0 || events.length > MOST_EVENTS) {
    throw invalid(
      `1 validation error detected: Value at 'logEvents' failed to satisfy constraint: Member must have length between 1 and ${MOST_EVENTS}`,
    );
  }
  if (!events.every(isInputEvent)) {
    throw invalid(
      "1 validation error detected: Value at 'logEvents' failed to satisfy constraint: Member must have a timestamp and a message",
    );
  }
  const size = events.reduce((total, { message }) => total + Buffer.byteLength(message) + EVENT_OVERHEAD_BYTES, 0);
  if (size > LARGEST_BATCH_BYTES)
    throw invalid(`Upload too large: ${size} bytes exceeds limit of ${LARGEST_BATCH_BYTES}`);
  if (events.some(({ timestamp }, at) => timestamp < (events[at - 1]?.timestamp ?? 0))) {
    throw invalid('Log events in a single PutLogEvents request must be in chronological order.');
  }
  if ((events.at(-1)?.timestamp ?? 0) - (events[0]?.timestamp ?? 0) > DAY_MS) {
    throw invalid('The batch of log events in a single PutLogEvents request cannot span more than 24 hours.');
  }
  return events;
}

function isInputEvent(event: unknown): event is InputEvent {
  const { timestamp, message } = (event ?? {}) as Partial<InputEvent>;
  return Number.isInteger(timestamp) && (timestamp as number) >= 0 && typeof message === 'string' && message !== '';
}
