import { ARN, type Case, FUNCTION, fails, jsonata, machine, ROLE } from '../case';

/**
 * Amazon States Language, "The Context Object"; its members: AWS Step Functions Developer Guide, "Accessing execution
 * data from the Context object". https://docs.aws.amazon.com/step-functions/latest/dg/input-output-contextobject.html
 */
export const contextObject: Case[] = [
  {
    name: 'tells of the execution, the state machine and the state',
    definition: machine({ A: { Type: 'Pass', Parameters: { 'all.$': '$$' }, OutputPath: '$.all' } }),
    input: { a: 1 },
    output: {
      Execution: {
        Id: `${ARN}:execution:machine:run`,
        Input: { a: 1 },
        Name: 'run',
        RoleArn: ROLE,
        StartTime: '2026-03-01T08:00:00.000Z',
        RedriveCount: 0,
      },
      StateMachine: { Id: `${ARN}:stateMachine:machine`, Name: 'machine' },
      State: { Name: 'A', EnteredTime: '2026-03-01T08:00:00.000Z' },
    },
  },
  {
    name: 'keeps the execution’s input, and dates the state’s entering',
    definition: jsonata({
      Pause: { Type: 'Wait', Seconds: 90, Output: 'changed' },
      B: {
        Type: 'Pass',
        Output: {
          input: '{% $states.context.Execution.Input %}',
          entered: '{% $states.context.State.EnteredTime %}',
          now: '{% $states.input %}',
        },
      },
    }),
    input: { first: true },
    output: { input: { first: true }, entered: '2026-03-01T08:01:30.000Z', now: 'changed' },
  },
  {
    name: 'tells an iteration its item',
    definition: machine({
      Each: {
        Type: 'Map',
        ItemProcessor: machine({ Tell: { Type: 'Pass', Parameters: { 'item.$': '$$.Map.Item' } } }),
      },
    }),
    input: ['x', 'y'],
    output: [{ item: { Index: 0, Value: 'x' } }, { item: { Index: 1, Value: 'y' } }],
  },
  {
    name: 'counts the retries of a task',
    definition: machine({
      Work: {
        Type: 'Task',
        Resource: `${FUNCTION}:work`,
        Parameters: { 'attempt.$': '$$.State.RetryCount' },
        Retry: [{ ErrorEquals: ['States.ALL'], IntervalSeconds: 1, MaxAttempts: 1 }],
      },
    }),
    answers: { work: [fails('Boom', 'bad'), 'done'] },
    history: `
      2 <- 0 TaskStateEntered {"name":"Work","input":{}}
      3 <- 2 LambdaFunctionScheduled {"resource":"${FUNCTION}:work","input":{"attempt":0}}
      4 <- 3 LambdaFunctionStarted
      5 <- 4 LambdaFunctionFailed {"error":"Boom","cause":"{\\"errorType\\":\\"Boom\\",\\"errorMessage\\":\\"bad\\"}"}
      6 <- 5 LambdaFunctionScheduled @1 {"resource":"${FUNCTION}:work","input":{"attempt":1}}
      7 <- 6 LambdaFunctionStarted
      8 <- 7 LambdaFunctionSucceeded {"output":"done"}
      9 <- 8 TaskStateExited {"name":"Work","output":"done"}
      10 <- 9 ExecutionSucceeded {"output":"done"}`,
  },
];
