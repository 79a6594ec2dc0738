import * as fc from 'fast-check';
import { matchesRule } from '../../local/asl/choice';
import type { Json, JsonObject } from '../../local/asl/json';
import { scopeOf } from './scope';

const rule = (test: JsonObject, input: Json = {}): boolean =>
  matchesRule({ Next: 'X', ...test }, scopeOf(input, { limit: 10 }));
const compare = (operator: string, value: Json, operand: Json): boolean =>
  rule({ Variable: '$.v', [operator]: operand }, { v: value });

describe('comparisons', () => {
  test.each<[string, Json, Json, boolean]>([
    ['StringEquals', 'a', 'a', true],
    ['StringEquals', 'a', 'A', false],
    ['StringLessThan', 'A', 'B', true],
    ['StringLessThan', 'B', 'A', false],
    ['StringLessThanEquals', 'AB', 'AB', true],
    ['StringGreaterThan', 'ABC', 'AB', true],
    ['StringGreaterThanEquals', 'AB', 'ABC', false],
    ['NumericEquals', 1, 1.0, true],
    ['NumericLessThan', -1, 0, true],
    ['NumericLessThanEquals', 0, 0, true],
    ['NumericGreaterThan', 0, 0, false],
    ['NumericGreaterThanEquals', 1.5, 1.5, true],
    ['BooleanEquals', true, true, true],
    ['BooleanEquals', false, true, false],
    ['TimestampEquals', '2024-01-01T00:00:00Z', '2024-01-01T01:00:00+01:00', true],
    ['TimestampLessThan', '2024-01-01T00:00:00Z', '2024-01-01T00:00:01Z', true],
    ['TimestampLessThanEquals', '2024-01-01T00:00:02Z', '2024-01-01T00:00:01Z', false],
    ['TimestampGreaterThan', '2024-01-01T00:00:02Z', '2024-01-01T00:00:01Z', true],
    ['TimestampGreaterThanEquals', '2024-01-01T00:00:01Z', '2024-01-01T00:00:01Z', true],
  ])('%s of %j and %j', (operator, value, operand, expected) => {
    expect(compare(operator, value, operand)).toBe(expected);
    expect(rule({ Variable: '$.v', [`${operator}Path`]: '$.w' }, { v: value, w: operand })).toBe(expected);
  });

  test.each<[string, Json, Json]>([
    ['StringEquals', 1, '1'],
    ['StringLessThan', null, 'a'],
    ['NumericEquals', '1', 1],
    ['NumericLessThanEquals', null, 0],
    ['NumericGreaterThan', true, 0],
    ['BooleanEquals', 'true', true],
    ['BooleanEquals', null, false],
    ['TimestampEquals', 'yesterday', '2024-01-01T00:00:00Z'],
    ['TimestampGreaterThan', 5, '2024-01-01T00:00:00Z'],
    ['StringMatches', 5, '*'],
  ])('%s does not match a value of another type, %j', (operator, value, operand) => {
    expect(compare(operator, value, operand)).toBe(false);
  });
});

describe('type tests', () => {
  const values: Record<string, Json> = {
    null: null,
    string: 'x',
    number: 0,
    boolean: false,
    time: '2024-01-01T00:00:00Z',
    list: [],
  };
  test.each<[string, string[]]>([
    ['IsNull', ['null']],
    ['IsString', ['string', 'time']],
    ['IsNumeric', ['number']],
    ['IsBoolean', ['boolean']],
    ['IsTimestamp', ['time']],
    ['IsPresent', Object.keys(values)],
  ])('%s', (operator, expected) => {
    const matching = (operand: boolean): string[] =>
      Object.keys(values).filter((name) => compare(operator, values[name] as Json, operand));
    expect(matching(true)).toEqual(expected);
    expect(matching(false)).toEqual(Object.keys(values).filter((name) => !expected.includes(name)));
  });

  test('IsPresent bears a missing value', () => {
    expect(rule({ Variable: '$.none', IsPresent: false })).toBe(true);
    expect(rule({ Variable: '$.a.b[0]', IsPresent: true }, { a: 1 })).toBe(false);
    expect(rule({ Variable: '$unset', IsPresent: true })).toBe(false);
  });
});

describe('StringMatches', () => {
  test.each<[string, string, boolean]>([
    ['log-2024.txt', 'log-*.txt', true],
    ['log-.txt', 'log-*.txt', true],
    ['log.txt', 'log-*.txt', false],
    ['', '*', true],
    ['abc', '*b*', true],
    ['abc', 'a*c*', true],
    ['aXbXc', 'a*b*c', true],
    ['ab', 'a*b*b', false],
    ['a*c', 'a\\*c', true],
    ['abc', 'a\\*c', false],
    ['a\\c', 'a\\\\c', true],
    ['A', 'a', false],
    ['a\nb', 'a*b', true],
    ['a.c', 'a.c', true],
    ['abc', 'a.c', false],
  ])('%j by %j', (value, pattern, expected) => {
    expect(compare('StringMatches', value, pattern)).toBe(expected);
  });

  test('agrees with a regular expression that says the same', () => {
    const text = fc.stringMatching(/^[ab]{0,8}$/);
    fc.assert(
      fc.property(text, fc.stringMatching(/^[ab*]{0,8}$/), (value, pattern) => {
        expect(compare('StringMatches', value, pattern)).toBe(
          new RegExp(`^${pattern.replaceAll('*', '.*')}$`).test(value),
        );
      }),
      { numRuns: 1000 },
    );
  });

  test('needs no time for patterns that make others backtrack', () => {
    expect(compare('StringMatches', 'a'.repeat(100_000), `${'*a'.repeat(1000)}b`)).toBe(false);
  });
});

describe('And, Or, Not', () => {
  const yes = { Variable: '$.v', NumericEquals: 1 };
  const no = { Variable: '$.v', NumericEquals: 2 };
  test.each<[JsonObject, boolean]>([
    [{ And: [yes, yes] }, true],
    [{ And: [yes, no] }, false],
    [{ Or: [no, yes] }, true],
    [{ Or: [no, no] }, false],
    [{ Not: no }, true],
    [{ Not: { And: [yes, { Not: no }] } }, false],
  ])('%j', (test, expected) => {
    expect(rule(test, { v: 1 })).toBe(expected);
  });

  test('stop at the first test that decides', () => {
    const broken = { Variable: '$.none', NumericEquals: 1 };
    expect(rule({ Or: [yes, broken] }, { v: 1 })).toBe(true);
    expect(rule({ And: [no, broken] }, { v: 1 })).toBe(false);
  });
});

describe('where values come from', () => {
  test('variables and the context count as well', () => {
    expect(rule({ Variable: '$limit', NumericEquals: 10 })).toBe(true);
    expect(rule({ Variable: '$.v', NumericLessThanPath: '$limit' }, { v: 9 })).toBe(true);
  });

  test.each<[JsonObject, string]>([
    [{ Variable: '$.none', StringEquals: 'x' }, '$.none'],
    [{ Variable: '$.v', StringEqualsPath: '$.none' }, '$.none'],
    [{ Not: { Variable: '$unset', IsNull: true } }, '$unset'],
  ])('a path of %j that leads nowhere fails the state', (test, path) => {
    expect(() => rule(test, { v: 'x' })).toThrow(
      expect.objectContaining({
        error: 'States.Runtime',
        message: `Invalid path '${path}': The choice state's condition path references an invalid value.`,
      }),
    );
  });
});
