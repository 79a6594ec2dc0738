import { ARN, after, type Case, fails, jsonata, machine, refused } from '../case';

/**
 * Developer Guide, "Discover service integration patterns", wait for a callback with the task token; "Learn about
 * activities". https://docs.aws.amazon.com/step-functions/latest/dg/connect-to-resource.html#connect-wait-token
 */
const ask = jsonata({
  Ask: {
    Type: 'Task',
    Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken',
    Arguments: { FunctionName: 'mail', Payload: { taskToken: '{% $states.context.Task.Token %}' } },
  },
});
const answers = { mail: [null] };
const asked = `
  2 <- 0 TaskStateEntered {"name":"Ask","input":{}}
  3 <- 2 TaskScheduled {"resourceType":"lambda","resource":"invoke.waitForTaskToken","region":"us-east-1","parameters":{"FunctionName":"mail","Payload":{"taskToken":"<taskToken>"}}}
  4 <- 3 TaskStarted {"resourceType":"lambda","resource":"invoke.waitForTaskToken"}
  5 <- 4 TaskSubmitted {"resourceType":"lambda","resource":"invoke.waitForTaskToken","output":{"ExecutedVersion":"$LATEST","Payload":null,"StatusCode":200}}`;

export const callbacks: Case[] = [
  {
    name: 'SendTaskSuccess gives the task its result; the token is good for one answer',
    definition: ask,
    answers,
    steps: [
      after(86_400),
      ['SendTaskSuccess', { taskToken: '<taskToken>', output: '{"decision":"renew"}' }, {}],
      ['SendTaskSuccess', { taskToken: '<taskToken>', output: '{}' }, refused('TaskTimedOut')],
      ['SendTaskHeartbeat', { taskToken: '<taskToken>' }, refused('TaskTimedOut')],
    ],
    history: `${asked}
      6 <- 5 TaskSucceeded @86400 {"resourceType":"lambda","resource":"invoke.waitForTaskToken","output":{"decision":"renew"}}
      7 <- 6 TaskStateExited {"name":"Ask","output":{"decision":"renew"}}
      8 <- 7 ExecutionSucceeded {"output":{"decision":"renew"}}`,
  },
  {
    name: 'SendTaskFailure fails the task with its error and cause',
    definition: ask,
    answers,
    steps: [['SendTaskFailure', { taskToken: '<taskToken>', error: 'Lost', cause: 'by the reader' }, {}]],
    history: `${asked}
      6 <- 5 TaskFailed {"resourceType":"lambda","resource":"invoke.waitForTaskToken","error":"Lost","cause":"by the reader"}
      7 <- 6 ExecutionFailed {"error":"Lost","cause":"by the reader"}`,
  },
  {
    name: 'an output that is no JSON is refused, and the task waits on',
    definition: ask,
    answers,
    steps: [
      ['SendTaskSuccess', { taskToken: '<taskToken>', output: 'no JSON' }, refused('InvalidOutput')],
      [
        'SendTaskSuccess',
        { taskToken: 'no token', output: '{}' },
        refused('InvalidToken', "Invalid Token: 'Invalid token'"),
      ],
    ],
    status: 'RUNNING',
    history: asked,
  },
  {
    name: 'an execution that is stopped leaves tokens that nobody waits for',
    definition: ask,
    answers,
    steps: [
      ['StopExecution', { executionArn: `${ARN}:execution:machine:run`, error: 'Enough', cause: 'said the desk' }],
      ['SendTaskSuccess', { taskToken: '<taskToken>', output: '{}' }, refused('TaskTimedOut')],
    ],
    history: `${asked}
      6 <- 0 ExecutionAborted {"error":"Enough","cause":"said the desk"}`,
  },
  {
    name: 'a request that is refused is a task that was not submitted',
    definition: machine({
      Ask: {
        Type: 'Task',
        Resource: 'arn:aws:states:::sqs:sendMessage.waitForTaskToken',
        Parameters: { QueueUrl: 'q', MessageBody: { 'taskToken.$': '$$.Task.Token' } },
        Catch: [{ ErrorEquals: ['States.TaskFailed'], ResultPath: null, Next: 'Caught' }],
        Next: 'Caught',
      },
      Caught: { Type: 'Pass', Result: 'caught' },
    }),
    answers: { 'sqs SendMessage': [fails('QueueDoesNotExist', 'No such queue.')] },
    history: `
      2 <- 0 TaskStateEntered {"name":"Ask","input":{}}
      3 <- 2 TaskScheduled {"resourceType":"sqs","resource":"sendMessage.waitForTaskToken","region":"us-east-1","parameters":{"QueueUrl":"q","MessageBody":{"taskToken":"<taskToken>"}}}
      4 <- 3 TaskStarted {"resourceType":"sqs","resource":"sendMessage.waitForTaskToken"}
      5 <- 4 TaskSubmitFailed {"resourceType":"sqs","resource":"sendMessage.waitForTaskToken","error":"SQS.QueueDoesNotExistException","cause":"No such queue. (Service: AmazonSQS; Status Code: 400; Error Code: QueueDoesNotExist; Request ID: <uuid>; Proxy: null)"}
      6 <- 5 TaskStateExited {"name":"Ask","output":{}}
      7 <- 6 PassStateEntered {"name":"Caught","input":{}}
      8 <- 7 PassStateExited {"name":"Caught","output":"caught"}
      9 <- 8 ExecutionSucceeded {"output":"caught"}`,
  },
];

