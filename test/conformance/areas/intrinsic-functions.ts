import type { Json } from '../../../local/asl/json';
import { type Case, machine } from '../case';

/**
 * Amazon States Language, "Appendix B: List of Intrinsic Functions", and "Intrinsic Functions" for their syntax.
 * https://states-language.net/spec.html#appendix-b
 */
type Row = [expression: string, input: Json, value: Json];

const gives = ([expression, input, value]: Row): Case => ({
  name: `${expression} of ${JSON.stringify(input)}`,
  definition: machine({ Call: { Type: 'Pass', Parameters: { 'value.$': expression }, OutputPath: '$.value' } }),
  input,
  output: value,
});

const fails = ([expression, input]: [string, Json]): Case => ({
  name: `${expression} of ${JSON.stringify(input)} fails`,
  definition: machine({ Call: { Type: 'Pass', Parameters: { 'value.$': expression } } }),
  input,
  error: 'States.Runtime',
});

export const intrinsicFunctions: Case[] = [
  ...(
    [
      ["States.Format('Dear {}, it is {}.', $.name, $.n)", { name: 'Ada', n: 7 }, 'Dear Ada, it is 7.'],
      ['States.Format($.template, $.name)', { template: 'Hello {}', name: 'Ada' }, 'Hello Ada'],
      ["States.Format('\\'{}\\' \\{\\} \\\\', null)", {}, "'null' {} \\"],
      ['States.StringToJson($.text)', { text: '{"a":[1,null]}' }, { a: [1, null] }],
      ['States.JsonToString($.value)', { value: { a: [1, 'x'] } }, '{"a":[1,"x"]}'],
      ["States.Array('x', $.n, $.o)", { n: 1, o: { a: 1 } }, ['x', 1, { a: 1 }]],
      ['States.Array()', {}, []],
      ['States.ArrayPartition($.list, 4)', { list: [1, 2, 3, 4, 5, 6, 7, 8, 9] }, [[1, 2, 3, 4], [5, 6, 7, 8], [9]]],
      ['States.ArrayContains($.list, $.it)', { list: [1, 2, 3], it: 2 }, true],
      ["States.ArrayContains($.list, '2')", { list: [1, 2, 3] }, false],
      ['States.ArrayRange(1, 9, 2)', {}, [1, 3, 5, 7, 9]],
      ['States.ArrayRange(3, 1, -1)', {}, [3, 2, 1]],
      ['States.ArrayGetItem($.list, 1)', { list: ['a', 'b'] }, 'b'],
      ['States.ArrayLength($.list)', { list: [1, [2, 3]] }, 2],
      ["States.Base64Encode('Data to encode')", {}, 'RGF0YSB0byBlbmNvZGU='],
      ["States.Base64Decode('RGVjb2RlZCBkYXRh')", {}, 'Decoded data'],
      ["States.Hash('abc', 'MD5')", {}, '900150983cd24fb0d6963f7d28e17f72'],
      ["States.Hash('abc', 'SHA-1')", {}, 'a9993e364706816aba3e25717850c26c9cd0d89d'],
      ["States.Hash('abc', 'SHA-256')", {}, 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
      ['States.JsonMerge($.a, $.b, false)', { a: { x: { n: 1 }, y: 1 }, b: { x: { m: 2 } } }, { x: { m: 2 }, y: 1 }],
      ['States.MathAdd($.n, -1)', { n: 111 }, 110],
      ["States.StringSplit($.text, ',')", { text: '1,2,3' }, ['1', '2', '3']],
      ["States.StringSplit('a.b+c', '.+')", {}, ['a', 'b', 'c']],
      ['States.ArrayLength(States.ArrayRange(1, $.n, 1))', { n: 5 }, 5],
    ] satisfies Row[]
  ).map(gives),
  {
    name: 'States.ArrayUnique gives each value once',
    definition: machine({
      Call: { Type: 'Pass', Parameters: { 'n.$': 'States.ArrayLength(States.ArrayUnique($.l))' } },
    }),
    input: { l: [1, 2, 3, 3, 3, 3, 3, 3, 4] },
    output: { n: 4 },
  },
  {
    name: 'States.MathRandom with a seed gives the same number twice, within its bounds',
    definition: machine({
      Draw: {
        Type: 'Pass',
        Parameters: { 'a.$': 'States.MathRandom(1, 100, 7)', 'b.$': 'States.MathRandom(1, 100, 7)' },
      },
      Same: {
        Type: 'Choice',
        Choices: [
          {
            And: [
              { Variable: '$.a', NumericEqualsPath: '$.b' },
              { Variable: '$.a', NumericGreaterThanEquals: 1 },
              { Variable: '$.a', NumericLessThan: 100 },
            ],
            Next: 'Yes',
          },
        ],
        Default: 'No',
      },
      Yes: { Type: 'Pass', Result: 'same', End: true },
      No: { Type: 'Fail' },
    }),
    output: 'same',
  },
  {
    name: 'States.UUID gives a UUID of version 4',
    definition: machine({
      Draw: { Type: 'Pass', Parameters: { 'id.$': 'States.UUID()' } },
      Is: {
        Type: 'Choice',
        Choices: [{ Variable: '$.id', StringMatches: '*-*-4*-*-*', Next: 'Yes' }],
        Default: 'No',
      },
      Yes: { Type: 'Pass', Result: 'v4', End: true },
      No: { Type: 'Fail' },
    }),
    output: 'v4',
  },
  ...(
    [
      ["States.Format('{} {}', $.a)", { a: 1 }],
      ['States.Format($.a)', {}],
      ["States.StringToJson('{')", {}],
      ['States.ArrayGetItem($.l, 2)', { l: [1, 2] }],
      ['States.ArrayPartition($.l, 0)', { l: [1] }],
      ['States.ArrayRange(0, 1000, 1)', {}],
      ["States.MathAdd('1', 2)", {}],
      ['States.JsonMerge($, $, true)', {}],
    ] satisfies Array<[string, Json]>
  ).map(fails),
];
