import type { Json, JsonObject } from '../../../local/asl/json';
import { Hand, machine } from '../../engine/hand';
import { findings, machineWith } from './machine';

const task = (name: string, more: JsonObject): JsonObject => ({
  Type: 'Task',
  Resource: `arn:aws:states:::${name}`,
  Next: 'Next',
  ...more,
});
const found = (name: string, Parameters: Json) =>
  findings(machineWith(task(name, { Parameters }))).map((finding) => finding.replace(' @/States/S/Parameters', ''));

const SEND = { QueueUrl: 'q', MessageBody: 'm' };
const CREATE = { FunctionName: 'f', Role: 'r', Code: {} };

describe('parameters', () => {
  it('must be there', () => {
    expect(findings(machineWith(task('lambda:invoke', {})))).toEqual([
      'Parameters field is required for resource ARN: arn:aws:states:::lambda:invoke @/States/S/Resource',
    ]);
    expect(findings(machineWith(task('aws-sdk:rds:describeDBClusters', {}), { QueryLanguage: 'JSONata' }))).toEqual([
      'Arguments field is required for resource ARN: arn:aws:states:::aws-sdk:rds:describeDBClusters @/States/S/Resource',
    ]);
  });

  it.each<[string, JsonObject]>([
    ['sqs:sendMessage', { 'QueueUrl.$': '$.q', MessageBody: { a: 1, 'b.$': '$' } }],
    ['lambda:invoke', { FunctionName: 'f', Payload: [1, 'x', null] }],
    ['lambda:invoke', { FunctionName: 'f', 'Payload.$': '$' }],
    ['ecs:runTask.waitForTaskToken', { TaskDefinition: 'd', Count: 2 }],
    ['emr-serverless:startJobRun.sync', { ApplicationId: 'a', ExecutionRoleArn: 'r' }],
    ['aws-sdk:s3:putObject', { Bucket: 'b', Key: 'k', Body: { a: 1 }, Acl: 'private', Metadata: { any: 'x' } }],
    ['aws-sdk:sqs:sendMessage', { ...SEND, MessageAttributes: { a: { StringValue: 'the service misses DataType' } } }],
    ['aws-sdk:sqs:sendMessage', { ...SEND, QueueUrl: null, DelaySeconds: 2 }],
    ['aws-sdk:lambda:createFunction', { ...CREATE, Publish: ' TRUE ' }],
    ['aws-sdk:lambda:createFunction', { ...CREATE, Publish: -1 }],
    ['aws-sdk:qldb:createLedger', { Whatever: 1 }],
    ['dynamodb:putItem', { TableName: 't', Item: { id: { S: 'x' }, n: { 'N.$': '$.n' }, l: { L: [{ M: {} }] } } }],
    ['dynamodb:putItem', { TableName: 't', Item: { b: { BOOL: true }, n: { NULL: true }, s: { SS: ['x'] } } }],
    ['aws-sdk:dynamodb:putItem', { TableName: 't', Item: { b: { Bool: true }, n: { Nul: true }, s: { Ss: ['x'] } } }],
    ['aws-sdk:s3:putBucketCors', { Bucket: 'b', CorsConfiguration: { CorsRules: [] } }],
    ['aws-sdk:sns:addPermission', { TopicArn: 't', Label: 'l', AwsAccountIds: [], ActionNames: [] }],
  ])('%s may have %j', (name, parameters) => expect(found(name, parameters)).toEqual([]));

  it.each<[string, JsonObject, string[]]>([
    [
      'sqs:sendMessage',
      {},
      ['QueueUrl', 'MessageBody'].map((name) => `The field '${name}' is required but was missing`),
    ],
    ['states:startExecution.sync:2', { Input: {} }, ["The field 'StateMachineArn' is required but was missing"]],
    ['http:invoke', { Method: 'GET' }, ["The field 'ApiEndpoint' is required but was missing"]],
    ['aws-sdk:s3:putObject', { Bucket: 'b', Key: 'k', Bogus: 1 }, ["The field 'Body' is required but was missing"]],
    [
      'aws-sdk:s3:putObject',
      { Bucket: 'b', Key: 'k', Body: 'x', contentType: 'text/plain' },
      ['The field "contentType" is not supported by Step Functions. Did you mean \'ContentType\'?'],
    ],
    [
      'aws-sdk:sqs:sendMessage',
      { ...SEND, MessageAttributes: { a: { DataType: 'String', Bogus: 1 } } },
      ['The field "Bogus" is not supported by Step Functions'],
    ],
    ['aws-sdk:s3:putObject', { Bucket: 1, Key: 2, Body: 'x' }, ["The value for the field 'Bucket' must be a STRING"]],
    [
      'aws-sdk:sqs:sendMessage',
      { ...SEND, DelaySeconds: '2' },
      ["The value for the field 'DelaySeconds' must be an INTEGER"],
    ],
    ...(['BOOL', 'NULL'] as const).map((name): [string, JsonObject, string[]] => [
      'aws-sdk:dynamodb:putItem',
      { TableName: 't', Item: { a: { [name]: true } } },
      [`The field "${name}" is not supported by Step Functions`],
    ]),
    [
      'aws-sdk:s3:putObject',
      { Bucket: 'b', Key: 'k', Body: 'x', ACL: 'private' },
      ['The field "ACL" is not supported by Step Functions. Did you mean \'Acl\'?'],
    ],
    ['dynamodb:putItem', { TableName: 't', Item: { n: { N: 5 } } }, ["The value for the field 'N' must be a STRING"]],
    [
      'aws-sdk:sqs:sendMessage',
      { ...SEND, MessageAttributes: { a: 'text' } },
      [
        "Cannot construct instance of `software.amazon.awssdk.services.sqs.model.MessageAttributeValue$BuilderImpl` (although at least one Creator exists): no String-argument constructor/factory method to deserialize from String value ('text')",
      ],
    ],
    [
      'aws-sdk:lambda:createFunction',
      { ...CREATE, Publish: 'TrUe' },
      ['Cannot deserialize value of type `java.lang.Boolean` from String "TrUe": only "true" or "false" recognized'],
    ],
    [
      'aws-sdk:lambda:createFunction',
      { ...CREATE, Publish: 1.5 },
      [
        'Cannot deserialize value of type `java.lang.Boolean` from Floating-point value (token `JsonToken.VALUE_NUMBER_FLOAT`)',
      ],
    ],
    [
      'ecs:runTask.sync',
      { TaskDefinition: 'd', 'Count.$': '$.n', StartedBy: 'me' },
      ['Count', 'StartedBy'].map((name) => `The field '${name}' is not supported by Step Functions`),
    ],
    [
      'lambda:invoke.waitForTaskToken',
      { FunctionName: 'f', 'TaskToken.$': '$$.Task.Token' },
      ['UNSUPPORTED_PARAMETER: The field "TaskToken" is not supported by Step Functions'],
    ],
  ])('%s may not have %j', (name, parameters, messages) => expect(found(name, parameters)).toEqual(messages));

  it('may be made by expressions', () => {
    const arguments_ = (Arguments: Json) =>
      findings(machineWith(task('sqs:sendMessage', { Arguments }), { QueryLanguage: 'JSONata' }));
    expect(arguments_('{% $states.input %}')).toEqual([]);
    expect(arguments_({ QueueUrl: '{% $q %}', MessageBody: '{% 1 %}', DelaySeconds: '{% 1 %}' })).toEqual([]);
    expect(arguments_({ QueueUrl: '{% $q %}' })).toEqual([
      "The field 'MessageBody' is required but was missing @/States/S/Arguments",
    ]);
  });
});

