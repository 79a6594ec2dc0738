import * as fc from 'fast-check';
import { StatesError } from '../../local/asl/errors';
import { evaluateIntrinsic, InvalidIntrinsic, isIntrinsic, isIntrinsicCall } from '../../local/asl/intrinsics';
import type { Json } from '../../local/asl/json';
import { PathNotFound } from '../../local/asl/jsonpath';
import { scopeOf } from './scope';

const call = (expression: string, input: Json = {}): Json =>
  evaluateIntrinsic(expression, scopeOf(input, { greeting: 'Hi' }, { Execution: { Name: 'run-1' } }));

describe('text', () => {
  test.each<[string, Json, Json]>([
    [
      "States.Format('Hello {}, welcome to {}!', $.name, $.place)",
      { name: 'Ada', place: 'Oz' },
      'Hello Ada, welcome to Oz!',
    ],
    ["States.Format('{} {} {} {}', $.s, 1.5, true, null)", { s: 'x' }, 'x 1.5 true null'],
    ["States.Format('{}', $.o)", { o: { a: 1, b: [true, {}] } }, '{a=1, b=[true, {}]}'],
    ["States.Format('{} from {}', $greeting, $$.Execution.Name)", {}, 'Hi from run-1'],
    ["States.Format('it\\'s \\{\\} and \\\\')", {}, "it's {} and \\"],
    ['States.Format($.template, 1)', { template: 'No. {}' }, 'No. 1'],
    ["States.StringSplit('1,2,3', ',')", {}, ['1', '2', '3']],
    ["States.StringSplit('a.b+c,d', '.+,')", {}, ['a', 'b', 'c', 'd']],
    ["States.StringSplit(',a,,b,', ',')", {}, ['a', 'b']],
    ["States.StringSplit('', ',')", {}, []],
    ["States.StringSplit('abc', '')", {}, ['abc']],
    ["States.StringSplit('Hello\nWorld', '\n')", {}, ['Hello', 'World']],
    ["States.Base64Encode('Grüße')", {}, 'R3LDvMOfZQ=='],
    ["States.Base64Decode('R3LDvMOfZQ==')", {}, 'Grüße'],
    ["States.Base64Decode('R3LDvMOfZQ')", {}, 'Grüße'],
    ["States.Hash('input data', 'SHA-1')", {}, 'aaff4a450a104cd177d28d18d74485e8cae074b7'],
    ["States.Hash('', 'MD5')", {}, 'd41d8cd98f00b204e9800998ecf8427e'],
    ['States.UUID()', {}, '11111111-2222-4333-8444-555555555555'],
  ])('%s', (expression, input, value) => {
    expect(call(expression, input)).toEqual(value);
  });

  test.each([
    ['MD5', 32],
    ['SHA-256', 64],
    ['SHA-384', 96],
    ['SHA-512', 128],
  ])('%s digests have %i hexadecimal digits', (algorithm, digits) => {
    expect(call(`States.Hash('x', '${algorithm}')`)).toMatch(new RegExp(`^[0-9a-f]{${digits}}$`));
  });
});

describe('JSON', () => {
  test.each<[string, Json, Json]>([
    ['States.StringToJson($.t)', { t: '{"a": [1, null]}' }, { a: [1, null] }],
    ['States.StringToJson($.t)', { t: ' 7 ' }, 7],
    ['States.StringToJson($.t)', { t: '' }, null],
    ['States.JsonToString($.o)', { o: { a: [1, 'x'] } }, '{"a":[1,"x"]}'],
    ['States.JsonMerge($.a, $.b, false)', { a: { x: { p: 1 }, y: 1 }, b: { x: { q: 2 } } }, { x: { q: 2 }, y: 1 }],
  ])('%s of %j', (expression, input, value) => {
    expect(call(expression, input)).toEqual(value);
  });

  test('what was made a string is read back', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const back = call('States.StringToJson(States.JsonToString($.v))', { v: value as Json });
        expect(JSON.stringify(back)).toBe(JSON.stringify(value));
      }),
    );
  });
});

