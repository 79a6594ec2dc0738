import { type Case, FUNCTION, fails, jsonata, machine } from '../case';

/** Amazon States Language, "Parallel State". https://states-language.net/spec.html#parallel-state */
const pass = (name: string, Result: string) => machine({ [name]: { Type: 'Pass', Result } });
const work = (name: string) => machine({ [name]: { Type: 'Task', Resource: `${FUNCTION}:${name}` } });

export const parallel: Case[] = [
  {
    name: 'branches get the same input, and their outputs are the result in their order',
    definition: machine({
      Both: { Type: 'Parallel', Branches: [pass('A', 'a'), pass('B', 'b')], ResultPath: '$.both' },
    }),
    input: { n: 1 },
    history: `
      2 <- 0 ParallelStateEntered {"name":"Both","input":{"n":1}}
      3 <- 2 ParallelStateStarted
      4 <- 3 PassStateEntered {"name":"A","input":{"n":1}}
      5 <- 4 PassStateExited {"name":"A","output":"a"}
      6 <- 3 PassStateEntered {"name":"B","input":{"n":1}}
      7 <- 6 PassStateExited {"name":"B","output":"b"}
      8 <- 7 ParallelStateSucceeded
      9 <- 7 ParallelStateExited {"name":"Both","output":{"n":1,"both":["a","b"]}}
      10 <- 9 ExecutionSucceeded {"output":{"n":1,"both":["a","b"]}}`,
  },
  {
    name: 'the slower branch is waited for',
    definition: machine({
      Both: {
        Type: 'Parallel',
        Branches: [machine({ Slow: { Type: 'Wait', Seconds: 9 } }), machine({ Fast: { Type: 'Wait', Seconds: 2 } })],
      },
    }),
    history: `
      2 <- 0 ParallelStateEntered {"name":"Both","input":{}}
      3 <- 2 ParallelStateStarted
      4 <- 3 WaitStateEntered {"name":"Slow","input":{}}
      5 <- 3 WaitStateEntered {"name":"Fast","input":{}}
      6 <- 5 WaitStateExited @2 {"name":"Fast","output":{}}
      7 <- 4 WaitStateExited @9 {"name":"Slow","output":{}}
      8 <- 7 ParallelStateSucceeded
      9 <- 7 ParallelStateExited {"name":"Both","output":[{},{}]}
      10 <- 9 ExecutionSucceeded {"output":[{},{}]}`,
  },
  {
    name: 'a branch that fails ends the others, and the state fails with its error',
    definition: machine({
      Both: {
        Type: 'Parallel',
        Branches: [
          machine({ Slow: { Type: 'Wait', Seconds: 60 } }),
          machine({ Bad: { Type: 'Fail', Error: 'Boom', Cause: 'bad' } }),
        ],
        Catch: [{ ErrorEquals: ['Boom'], ResultPath: '$.why', Next: 'After' }],
        Next: 'After',
      },
      After: { Type: 'Succeed', OutputPath: '$.why' },
    }),
    history: `
      2 <- 0 ParallelStateEntered {"name":"Both","input":{}}
      3 <- 2 ParallelStateStarted
      4 <- 3 WaitStateEntered {"name":"Slow","input":{}}
      5 <- 3 FailStateEntered {"name":"Bad","input":{}}
      6 <- 4 WaitStateAborted
      7 <- 5 ParallelStateFailed
      8 <- 7 ParallelStateExited {"name":"Both","output":{"why":{"Error":"Boom","Cause":"bad"}}}
      9 <- 8 SucceedStateEntered {"name":"After","input":{"why":{"Error":"Boom","Cause":"bad"}}}
      10 <- 9 SucceedStateExited {"name":"After","output":{"Error":"Boom","Cause":"bad"}}
      11 <- 10 ExecutionSucceeded {"output":{"Error":"Boom","Cause":"bad"}}`,
  },
  {
    name: 'a retry runs all branches anew',
    definition: machine({
      Both: {
        Type: 'Parallel',
        Branches: [work('one'), work('two')],
        Retry: [{ ErrorEquals: ['Boom'], IntervalSeconds: 2, MaxAttempts: 1 }],
      },
    }),
    answers: { one: [1, 11], two: [fails('Boom'), 2] },
    output: [11, 2],
  },
  {
    name: 'Arguments make the branches’ input in JSONata, Output the state’s output',
    definition: jsonata({
      Both: {
        Type: 'Parallel',
        Arguments: { twice: '{% $states.input.n * 2 %}' },
        Branches: [machine({ A: { Type: 'Pass', Output: '{% $states.input.twice %}' } })],
        Output: { first: '{% $states.result[0] %}' },
      },
    }),
    input: { n: 4 },
    output: { first: 8 },
  },
  {
    name: 'a Fail state of a branch names the error that the Parallel fails with',
    definition: machine({
      Both: {
        Type: 'Parallel',
        Branches: [machine({ F: { Type: 'Fail', Error: 'Returned', Cause: 'by the reader' } })],
      },
    }),
    error: 'Returned',
    cause: 'by the reader',
  },
];
