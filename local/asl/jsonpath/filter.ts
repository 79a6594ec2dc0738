import type { Json } from '../json';
import { readPath } from './parse';
import { OPERATORS, type Operand, type Operator, type Test } from './path';
import type { Reader } from './reader';

/** Parses what stands behind the `?` of a filter: `(@.a > 1 && !(@.b == 'x' || $.c in ['y']))`. */
export function parseFilter(reader: Reader): Test {
  reader.space();
  reader.expect('(');
  const test = reader.nested(() => disjunction(reader));
  reader.space();
  reader.expect(')');
  return test;
}

function disjunction(reader: Reader): Test {
  return joined(reader, '||', 'or', () => joined(reader, '&&', 'and', () => negation(reader)));
}

function joined(reader: Reader, sign: string, kind: 'and' | 'or', read: () => Test): Test {
  const tests = [read()];
  for (reader.space(); reader.take(sign); reader.space()) tests.push(read());
  return tests.length === 1 ? (tests[0] as Test) : { kind, tests };
}

function negation(reader: Reader): Test {
  reader.space();
  if (reader.take('!')) return { kind: 'not', test: reader.nested(() => negation(reader)) };
  if (reader.peek('(')) return parseFilter(reader);
  return comparison(reader);
}

function comparison(reader: Reader): Test {
  const left = operand(reader);
  reader.space();
  const operator = OPERATORS.find((sign) => reader.take(sign));
  if (operator === undefined) {
    return left.kind === 'path' ? { kind: 'exists', path: left.path } : reader.fail('expected an operator');
  }
  return { kind: 'compare', operator: operator as Operator, left, right: operand(reader) };
}

function operand(reader: Reader): Operand {
  reader.space();
  if (reader.take('@')) return { kind: 'path', path: readPath(reader, { kind: 'current' }) };
  if (reader.take('$')) return { kind: 'path', path: readPath(reader, { kind: 'input' }) };
  if (reader.peek('/')) return { kind: 'pattern', pattern: pattern(reader) };
  return { kind: 'value', value: literal(reader) };
}

function literal(reader: Reader): Json {
  reader.space();
  if (reader.peek("'") || reader.peek('"')) return reader.quoted();
  if (reader.take('[')) return reader.nested(() => list(reader));
  const word = reader.match(/true|false|null|-?\d+(\.\d+)?([eE][+-]?\d+)?/y);
  return word === undefined
    ? reader.fail('expected a value')
    : (JSON.parse(word.replace(/^(-?)0+(?=\d)/, '$1')) as Json);
}

function list(reader: Reader): Json[] {
  const items: Json[] = [];
  reader.space();
  if (reader.take(']')) return items;
  do {
    items.push(literal(reader));
    reader.space();
  } while (reader.take(','));
  reader.expect(']');
  return items;
}

/** `/…/flags`; it must match the whole value, as in Java. */
function pattern(reader: Reader): RegExp {
  const text = reader.match(/\/(?:\\.|[^/\\])+\/[a-z]*/y) ?? reader.fail('a regular expression is not closed');
  const end = text.lastIndexOf('/');
  try {
    return new RegExp(`^(?:${text.slice(1, end)})$`, text.slice(end + 1).replace(/[^imsu]/g, ''));
  } catch {
    return reader.fail('not a regular expression');
  }
}
