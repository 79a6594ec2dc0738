import fc from 'fast-check';
import type { Json } from '../../local/asl/json';
import { anyText } from '../any-text';

/** Values that programs stumble over. */

export const oddText = fc.oneof(
  fc.constantFrom(
    '',
    ' ',
    '__proto__',
    'constructor',
    'toString',
    'hasOwnProperty',
    '\ud800',
    '\u0000',
    '\ufeff{}',
    '{% $states.input %}',
    '{% (',
    '{% $match($states.input.s, /^(a+)+$/) %}',
    '{% ($f := function($x) { $f($x) }; $f(1)) %}',
    '$',
    '$$',
    '$..*',
    '$.a[?(@.b =~ /(a+)+$/)]',
    '$.__proto__.x',
    "States.Format('{}', $.a)",
    'States.ArrayRange(0, 1e9, 1)',
    'States.MathRandom(0, 1, 1e999)',
    'arn:aws:states:us-east-1:123456789012:stateMachine:machine',
    'arn:aws:states:us-east-1:123456789012:execution:machine:run',
    '2026-13-45T99:99:99Z',
    'a'.repeat(50),
    `${'a'.repeat(40)}b`,
  ),
  anyText({ maxLength: 12 }),
  fc.string({ maxLength: 12 }),
);

export const oddNumber = fc.oneof(
  fc.constantFrom(0, -0, -1, 1e308, -1e308, 5e-324, 2 ** 31, 2 ** 53, -(2 ** 63), 0.1, 99_999_999),
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
);

/** JSON whose keys may be those of Object.prototype. */
export const oddJson: fc.Arbitrary<Json> = fc
  .letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 3, withCrossShrink: true },
      fc.constantFrom(null, true, false),
      oddNumber,
      oddText,
      fc.array(tie('value'), { maxLength: 3 }),
      fc.array(fc.tuple(oddText, tie('value')), { maxLength: 3 }).map((entries) => Object.fromEntries(entries)),
    ),
  }))
  .value.map((value) => value as Json);

export const deepText = fc
  .tuple(fc.constantFrom(10, 999, 1000, 1001, 5000, 60_000), fc.constantFrom('[', '{"a":'))
  .map(([depth, open]) => `${open.repeat(depth)}1${(open === '[' ? ']' : '}').repeat(depth)}`);

/** Text that means to be JSON, mostly. */
export const oddJsonText = fc.oneof(
  { weight: 6, arbitrary: oddJson.map((value) => JSON.stringify(value)) },
  { weight: 1, arbitrary: deepText },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      '',
      '{',
      '{"a":1,"a":2}',
      '\ufeff{}',
      'NaN',
      '[1e999]',
      '-0',
      '"\ud800"',
      '{"a":Infinity}',
    ),
  },
);

/** A value with one of its parts, wherever, replaced by another value, taken out, or doubled. */
export function mutated(base: fc.Arbitrary<Json>): fc.Arbitrary<Json> {
  const change = fc.record({
    at: fc.nat(),
    how: fc.constantFrom('replace', 'remove', 'rename', 'double'),
    by: oddJson,
    name: oddText,
  });
  return fc.tuple(base, fc.array(change, { maxLength: 3 })).map(([value, changes]) => {
    const copy = JSON.parse(JSON.stringify(value)) as Json;
    for (const { at, how, by, name } of changes) {
      const places = placesIn(copy);
      const place = places[at % Math.max(places.length, 1)];
      if (!place) continue;
      const { holder, key } = place;
      const old = holder[key] as Json;
      if (how === 'remove') delete holder[key];
      else if (how === 'double') holder[`${key}2`] = old;
      else if (how === 'replace') holder[key] = by;
      else {
        delete holder[key];
        Object.defineProperty(holder, name, { value: old, enumerable: true, writable: true, configurable: true });
      }
    }
    return copy;
  });
}

type Holder = Record<string, Json>;

function placesIn(value: Json): Array<{ holder: Holder; key: string }> {
  if (typeof value !== 'object' || value === null) return [];
  const holder = value as Holder;
  return Object.keys(holder).flatMap((key) => [{ holder, key }, ...placesIn(holder[key] as Json)]);
}
