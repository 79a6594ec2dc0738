import { ListMessageMoveTasksCommand, SQSClient, StartMessageMoveTaskCommand } from '@aws-sdk/client-sqs';
import { SqsService } from '../../../local/services/sqs/service';
import { WireServer } from '../../../local/services/wire/server';
import { identity, restarted, testParts } from '../wire/parts';

const parts = testParts();
let sqs = new SqsService(parts);
const call = (operation: string, input: object) => sqs.call(operation, input, { via: 'test' });
const arn = (name: string) => `arn:aws:sqs:us-east-1:123456789012:${name}`;
const policyTo = (name: string) => ({
  RedrivePolicy: JSON.stringify({ deadLetterTargetArn: arn(name), maxReceiveCount: 1 }),
});
const create = (QueueName: string, Attributes: object = {}) => call('CreateQueue', { QueueName, Attributes });
const send = (QueueUrl: string, MessageBody: string, more: object = {}) =>
  call('SendMessage', { QueueUrl, MessageBody, ...more });
const start = (dead: string, more: object = {}) => call('StartMessageMoveTask', { SourceArn: arn(dead), ...more });
const tasks = async (dead: string, MaxResults = 10) =>
  (await call('ListMessageMoveTasks', { SourceArn: arn(dead), MaxResults })).Results;
const count = async (QueueUrl: string) => {
  const { Attributes } = await call('GetQueueAttributes', { QueueUrl, AttributeNames: ['All'] });
  return Number(Attributes.ApproximateNumberOfMessages);
};
const receive = async (QueueUrl: string) => {
  const request = {
    QueueUrl,
    MaxNumberOfMessages: 10,
    MessageSystemAttributeNames: ['All'],
    MessageAttributeNames: ['All'],
  };
  return (await call('ReceiveMessage', request)).Messages ?? [];
};

let made = 0;
/** A queue with a dead-letter queue that holds messages of these bodies. */
async function deadLetters(bodies: string[], kind: '' | '.fifo' = '', more: object = {}) {
  made += 1;
  const [main, dead] = [`main-${made}${kind}`, `dead-${made}${kind}`];
  const attributes = kind === '' ? {} : { FifoQueue: 'true' };
  await create(dead, attributes);
  await create(main, { ...attributes, VisibilityTimeout: '0', ...policyTo(dead) });
  for (const body of bodies) await send(main, body, more instanceof Function ? more(body) : more);
  for (let taken = 0; taken < 2 * bodies.length; taken += 1) await receive(main);
  expect([await count(main), await count(dead)]).toEqual([0, bodies.length]);
  return { main, dead };
}

const bodies = (many: number) => Array.from({ length: many }, (_, n) => `m${n}`);

test('messages go back to where they came from, as new ones', async () => {
  const attribute = { kind: { DataType: 'String', StringValue: 'x' } };
  const { main, dead } = await deadLetters(['a', 'b'], '', { MessageAttributes: attribute });
  const [before] = await receive(dead);
  await parts.clock.advanceBy(30_000);
  const { TaskHandle } = await start(dead);
  expect(JSON.parse(Buffer.from(TaskHandle, 'base64').toString())).toEqual({
    taskId: expect.stringMatching(/^[\da-f-]{36}$/),
    sourceArn: arn(dead),
  });
  expect(await tasks(dead)).toEqual([
    {
      Status: 'COMPLETED',
      SourceArn: arn(dead),
      ApproximateNumberOfMessagesMoved: 2,
      ApproximateNumberOfMessagesToMove: 2,
      StartedTimestamp: parts.clock.now(),
    },
  ]);
  const [back, ...others] = await receive(main);
  expect(others).toHaveLength(1);
  expect(back).toMatchObject({ Body: before.Body, MessageAttributes: attribute });
  expect(back.Attributes).toMatchObject({ ApproximateReceiveCount: '1', SentTimestamp: String(parts.clock.now()) });
  expect(back.Attributes).not.toHaveProperty('DeadLetterQueueSourceArn');
  expect(back.MessageId).not.toBe(before.MessageId);
  expect(await count(dead)).toBe(0);
});

