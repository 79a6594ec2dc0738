import type { Effort } from './effort';
import { format } from './format';
import { matchesWhole, replaced, split } from './java-patterns';
import { type Method, place } from './members';
import { TemplateError } from './nodes';
import { textOf, type Value } from './values';

/** Owns the methods of Java's String. */
export const TEXT_METHODS: Readonly<Record<string, Method<string>>> = {
  length: (text) => text.length,
  isEmpty: (text) => text === '',
  isBlank: (text) => text.trim() === '',
  charAt: (text, [at]) => (typeof at === 'number' ? text.charAt(place(at, text.length)) : undefined),
  codePointAt: (text, [at]) => (typeof at === 'number' ? text.codePointAt(place(at, text.length)) : undefined),
  substring: (text, [from, to = text.length]) => substring(text, from, to),
  subSequence: (text, [from, to]) => substring(text, from, to),
  indexOf: (text, [part, from = 0]) => (isText(part) ? text.indexOf(part, Number(from)) : undefined),
  lastIndexOf: (text, [part, from]) =>
    isText(part) ? text.lastIndexOf(part, from === undefined ? undefined : Number(from)) : undefined,
  contains: (text, [part]) => (isText(part) ? text.includes(part) : undefined),
  startsWith: (text, [part, from = 0]) => (isText(part) ? text.startsWith(part, Number(from)) : undefined),
  endsWith: (text, [part]) => (isText(part) ? text.endsWith(part) : undefined),
  equalsIgnoreCase: (text, [other]) => isText(other) && text.toLowerCase() === other.toLowerCase(),
  compareTo: (text, [other]) => (isText(other) ? order(text, other) : undefined),
  compareToIgnoreCase: (text, [other]) => (isText(other) ? order(text.toLowerCase(), other.toLowerCase()) : undefined),
  concat: (text, [other], effort) => (isText(other) ? effort.text(text + other) : undefined),
  toUpperCase: (text) => text.toUpperCase(),
  toLowerCase: (text) => text.toLowerCase(),
  trim: (text) => text.replace(/^[\0- ]+|[\0- ]+$/g, ''),
  strip: (text) => text.trim(),
  repeat: (text, [times], effort) => repeated(text, times, effort),
  replace: (text, [part, by], effort) =>
    isText(part) && isText(by) ? effort.text(text.split(part).join(by)) : undefined,
  replaceAll: (text, [pattern, by], effort) =>
    isText(pattern) && isText(by) ? effort.text(replaced(text, pattern, by, true)) : undefined,
  replaceFirst: (text, [pattern, by], effort) =>
    isText(pattern) && isText(by) ? effort.text(replaced(text, pattern, by, false)) : undefined,
  matches: (text, [pattern]) => (isText(pattern) ? matchesWhole(text, pattern) : undefined),
  split: (text, [pattern, limit = 0]) => (isText(pattern) ? split(text, pattern, Number(limit)) : undefined),
  toCharArray: (text, _none, effort) => {
    effort.step(text.length);
    return text.split('');
  },
  hashCode: (text) => [...Array(text.length).keys()].reduce((code, at) => (code * 31 + text.charCodeAt(at)) | 0, 0),
  // Java's static ones, which a text has, too.
  valueOf: (_text: string, [value]: readonly Value[], effort: Effort) => textOf(value, effort),
  format: (_text, [pattern, ...values], effort) => (isText(pattern) ? format(pattern, values, effort) : undefined),
  join: (_text, [between, ...parts], effort) => (isText(between) ? joined(between, parts, effort) : undefined),
};

function isText(value: Value): value is string {
  return typeof value === 'string';
}

function substring(text: string, from: Value, to: Value): string | undefined {
  if (typeof from !== 'number' || typeof to !== 'number') return undefined;
  return text.slice(place(from, to + 1), place(to, text.length + 1));
}

function order(text: string, other: string): number {
  for (let at = 0; at < Math.min(text.length, other.length); at += 1) {
    const difference = text.charCodeAt(at) - other.charCodeAt(at);
    if (difference !== 0) return difference;
  }
  return text.length - other.length;
}

function repeated(text: string, times: Value, effort: Effort): string | undefined {
  if (typeof times !== 'number') return undefined;
  if (times < 0) throw new TemplateError(`A text cannot be repeated ${times} times.`);
  if (text.length * times > 16 * 1024 * 1024) throw new TemplateError('The template makes texts that are too long.');
  return effort.text(text.repeat(times));
}

function joined(between: string, parts: readonly Value[], effort: Effort): string {
  const [first] = parts;
  const all = parts.length === 1 && Array.isArray(first) ? first : parts;
  return effort.text(all.map((part) => textOf(part, effort)).join(between));
}