describe('arrays', () => {
  test.each<[string, Json, Json]>([
    ["States.Array('a', 1, null, $.x, States.Array())", { x: {} }, ['a', 1, null, {}, []]],
    ['States.ArrayPartition($.a, 2)', { a: [1, 2, 3] }, [[1, 2], [3]]],
    ['States.ArrayPartition($.a, 4)', { a: [] }, []],
    ['States.ArrayPartition($.a, 2.9)', { a: [1, 2, 3] }, [[1, 2], [3]]],
    ['States.ArrayContains($.a, $.v)', { a: [{ p: 1, q: [2] }], v: { q: [2], p: 1 } }, true],
    ['States.ArrayContains($.a, 5)', { a: [1, '5'] }, false],
    ['States.ArrayContains($.a, null)', { a: [] }, false],
    ['States.ArrayRange(1, 9, 2)', {}, [1, 3, 5, 7, 9]],
    ['States.ArrayRange(5, 1, -2)', {}, [5, 3, 1]],
    ['States.ArrayRange(5, 1, 1)', {}, []],
    ['States.ArrayRange(3, 3, 1)', {}, [3]],
    ['States.ArrayGetItem($.a, 1)', { a: ['x', 'y'] }, 'y'],
    ['States.ArrayLength($.a[*])', { a: [1, 2] }, 2],
    ['States.ArrayUnique($.a)', { a: [1, '1', 1, { p: 1 }, { p: 1 }, null, null] }, [1, '1', { p: 1 }, null]],
    ['States.ArrayLength(States.ArrayRange(1, 1000, 1))', {}, 1000],
  ])('%s', (expression, input, value) => {
    expect(call(expression, input)).toEqual(value);
  });

  test('long arrays are made unique in no time', () => {
    const items = Array.from({ length: 60_000 }, (_, i) => i % 30_000);
    expect(call('States.ArrayUnique($)', items)).toHaveLength(30_000);
  });

  test('partitions lose nothing and keep the order', () => {
    fc.assert(
      fc.property(fc.array(fc.integer()), fc.integer({ min: 1, max: 20 }), (items, size) => {
        const parts = call('States.ArrayPartition($.a, $.n)', { a: items, n: size }) as number[][];
        expect(parts.flat()).toEqual(items);
        expect(parts.slice(0, -1).every((part) => part.length === size)).toBe(true);
      }),
    );
  });
});

describe('numbers', () => {
  test.each<[string, Json, Json]>([
    ['States.MathAdd(111, -1)', {}, 110],
    ['States.MathAdd(1.6, 2.7)', {}, 5],
    ['States.MathAdd($.a, States.MathAdd(1, 2))', { a: -3 }, 0],
    ['States.MathAdd(2147483646, 1)', {}, 2147483647],
    ['States.MathRandom(0, 10)', {}, 5],
    ['States.MathRandom(-4, 4)', {}, 0],
  ])('%s', (expression, input, value) => {
    expect(call(expression, input)).toBe(value);
  });

  test('a seed fixes the random number, within the range', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -1000, max: 1000 }),
        fc.integer({ min: 1, max: 1000 }),
        fc.integer(),
        (start, width, seed) => {
          const draw = (): Json => call('States.MathRandom($.a, $.b, $.s)', { a: start, b: start + width, s: seed });
          const first = draw() as number;
          expect(draw()).toBe(first);
          expect(first >= start && first < start + width && Number.isInteger(first)).toBe(true);
        },
      ),
    );
  });

  test('different seeds give different numbers', () => {
    const drawn = new Set(Array.from({ length: 50 }, (_, seed) => call(`States.MathRandom(0, 1000000, ${seed})`)));
    expect(drawn.size).toBeGreaterThan(45);
  });
});

