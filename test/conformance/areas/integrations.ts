import { ARN, after, type Case, fails, jsonata, machine, ROLE } from '../case';

/**
 * Developer Guide, "Integrating optimized services" and "Discover service integration patterns": request and response,
 * run a job (`.sync`), and the AWS SDK integrations.
 * https://docs.aws.amazon.com/step-functions/latest/dg/integrate-services.html
 */
const QUEUE = 'https://sqs.us-east-1.amazonaws.com/123456789012/queue';
const CHILD = `${ARN}:stateMachine:child`;
const child = (states: Record<string, object>) =>
  [['CreateStateMachine', { name: 'child', definition: JSON.stringify(machine(states)), roleArn: ROLE }]] as const;

export const integrations: Case[] = [
  {
    name: 'sqs:sendMessage, a message given as JSON is sent as text',
    definition: machine({
      Send: {
        Type: 'Task',
        Resource: 'arn:aws:states:::sqs:sendMessage',
        Parameters: { QueueUrl: QUEUE, MessageBody: { 'n.$': '$.n' } },
        ResultSelector: { 'id.$': '$.MessageId' },
      },
    }),
    input: { n: 1 },
    answers: { 'sqs SendMessage': [{ MessageId: 'm-1', MD5OfMessageBody: 'x' }] },
    history: `
      2 <- 0 TaskStateEntered {"name":"Send","input":{"n":1}}
      3 <- 2 TaskScheduled {"resourceType":"sqs","resource":"sendMessage","region":"us-east-1","parameters":{"QueueUrl":"${QUEUE}","MessageBody":{"n":1}}}
      4 <- 3 TaskStarted {"resourceType":"sqs","resource":"sendMessage"}
      5 <- 4 TaskSucceeded {"resourceType":"sqs","resource":"sendMessage","output":{"MessageId":"m-1","MD5OfMessageBody":"x"}}
      6 <- 5 TaskStateExited {"name":"Send","output":{"id":"m-1"}}
      7 <- 6 ExecutionSucceeded {"output":{"id":"m-1"}}`,
  },
  {
    name: 'lambda:invoke gives the API’s answer with the payload parsed',
    definition: machine({
      Call: {
        Type: 'Task',
        Resource: 'arn:aws:states:::lambda:invoke',
        Parameters: { FunctionName: 'work', 'Payload.$': '$' },
        ResultSelector: { 'said.$': '$.Payload' },
      },
    }),
    answers: { work: ['hello'] },
    history: `
      2 <- 0 TaskStateEntered {"name":"Call","input":{}}
      3 <- 2 TaskScheduled {"resourceType":"lambda","resource":"invoke","region":"us-east-1","parameters":{"FunctionName":"work","Payload":{}}}
      4 <- 3 TaskStarted {"resourceType":"lambda","resource":"invoke"}
      5 <- 4 TaskSucceeded {"resourceType":"lambda","resource":"invoke","output":{"ExecutedVersion":"$LATEST","Payload":"hello","StatusCode":200}}
      6 <- 5 TaskStateExited {"name":"Call","output":{"said":"hello"}}
      7 <- 6 ExecutionSucceeded {"output":{"said":"hello"}}`,
  },
  {
    name: 'dynamodb:putItem whose condition does not hold fails with the service’s error',
    definition: machine({
      Put: {
        Type: 'Task',
        Resource: 'arn:aws:states:::dynamodb:putItem',
        Parameters: { TableName: 't', Item: { id: { S: 'a' } }, ConditionExpression: 'attribute_not_exists(id)' },
        Catch: [{ ErrorEquals: ['DynamoDB.ConditionalCheckFailedException'], ResultPath: null, Next: 'There' }],
        End: true,
      },
      There: { Type: 'Pass', Result: 'there already' },
    }),
    answers: { 'dynamodb PutItem': [fails('ConditionalCheckFailedException', 'The conditional request failed')] },
    output: 'there already',
  },
  {
    name: 'dynamodb:getItem gives what DynamoDB answers',
    definition: jsonata({
      Get: {
        Type: 'Task',
        Resource: 'arn:aws:states:::dynamodb:getItem',
        Arguments: { TableName: 't', Key: { id: { S: '{% $states.input %}' } } },
        Output: '{% $states.result.Item.n.N %}',
      },
    }),
    input: 'a',
    answers: { 'dynamodb GetItem': [{ Item: { id: { S: 'a' }, n: { N: '7' } } }] },
    output: '7',
  },
  {
    name: 'sns:publish and events:putEvents',
    definition: machine({
      Tell: {
        Type: 'Task',
        Resource: 'arn:aws:states:::sns:publish',
        Parameters: { TopicArn: 'arn:aws:sns:us-east-1:123456789012:topic', Message: { a: 1 } },
        ResultPath: '$.told',
      },
      Emit: {
        Type: 'Task',
        Resource: 'arn:aws:states:::events:putEvents',
        Parameters: { Entries: [{ Source: 's', DetailType: 't', Detail: { a: 1 } }] },
        ResultSelector: { 'failed.$': '$.FailedEntryCount' },
      },
    }),
    answers: {
      'sns Publish': [{ MessageId: 'n-1' }],
      'eventbridge PutEvents': [{ Entries: [{ EventId: 'e-1' }], FailedEntryCount: 0 }],
    },
    output: { failed: 0 },
  },
  {
    name: 'an AWS SDK integration takes the API’s parameters and gives its answer',
    definition: jsonata({
      Read: {
        Type: 'Task',
        Resource: 'arn:aws:states:::aws-sdk:dynamodb:describeTable',
        Arguments: { TableName: 't' },
        Output: '{% $states.result.Table.TableStatus %}',
      },
    }),
    answers: { 'dynamodb DescribeTable': [{ Table: { TableStatus: 'ACTIVE' } }] },
    output: 'ACTIVE',
  },
  {
    name: 'an AWS SDK integration names errors by service and exception',
    definition: machine({
      Read: {
        Type: 'Task',
        Resource: 'arn:aws:states:::aws-sdk:dynamodb:describeTable',
        Parameters: { TableName: 't' },
      },
    }),
    answers: { 'dynamodb DescribeTable': [fails('ResourceNotFoundException', 'Table: t not found')] },
    error: 'DynamoDb.ResourceNotFoundException',
  },
  {
    name: 'states:startExecution.sync:2 waits for the other execution, and gives its output as JSON',
    setup: child({ Pause: { Type: 'Wait', Seconds: 60 } }),
    definition: jsonata({
      Nested: {
        Type: 'Task',
        Resource: 'arn:aws:states:::states:startExecution.sync:2',
        Arguments: { StateMachineArn: CHILD, Name: 'nested', Input: { n: 1 } },
        Output: { status: '{% $states.result.Status %}', output: '{% $states.result.Output %}' },
      },
    }),
    steps: [
      after(59),
      [
        'DescribeExecution',
        { executionArn: `${ARN}:execution:child:nested` },
        expect.objectContaining({ status: 'RUNNING' }),
      ],
    ],
    output: { status: 'SUCCEEDED', output: { n: 1 } },
  },
  {
    name: 'states:startExecution.sync gives the output as text',
    setup: child({ Done: { Type: 'Pass' } }),
    definition: machine({
      Nested: {
        Type: 'Task',
        Resource: 'arn:aws:states:::states:startExecution.sync',
        Parameters: { StateMachineArn: CHILD, Input: { n: 1 } },
        OutputPath: '$.Output',
      },
    }),
    output: '{"n":1}',
  },
  {
    name: 'a nested execution that fails is States.TaskFailed',
    setup: child({ Bad: { Type: 'Fail', Error: 'Boom' } }),
    definition: machine({
      Nested: {
        Type: 'Task',
        Resource: 'arn:aws:states:::states:startExecution.sync:2',
        Parameters: { StateMachineArn: CHILD },
        Catch: [{ ErrorEquals: ['States.TaskFailed'], ResultPath: null, Next: 'Caught' }],
        End: true,
      },
      Caught: { Type: 'Pass', Result: 'caught' },
    }),
    output: 'caught',
  },
];
