import { AwsError, type AwsShape } from '../../../local/services/aws';
import { parametersFor } from '../../asl/integrations/parameters-for';
import { LocalCloud, PASS, task, WAIT } from './local-cloud';

let cloud: LocalCloud;
beforeEach(() => {
  cloud = new LocalCloud();
});
afterEach(() => cloud.close());

const FUNCTION = 'arn:aws:lambda:us-east-1:123456789012:function:work';
const METADATA = {
  SdkHttpMetadata: { AllHttpHeaders: expect.any(Object), HttpHeaders: expect.any(Object), HttpStatusCode: 200 },
  SdkResponseMetadata: { RequestId: expect.any(String) },
};
const sampled = (arn: string) => task(arn, parametersFor(arn).Parameters);
const asJson = (value: unknown) => ({
  StatusCode: 200,
  ExecutedVersion: '$LATEST',
  Payload: Buffer.from(JSON.stringify(value)),
});
const output = ({ status, output: text, cause }: AwsShape) => {
  expect([status, cause]).toEqual(['SUCCEEDED', undefined]);
  return JSON.parse(text);
};

describe('a Lambda function as Resource', () => {
  const machine = { StartAt: 'Task', States: { Task: { Type: 'Task', Resource: FUNCTION, End: true } } };

  it('gets the input and gives its result', async () => {
    cloud.play('lambda', (_, { Payload }) => asJson({ got: JSON.parse(Buffer.from(Payload).toString()) }));
    expect(output(await cloud.run(machine, { n: 1 }))).toEqual({ got: { n: 1 } });
    expect(cloud.asked[0]).toMatchObject({
      operation: 'Invoke',
      input: { FunctionName: FUNCTION, InvocationType: 'RequestResponse' },
    });
  });

  it('fails with its own error type, the document as it came', async () => {
    const document = '{"errorType": "OutOfStock", "errorMessage": "None left", "trace": []}';
    cloud.play('lambda', () => ({ StatusCode: 200, FunctionError: 'Unhandled', Payload: Buffer.from(document) }));
    expect(await cloud.run(machine)).toMatchObject({ status: 'FAILED', error: 'OutOfStock', cause: document });
  });

  it('fails as Lambda.Unknown without an error type', async () => {
    const document = '{"errorMessage":"2026-03-01T08:00:03Z abc Task timed out after 3.00 seconds"}';
    cloud.play('lambda', () => ({ StatusCode: 200, FunctionError: 'Unhandled', Payload: Buffer.from(document) }));
    const { error, cause } = await cloud.run(machine);
    expect(error).toBe('Lambda.Unknown');
    expect(cause).toBe(
      `The cause could not be determined because Lambda did not return an error type. Returned payload: ${document}`,
    );
  });

  it('is retried on what Lambda itself refuses', async () => {
    let calls = 0;
    cloud.play('lambda', () => {
      calls += 1;
      if (calls < 3) throw new AwsError('TooManyRequestsException', 'Rate Exceeded.', 429);
      return asJson('at last');
    });
    const Retry = [
      { ErrorEquals: ['Lambda.TooManyRequestsException'], IntervalSeconds: 1, MaxAttempts: 2, BackoffRate: 1 },
    ];
    const { executionArn } = await cloud.run({ ...machine, States: { Task: { ...machine.States.Task, Retry } } });
    await cloud.clock.advanceBy(2000);
    expect(output(await cloud.call('DescribeExecution', { executionArn }))).toBe('at last');
  });
});

