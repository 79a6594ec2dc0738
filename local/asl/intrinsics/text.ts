import { createHash } from 'node:crypto';
import { isTooDeep } from '../depth';
import { isObject, type Json } from '../json';
import { check, shortText, text } from './checks';

const ALGORITHMS: Record<string, string> = {
  MD5: 'md5',
  'SHA-1': 'sha1',
  'SHA-256': 'sha256',
  'SHA-384': 'sha384',
  'SHA-512': 'sha512',
};

/**
 * Fills the placeholders `{}` of a template. Braces and backslashes that shall stand for themselves are escaped by a
 * backslash; a brace that is neither is an error.
 */
export function format(template: string, values: Json[]): string {
  const parts = template.match(/\\[\s\S]|\{\}|[^\\{}]+|[\s\S]/g) ?? [];
  check(!parts.some((part) => part === '{' || part === '}' || part === '\\'));
  check(
    parts.filter((part) => part === '{}').length === values.length,
    'number of arguments do not match the occurrences of {}.',
  );
  const rest = values[Symbol.iterator]();
  let result = '';
  for (const part of parts) {
    result += part === '{}' ? display(rest.next().value as Json) : part.startsWith('\\') ? part.slice(1) : part;
    check(result.length <= LONGEST);
  }
  return result;
}

/** Of what Format makes, in characters: far more than a payload takes, and little enough for memory. */
const LONGEST = 4_000_000;

/** As Java prints it: objects as `{a=1, b=[]}`. */
function display(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(display).join(', ')}]`;
  if (!isObject(value)) return String(value);
  return `{${Object.entries(value)
    .map(([key, field]) => `${key}=${display(field)}`)
    .join(', ')}}`;
}

/** Each character of `delimiters` is a delimiter; empty pieces are dropped. */
export function split(value: Json | undefined, delimiters: Json | undefined): string[] {
  const marks = new Set(text(delimiters));
  const pieces = [''];
  for (const char of text(value)) {
    if (marks.has(char)) pieces.push('');
    else pieces[pieces.length - 1] += char;
  }
  return pieces.filter((piece) => piece !== '');
}

export function parseJson(value: Json | undefined): Json {
  const json = text(value).trim();
  if (json === '') return null;
  const parsed = tryParse(json);
  check(parsed !== undefined && !isTooDeep(parsed));
  return parsed;
}

function tryParse(json: string): Json | undefined {
  try {
    return JSON.parse(json) as Json;
  } catch {
    return undefined;
  }
}

export function encode(value: Json | undefined): string {
  return Buffer.from(shortText(value), 'utf8').toString('base64');
}

export function decode(value: Json | undefined): string {
  const encoded = shortText(value);
  const padded = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}(?:==)?|[A-Za-z0-9+/]{3}=?)?$/;
  check(padded.test(encoded));
  return Buffer.from(encoded, 'base64').toString('utf8');
}

export function hash(value: Json | undefined, algorithm: Json | undefined): string {
  const name = text(algorithm);
  check(Object.hasOwn(ALGORITHMS, name));
  return createHash(ALGORITHMS[name] as string)
    .update(shortText(value), 'utf8')
    .digest('hex');
}