describe('an execution', () => {
  const end = async (state: JsonObject, input: Json) => {
    const hand = new Hand(machine({ T: { Type: 'Task', End: true, ...state } }), input);
    await hand.start();
    expect(hand.types.slice(1)).toEqual(['TaskStateEntered', 'ExecutionFailed']);
    return [hand.execution.error, hand.execution.cause];
  };
  const failed = "An error occurred while executing the state 'T' (entered at the event id #2). ";

  it('fails when the parameters that it made are none for the task', async () => {
    const Resource = 'arn:aws:states:::lambda:invoke.waitForTaskToken';
    expect(await end({ Resource, Parameters: { FunctionName: 'f', 'TaskToken.$': '$$.Task.Token' } }, {})).toEqual([
      'States.Runtime',
      `${failed}The Parameters '{"FunctionName":"f","TaskToken":"token-1"}' could not be used to start the Task: [The field "TaskToken" is not supported by Step Functions]`,
    ]);
  });

  it('fails when Arguments do not tell what the task needs', async () => {
    const state = {
      QueryLanguage: 'JSONata',
      Resource: 'arn:aws:states:::sqs:sendMessage',
      Arguments: '{% $states.input %}',
    };
    expect(await end(state, { n: 1 })).toEqual([
      'States.Runtime',
      `${failed}The Arguments '{"n":1}' could not be used to start the Task: [The field 'QueueUrl' is required but was missing, The field 'MessageBody' is required but was missing]`,
    ]);
  });
});
