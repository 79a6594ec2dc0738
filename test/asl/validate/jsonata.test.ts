import type { JsonObject } from '../../../local/asl/json';
import { diagnose, findings, machineWith } from './machine';

const JSONATA = { QueryLanguage: 'JSONata' };
const pass = (output: unknown): JsonObject => ({ Type: 'Pass', End: true, Output: output as string });
const task = {
  Type: 'Task',
  Resource: 'arn:aws:states:::lambda:invoke',
  Arguments: { FunctionName: 'work' },
  Next: 'Next',
};
const inJsonata = (state: JsonObject): string[] => findings(machineWith(state, JSONATA));

describe('the query language', () => {
  const other = (language: string, field: string): string =>
    `The QueryLanguage is set to '${language}', but field '${field}' is only supported for the '${language === 'JSONata' ? 'JSONPath' : 'JSONata'}' QueryLanguage @/States/S`;

  test.each<[JsonObject, string]>([
    [{ InputPath: '$.a' }, 'InputPath'],
    [{ Result: 1 }, 'Result'],
    [{ ResultPath: '$.r' }, 'ResultPath'],
    [{ Parameters: {} }, 'Parameters'],
  ])('%j is for JSONPath', (fields, field) => {
    expect(inJsonata({ Type: 'Pass', End: true, ...fields })).toEqual([other('JSONata', field)]);
  });

  test.each<[JsonObject, string]>([
    [pass({ a: 1 }), 'Output'],
    [{ ...task, Arguments: {} }, 'Arguments'],
    [
      { Type: 'Map', Items: [], ItemProcessor: { StartAt: 'I', States: { I: { Type: 'Succeed' } } }, End: true },
      'Items',
    ],
  ])('%j is for JSONata', (state, field) => {
    expect(findings(machineWith(state))).toEqual([other('JSONPath', field)]);
  });

  test('rules and catchers have their own fields, too', () => {
    expect(inJsonata({ Type: 'Choice', Choices: [{ Variable: '$.a', IsNull: true, Next: 'Next' }] })).toEqual([
      `${other('JSONata', 'Variable')}/Choices[0]`,
    ]);
    expect(findings(machineWith({ Type: 'Choice', Choices: [{ Condition: '{% true %}', Next: 'Next' }] }))).toEqual([
      `${other('JSONPath', 'Condition')}/Choices[0]`,
    ]);
    expect(inJsonata({ ...task, Catch: [{ ErrorEquals: ['A'], Next: 'Next', ResultPath: '$.e' }] })).toEqual([
      `${other('JSONata', 'ResultPath')}/Catch[0]`,
    ]);
  });

  test('a state may turn to JSONata, but not back', () => {
    expect(findings(machineWith({ ...pass('{% 1 %}'), ...JSONATA }))).toEqual([]);
    expect(inJsonata({ ...pass('{% 1 %}'), QueryLanguage: 'JSONPath' })).toEqual([
      "'QueryLanguage' can not be 'JSONPath' if set to 'JSONata' for whole state machine @/States/S",
    ]);
  });

  test('states inside a Map or Parallel follow the machine, not the state around them', () => {
    const processor = { StartAt: 'I', States: { I: pass(1) } };
    expect(findings(machineWith({ Type: 'Map', ItemProcessor: processor, ...JSONATA, Next: 'Next' }))).toEqual([
      `${other('JSONPath', 'Output')}/ItemProcessor/States/I`,
    ]);
  });

  test('a language that does not exist counts as JSONata and is refused', () => {
    expect(findings(machineWith({ ...pass(1), QueryLanguage: 'jsonata' }))).toEqual([
      'Value should be one of the following: [JSONPath, JSONata] @/States/S/QueryLanguage',
    ]);
    expect(findings(machineWith(pass(1), { QueryLanguage: 'XPath' }))).toEqual([
      'Value should be one of the following: [JSONPath, JSONata] @/QueryLanguage',
    ]);
  });
});