describe('lambda:invoke', () => {
  const invoke = (parameters: object, suffix = '') => task(`arn:aws:states:::lambda:invoke${suffix}`, parameters);

  it('answers the API’s answer with the payload parsed', async () => {
    cloud.play('lambda', () => asJson({ done: true }));
    const result = output(await cloud.run(invoke({ FunctionName: 'work', Payload: { n: 1 } })));
    expect(result).toEqual({ ExecutedVersion: '$LATEST', Payload: { done: true }, StatusCode: 200, ...METADATA });
    expect(Buffer.from(cloud.asked[0]?.input.Payload).toString()).toBe('{"n":1}');
  });

  it('fails with the function’s error as compact text', async () => {
    const document = '{ "errorType": "OutOfStock", "errorMessage": "None left" }';
    cloud.play('lambda', () => ({ StatusCode: 200, FunctionError: 'Unhandled', Payload: Buffer.from(document) }));
    const { error, cause } = await cloud.run(invoke({ FunctionName: 'work' }));
    expect([error, cause]).toEqual(['OutOfStock', '{"errorType":"OutOfStock","errorMessage":"None left"}']);
  });

  it('fails with what Lambda says', async () => {
    cloud.play('lambda', () => {
      throw new AwsError('ResourceNotFoundException', `Function not found: ${FUNCTION}`, 404);
    });
    const { error, cause } = await cloud.run(invoke({ FunctionName: 'work' }));
    expect(error).toBe('Lambda.ResourceNotFoundException');
    expect(cause).toMatch(
      /^Function not found: .*:work \(Service: AWSLambda; Status Code: 404; Error Code: ResourceNotFoundException; Request ID: [-0-9a-f]{36}; Proxy: null\)$/,
    );
  });

  it('waits for the token that it hands over', async () => {
    let token = '';
    cloud.play('lambda', (_, { Payload }) => {
      token = JSON.parse(Buffer.from(Payload).toString()).token;
      return asJson(null);
    });
    const parameters = { FunctionName: 'work', Payload: { token: '{% $states.context.Task.Token %}' } };
    const { executionArn, status } = await cloud.run(invoke(parameters, '.waitForTaskToken'));
    expect(status).toBe('RUNNING');
    await cloud.call('SendTaskSuccess', { taskToken: token, output: '{"decision":"renew"}' });
    expect(output(await cloud.call('DescribeExecution', { executionArn }))).toEqual({ decision: 'renew' });
    const types = (await cloud.events(executionArn)).map(({ type }) => type);
    expect(types.slice(2, 6)).toEqual(['TaskScheduled', 'TaskStarted', 'TaskSubmitted', 'TaskSucceeded']);
  });

  it('records a refused request of a task with a token as not submitted', async () => {
    cloud.play('lambda', () => {
      throw new AwsError('ResourceNotFoundException', 'Function not found', 404);
    });
    const { executionArn } = await cloud.run(invoke({ FunctionName: 'work' }, '.waitForTaskToken'));
    expect((await cloud.events(executionArn)).map(({ type }) => type)).toContain('TaskSubmitFailed');
  });
});