describe('bad arguments', () => {
  test.each([
    ['MathAdd', "'1', 2"],
    ['MathAdd', '2147483647, 1'],
    ['MathAdd', '1'],
    ['MathRandom', '5, 5'],
    ['MathRandom', '1, 10, null'],
    ['ArrayRange', '1, 10, 0'],
    ['ArrayRange', '1, 1001, 1'],
    ['ArrayPartition', 'States.Array(1), 0'],
    ['ArrayPartition', 'States.Array(1), 0.6'],
    ['ArrayPartition', "'a', 1"],
    ['ArrayGetItem', 'States.Array(1), 1'],
    ['ArrayGetItem', 'States.Array(1), -1'],
    ['ArrayLength', '$'],
    ['ArrayContains', '1, 1'],
    ['ArrayUnique', 'null'],
    ['StringSplit', "1, ','"],
    ['StringToJson', "'not json'"],
    ['StringToJson', '5'],
    ['StringToJson', `'${'['.repeat(1001)}${']'.repeat(1001)}'`],
    ['JsonMerge', '$, $, true'],
    ['JsonMerge', '$, 1, false'],
    ['Base64Decode', "'***'"],
    ['Base64Decode', "'abcde'"],
    ['Base64Encode', '1'],
    ['Hash', "'x', 'CRC-32'"],
    ['Hash', "'x', 'constructor'"],
    ['Format', "'{'"],
    ['Format', "'{} {}', 1"],
    ['Format', "'{}', 1, 2"],
    ['Format', '1'],
    ['UUID', '1'],
  ])('States.%s(%s) fails the state', (name, args) => {
    const message = expect.stringMatching(new RegExp(`^Invalid arguments in States\\.${name}`));
    expect(() => call(`States.${name}(${args})`)).toThrow(
      expect.objectContaining({ error: 'States.Runtime', message }),
    );
  });

  test('text is limited to 10,000 characters for Base64 and hashes', () => {
    const [fits, over] = ['a'.repeat(10_000), 'a'.repeat(10_001)];
    for (const expression of ['States.Base64Encode($)', "States.Hash($, 'MD5')", 'States.Base64Decode($)']) {
      expect(call(expression, fits)).toEqual(expect.any(String));
      expect(() => call(expression, over)).toThrow('Invalid arguments');
    }
  });

  test('a path that leads nowhere keeps its own error', () => {
    expect(() => call('States.ArrayLength($.missing)')).toThrow(PathNotFound);
  });
});

describe('syntax', () => {
  test.each([
    "States.Format('a, (b) {}', $.x)",
    "  States.Array ( 1 , 'x' , -2.5e3 )  ",
    "States.ArrayLength($.a[?(@.b in ['x', ')'])])",
    'States.ArrayLength($.a.length())',
    `${'States.Array('.repeat(10)}${')'.repeat(10)}`,
  ])('%s is a call', (text) => {
    expect(isIntrinsicCall(text)).toBe(true);
  });

  test.each([
    'States.Nope()',
    'States.constructor()',
    'States.Array(',
    'States.Array(1',
    'States.Array(1,)',
    'States.Array(1) x',
    'States.Array(x)',
    "States.Array('x)",
    "States.Array('a\\\"b')",
    "States.Array('a\\n')",
    'States.Array($.)',
    'States.Array({})',
    'States.UUID',
    `${'States.Array('.repeat(11)}${')'.repeat(11)}`,
  ])('%s is none', (text) => {
    expect(isIntrinsicCall(text)).toBe(false);
    expect(() => call(text)).toThrow(InvalidIntrinsic);
  });

  test('isIntrinsic tells calls from paths and literals, right or wrong', () => {
    expect(['States.Nope()', ' States.UUID()', '$.States.x', 'States.ALL', 'text'].map(isIntrinsic)).toEqual([
      true,
      true,
      false,
      false,
      false,
    ]);
  });

  test('any text is a call or is not, and never breaks anything', () => {
    const piece = fc.constantFrom(
      'States.',
      'Array',
      'Format',
      'MathAdd',
      '(',
      ')',
      ',',
      "'",
      '$.a',
      '1',
      '{}',
      '\\',
      ' ',
      '[',
      '?',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 14 }), (pieces) => {
        try {
          call(`States.${pieces.join('')}`, { a: 1 });
        } catch (error) {
          expect(error).toBeInstanceOf(StatesError);
        }
      }),
      { numRuns: 1000 },
    );
  });
});
