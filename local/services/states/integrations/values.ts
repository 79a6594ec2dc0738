import { isObject, type Json } from '../../../asl/json';

/** Owns how values pass between a state machine, where all is JSON with PascalCase members, and a service's API. */

/** Text where the API wants text: strings as they are, everything else as JSON. */
export function asText(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** A service's answer as JSON: dates by `date`, bytes as text, members that are undefined left out. */
export function toJson(value: unknown, date: (date: Date) => Json = (given) => given.toISOString()): Json {
  if (value instanceof Date) return date(value);
  if (value instanceof Uint8Array) return Buffer.from(value).toString('utf8');
  if (Array.isArray(value)) return value.map((item) => toJson(item, date));
  if (typeof value === 'object' && value !== null) {
    const members = Object.entries(value).filter(([, member]) => member !== undefined);
    return Object.fromEntries(members.map(([name, member]) => [name, toJson(member, date)]));
  }
  return value as Json;
}

/** For services whose members are camelCase: their names as state machines write them. */
export function pascalCase(value: Json): Json {
  if (Array.isArray(value)) return value.map(pascalCase);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [name.charAt(0).toUpperCase() + name.slice(1), pascalCase(member)]),
  );
}
