import type { Json, JsonObject } from '../../../local/asl/json';
import { type Case, jsonata, machine } from '../case';

/**
 * Amazon States Language, "Choice State": Boolean and data-test expressions, and what their operators compare.
 * https://states-language.net/spec.html#choice-state
 */
type Row = [rule: JsonObject, input: Json, taken: boolean];

const WAYS = { Yes: { Type: 'Pass', Result: 'yes', End: true }, No: { Type: 'Pass', Result: 'no', End: true } };

const decides = ([rule, input, taken]: Row): Case => ({
  name: `${JSON.stringify(rule)} is ${taken} of ${JSON.stringify(input)}`,
  definition: machine({ Which: { Type: 'Choice', Choices: [{ ...rule, Next: 'Yes' }], Default: 'No' }, ...WAYS }),
  input,
  output: taken ? 'yes' : 'no',
});

const x = (operator: string, operand: Json): JsonObject => ({ Variable: '$.x', [operator]: operand });

const ROWS: Row[] = [
  [x('StringEquals', 'a'), { x: 'a' }, true],
  [x('StringEquals', 'a'), { x: 'A' }, false],
  [x('StringEquals', '1'), { x: 1 }, false],
  [x('StringEqualsPath', '$.y'), { x: 'a', y: 'a' }, true],
  [x('StringLessThan', 'b'), { x: 'B' }, true],
  [x('StringLessThanEquals', 'b'), { x: 'b' }, true],
  [x('StringGreaterThan', 'b'), { x: 'b' }, false],
  [x('StringGreaterThanEqualsPath', '$.y'), { x: 'b', y: 'a' }, true],
  // "StringMatches": `*` stands for zero or more characters, `\\*` for itself.
  [x('StringMatches', 'log-*.txt'), { x: 'log-.txt' }, true],
  [x('StringMatches', 'log-*.txt'), { x: 'log-2.txt.gz' }, false],
  [x('StringMatches', '*a*b*'), { x: 'xxaxxbxx' }, true],
  [x('StringMatches', 'a\\*'), { x: 'ab' }, false],
  [x('StringMatches', 'a\\*'), { x: 'a*' }, true],
  [x('NumericEquals', 2), { x: 2.0 }, true],
  [x('NumericEquals', 2), { x: '2' }, false],
  [x('NumericLessThan', 2), { x: 1.5 }, true],
  [x('NumericLessThanEqualsPath', '$.y'), { x: 2, y: 2 }, true],
  [x('NumericGreaterThan', -1), { x: 0 }, true],
  [x('NumericGreaterThanEquals', 3), { x: 2 }, false],
  [x('BooleanEquals', true), { x: true }, true],
  [x('BooleanEquals', false), { x: null }, false],
  [x('BooleanEqualsPath', '$.y'), { x: false, y: false }, true],
  // Timestamps are points in time, whatever their offset from UTC.
  [x('TimestampEquals', '2026-03-01T08:00:00Z'), { x: '2026-03-01T09:00:00+01:00' }, true],
  [x('TimestampLessThan', '2026-03-01T08:00:00Z'), { x: '2026-03-01T07:59:59.999Z' }, true],
  [x('TimestampGreaterThanPath', '$.y'), { x: '2026-03-02T00:00:00Z', y: '2026-03-01T23:30:00-01:00' }, false],
  [x('TimestampGreaterThanEquals', '2026-03-01T08:00:00Z'), { x: '2026-03-01' }, false],
  [x('IsNull', true), { x: null }, true],
  [x('IsNull', false), { x: 0 }, true],
  [x('IsPresent', true), { x: null }, true],
  [x('IsPresent', true), {}, false],
  [x('IsPresent', false), {}, true],
  [x('IsString', true), { x: '' }, true],
  [x('IsNumeric', true), { x: '1' }, false],
  [x('IsBoolean', true), { x: false }, true],
  [x('IsTimestamp', true), { x: '2026-03-01T08:00:00Z' }, true],
  [x('IsTimestamp', true), { x: '2026-03-01 08:00:00' }, false],
  [{ Not: x('StringEquals', 'a') }, { x: 'b' }, true],
  [{ And: [x('IsPresent', true), x('NumericGreaterThan', 1)] }, { x: 2 }, true],
  [{ And: [x('IsPresent', true), x('NumericGreaterThan', 1)] }, {}, false],
  [{ Or: [x('StringEquals', 'a'), { Not: x('IsString', true) }] }, { x: 1 }, true],
];

export const choice: Case[] = [
  ...ROWS.map(decides),
  {
    name: 'the first rule that holds decides, and the input goes through',
    definition: machine({
      Which: {
        Type: 'Choice',
        Choices: [
          { ...x('NumericGreaterThan', 10), Next: 'Yes' },
          { ...x('NumericGreaterThan', 1), Next: 'Kept' },
          { ...x('NumericGreaterThan', 0), Next: 'Yes' },
        ],
      },
      Yes: { Type: 'Fail' },
      Kept: { Type: 'Succeed' },
    }),
    input: { x: 2 },
    history: `
      2 <- 0 ChoiceStateEntered {"name":"Which","input":{"x":2}}
      3 <- 2 ChoiceStateExited {"name":"Which","output":{"x":2}}
      4 <- 3 SucceedStateEntered {"name":"Kept","input":{"x":2}}
      5 <- 4 SucceedStateExited {"name":"Kept","output":{"x":2}}
      6 <- 5 ExecutionSucceeded {"output":{"x":2}}`,
  },
  {
    name: 'without a rule that holds and without Default it fails with States.NoChoiceMatched',
    definition: machine({
      Which: { Type: 'Choice', Choices: [{ ...x('BooleanEquals', true), Next: 'Yes' }] },
      Yes: { Type: 'Succeed' },
    }),
    input: { x: false },
    error: 'States.NoChoiceMatched',
  },
  {
    name: 'a Variable that leads nowhere fails the execution',
    definition: machine({
      Which: { Type: 'Choice', Choices: [{ ...x('NumericEquals', 1), Next: 'Yes' }], Default: 'Yes' },
      Yes: { Type: 'Succeed' },
    }),
    error: 'States.Runtime',
  },
  {
    name: 'conditions in JSONata decide, and Assign and Output go with the rule that is taken',
    definition: jsonata({
      Which: {
        Type: 'Choice',
        Choices: [
          { Condition: '{% $states.input.n > 5 %}', Next: 'Big' },
          {
            Condition: '{% $states.input.n > 1 and $not($exists($states.input.no)) %}',
            Assign: { half: '{% $states.input.n / 2 %}' },
            Output: { size: 'middle' },
            Next: 'Middle',
          },
        ],
        Assign: { half: 0 },
        Default: 'Big',
      },
      Big: { Type: 'Fail' },
      Middle: { Type: 'Succeed', Output: '{% $merge([$states.input, {"half": $half}]) %}' },
    }),
    input: { n: 4 },
    history: `
      2 <- 0 ChoiceStateEntered {"name":"Which","input":{"n":4}}
      3 <- 2 ChoiceStateExited {"name":"Which","output":{"size":"middle"},"assignedVariables":{"half":2}}
      4 <- 3 SucceedStateEntered {"name":"Middle","input":{"size":"middle"}}
      5 <- 4 SucceedStateExited {"name":"Middle","output":{"size":"middle","half":2}}
      6 <- 5 ExecutionSucceeded {"output":{"size":"middle","half":2}}`,
  },
];
