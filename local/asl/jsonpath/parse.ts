import { parseFilter } from './filter';
import { type FunctionName, isFunctionName } from './functions';
import type { Path, Segment } from './path';
import { Reader } from './reader';

/** First character ID_Start, the others ID_Continue: what AWS allows in a variable's name. */
const VARIABLE_NAME = /\p{ID_Start}\p{ID_Continue}*/uy;
const INTEGER = /-?\d+/y;

/**
 * Parses a path in the dialect of AWS's JSONPath library (Jayway): dot and bracket notation, `*`, `..`, indexes and
 * slices (a slice's step is read and has no effect, as there), unions, filters, functions at the end.
 *
 * @throws InvalidPath
 */
export function parsePath(text: string): Path {
  const reader = new Reader(text.trim());
  const path = readPath(reader, rootOf(reader));
  if (!reader.done) reader.fail('unexpected character');
  return path;
}

/** Reads the segments that follow a root, as far as they go: a filter's `@.a.b` ends where its expression goes on. */
export function readPath(reader: Reader, root: Path['root']): Path {
  const start = reader.position;
  const segments: Segment[] = [];
  let fn: FunctionName | undefined;
  while (!reader.done && fn === undefined) {
    if (reader.take('..')) {
      segments.push({ kind: 'scan' });
      if (!reader.peek('[')) segments.push(dotted(reader));
    } else if (reader.take('.')) {
      // Tolerated there and here: `$.['a']`.
      if (reader.peek('[')) continue;
      fn = functionCall(reader);
      if (fn === undefined) segments.push(dotted(reader));
    } else if (reader.peek('[')) {
      segments.push(reader.nested(() => bracketed(reader)));
    } else {
      break;
    }
  }
  const definite = segments.every(isDefinite);
  return { source: reader.text.slice(start, reader.position), root, segments, definite, ...(fn && { fn }) };
}

function rootOf(reader: Reader): Path['root'] {
  if (!reader.take('$')) reader.fail("a path must begin with '$'");
  if (reader.take('$')) return { kind: 'context' };
  const name = reader.match(VARIABLE_NAME);
  return name === undefined ? { kind: 'input' } : { kind: 'variable', name };
}

function isDefinite(segment: Segment): boolean {
  return segment.kind === 'property' || segment.kind === 'index';
}

/** In a filter's `@.price < 10` a name ends before the operator; elsewhere only `.`, `[`, `(` and space end it. */
function dotted(reader: Reader): Segment {
  if (reader.take('*')) return { kind: 'wildcard' };
  const name = reader.match(/[^\s.[\]()=<>!&|~,'"]+/y);
  if (name === undefined) reader.fail('expected the name of a field');
  return { kind: 'property', name: name as string };
}

function functionCall(reader: Reader): FunctionName | undefined {
  const call = reader.match(/[A-Za-z]+\(\s*\)/y);
  if (call === undefined) return undefined;
  const name = call.slice(0, call.indexOf('('));
  return isFunctionName(name) ? name : reader.fail(`'${name}' is not a function`);
}

function bracketed(reader: Reader): Segment {
  reader.expect('[');
  reader.space();
  const segment = insideBrackets(reader);
  reader.space();
  reader.expect(']');
  return segment;
}

function insideBrackets(reader: Reader): Segment {
  if (reader.take('*')) return { kind: 'wildcard' };
  if (reader.take('?')) return { kind: 'filter', test: parseFilter(reader) };
  if (reader.peek("'") || reader.peek('"')) {
    const names = separated(reader, () => reader.quoted());
    return names.length === 1 ? { kind: 'property', name: names[0] as string } : { kind: 'properties', names };
  }
  const from = reader.match(INTEGER);
  reader.space();
  if (reader.take(':')) return slice(reader, from);
  if (from === undefined) reader.fail("expected ?, ', an index or *");
  if (!reader.peek(',')) return { kind: 'index', index: Number(from) };
  reader.take(',');
  const indexes = separated(reader, () => Number(reader.match(INTEGER) ?? reader.fail('expected an index')));
  return { kind: 'indexes', indexes: [Number(from), ...indexes] };
}

function slice(reader: Reader, from: string | undefined): Segment {
  reader.space();
  const to = reader.match(INTEGER);
  reader.space();
  if (reader.take(':')) {
    reader.space();
    reader.match(INTEGER);
  }
  if (from === undefined && to === undefined) reader.fail('a slice needs a beginning or an end');
  return { kind: 'slice', ...(from && { from: Number(from) }), ...(to && { to: Number(to) }) };
}

function separated<T>(reader: Reader, read: () => T): T[] {
  const items: T[] = [];
  do {
    reader.space();
    if (items.length > 0 && (typeof items[0] === 'string') !== (reader.peek("'") || reader.peek('"'))) {
      reader.fail('a union is of names or of indexes');
    }
    items.push(read());
    reader.space();
  } while (reader.take(','));
  return items;
}
