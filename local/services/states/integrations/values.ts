import { isObject, type Json, type JsonObject } from '../../../asl/json';
import type { AwsShape } from '../../aws';

/** Owns how values pass between a state machine, where all is JSON with PascalCase members, and a service's API. */

/** Text where the API wants text: strings as they are, everything else as JSON. */
export function asText(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** Writes the members that `paths` name ('Body', 'Entries[].Detail') as text or, with `blob`, as bytes. */
export function withText(parameters: JsonObject, paths: readonly string[], { blob = false } = {}): AwsShape {
  return paths.reduce<AwsShape>((shape, path) => rewrite(shape, path.split('.'), blob), parameters);
}

function rewrite(shape: AwsShape, [head = '', ...rest]: string[], blob: boolean): AwsShape {
  const name = head.replace('[]', '');
  const value = shape[name];
  if (value === undefined || value === null) return shape;
  const inside = (item: Json) => {
    if (rest.length > 0) return isObject(item) ? rewrite(item, rest, blob) : item;
    return blob ? Buffer.from(asText(item)) : asText(item);
  };
  return { ...shape, [name]: head.endsWith('[]') && Array.isArray(value) ? value.map(inside) : inside(value) };
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

/** For services whose members are camelCase: their names as state machines write them, and back. */
export function pascalCase(value: Json): Json {
  return renamed(value, (name) => name.charAt(0).toUpperCase() + name.slice(1));
}

export function camelCase(value: AwsShape): AwsShape {
  return renamed(value, (name) => name.charAt(0).toLowerCase() + name.slice(1)) as AwsShape;
}

function renamed<T>(value: T, rename: (name: string) => string): T {
  if (Array.isArray(value)) return value.map((item) => renamed(item, rename)) as T;
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [rename(name), renamed(member, rename)]),
  ) as T;
}
