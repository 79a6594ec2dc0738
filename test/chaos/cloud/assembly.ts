import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export const TABLE = 'chaos-table';
export const BUCKET = 'chaos-bucket';
export const QUEUE = 'chaos-queue';
export const MACHINE = 'chaos-machine';
export const SENDER = 'library@example.com';
const ACCOUNT = '123456789012';
export const QUEUE_ARN = `arn:aws:sqs:us-east-1:${ACCOUNT}:${QUEUE}`;
export const MACHINE_ARN = `arn:aws:states:us-east-1:${ACCOUNT}:stateMachine:${MACHINE}`;
export const ROLE_ARN = `arn:aws:iam::${ACCOUNT}:role/chaos`;

/** Writes, sends, waits, and calls a function: an execution that leaves a trace in each store. */
const DEFINITION = {
  StartAt: 'Write',
  States: {
    Write: {
      Type: 'Task',
      Resource: 'arn:aws:states:::dynamodb:putItem',
      Parameters: {
        TableName: TABLE,
        Item: { pk: { 'S.$': "States.Format('run {}', $$.Execution.Name)" }, value: { S: 'written' } },
      },
      ResultPath: null,
      Next: 'Call',
    },
    Call: { Type: 'Task', Resource: `arn:aws:lambda:us-east-1:${ACCOUNT}:function:chaos-function`, Next: 'Wait' },
    Wait: { Type: 'Wait', Seconds: 20, Next: 'Send' },
    Send: {
      Type: 'Task',
      Resource: 'arn:aws:states:::sqs:sendMessage',
      Parameters: {
        QueueUrl: { Ref: 'Queue' },
        'MessageBody.$': "States.Format('run {}', $$.Execution.Name)",
      },
      ResultPath: null,
      End: true,
    },
  },
};

/** Writes a cloud assembly with one of everything; answers its directory. */
export function writeChaosAssembly(directory: string): string {
  return writeAssembly(directory, RESOURCES);
}

/** Writes a cloud assembly of one stack; answers its directory. */
export function writeAssembly(directory: string, resources: Record<string, object>): string {
  mkdirSync(directory);
  const templateFile = 'Chaos.template.json';
  const artifacts = { Chaos: { type: 'aws:cloudformation:stack', properties: { templateFile } } };
  writeFileSync(join(directory, 'manifest.json'), JSON.stringify({ version: '55.0.0', artifacts }));
  writeFileSync(join(directory, templateFile), JSON.stringify({ Resources: resources }));
  return directory;
}

const RESOURCES = {
  Table: {
    Type: 'AWS::DynamoDB::Table',
    Properties: {
      TableName: TABLE,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
    },
  },
  Bucket: { Type: 'AWS::S3::Bucket', Properties: { BucketName: BUCKET } },
  Queue: { Type: 'AWS::SQS::Queue', Properties: { QueueName: QUEUE } },
  Sender: { Type: 'AWS::SES::EmailIdentity', Properties: { EmailIdentity: SENDER } },
  Function: {
    Type: 'AWS::Lambda::Function',
    Properties: {
      FunctionName: 'chaos-function',
      Runtime: 'nodejs22.x',
      Handler: 'index.handler',
      Role: ROLE_ARN,
      Code: { ZipFile: 'exports.handler = async (event) => ({ ...event, called: true });' },
    },
  },
  Machine: {
    Type: 'AWS::StepFunctions::StateMachine',
    Properties: { StateMachineName: MACHINE, RoleArn: ROLE_ARN, Definition: DEFINITION },
  },
};
