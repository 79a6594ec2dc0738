import { type Case, FUNCTION, fails, jsonata, machine } from '../case';

/**
 * Amazon States Language, "Variables": Assign, scope, when values are seen; Developer Guide, "Passing data between states
 * with variables". https://docs.aws.amazon.com/step-functions/latest/dg/workflow-variables.html
 */
export const variables: Case[] = [
  {
    name: 'what a state assigns is seen by the states after it, in paths and templates',
    definition: machine({
      Keep: { Type: 'Pass', Assign: { 'id.$': '$.id', list: [1, 2], 'who.$': '$$.Execution.Name' } },
      Use: {
        Type: 'Pass',
        Parameters: { 'id.$': '$id', 'second.$': '$list[1]', 'who.$': "States.Format('{}', $who)" },
      },
    }),
    input: { id: 7 },
    history: `
      2 <- 0 PassStateEntered {"name":"Keep","input":{"id":7}}
      3 <- 2 PassStateExited {"name":"Keep","output":{"id":7},"assignedVariables":{"id":7,"list":[1,2],"who":"run"}}
      4 <- 3 PassStateEntered {"name":"Use","input":{"id":7}}
      5 <- 4 PassStateExited {"name":"Use","output":{"id":7,"second":2,"who":"run"}}
      6 <- 5 ExecutionSucceeded {"output":{"id":7,"second":2,"who":"run"}}`,
  },
  {
    name: 'Assign and Output see the values from before the state; all of Assign is evaluated before any is assigned',
    definition: jsonata({
      Set: { Type: 'Pass', Assign: { x: 3, a: 6 } },
      Swap: { Type: 'Pass', Assign: { x: '{% $a %}', nextX: '{% $x %}' }, Output: '{% $x %}' },
      Tell: { Type: 'Pass', Output: { out: '{% $states.input %}', x: '{% $x %}', nextX: '{% $nextX %}' } },
    }),
    output: { out: 3, x: 6, nextX: 3 },
  },
  {
    name: 'a task assigns from its result, and a catcher from the error',
    definition: jsonata({
      First: { Type: 'Task', Resource: `${FUNCTION}:work`, Assign: { total: '{% $states.result.total %}' } },
      Second: {
        Type: 'Task',
        Resource: `${FUNCTION}:work`,
        Assign: { total: 0 },
        Catch: [{ ErrorEquals: ['States.ALL'], Assign: { why: '{% $states.errorOutput.Error %}' }, Next: 'Tell' }],
        Next: 'Tell',
      },
      Tell: { Type: 'Succeed', Output: { total: '{% $total %}', why: '{% $why %}' } },
    }),
    answers: { work: [{ total: 12 }, fails('Boom', 'bad')] },
    output: { total: 12, why: 'Boom' },
  },
  {
    name: 'branches and iterations see the variables around them, and what they assign ends with them',
    definition: jsonata({
      Set: { Type: 'Pass', Assign: { outer: 1 } },
      Both: {
        Type: 'Parallel',
        Branches: [
          machine({
            Own: { Type: 'Pass', Assign: { inner: '{% $outer + 1 %}' } },
            Tell: { Type: 'Pass', Output: '{% $inner %}' },
          }),
          machine({
            Own2: { Type: 'Pass', Assign: { inner: '{% $outer + 2 %}' } },
            Tell2: { Type: 'Pass', Output: '{% $inner %}' },
          }),
        ],
        Assign: { outer: '{% $states.result[1] %}' },
        Output: '{% $states.result %}',
      },
      Tell3: {
        Type: 'Pass',
        Output: { got: '{% $states.input %}', outer: '{% $outer %}', inner: '{% $exists($inner) %}' },
      },
    }),
    output: { got: [2, 3], outer: 3, inner: false },
  },
  {
    name: 'variables outlast a wait',
    definition: jsonata({
      Set: { Type: 'Pass', Assign: { seconds: 5 } },
      Pause: { Type: 'Wait', Seconds: '{% $seconds %}', Assign: { paused: true } },
      Tell: { Type: 'Succeed', Output: '{% $string($seconds) & $string($paused) %}' },
    }),
    history: `
      2 <- 0 PassStateEntered {"name":"Set","input":{}}
      3 <- 2 PassStateExited {"name":"Set","output":{},"assignedVariables":{"seconds":5}}
      4 <- 3 WaitStateEntered {"name":"Pause","input":{}}
      5 <- 4 WaitStateExited @5 {"name":"Pause","output":{},"assignedVariables":{"paused":true}}
      6 <- 5 SucceedStateEntered {"name":"Tell","input":{}}
      7 <- 6 SucceedStateExited {"name":"Tell","output":"5true"}
      8 <- 7 ExecutionSucceeded {"output":"5true"}`,
  },
];