test('so many go in a second of virtual time, those that were there; a restart goes on, and one task at most is under way', async () => {
  const { dead } = await deadLetters(bodies(5));
  await create('elsewhere');
  const { TaskHandle } = await start(dead, { DestinationArn: arn('elsewhere'), MaxNumberOfMessagesPerSecond: 2 });
  await send(dead, 'later');
  const running = { Status: 'RUNNING', TaskHandle, DestinationArn: arn('elsewhere'), MaxNumberOfMessagesPerSecond: 2 };
  expect(await tasks(dead)).toMatchObject([{ ...running, ApproximateNumberOfMessagesMoved: 2 }]);
  await expect(start(dead)).rejects.toMatchObject({
    code: 'InvalidParameterValue',
    message: 'There is already a task running. Only one active task is allowed for a source queue arn at a given time.',
  });
  await parts.clock.advanceBy(1000);
  expect(await count('elsewhere')).toBe(4);

  await sqs.stop();
  const later = restarted(parts);
  sqs = new SqsService(later);
  try {
    await later.clock.advanceBy(5000);
    expect(await count('elsewhere')).toBe(4);
    await sqs.start();
    await later.clock.advanceBy(0);
    expect(await tasks(dead)).toMatchObject([{ Status: 'COMPLETED', ApproximateNumberOfMessagesToMove: 5 }]);
    expect((await receive('elsewhere')).map(({ Body }: { Body: string }) => Body)).toEqual(bodies(5));
    expect((await receive(dead))[0].Body).toBe('later');
  } finally {
    await sqs.stop();
    sqs = new SqsService(parts);
  }
});

test('a task that is cancelled leaves the rest, and only one under way can be', async () => {
  const { main, dead } = await deadLetters(bodies(3));
  const { TaskHandle } = await start(dead, { MaxNumberOfMessagesPerSecond: 1 });
  expect(await call('CancelMessageMoveTask', { TaskHandle })).toEqual({ ApproximateNumberOfMessagesMoved: 1 });
  await parts.clock.advanceBy(10_000);
  expect([await count(main), await count(dead)]).toEqual([1, 2]);
  expect((await tasks(dead))[0]).not.toHaveProperty('TaskHandle');
  await expect(call('CancelMessageMoveTask', { TaskHandle })).rejects.toThrow('Only active tasks can be cancelled.');
  await start(dead);
  const statuses = async (most: number) => (await tasks(dead, most)).map(({ Status }: { Status: string }) => Status);
  expect([await statuses(10), await statuses(1)]).toEqual([['COMPLETED', 'CANCELLED'], ['COMPLETED']]);
  // Of a queue that is deleted nothing is remembered.
  await call('DeleteQueue', { QueueUrl: dead });
  await create(dead);
  expect(await tasks(dead)).toEqual([]);
});

test('the last ten tasks are told of', async () => {
  const { dead } = await deadLetters([]);
  for (const perSecond of bodies(12).keys()) await start(dead, { MaxNumberOfMessagesPerSecond: perSecond + 1 });
  const told = (await tasks(dead)).map(
    (one: { MaxNumberOfMessagesPerSecond: number }) => one.MaxNumberOfMessagesPerSecond,
  );
  expect(told).toEqual([12, 11, 10, 9, 8, 7, 6, 5, 4, 3]);
});

test('a task fails when there is nowhere to go, and its messages stay', async () => {
  const { main, dead } = await deadLetters(['a']);
  await send(dead, 'direct');
  await start(dead, { MaxNumberOfMessagesPerSecond: 2 });
  expect(await tasks(dead)).toMatchObject([
    { Status: 'FAILED', FailureReason: 'CouldNotDetermineMessageSource', ApproximateNumberOfMessagesMoved: 1 },
  ]);
  expect([await count(main), await count(dead)]).toEqual([1, 1]);

  await create('gone');
  await send(dead, 'another');
  await start(dead, { DestinationArn: arn('gone'), MaxNumberOfMessagesPerSecond: 1 });
  await call('DeleteQueue', { QueueUrl: 'gone' });
  await parts.clock.advanceBy(1000);
  expect(await tasks(dead, 1)).toMatchObject([
    { Status: 'FAILED', FailureReason: 'AWS.SimpleQueueService.NonExistentQueue', ApproximateNumberOfMessagesMoved: 1 },
  ]);
  expect(await count(dead)).toBe(1);
});

