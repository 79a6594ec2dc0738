import type { Json } from '../../../local/asl/json';
import { type Case, FUNCTION, jsonata } from '../case';

/**
 * Amazon States Language, "JSONata": `{% %}` strings, Arguments, Output, `$states`; the functions that Step Functions
 * adds and the errors: Developer Guide, "Transforming data with JSONata in Step Functions".
 * https://docs.aws.amazon.com/step-functions/latest/dg/transforming-data.html
 */
type Row = [expression: string, input: Json, value: Json];

const gives = ([expression, input, value]: Row): Case => ({
  name: `{% ${expression} %} of ${JSON.stringify(input)}`,
  definition: jsonata({ Say: { Type: 'Pass', Output: `{% ${expression} %}` } }),
  input,
  output: value,
});

export const jsonataCases: Case[] = [
  ...(
    [
      [
        '$states.input.items[price > 5].name',
        {
          items: [
            { name: 'a', price: 9 },
            { name: 'b', price: 1 },
          ],
        },
        'a',
      ],
      [
        '$sum($states.input.items.(price * n))',
        {
          items: [
            { price: 2, n: 3 },
            { price: 5, n: 1 },
          ],
        },
        11,
      ],
      ['$partition([1,2,3,4,5], 2)', {}, [[1, 2], [3, 4], [5]]],
      ['$range(0, 10, 5)', {}, [0, 5, 10]],
      ["$hash('abc', 'SHA-1')", {}, 'a9993e364706816aba3e25717850c26c9cd0d89d'],
      ['$parse($states.input)', '{"a":[1]}', { a: [1] }],
      ['$length($uuid())', {}, 36],
      ['$random(7) = $random(7)', {}, true],
      ["$states.input ~> |x|{'b': 2}|", { x: { a: 1 } }, { x: { a: 1, b: 2 } }],
      ["$fromMillis(0) & ' ' & $string(null)", {}, '1970-01-01T00:00:00.000Z null'],
    ] satisfies Row[]
  ).map(gives),
  {
    name: 'Arguments go to the task, Output leaves the state, and the rest of a template stands as it is',
    definition: jsonata({
      Work: {
        Type: 'Task',
        Resource: `${FUNCTION}:work`,
        Arguments: { id: '{% $states.input.id %}', text: 'as is: $states.input', list: ['{% 1 + 1 %}', null] },
        Output: { given: '{% $states.input.id %}', got: '{% $states.result.value %}' },
      },
    }),
    input: { id: 7 },
    answers: { work: [{ value: 'v' }] },
    history: `
      2 <- 0 TaskStateEntered {"name":"Work","input":{"id":7}}
      3 <- 2 LambdaFunctionScheduled {"resource":"${FUNCTION}:work","input":{"id":7,"text":"as is: $states.input","list":[2,null]}}
      4 <- 3 LambdaFunctionStarted
      5 <- 4 LambdaFunctionSucceeded {"output":{"value":"v"}}
      6 <- 5 TaskStateExited {"name":"Work","output":{"given":7,"got":"v"}}
      7 <- 6 ExecutionSucceeded {"output":{"given":7,"got":"v"}}`,
  },
  {
    name: 'a Pass state without Output passes its input on, a Succeed state too',
    definition: jsonata({ A: { Type: 'Pass' }, B: { Type: 'Succeed' } }),
    input: [1, { a: 2 }],
    output: [1, { a: 2 }],
  },
  {
    name: 'an expression that finds nothing is a query evaluation error, recorded as of before the state was entered',
    definition: jsonata({ A: { Type: 'Pass' }, B: { Type: 'Pass', Output: { v: '{% $states.input.no %}' } } }),
    history: `
      2 <- 0 PassStateEntered {"name":"A","input":{}}
      3 <- 2 PassStateExited {"name":"A","output":{}}
      4 <- 3 PassStateEntered {"name":"B","input":{}}
      5 <- 3 EvaluationFailed {"error":"States.QueryEvaluationError","cause":"An error occurred while executing the state 'B' (entered at the event id #4). The JSONata expression '$states.input.no' specified for the field 'Output/v' returned nothing (undefined).","location":"Output/v","state":"B"}
      6 <- 5 ExecutionFailed {"error":"States.QueryEvaluationError","cause":"An error occurred while executing the state 'B' (entered at the event id #4). The JSONata expression '$states.input.no' specified for the field 'Output/v' returned nothing (undefined)."}`,
  },
  {
    name: 'a query evaluation error of a task’s Output is caught, with $states.errorOutput',
    definition: jsonata({
      Work: {
        Type: 'Task',
        Resource: `${FUNCTION}:work`,
        Output: '{% $states.result.no %}',
        Catch: [
          {
            ErrorEquals: ['States.QueryEvaluationError'],
            Output: { error: '{% $states.errorOutput.Error %}', input: '{% $states.input %}' },
            Next: 'After',
          },
        ],
        End: true,
      },
      After: { Type: 'Succeed' },
    }),
    input: { a: 1 },
    answers: { work: [{}] },
    output: { error: 'States.QueryEvaluationError', input: { a: 1 } },
  },
  {
    name: 'a number of seconds that is no number fails the state',
    definition: jsonata({ W: { Type: 'Wait', Seconds: "{% 'soon' %}" } }),
    error: 'States.QueryEvaluationError',
  },
];
