import type { Json, JsonObject } from '../json';
import { parseTimestamp } from '../timestamp';

type Comparator = (value: Json, operand: Json) => boolean;

/** Orders two values of one type: negative, 0 or positive, or NaN if one of them is of another type. */
type Order = (a: Json, b: Json) => number;

const strings: Order = (a, b) =>
  typeof a === 'string' && typeof b === 'string' ? (a < b ? -1 : a > b ? 1 : 0) : Number.NaN;
const numbers: Order = (a, b) => (typeof a === 'number' && typeof b === 'number' ? a - b : Number.NaN);
const booleans: Order = (a, b) =>
  typeof a === 'boolean' && typeof b === 'boolean' ? Number(a) - Number(b) : Number.NaN;
const timestamps: Order = (a, b) => (timeOf(a) ?? Number.NaN) - (timeOf(b) ?? Number.NaN);

const BASIC: Record<string, Comparator> = {
  ...ordered('String', strings),
  ...ordered('Numeric', numbers),
  ...ordered('Timestamp', timestamps),
  BooleanEquals: (a, b) => booleans(a, b) === 0,
};

/** By the name of the field that selects them. A `…Path` operator compares with what its path finds. */
const COMPARATORS: Record<string, Comparator> = {
  ...BASIC,
  ...Object.fromEntries(Object.entries(BASIC).map(([name, comparator]) => [`${name}Path`, comparator])),
  StringMatches: (value, pattern) => typeof value === 'string' && matches(value, pattern as string),
  IsNull: is((value) => value === null),
  IsString: is((value) => typeof value === 'string'),
  IsNumeric: is((value) => typeof value === 'number'),
  IsBoolean: is((value) => typeof value === 'boolean'),
  IsTimestamp: is((value) => timeOf(value) !== undefined),
  // A path that leads nowhere never gets here.
  IsPresent: is(() => true),
};

/** The names of all comparison operators. */
export const OPERATORS: readonly string[] = Object.keys(COMPARATORS);

/** The operator of a data test; a rule that `validate` accepted has exactly one. */
export function comparatorOf(rule: JsonObject): [operator: string, compare: Comparator] {
  const operator = Object.keys(rule).find((name) => Object.hasOwn(COMPARATORS, name));
  if (operator === undefined) throw new TypeError('a choice rule without an operator');
  return [operator, COMPARATORS[operator] as Comparator];
}

function ordered(type: string, order: Order): Record<string, Comparator> {
  return {
    [`${type}Equals`]: (a, b) => order(a, b) === 0,
    [`${type}LessThan`]: (a, b) => order(a, b) < 0,
    [`${type}LessThanEquals`]: (a, b) => order(a, b) <= 0,
    [`${type}GreaterThan`]: (a, b) => order(a, b) > 0,
    [`${type}GreaterThanEquals`]: (a, b) => order(a, b) >= 0,
  };
}

function is(test: (value: Json) => boolean): Comparator {
  return (value, expected) => test(value) === expected;
}

function timeOf(value: Json): number | undefined {
  return typeof value === 'string' ? parseTimestamp(value) : undefined;
}

/** `*` stands for any characters, also none; `\*` and `\\` for themselves. In linear time per star, without backtracking. */
function matches(value: string, pattern: string): boolean {
  const [first = '', ...rest] = literalPieces(pattern);
  const last = rest.pop();
  if (last === undefined) return value === first;
  if (value.length < first.length + last.length || !value.startsWith(first) || !value.endsWith(last)) return false;
  let position = first.length;
  for (const piece of rest) {
    const found = value.indexOf(piece, position);
    if (found < 0) return false;
    position = found + piece.length;
  }
  return position <= value.length - last.length;
}

/** What stands between a pattern's stars: always one piece more than there are stars. */
function literalPieces(pattern: string): string[] {
  const pieces: string[] = [];
  let piece = '';
  for (const token of pattern.match(/\\[*\\]|[\s\S]/g) ?? []) {
    if (token === '*') {
      pieces.push(piece);
      piece = '';
    } else {
      piece += token.length === 2 ? token[1] : token;
    }
  }
  return [...pieces, piece];
}