describe('fields that take an expression', () => {
  test.each<JsonObject>([
    { ...task, TimeoutSeconds: '{% $t %}', HeartbeatSeconds: '{% $t / 2 %}', Arguments: '{% $states.input %}' },
    { ...task, Output: { r: '{% $states.result.Payload %}' }, Assign: { r: '{% $states.result %}' } },
    {
      ...task,
      Catch: [
        {
          ErrorEquals: ['A'],
          Next: 'Next',
          Output: '{% $states.errorOutput.Cause %}',
          Assign: { e: '{% $states.errorOutput %}' },
        },
      ],
    },
    { Type: 'Wait', Seconds: '{% $s %}', Next: 'Next' },
    { Type: 'Wait', Timestamp: "{% '2024-01-01T00:00:00Z' %}", Next: 'Next' },
    { Type: 'Fail', Error: '{% $e %}', Cause: '{% $c %}' },
    {
      Type: 'Choice',
      Choices: [{ Condition: '{% $x > 1 and $states.input.y %}', Next: 'Next', Output: '{% $x %}', Assign: { y: 1 } }],
    },
    {
      Type: 'Map',
      Items: '{% [1..3] %}',
      MaxConcurrency: '{% 2 %}',
      ItemSelector: { v: '{% $states.context.Map.Item.Value %}' },
      ItemProcessor: { StartAt: 'I', States: { I: { Type: 'Succeed' } } },
      Next: 'Next',
    },
    pass(['text', { a: '{% $uuid() %}' }, null]),
  ])('%j', (state) => {
    expect(inJsonata(state)).toEqual([]);
  });

  test('a number in quotes is no expression', () => {
    expect(inJsonata({ Type: 'Wait', Seconds: '5', Next: 'Next' })).toEqual([
      'Expected value of type Integer @/States/S/Seconds',
    ]);
  });
});

describe('syntax', () => {
  test.each([
    ['1 +', 'Unexpected end of expression', 3],
    ['$a[1,2)', 'Expected "]", got ","', 5],
    ['"open', 'String literal must be terminated by a matching quote', 5],
    ['$x :=', 'Unexpected end of expression', 5],
  ])('%s is located in the expression', (expression, message, position) => {
    expect(diagnose(machineWith(pass({ a: [`{%${expression}%}`] }), JSONATA))).toMatchObject([
      { severity: 'ERROR', code: 'INVALID_JSONATA_EXPRESSION', message, location: '/States/S/Output/a[0]', position },
    ]);
  });

  test('an expression needs both its ends', () => {
    expect(inJsonata(pass('{% 1'))).toEqual(['JSONata string must start with {% and end with %} @/States/S/Output']);
    expect(inJsonata(pass('{%}'))).toEqual(['JSONata string must start with {% and end with %} @/States/S/Output']);
    expect(inJsonata(pass('1 %}'))).toEqual([]);
  });

  test('nesting beyond the stack is an error, not a crash', () => {
    expect(diagnose(machineWith(pass(`{% ${'('.repeat(100_000)} %}`), JSONATA))[0]).toMatchObject({
      code: 'INVALID_JSONATA_EXPRESSION',
    });
  });
});

describe('references', () => {
  const refused = (expression: string): string[] =>
    inJsonata(pass(`{% ${expression} %}`)).map((finding) => finding.split(' @')[0] as string);
  const topLevel = (name: string): string => `Reference to '${name}' at the top level is not supported.`;

  test.each([
    ['order', 'order'],
    ['order.items[0].price', 'order'],
    ['$sum(order.items)', 'order'],
    ['{"a": order}', 'order'],
    ['[1, order]', 'order'],
    ['$map($x, function($v) { order })', 'order'],
    ['$x > 1 ? order : 2', 'order'],
    ['($y := order; $y)', 'order'],
    ['$x & order', 'order'],
  ])('%s reads what no state has', (expression, name) => {
    expect(refused(expression)).toEqual([topLevel(name)]);
  });

  test.each([
    '$states.input.order',
    '$x[price > 10 and kind = "a"].name',
    '$x.{ "a": order, "b": [price] }',
    '$x^(>price, name)',
    '$x{ kind: $sum(price) }',
    '$x ~> |order|{ "price": cost }, ["old"]|',
    '$map($x, function($v) { $v.price })',
    '$x.(price * quantity)',
    '$x.items.$uppercase(name)',
    '$states.context.Execution.Id',
  ])('%s reads only what is there', (expression) => {
    expect(refused(expression)).toEqual([]);
  });

  test('each name is reported once, in its order', () => {
    expect(refused('b + a + b')).toEqual([topLevel('b'), topLevel('a')]);
  });

  test.each([
    ['$$', "Reference to '$$' is not supported."],
    ['$$.a', "Reference to '$$' is not supported."],
    ['$states.errorOutput', "Field '$states.errorOutput' does not exist."],
    ['$states.result.a', "Field '$states.result' does not exist."],
    ['$states.inputs', "Field '$states.inputs' does not exist."],
  ])('%s is refused where it does not exist', (expression, message) => {
    expect(refused(expression)).toEqual([message]);
  });

  test('a result exists in the output of a task only, not in its arguments', () => {
    expect(inJsonata({ ...task, Arguments: '{% $states.result %}' })).toEqual([
      "Field '$states.result' does not exist. @/States/S/Arguments",
    ]);
  });
});
