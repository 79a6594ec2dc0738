import { after, type Case, FUNCTION, jsonata, machine } from '../case';

/**
 * Amazon States Language, "Timeouts" and "Heartbeats" of Task states, TimeoutSeconds of the state machine; Developer
 * Guide, "Handling errors" for States.Timeout and States.HeartbeatTimeout.
 * https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html
 */
const QUEUE = 'https://sqs.us-east-1.amazonaws.com/123456789012/queue';
const WAITING = {
  Type: 'Task',
  Resource: 'arn:aws:states:::sqs:sendMessage.waitForTaskToken',
  Parameters: { QueueUrl: QUEUE, MessageBody: { 'taskToken.$': '$$.Task.Token' } },
};
const sent = { 'sqs SendMessage': [{ MessageId: 'm' }, { MessageId: 'm' }] };

export const timeouts: Case[] = [
  {
    name: 'a task that is not answered in TimeoutSeconds fails with States.Timeout, without a cause',
    definition: machine({ Ask: { ...WAITING, TimeoutSeconds: 60 } }),
    answers: sent,
    history: `
      2 <- 0 TaskStateEntered {"name":"Ask","input":{}}
      3 <- 2 TaskScheduled {"resourceType":"sqs","resource":"sendMessage.waitForTaskToken","region":"us-east-1","parameters":{"QueueUrl":"${QUEUE}","MessageBody":{"taskToken":"<taskToken>"}},"timeoutInSeconds":60}
      4 <- 3 TaskStarted {"resourceType":"sqs","resource":"sendMessage.waitForTaskToken"}
      5 <- 4 TaskSubmitted {"resourceType":"sqs","resource":"sendMessage.waitForTaskToken","output":{"MessageId":"m"}}
      6 <- 5 TaskTimedOut @60 {"resourceType":"sqs","resource":"sendMessage.waitForTaskToken","error":"States.Timeout"}
      7 <- 6 ExecutionFailed {"error":"States.Timeout"}`,
  },
  {
    name: 'TimeoutSecondsPath, and a retry after the timeout',
    definition: machine({
      Ask: {
        ...WAITING,
        TimeoutSecondsPath: '$.limit',
        Retry: [{ ErrorEquals: ['States.Timeout'], IntervalSeconds: 5, MaxAttempts: 1 }],
        Catch: [{ ErrorEquals: ['States.Timeout'], ResultPath: '$.why', Next: 'Late' }],
        End: true,
      },
      Late: { Type: 'Succeed' },
    }),
    input: { limit: 10 },
    answers: sent,
    history: `
      2 <- 0 TaskStateEntered {"name":"Ask","input":{"limit":10}}
      3 <- 2 TaskScheduled {"resourceType":"sqs","resource":"sendMessage.waitForTaskToken","region":"us-east-1","parameters":{"QueueUrl":"${QUEUE}","MessageBody":{"taskToken":"<taskToken>"}},"timeoutInSeconds":10}
      4 <- 3 TaskStarted {"resourceType":"sqs","resource":"sendMessage.waitForTaskToken"}
      5 <- 4 TaskSubmitted {"resourceType":"sqs","resource":"sendMessage.waitForTaskToken","output":{"MessageId":"m"}}
      6 <- 5 TaskTimedOut @10 {"resourceType":"sqs","resource":"sendMessage.waitForTaskToken","error":"States.Timeout"}
      7 <- 6 TaskScheduled @15 {"resourceType":"sqs","resource":"sendMessage.waitForTaskToken","region":"us-east-1","parameters":{"QueueUrl":"${QUEUE}","MessageBody":{"taskToken":"<taskToken>"}},"timeoutInSeconds":10}
      8 <- 7 TaskStarted {"resourceType":"sqs","resource":"sendMessage.waitForTaskToken"}
      9 <- 8 TaskSubmitted {"resourceType":"sqs","resource":"sendMessage.waitForTaskToken","output":{"MessageId":"m"}}
      10 <- 9 TaskTimedOut @25 {"resourceType":"sqs","resource":"sendMessage.waitForTaskToken","error":"States.Timeout"}
      11 <- 10 TaskStateExited {"name":"Ask","output":{"limit":10,"why":{"Error":"States.Timeout","Cause":""}}}
      12 <- 11 SucceedStateEntered {"name":"Late","input":{"limit":10,"why":{"Error":"States.Timeout","Cause":""}}}
      13 <- 12 SucceedStateExited {"name":"Late","output":{"limit":10,"why":{"Error":"States.Timeout","Cause":""}}}
      14 <- 13 ExecutionSucceeded {"output":{"limit":10,"why":{"Error":"States.Timeout","Cause":""}}}`,
  },
  {
    name: 'heartbeats keep a task alive until TimeoutSeconds, and leave no event',
    definition: machine({ Ask: { ...WAITING, HeartbeatSeconds: 20, TimeoutSeconds: 50 } }),
    answers: sent,
    steps: [
      after(15),
      ['SendTaskHeartbeat', { taskToken: '<taskToken>' }, {}],
      after(15),
      ['SendTaskHeartbeat', { taskToken: '<taskToken>' }, {}],
      after(15),
      ['SendTaskHeartbeat', { taskToken: '<taskToken>' }, {}],
    ],
    history: `
      2 <- 0 TaskStateEntered {"name":"Ask","input":{}}
      3 <- 2 TaskScheduled {"resourceType":"sqs","resource":"sendMessage.waitForTaskToken","region":"us-east-1","parameters":{"QueueUrl":"${QUEUE}","MessageBody":{"taskToken":"<taskToken>"}},"timeoutInSeconds":50,"heartbeatInSeconds":20}
      4 <- 3 TaskStarted {"resourceType":"sqs","resource":"sendMessage.waitForTaskToken"}
      5 <- 4 TaskSubmitted {"resourceType":"sqs","resource":"sendMessage.waitForTaskToken","output":{"MessageId":"m"}}
      6 <- 5 TaskTimedOut @50 {"resourceType":"sqs","resource":"sendMessage.waitForTaskToken","error":"States.Timeout"}
      7 <- 6 ExecutionFailed {"error":"States.Timeout"}`,
  },
  {
    name: 'a missed heartbeat is caught as States.HeartbeatTimeout',
    definition: jsonata({
      Ask: {
        Type: 'Task',
        Resource: WAITING.Resource,
        Arguments: { QueueUrl: QUEUE, MessageBody: { taskToken: '{% $states.context.Task.Token %}' } },
        HeartbeatSeconds: '{% $states.input.beat %}',
        TimeoutSeconds: 600,
        Catch: [{ ErrorEquals: ['States.HeartbeatTimeout'], Output: 'silent', Next: 'Late' }],
        End: true,
      },
      Late: { Type: 'Succeed' },
    }),
    input: { beat: 20 },
    answers: sent,
    output: 'silent',
  },
  {
    name: 'the state machine’s TimeoutSeconds ends the execution as TIMED_OUT, with one event and no error',
    definition: machine({ W: { Type: 'Wait', Seconds: 3600 } }, { TimeoutSeconds: 30 }),
    status: 'TIMED_OUT',
    history: `
      2 <- 0 WaitStateEntered {"name":"W","input":{}}
      3 <- 0 ExecutionTimedOut @30`,
  },
  {
    name: 'a Lambda function gets its TimeoutSeconds recorded',
    definition: machine({ Work: { Type: 'Task', Resource: `${FUNCTION}:work`, TimeoutSeconds: 9 } }),
    answers: { work: [1] },
    history: `
      2 <- 0 TaskStateEntered {"name":"Work","input":{}}
      3 <- 2 LambdaFunctionScheduled {"resource":"${FUNCTION}:work","input":{},"timeoutInSeconds":9}
      4 <- 3 LambdaFunctionStarted
      5 <- 4 LambdaFunctionSucceeded {"output":1}
      6 <- 5 TaskStateExited {"name":"Work","output":1}
      7 <- 6 ExecutionSucceeded {"output":1}`,
  },
];
