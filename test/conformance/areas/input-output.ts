import { type Case, FUNCTION, machine } from '../case';

/**
 * Amazon States Language, "Input and Output Processing": InputPath, Parameters, ResultSelector, ResultPath, OutputPath.
 * https://states-language.net/spec.html#filters
 */
export const inputOutput: Case[] = [
  {
    name: 'all five fields, each on what the one before made',
    definition: machine({
      Work: {
        Type: 'Task',
        Resource: `${FUNCTION}:work`,
        InputPath: '$.order',
        Parameters: { 'id.$': '$.id', fixed: true },
        ResultSelector: { 'total.$': '$.sum' },
        ResultPath: '$.order.result',
        OutputPath: '$.order',
      },
    }),
    input: { order: { id: 7 }, left: 1 },
    answers: { work: [{ sum: 12, more: 'no' }] },
    history: `
      2 <- 0 TaskStateEntered {"name":"Work","input":{"order":{"id":7},"left":1}}
      3 <- 2 LambdaFunctionScheduled {"resource":"${FUNCTION}:work","input":{"id":7,"fixed":true}}
      4 <- 3 LambdaFunctionStarted
      5 <- 4 LambdaFunctionSucceeded {"output":{"sum":12,"more":"no"}}
      6 <- 5 TaskStateExited {"name":"Work","output":{"id":7,"result":{"total":12}}}
      7 <- 6 ExecutionSucceeded {"output":{"id":7,"result":{"total":12}}}`,
  },
  {
    name: 'ResultPath null discards the result, InputPath null the input',
    definition: machine({
      Discard: { Type: 'Pass', Result: 'gone', ResultPath: null },
      Nothing: { Type: 'Pass', InputPath: null },
    }),
    input: { a: 1 },
    history: `
      2 <- 0 PassStateEntered {"name":"Discard","input":{"a":1}}
      3 <- 2 PassStateExited {"name":"Discard","output":{"a":1}}
      4 <- 3 PassStateEntered {"name":"Nothing","input":{"a":1}}
      5 <- 4 PassStateExited {"name":"Nothing","output":{}}
      6 <- 5 ExecutionSucceeded {"output":{}}`,
  },
  {
    name: 'OutputPath null gives an empty object',
    definition: machine({ A: { Type: 'Pass', Result: [1], OutputPath: null } }),
    output: {},
  },
  {
    name: 'ResultPath makes the objects on its way, and replaces what is there',
    definition: machine({
      A: { Type: 'Pass', Result: 1, ResultPath: '$.a.b.c' },
      B: { Type: 'Pass', Result: 2, ResultPath: '$.old' },
    }),
    input: { old: { x: 1 } },
    output: { old: 2, a: { b: { c: 1 } } },
  },
  {
    name: 'a payload template fills every depth, and fields without ".$" are as they stand',
    definition: machine({
      A: {
        Type: 'Pass',
        Parameters: {
          deep: [{ 'v.$': '$.list[1]' }, '$.list'],
          'all.$': '$.list[*].n',
          'none.$': '$.list[?(@.n > 9)]',
        },
      },
    }),
    input: { list: [{ n: 1 }, { n: 2 }] },
    output: { deep: [{ v: { n: 2 } }, '$.list'], all: [1, 2], none: [] },
  },
  {
    name: 'paths that may find several values give a list of them',
    definition: machine({
      A: { Type: 'Pass', Parameters: { 'deep.$': '$..n', 'slice.$': '$.l[0:2].n', 'pick.$': "$.l[?(@.k == 'b')].n" } },
    }),
    input: {
      l: [
        { k: 'a', n: 1 },
        { k: 'b', n: 2 },
        { k: 'c', n: 3 },
      ],
    },
    output: { deep: [1, 2, 3], slice: [1, 2], pick: [2] },
  },
  {
    name: 'a path of a template that leads nowhere fails with States.Runtime, which no catcher of States.ALL takes',
    definition: machine({
      A: {
        Type: 'Task',
        Resource: `${FUNCTION}:work`,
        Parameters: { 'v.$': '$.no' },
        Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Caught' }],
        End: true,
      },
      Caught: { Type: 'Succeed' },
    }),
    input: { a: 1 },
    error: 'States.Runtime',
    cause:
      "An error occurred while executing the state 'A' (entered at the event id #2). The JSONPath '$.no' specified for the field 'v.$' could not be found in the input '{\"a\":1}'",
  },
  {
    name: 'a ResultPath into what is no object fails with States.ResultPathMatchFailure',
    definition: machine({ A: { Type: 'Pass', Result: 1, ResultPath: '$.a' } }),
    input: [1],
    error: 'States.ResultPathMatchFailure',
  },
  {
    name: 'a Fail state ends the execution with its error and cause, from paths too',
    definition: machine({ F: { Type: 'Fail', ErrorPath: '$.e', CausePath: "States.Format('{}!', $.c)" } }),
    input: { e: 'Boom', c: 'bad' },
    history: `
      2 <- 0 FailStateEntered {"name":"F","input":{"e":"Boom","c":"bad"}}
      3 <- 2 ExecutionFailed {"error":"Boom","cause":"bad!"}`,
  },
  {
    name: 'a Succeed state selects by InputPath and OutputPath',
    definition: machine({ S: { Type: 'Succeed', InputPath: '$.a', OutputPath: '$.b' } }),
    input: { a: { b: 3 } },
    output: 3,
  },
];
