import { type Case, FUNCTION, fails, jsonata, machine } from '../case';

/** Amazon States Language, "Map State", inline. https://states-language.net/spec.html#map-state */
const processor = (more: object = {}) => machine({ Item: { Type: 'Pass', ...more } });
const work = machine({ Work: { Type: 'Task', Resource: `${FUNCTION}:work` } });

export const map: Case[] = [
  {
    name: 'iterations run side by side, and their outputs are the result in the items’ order',
    definition: machine({ Each: { Type: 'Map', ItemProcessor: processor() } }),
    input: ['a', 'b'],
    history: `
      2 <- 0 MapStateEntered {"name":"Each","input":["a","b"]}
      3 <- 2 MapStateStarted {"length":2}
      4 <- 3 MapIterationStarted {"name":"Each","index":0}
      5 <- 3 MapIterationStarted {"name":"Each","index":1}
      6 <- 4 PassStateEntered {"name":"Item","input":"a"}
      7 <- 6 PassStateExited {"name":"Item","output":"a"}
      8 <- 7 MapIterationSucceeded {"name":"Each","index":0}
      9 <- 5 PassStateEntered {"name":"Item","input":"b"}
      10 <- 9 PassStateExited {"name":"Item","output":"b"}
      11 <- 10 MapIterationSucceeded {"name":"Each","index":1}
      12 <- 11 MapStateSucceeded
      13 <- 11 MapStateExited {"name":"Each","output":["a","b"]}
      14 <- 13 ExecutionSucceeded {"output":["a","b"]}`,
  },
  {
    name: 'MaxConcurrency 1: one after the other',
    definition: machine({
      Each: { Type: 'Map', MaxConcurrency: 1, ItemProcessor: machine({ Pause: { Type: 'Wait', SecondsPath: '$' } }) },
    }),
    input: [4, 1],
    history: `
      2 <- 0 MapStateEntered {"name":"Each","input":[4,1]}
      3 <- 2 MapStateStarted {"length":2}
      4 <- 3 MapIterationStarted {"name":"Each","index":0}
      5 <- 4 WaitStateEntered {"name":"Pause","input":4}
      6 <- 5 WaitStateExited @4 {"name":"Pause","output":4}
      7 <- 6 MapIterationSucceeded {"name":"Each","index":0}
      8 <- 6 MapIterationStarted {"name":"Each","index":1}
      9 <- 8 WaitStateEntered {"name":"Pause","input":1}
      10 <- 9 WaitStateExited @5 {"name":"Pause","output":1}
      11 <- 10 MapIterationSucceeded {"name":"Each","index":1}
      12 <- 11 MapStateSucceeded
      13 <- 11 MapStateExited {"name":"Each","output":[4,1]}
      14 <- 13 ExecutionSucceeded {"output":[4,1]}`,
  },
  {
    name: 'ItemsPath finds the items, ItemSelector makes each iteration’s input, ResultPath keeps the rest',
    definition: machine({
      Each: {
        Type: 'Map',
        ItemsPath: '$.list',
        ItemSelector: { 'i.$': '$$.Map.Item.Index', 'v.$': '$$.Map.Item.Value.n', 'k.$': '$.k' },
        ItemProcessor: processor(),
        ResultPath: '$.list',
      },
    }),
    input: { k: 'key', list: [{ n: 5 }, { n: 6 }] },
    output: {
      k: 'key',
      list: [
        { i: 0, v: 5, k: 'key' },
        { i: 1, v: 6, k: 'key' },
      ],
    },
  },
  {
    name: 'JSONata: ItemSelector may be one expression',
    definition: jsonata({
      Each: {
        Type: 'Map',
        Items: '{% $states.input.list %}',
        ItemSelector: "{% {'v': $states.context.Map.Item.Value, 'k': $states.input.k} %}",
        ItemProcessor: processor(),
      },
    }),
    input: { k: 'key', list: [5, 6] },
    output: [
      { v: 5, k: 'key' },
      { v: 6, k: 'key' },
    ],
  },
  {
    name: 'without items there is nothing to do',
    definition: machine({ Each: { Type: 'Map', ItemProcessor: processor() } }),
    input: [],
    history: `
      2 <- 0 MapStateEntered {"name":"Each","input":[]}
      3 <- 2 MapStateStarted {"length":0}
      4 <- 3 MapStateSucceeded
      5 <- 3 MapStateExited {"name":"Each","output":[]}
      6 <- 5 ExecutionSucceeded {"output":[]}`,
  },
  {
    name: 'an iteration that fails ends the others and the state',
    definition: machine({ Each: { Type: 'Map', MaxConcurrency: 1, ItemProcessor: work } }),
    input: [1, 2],
    answers: { work: [fails('Boom', 'bad')] },
    history: `
      2 <- 0 MapStateEntered {"name":"Each","input":[1,2]}
      3 <- 2 MapStateStarted {"length":2}
      4 <- 3 MapIterationStarted {"name":"Each","index":0}
      5 <- 4 TaskStateEntered {"name":"Work","input":1}
      6 <- 5 LambdaFunctionScheduled {"resource":"${FUNCTION}:work","input":1}
      7 <- 6 LambdaFunctionStarted
      8 <- 7 LambdaFunctionFailed {"error":"Boom","cause":"{\\"errorType\\":\\"Boom\\",\\"errorMessage\\":\\"bad\\"}"}
      9 <- 8 MapIterationFailed {"name":"Each","index":0}
      10 <- 8 MapStateFailed
      11 <- 10 ExecutionFailed {"error":"Boom","cause":"{\\"errorType\\":\\"Boom\\",\\"errorMessage\\":\\"bad\\"}"}`,
  },
  {
    name: 'Items of an expression, with $states.context.Map.Item in ItemSelector',
    definition: jsonata({
      Each: {
        Type: 'Map',
        Items: '{% $states.input.list[$ > 1] %}',
        ItemSelector: { v: '{% $states.context.Map.Item.Value %}', of: '{% $states.input.name %}' },
        ItemProcessor: machine({ Item: { Type: 'Pass', Output: '{% $states.input.of & $string($states.input.v) %}' } }),
      },
    }),
    input: { name: 'n', list: [1, 2, 3] },
    output: ['n2', 'n3'],
  },
  {
    name: 'the older Iterator and Parameters mean the same',
    definition: machine({
      Each: { Type: 'Map', Parameters: { 'v.$': '$$.Map.Item.Value' }, Iterator: processor() },
    }),
    input: [1],
    output: [{ v: 1 }],
  },
  {
    name: 'what ItemsPath finds must have items',
    definition: machine({ Each: { Type: 'Map', ItemsPath: '$.o', ItemProcessor: processor() } }),
    input: { o: 'text' },
    error: 'States.Runtime',
  },
  {
    name: 'of an object, an iteration for each key and value',
    definition: machine({
      Each: { Type: 'Map', ItemSelector: { 'v.$': '$$.Map.Item.Value' }, ItemProcessor: processor() },
    }),
    input: { a: 1, b: 2 },
    output: [{ v: 1 }, { v: 2 }],
  },
];
