import { type Case, FUNCTION, fails, jsonata, machine } from '../case';

/**
 * Amazon States Language, "Errors": error names, "Retrying after error", "Fallback states".
 * https://states-language.net/spec.html#errors
 */
const work = (more: object) => ({ Work: { Type: 'Task', Resource: `${FUNCTION}:work`, ...more } });
const after = { After: { Type: 'Succeed' } };
const busy = fails('Busy', 'no hands');

export const retryCatch: Case[] = [
  {
    name: 'a retrier waits IntervalSeconds, then BackoffRate times as long, and the state is not entered again',
    definition: machine(
      work({ Retry: [{ ErrorEquals: ['Busy'], IntervalSeconds: 3, BackoffRate: 1.5, MaxAttempts: 2 }] }),
    ),
    answers: { work: [busy, busy, 'done'] },
    history: `
      2 <- 0 TaskStateEntered {"name":"Work","input":{}}
      3 <- 2 LambdaFunctionScheduled {"resource":"${FUNCTION}:work","input":{}}
      4 <- 3 LambdaFunctionStarted
      5 <- 4 LambdaFunctionFailed {"error":"Busy","cause":"{\\"errorType\\":\\"Busy\\",\\"errorMessage\\":\\"no hands\\"}"}
      6 <- 5 LambdaFunctionScheduled @3 {"resource":"${FUNCTION}:work","input":{}}
      7 <- 6 LambdaFunctionStarted
      8 <- 7 LambdaFunctionFailed {"error":"Busy","cause":"{\\"errorType\\":\\"Busy\\",\\"errorMessage\\":\\"no hands\\"}"}
      9 <- 8 LambdaFunctionScheduled @7.5 {"resource":"${FUNCTION}:work","input":{}}
      10 <- 9 LambdaFunctionStarted
      11 <- 10 LambdaFunctionSucceeded {"output":"done"}
      12 <- 11 TaskStateExited {"name":"Work","output":"done"}
      13 <- 12 ExecutionSucceeded {"output":"done"}`,
  },
  {
    name: 'when the attempts are used up the state fails with the last error',
    definition: machine(work({ Retry: [{ ErrorEquals: ['States.ALL'], IntervalSeconds: 1, MaxAttempts: 1 }] })),
    answers: { work: [busy, fails('Broken', 'for good')] },
    error: 'Broken',
    cause: '{"errorType":"Broken","errorMessage":"for good"}',
  },
  {
    name: 'MaxDelaySeconds bounds the back-off',
    definition: machine(
      work({
        Retry: [{ ErrorEquals: ['Busy'], IntervalSeconds: 4, BackoffRate: 10, MaxAttempts: 2, MaxDelaySeconds: 6 }],
      }),
    ),
    answers: { work: [busy, busy, 'done'] },
    history: `
      2 <- 0 TaskStateEntered {"name":"Work","input":{}}
      3 <- 2 LambdaFunctionScheduled {"resource":"${FUNCTION}:work","input":{}}
      4 <- 3 LambdaFunctionStarted
      5 <- 4 LambdaFunctionFailed {"error":"Busy","cause":"{\\"errorType\\":\\"Busy\\",\\"errorMessage\\":\\"no hands\\"}"}
      6 <- 5 LambdaFunctionScheduled @4 {"resource":"${FUNCTION}:work","input":{}}
      7 <- 6 LambdaFunctionStarted
      8 <- 7 LambdaFunctionFailed {"error":"Busy","cause":"{\\"errorType\\":\\"Busy\\",\\"errorMessage\\":\\"no hands\\"}"}
      9 <- 8 LambdaFunctionScheduled @10 {"resource":"${FUNCTION}:work","input":{}}
      10 <- 9 LambdaFunctionStarted
      11 <- 10 LambdaFunctionSucceeded {"output":"done"}
      12 <- 11 TaskStateExited {"name":"Work","output":"done"}
      13 <- 12 ExecutionSucceeded {"output":"done"}`,
  },
  {
    name: 'each retrier counts its own attempts, and the first that names the error is taken',
    definition: machine(
      work({
        Retry: [
          { ErrorEquals: ['A', 'B'], IntervalSeconds: 1, MaxAttempts: 1 },
          { ErrorEquals: ['States.ALL'], IntervalSeconds: 10, MaxAttempts: 1 },
        ],
      }),
    ),
    answers: { work: [fails('A'), fails('C'), fails('B')] },
    error: 'B',
  },
  {
    name: 'MaxAttempts 0: the error is never retried',
    definition: machine(
      work({
        Retry: [
          { ErrorEquals: ['Busy'], MaxAttempts: 0 },
          { ErrorEquals: ['States.ALL'], MaxAttempts: 5 },
        ],
      }),
    ),
    answers: { work: [busy] },
    error: 'Busy',
  },
  {
    name: 'a catcher puts error and cause where its ResultPath says, and goes on there',
    definition: machine({
      ...work({ Catch: [{ ErrorEquals: ['Busy'], ResultPath: '$.why', Next: 'After' }], End: true }),
      ...after,
    }),
    input: { a: 1 },
    answers: { work: [busy] },
    history: `
      2 <- 0 TaskStateEntered {"name":"Work","input":{"a":1}}
      3 <- 2 LambdaFunctionScheduled {"resource":"${FUNCTION}:work","input":{"a":1}}
      4 <- 3 LambdaFunctionStarted
      5 <- 4 LambdaFunctionFailed {"error":"Busy","cause":"{\\"errorType\\":\\"Busy\\",\\"errorMessage\\":\\"no hands\\"}"}
      6 <- 5 TaskStateExited {"name":"Work","output":{"a":1,"why":{"Error":"Busy","Cause":"{\\"errorType\\":\\"Busy\\",\\"errorMessage\\":\\"no hands\\"}"}}}
      7 <- 6 SucceedStateEntered {"name":"After","input":{"a":1,"why":{"Error":"Busy","Cause":"{\\"errorType\\":\\"Busy\\",\\"errorMessage\\":\\"no hands\\"}"}}}
      8 <- 7 SucceedStateExited {"name":"After","output":{"a":1,"why":{"Error":"Busy","Cause":"{\\"errorType\\":\\"Busy\\",\\"errorMessage\\":\\"no hands\\"}"}}}
      9 <- 8 ExecutionSucceeded {"output":{"a":1,"why":{"Error":"Busy","Cause":"{\\"errorType\\":\\"Busy\\",\\"errorMessage\\":\\"no hands\\"}"}}}`,
  },
  {
    name: 'retriers are used up before a catcher is asked',
    definition: jsonata({
      ...work({
        Retry: [{ ErrorEquals: ['Busy'], IntervalSeconds: 1, MaxAttempts: 1 }],
        Catch: [{ ErrorEquals: ['States.ALL'], Output: '{% $states.errorOutput.Error %}', Next: 'After' }],
        End: true,
      }),
      ...after,
    }),
    answers: { work: [busy, fails('Broken')] },
    output: 'Broken',
  },
  {
    name: 'States.TaskFailed stands for every error of a task but States.Timeout',
    definition: machine({
      ...work({
        Catch: [
          { ErrorEquals: ['States.Timeout'], Next: 'Wrong' },
          { ErrorEquals: ['States.TaskFailed'], ResultPath: null, Next: 'After' },
        ],
        End: true,
      }),
      ...after,
      Wrong: { Type: 'Fail' },
    }),
    answers: { work: [busy] },
    output: {},
  },
  {
    name: 'States.ALL does not stand for States.DataLimitExceeded',
    definition: machine({
      ...work({ Catch: [{ ErrorEquals: ['States.ALL'], Next: 'After' }], End: true }),
      ...after,
    }),
    answers: { work: ['x'.repeat(262_145)] },
    error: 'States.DataLimitExceeded',
    cause: `The state/task '${FUNCTION}:work' returned a result with a size exceeding the maximum number of bytes service limit.`,
  },
];