test('FIFO queues keep the order of their groups', async () => {
  const of = (body: string) => ({ MessageGroupId: body[0], MessageDeduplicationId: body });
  const { main, dead } = await deadLetters(['a1', 'b1', 'a2', 'a3'], '.fifo', of);
  await start(dead);
  expect(await tasks(dead)).toMatchObject([{ Status: 'COMPLETED', ApproximateNumberOfMessagesMoved: 4 }]);
  const back = (await receive(main)).map(
    ({ Body, Attributes }: { Body: string; Attributes: Record<string, string> }) => [Body, Attributes.MessageGroupId],
  );
  expect(back.filter(([, group]: string[]) => group === 'a')).toEqual([
    ['a1', 'a'],
    ['a2', 'a'],
    ['a3', 'a'],
  ]);
  expect(back).toHaveLength(4);
});

test.each([
  ['StartMessageMoveTask', {}, 'MissingParameter', 'The request must contain the parameter SourceArn.'],
  [
    'StartMessageMoveTask',
    { SourceArn: 'dead' },
    'InvalidParameterValue',
    'You must use this format to specify the SourceArn: arn:<partition>:<service>:<region>:<account-id>:<resource-id>',
  ],
  [
    'StartMessageMoveTask',
    { SourceArn: arn('nowhere') },
    'ResourceNotFoundException',
    "The resource that you specified for the SourceArn parameter doesn't exist.",
  ],
  [
    'StartMessageMoveTask',
    { SourceArn: arn('plain') },
    'InvalidParameterValue',
    'Source queue must be configured as a Dead Letter Queue.',
  ],
  [
    'StartMessageMoveTask',
    { SourceArn: arn('dlq'), DestinationArn: arn('nowhere') },
    'ResourceNotFoundException',
    "The resource that you specified for the DestinationArn parameter doesn't exist.",
  ],
  [
    'StartMessageMoveTask',
    { SourceArn: arn('dlq'), DestinationArn: arn('dlq') },
    'InvalidParameterValue',
    'Source queue arn and destination queue arn cannot be the same.',
  ],
  [
    'StartMessageMoveTask',
    { SourceArn: arn('dlq'), DestinationArn: arn('other.fifo') },
    'InvalidParameterValue',
    'The source queue and destination queue must be of the same queue type.',
  ],
  [
    'StartMessageMoveTask',
    { SourceArn: arn('dlq'), MaxNumberOfMessagesPerSecond: 501 },
    'InvalidParameterValue',
    "Value for parameter MaxNumberOfMessagesPerSecond is invalid. Reason: You must enter a number that's between 1 and 500.",
  ],
  [
    'ListMessageMoveTasks',
    { SourceArn: arn('dlq'), MaxResults: 11 },
    'InvalidParameterValue',
    'Value 11 for parameter MaxResults is invalid. Reason: Must be >= 1 and <= 10, if provided.',
  ],
  [
    'CancelMessageMoveTask',
    { TaskHandle: 'foobared' },
    'InvalidParameterValue',
    'Value for parameter TaskHandle is invalid.',
  ],
  [
    'CancelMessageMoveTask',
    { TaskHandle: Buffer.from(JSON.stringify({ taskId: 'x', sourceArn: arn('dlq') })).toString('base64') },
    'ResourceNotFoundException',
    'Task does not exist.',
  ],
])('%s %j is refused: %s', async (operation, input, code, message) => {
  await create('plain');
  await create('dlq');
  await create('ofDlq', policyTo('dlq'));
  await create('other.fifo', { FifoQueue: 'true' });
  await expect(call(operation, input)).rejects.toMatchObject({ code, message });
});

test('the SDK speaks to it', async () => {
  parts.aws.register(sqs);
  const server = new WireServer(parts);
  const { url: endpoint } = await server.start();
  const client = new SQSClient({ endpoint, region: 'us-east-1', credentials: identity, maxAttempts: 1 });
  try {
    const { dead } = await deadLetters(['a']);
    const { TaskHandle } = await client.send(new StartMessageMoveTaskCommand({ SourceArn: arn(dead) }));
    expect(TaskHandle).toMatch(/^ey/);
    const { Results } = await client.send(new ListMessageMoveTasksCommand({ SourceArn: arn(dead) }));
    expect(Results).toMatchObject([{ Status: 'COMPLETED', StartedTimestamp: parts.clock.now() }]);
    const missing = client.send(new StartMessageMoveTaskCommand({ SourceArn: arn('nowhere') }));
    await expect(missing).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      $metadata: { httpStatusCode: 404 },
    });
  } finally {
    client.destroy();
    await server.stop();
  }
});
