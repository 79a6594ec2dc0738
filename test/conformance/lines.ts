import { isObject, type Json, type JsonObject } from '../../local/asl/json';
import type { AwsShape } from '../../local/services/aws';

/**
 * Owns how a history is written in a case, one event in each line:
 *
 *     5 <- 4 WaitStateExited @10 {"name":"Pause","output":{"a":1}}
 *
 * id, previousEventId, type, the seconds since the start where they differ from the event before, and the details.
 * Payloads, which AWS gives as JSON texts, are written as the JSON that they hold. Left out: `…Details` that say that
 * nothing was truncated, the SDK's metadata in what services answer, and the first event. UUIDs are `<uuid>`, task
 * tokens `<taskToken>`.
 */
export function toLines(events: readonly AwsShape[]): string[] {
  const start = seconds(events[0]);
  let before = start;
  return events.slice(1).map((event) => {
    const { id, previousEventId, type } = event;
    const now = seconds(event);
    const at = now === before ? [] : [`@${now - start}`];
    before = now;
    const details = Object.entries(event).find(([key]) => key.endsWith('EventDetails'))?.[1];
    const text = details && Object.keys(details).length > 0 ? [canonical(plain(details))] : [];
    return [id, '<-', previousEventId, type, ...at, ...text].join(' ');
  });
}

/** The lines of a case's history, their details in the form in which `toLines` gives them. */
export function expectedLines(history: string): string[] {
  return history
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .map((line) => {
      const brace = line.indexOf('{');
      return brace < 0 ? line : line.slice(0, brace) + canonical(JSON.parse(line.slice(brace)));
    });
}

function seconds({ timestamp }: AwsShape = {}): number {
  return new Date(timestamp).getTime() / 1000;
}

const TEXTS = new Set(['input', 'output', 'parameters']);
const METADATA = new Set(['SdkHttpMetadata', 'SdkResponseMetadata']);

function plain(details: JsonObject): JsonObject {
  const entries = Object.entries(details)
    .filter(([key, value]) => !(key.endsWith('Details') && isObject(value) && value.truncated === false))
    .map(([key, value]) => {
      if (key === 'assignedVariables') return [key, mapValues(value as JsonObject, parsed)];
      return [key, TEXTS.has(key) ? parsed(value as Json) : value];
    });
  return Object.fromEntries(entries);
}

const parsed = (text: Json): Json => withoutMetadata(JSON.parse(text as string));

function withoutMetadata(value: Json): Json {
  if (Array.isArray(value)) return value.map(withoutMetadata);
  if (!isObject(value)) return value;
  return mapValues(Object.fromEntries(Object.entries(value).filter(([key]) => !METADATA.has(key))), withoutMetadata);
}

function mapValues(object: JsonObject, map: (value: Json) => Json): JsonObject {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, map(value as Json)]));
}

/** `name` first, the rest of the members by name. */
function canonical(value: Json): string {
  return JSON.stringify(sorted(value));
}

function sorted(value: Json): Json {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isObject(value)) return value;
  const rank = (key: string) => (key === 'name' ? '' : key);
  const entries = Object.entries(value).sort(([a], [b]) => (rank(a) < rank(b) ? -1 : 1));
  return Object.fromEntries(entries.map(([key, member]) => [key, sorted(member as Json)]));
}