describe('optimised integrations', () => {
  it('call DynamoDB and give its answer with the metadata', async () => {
    cloud.play('dynamodb', () => ({ Item: { id: { S: '1' } } }));
    const request = { TableName: 'loans', Key: { id: { S: '1' } } };
    const result = output(await cloud.run(task('arn:aws:states:::dynamodb:getItem', request)));
    expect(result).toEqual({ Item: { id: { S: '1' } }, ...METADATA });
    expect(cloud.asked).toEqual([{ service: 'dynamodb', operation: 'GetItem', input: request }]);
  });

  it.each([
    ['ConditionalCheckFailedException', 'DynamoDB.ConditionalCheckFailedException'],
    ['ValidationException', 'DynamoDB.AmazonDynamoDBException'],
  ])('name DynamoDB’s %s as AWS does', async (code, name) => {
    cloud.play('dynamodb', () => {
      throw new AwsError(code, 'The conditional request failed');
    });
    const { error, cause } = await cloud.run(
      task('arn:aws:states:::dynamodb:putItem', { TableName: 'loans', Item: {} }),
    );
    expect(error).toBe(name);
    expect(cause).toContain(
      `The conditional request failed (Service: AmazonDynamoDBv2; Status Code: 400; Error Code: ${code}; Request ID: `,
    );
  });

  it('send messages: objects as JSON text, text as it is', async () => {
    cloud.play('sqs', () => ({ MessageId: 'm-1' }));
    cloud.play('sns', () => ({ MessageId: 'm-2' }));
    const QueueUrl = 'http://127.0.0.1/queue';
    await cloud.run(task('arn:aws:states:::sqs:sendMessage', { QueueUrl, MessageBody: { a: 1 } }), {}, 'a');
    await cloud.run(task('arn:aws:states:::sqs:sendMessage', { QueueUrl, MessageBody: 'plain' }), {}, 'b');
    await cloud.run(task('arn:aws:states:::sns:publish', { TopicArn: 'arn', Message: [1] }), {}, 'c');
    expect(cloud.asked.map(({ input }) => input.MessageBody ?? input.Message)).toEqual(['{"a":1}', 'plain', '[1]']);
  });

  it('name SNS’s errors as its SDK does', async () => {
    cloud.play('sns', () => {
      throw new AwsError('NotFound', 'Topic does not exist', 404);
    });
    const { error, cause } = await cloud.run(task('arn:aws:states:::sns:publish', { TopicArn: 'arn', Message: 'x' }));
    expect(error).toBe('SNS.NotFoundException');
    expect(cause).toMatch(/^Topic does not exist \(Service: AmazonSNS; Status Code: 404; Error Code: NotFound; /);
  });

  it('put events with the execution among their resources, and fail on a refused entry', async () => {
    const answer = {
      FailedEntryCount: 1,
      Entries: [{ ErrorCode: 'MalformedDetail', ErrorMessage: 'Detail is malformed.' }],
    };
    let answers: AwsShape = { FailedEntryCount: 0, Entries: [{ EventId: 'e-1' }] };
    cloud.play('eventbridge', () => answers);
    const machine = task('arn:aws:states:::events:putEvents', {
      Entries: [{ Source: 'library', DetailType: 'Lent', Detail: { a: 1 } }],
    });
    const { executionArn } = await cloud.run(machine, {}, 'a');
    const sent = cloud.asked.find(({ input }) => input.Entries[0].Source === 'library')?.input.Entries[0];
    expect(sent).toMatchObject({
      Detail: '{"a":1}',
      Resources: [executionArn, expect.stringContaining(':stateMachine:a')],
    });
    answers = answer;
    const { error, cause } = await cloud.run(machine, {}, 'b');
    expect([error, JSON.parse(cause)]).toEqual(['EventBridge.FailedEntry', answer]);
  });
});

describe('aws-sdk integrations', () => {
  it('call any operation of a service: bytes from JSON, dates as text', async () => {
    cloud.play('s3', () => ({
      ETag: '"e"',
      LastModified: new Date(0),
      Body: Buffer.from('text'),
      VersionId: undefined,
    }));
    const request = { Bucket: 'b', Key: 'k', Body: { a: 1 } };
    const result = output(await cloud.run(task('arn:aws:states:::aws-sdk:s3:putObject', request)));
    expect(result).toEqual({ ETag: '"e"', LastModified: '1970-01-01T00:00:00Z', Body: 'text' });
    expect(cloud.asked[0]?.operation).toBe('PutObject');
    expect(Buffer.from(cloud.asked[0]?.input.Body).toString()).toBe('{"a":1}');
  });

  it.each([
    ['text', '"text"'],
    [['List', 1], '["List",1]'],
    [false, 'false'],
  ])('put %p on S3 as JSON, and as plain text if nothing else is said', async (Body, written) => {
    cloud.play('s3', () => ({ ETag: '"e"' }));
    await cloud.run(task('arn:aws:states:::aws-sdk:s3:putObject', { Bucket: 'b', Key: 'k', Body }));
    expect(cloud.asked[0]?.input.ContentType).toBe('text/plain; charset=UTF-8');
    expect(Buffer.from(cloud.asked[0]?.input.Body).toString()).toBe(written);
  });

  it('spell members as the SDK for Java does, and leave keys of maps and values alone', async () => {
    cloud.play('s3', (operation) =>
      operation === 'GetBucketCors' ? { CORSRules: [{ ID: 'one', AllowedMethods: ['GET'] }] } : {},
    );
    const SseCustomerAlgorithm = 'AES256';
    await cloud.run(
      task('arn:aws:states:::aws-sdk:s3:putObject', {
        Bucket: 'b',
        Key: 'k',
        Body: 'x',
        Acl: 'bucket-owner-read',
        SseCustomerAlgorithm,
        Metadata: { Acl: 'Acl', eTag: 'x' },
      }),
    );
    expect(cloud.asked[0]?.input).toMatchObject({
      ACL: 'bucket-owner-read',
      SSECustomerAlgorithm: 'AES256',
      Metadata: { Acl: 'Acl', eTag: 'x' },
    });
    expect(cloud.asked[0]?.input).not.toHaveProperty('Acl');
    const rules = await cloud.run(task('arn:aws:states:::aws-sdk:s3:getBucketCors', { Bucket: 'b' }), {}, 'cors');
    expect(output(rules)).toEqual({ CorsRules: [{ Id: 'one', AllowedMethods: ['GET'] }] });
  });

  it('give DynamoDB’s values in the spelling of each kind of integration', async () => {
    const stored = {
      Nul: { NULL: true },
      is: { BOOL: false },
      set: { SS: ['a'] },
      deep: { M: { Bool: { L: [{ BOOL: true }] } } },
    };
    cloud.play('dynamodb', (operation) => (operation === 'GetItem' ? { Item: stored } : {}));
    const Item = {
      Nul: { Nul: true },
      is: { Bool: false },
      set: { Ss: ['a'] },
      deep: { M: { Bool: { L: [{ Bool: true }] } } },
    };
    await cloud.run(task('arn:aws:states:::aws-sdk:dynamodb:putItem', { TableName: 't', Item }));
    expect(cloud.asked[0]?.input).toEqual({ TableName: 't', Item: stored });
    const get = { TableName: 't', Key: { id: { S: 'x' } } };
    expect(output(await cloud.run(task('arn:aws:states:::aws-sdk:dynamodb:getItem', get), {}, 'get'))).toEqual({
      Item,
    });
    await cloud.run(task('arn:aws:states:::dynamodb:putItem', { TableName: 't', Item: stored }), {}, 'optimized-put');
    expect(cloud.asked[2]?.input).toEqual({ TableName: 't', Item: stored });
    const optimized = output(await cloud.run(task('arn:aws:states:::dynamodb:getItem', get), {}, 'optimized-get'));
    expect(optimized.Item).toEqual(stored);
  });

  it('answer the digests of SQS by their names in Java', async () => {
    cloud.play('sqs', () => ({ Messages: [{ Body: 'x', MD5OfBody: 'd', Attributes: { SenderId: 'me' } }] }));
    const received = await cloud.run(task('arn:aws:states:::aws-sdk:sqs:receiveMessage', { QueueUrl: 'q' }));
    expect(output(received)).toEqual({ Messages: [{ Body: 'x', Md5OfBody: 'd', Attributes: { SenderId: 'me' } }] });
  });

  it('take dates, flags and bytes from JSON', async () => {
    cloud
      .play('scheduler', () => ({ ScheduleArn: 'arn' }))
      .play('secretsmanager', () => ({ ARN: 'arn', CreatedDate: new Date(1) }));
    const schedule = {
      Name: 's',
      ScheduleExpression: 'rate(1 day)',
      FlexibleTimeWindow: { Mode: 'OFF' },
      Target: { Arn: 'arn', RoleArn: 'role', Input: { n: 1 } },
      StartDate: '2026-03-02T08:00:00Z',
    };
    await cloud.run(task('arn:aws:states:::aws-sdk:scheduler:createSchedule', schedule));
    expect(cloud.asked[0]?.input).toEqual({
      ...schedule,
      Target: { ...schedule.Target, Input: '{"n":1}' },
      StartDate: new Date('2026-03-02T08:00:00Z'),
    });
    const secret = { Name: 's', SecretBinary: 'text', ForceOverwriteReplicaSecret: 'TRUE' };
    const created = await cloud.run(task('arn:aws:states:::aws-sdk:secretsmanager:createSecret', secret), {}, 'secret');
    expect(output(created)).toEqual({ Arn: 'arn', CreatedDate: '1970-01-01T00:00:00.001Z' });
    expect(cloud.asked[1]?.input).toEqual({
      Name: 's',
      SecretBinary: Buffer.from('text'),
      ForceOverwriteReplicaSecret: true,
    });
  });

  it('rename members for services that write them in camelCase', async () => {
    const child = await cloud.create(PASS, 'child');
    const request = { StateMachineArn: child, Name: 'run', Input: { a: 1 } };
    const result = output(await cloud.run(task('arn:aws:states:::aws-sdk:sfn:startExecution', request)));
    expect(result).toEqual({
      ExecutionArn: child.replace('stateMachine', 'execution').concat(':run'),
      StartDate: '2026-03-01T08:00:00Z',
    });
    expect(await cloud.call('DescribeExecution', { executionArn: result.ExecutionArn })).toMatchObject({
      input: '{"a":1}',
    });
  });

  it.each([
    ['s3', 'getObject', 'NoSuchBucket', 'S3.NoSuchBucketException', 'S3'],
    ['s3', 'putObject', 'SlowDown', 'S3.S3Exception', 'S3'],
    ['dynamodb', 'putItem', 'ResourceNotFoundException', 'DynamoDb.ResourceNotFoundException', 'DynamoDb'],
    ['dynamodb', 'putItem', 'ValidationException', 'DynamoDb.DynamoDbException', 'DynamoDb'],
    ['lambda', 'getFunction', 'KMSNotFoundException', 'Lambda.KmsNotFoundException', 'Lambda'],
    ['sesv2', 'sendEmail', 'MessageRejected', 'SesV2.MessageRejectedException', 'SesV2'],
  ])('name errors of %s:%s as AWS does (%s)', async (service, action, code, name, prefix) => {
    cloud.play(service, () => {
      throw new AwsError(code, 'No.', 400);
    });
    const { error, cause } = await cloud.run(sampled(`arn:aws:states:::aws-sdk:${service}:${action}`));
    expect(error).toBe(name);
    expect(cause).toMatch(new RegExp(`^No\\. \\(Service: ${prefix}, Status Code: 400, Request ID: [-0-9a-f]{36}\\)$`));
  });

  it('fail, catchably, for services that the local cloud does not run', async () => {
    const machine = {
      StartAt: 'Task',
      States: {
        Task: {
          Type: 'Task',
          Resource: 'arn:aws:states:::aws-sdk:rekognition:detectLabels',
          Parameters: { Image: {} },
          Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Caught' }],
          End: true,
        },
        Caught: { Type: 'Pass', End: true },
      },
    };
    expect(output(await cloud.run(machine))).toEqual({
      Error: 'Stepwright.UnsupportedIntegration',
      Cause: 'The local cloud does not run arn:aws:states:::aws-sdk:rekognition:detectLabels.',
    });
  });
});

describe('nested executions', () => {
  const nested = (pattern: string, parameters: object) =>
    task(`arn:aws:states:::states:startExecution${pattern}`, parameters);

  it('are started and left alone', async () => {
    const StateMachineArn = await cloud.create(WAIT, 'child');
    const result = output(await cloud.run(nested('', { StateMachineArn, Input: { a: 1 } })));
    expect(result).toEqual({
      ExecutionArn: expect.stringMatching(/:execution:child:[-0-9a-f]{36}$/),
      StartDate: Date.parse('2026-03-01T08:00:00Z'),
      ...METADATA,
    });
  });

  it.each([
    ['.sync', '{"a":1}', '{"a":1}'],
    ['.sync:2', { a: 1 }, { a: 1 }],
  ])('are waited for in virtual time (%s)', async (pattern, Input, Output) => {
    const StateMachineArn = await cloud.create(WAIT, 'child');
    const { executionArn } = await cloud.run(nested(pattern, { StateMachineArn, Input: { a: 1 } }));
    await cloud.clock.advanceBy(3_600_000);
    expect(output(await cloud.call('DescribeExecution', { executionArn }))).toMatchObject({
      Status: 'SUCCEEDED',
      Input,
      Output,
      InputDetails: { Included: true },
      StopDate: Date.parse('2026-03-01T09:00:00Z'),
    });
  });

  it('are stopped with the execution that waits for them', async () => {
    const StateMachineArn = await cloud.create(WAIT, 'child');
    const { executionArn } = await cloud.run(nested('.sync', { StateMachineArn, Name: 'run' }));
    await cloud.call('StopExecution', { executionArn });
    await cloud.work.idle();
    const child = StateMachineArn.replace('stateMachine', 'execution').concat(':run');
    expect((await cloud.call('DescribeExecution', { executionArn: child })).status).toBe('ABORTED');
  });

  it('fail their task when they fail, and when there is no such state machine', async () => {
    const fail = { StartAt: 'Fail', States: { Fail: { Type: 'Fail', Error: 'Broken', Cause: 'by design' } } };
    const StateMachineArn = await cloud.create(fail, 'child');
    const { error, cause } = await cloud.run(nested('.sync:2', { StateMachineArn }), {}, 'a');
    expect(error).toBe('States.TaskFailed');
    expect(JSON.parse(cause)).toMatchObject({ Status: 'FAILED', Error: 'Broken', Cause: 'by design' });
    const unknown = await cloud.run(nested('', { StateMachineArn: `${StateMachineArn}x` }), {}, 'b');
    expect(unknown.error).toBe('StepFunctions.StateMachineDoesNotExistException');
    expect(unknown.cause).toMatch(
      /^State Machine Does Not Exist: '.*' \(Service: AWSStepFunctions; Status Code: 400; /,
    );
  });
});
