import { parametersFor } from '../../asl/integrations/parameters-for';
import { LocalCloud } from './local-cloud';
import { type Given, refused, testState } from './state-tests';

let cloud: LocalCloud;
beforeAll(() => {
  cloud = new LocalCloud();
});
afterAll(() => cloud.close());

const task = (resource: string) => ({
  Type: 'Task',
  Resource: `arn:aws:states:::${resource}`,
  ...parametersFor(`arn:aws:states:::${resource}`),
  End: true,
});

async function problem(resource: string, given: Given): Promise<string> {
  const { code, message } = await refused(cloud, task(resource), given);
  expect(code).toBe('ValidationException');
  return message;
}

const accepted = async (resource: string, given: Given) =>
  expect(await testState(cloud, task(resource), given)).toMatchObject({ status: 'SUCCEEDED', output: given.result });

describe('a mocked result must be what the API answers', () => {
  it.each([
    ['aws-sdk:sqs:getQueueUrl', { QueueUrl: 1 }, "Field 'QueueUrl' must be a string"],
    ['aws-sdk:sqs:receiveMessage', { Messages: {} }, "Field 'Messages' must be an array"],
    ['aws-sdk:sqs:receiveMessage', { Messages: [{ Body: 'a' }, { Body: 1 }] }, "Field 'Body' must be a string"],
    ['dynamodb:getItem', { Item: [] }, "Field 'Item' must be an object"],
    ['dynamodb:getItem', { Item: { id: { N: 1 } } }, "Field 'N' must be a string"],
    ['dynamodb:getItem', { Item: { id: { L: [{ BOOL: 'yes' }] } } }, "Field 'BOOL' must be a boolean"],
    ['dynamodb:putItem', { ConsumedCapacity: { CapacityUnits: '1' } }, "Field 'CapacityUnits' must be a number"],
    ['aws-sdk:s3:headObject', { ContentLength: 1.5 }, "Field 'ContentLength' must be a number"],
    ['aws-sdk:s3:headObject', { LastModified: true }, "Field 'LastModified' must be a string"],
    [
      'aws-sdk:s3:headObject',
      { ServerSideEncryption: 'rot13' },
      "Field 'ServerSideEncryption' is not an expected value",
    ],
    ['aws-sdk:lambda:getFunctionConfiguration', { Timeout: 0 }, "Field 'Timeout' is less than the minimum value"],
    ['aws-sdk:secretsmanager:getSecretValue', { Name: '' }, "Field 'Name' is smaller than the minimum length"],
    ['aws-sdk:secretsmanager:getSecretValue', { Name: 'n'.repeat(257) }, "Field 'Name' exceeds the maximum length"],
    ['aws-sdk:lambda:getFunction', [], undefined],
  ])('%s: %j', async (resource, result, expected) => {
    const message = expected
      ? `Mock result schema validation error: ${expected}`
      : 'Mocked result must be a JSON object.';
    expect(await problem(resource, { result, mode: 'PRESENT' })).toBe(message);
  });

  it('with all required members, unless only those present count', async () => {
    const missing = "Mock result schema validation error: Required field 'StartDate' is missing";
    const given = { result: { ExecutionArn: 'arn' } };
    expect(await problem('states:startExecution', given)).toBe(missing);
    expect(await problem('states:startExecution', { ...given, mode: 'STRICT' })).toBe(missing);
    await accepted('states:startExecution', { ...given, mode: 'PRESENT' });
  });

  it('of a job the answer that describes it', async () => {
    const described = { ExecutionArn: 'a', StateMachineArn: 'm', Status: 'SUCCEEDED', StartDate: 1772352000000 };
    await accepted('states:startExecution.sync', { result: { ...described, Output: '{}' } });
    await accepted('states:startExecution.sync:2', { result: { ...described, Output: {} } });
    expect(await problem('states:startExecution.sync', { result: { ...described, Output: {} } })).toMatch(
      /Field 'Output' must be a string$/,
    );
  });
});

describe('a mocked result is not held against a model', () => {
  it('when nothing is to be checked', () => accepted('dynamodb:getItem', { result: { Item: 1 }, mode: 'NONE' }));
  it('in members that the model does not know', () => accepted('dynamodb:getItem', { result: { item: 1 } }));
  it('in what Lambda leaves to the function', () => accepted('lambda:invoke', { result: { Payload: { a: [1] } } }));
  it('when a token brings it', () => accepted('sqs:sendMessage.waitForTaskToken', { result: ['anything'] }));
  it('when there is none of its service', () =>
    accepted('aws-sdk:textract:detectDocumentText', { result: { Blocks: 1 } }));
  it('when the operation answers nothing', () => accepted('aws-sdk:sqs:deleteQueue', { result: { a: 1 } }));
});