const DESK = `${ARN}:activity:desk`;
const desk = (more: object = {}) => machine({ Desk: { Type: 'Task', Resource: DESK, ...more } });
const setup = [['CreateActivity', { name: 'desk' }] as const];
const take = [
  'GetActivityTask',
  { activityArn: DESK, workerName: 'ann' },
  { taskToken: '<taskToken>', input: '{"item":7}' },
] as const;

export const activities: Case[] = [
  {
    name: 'a worker takes the task and answers it',
    setup,
    definition: desk(),
    input: { item: 7 },
    steps: [take, after(60), ['SendTaskSuccess', { taskToken: '<taskToken>', output: '"whole"' }, {}]],
    history: `
      2 <- 0 TaskStateEntered {"name":"Desk","input":{"item":7}}
      3 <- 2 ActivityScheduled {"resource":"${DESK}","input":{"item":7}}
      4 <- 3 ActivityStarted {"workerName":"ann"}
      5 <- 4 ActivitySucceeded @60 {"output":"whole"}
      6 <- 5 TaskStateExited {"name":"Desk","output":"whole"}
      7 <- 6 ExecutionSucceeded {"output":"whole"}`,
  },
  {
    name: 'a worker that fails it',
    setup,
    definition: desk(),
    input: { item: 7 },
    steps: [take, ['SendTaskFailure', { taskToken: '<taskToken>', error: 'Torn', cause: 'page 3' }, {}]],
    history: `
      2 <- 0 TaskStateEntered {"name":"Desk","input":{"item":7}}
      3 <- 2 ActivityScheduled {"resource":"${DESK}","input":{"item":7}}
      4 <- 3 ActivityStarted {"workerName":"ann"}
      5 <- 4 ActivityFailed {"error":"Torn","cause":"page 3"}
      6 <- 5 ExecutionFailed {"error":"Torn","cause":"page 3"}`,
  },
  {
    name: 'the timeout counts from when a worker took the task',
    setup,
    definition: desk({ TimeoutSeconds: 30 }),
    input: { item: 7 },
    steps: [after(3600), take],
    history: `
      2 <- 0 TaskStateEntered {"name":"Desk","input":{"item":7}}
      3 <- 2 ActivityScheduled {"resource":"${DESK}","input":{"item":7},"timeoutInSeconds":30}
      4 <- 3 ActivityStarted @3600 {"workerName":"ann"}
      5 <- 4 ActivityTimedOut @3630 {"error":"States.Timeout"}
      6 <- 5 ExecutionFailed {"error":"States.Timeout"}`,
  },
  {
    name: 'a worker that falls silent',
    setup,
    definition: desk({ HeartbeatSeconds: 10, TimeoutSeconds: 600 }),
    input: { item: 7 },
    steps: [take, after(8), ['SendTaskHeartbeat', { taskToken: '<taskToken>' }, {}]],
    history: `
      2 <- 0 TaskStateEntered {"name":"Desk","input":{"item":7}}
      3 <- 2 ActivityScheduled {"resource":"${DESK}","input":{"item":7},"timeoutInSeconds":600,"heartbeatInSeconds":10}
      4 <- 3 ActivityStarted {"workerName":"ann"}
      5 <- 4 ActivityTimedOut @18 {"error":"States.Timeout"}
      6 <- 5 ExecutionFailed {"error":"States.Timeout"}`,
  },
  {
    name: 'an execution waits for a worker for as long as it takes',
    setup,
    definition: desk({ TimeoutSeconds: 30 }),
    status: 'RUNNING',
    steps: [after(7200)],
    history: `
      2 <- 0 TaskStateEntered {"name":"Desk","input":{}}
      3 <- 2 ActivityScheduled {"resource":"${DESK}","input":{},"timeoutInSeconds":30}`,
  },
];
