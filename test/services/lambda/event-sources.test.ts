import {
  CreateEventSourceMappingCommand,
  DeleteEventSourceMappingCommand,
  GetEventSourceMappingCommand,
  LambdaClient,
  ListEventSourceMappingsCommand,
  UpdateEventSourceMappingCommand,
} from '@aws-sdk/client-lambda';
import { Work } from '../../../local/runtime/work';
import { AwsError, type AwsShape } from '../../../local/services/aws';
import type { LambdaService } from '../../../local/services/lambda/service';
import { SqsService } from '../../../local/services/sqs/service';
import { WireServer } from '../../../local/services/wire/server';
import { FakeService, silenceStderr } from '../delivery/targets';
import { restarted, testParts } from '../wire/parts';
import { makeLambda } from './local-cloud';

silenceStderr();
const QUEUE = 'arn:aws:sqs:us-east-1:123456789012:source';
const FUNCTION = 'arn:aws:lambda:us-east-1:123456789012:function:fn';

/** Lambda, but for invocations: what these answer, a test says. */
class Functions extends FakeService {
  answer: (records: AwsShape[]) => unknown = () => null;
  readonly batches: AwsShape[][] = [];

  constructor(
    parts: ReturnType<typeof testParts>,
    private readonly lambda: LambdaService,
  ) {
    super(parts, 'lambda');
  }

  override async call(operation: string, input: AwsShape): Promise<AwsShape> {
    if (operation !== 'Invoke') return this.lambda.call(operation, input, { via: 'test' });
    await super.call(operation, input);
    const { Records } = JSON.parse(input.Payload);
    this.batches.push(Records);
    const answer = await this.answer(Records);
    if (answer === 'throw') return { FunctionError: 'Unhandled', Payload: Buffer.from('{}') };
    return { Payload: Buffer.from(JSON.stringify(answer)) };
  }

  /** The bodies of each batch. */
  get bodies(): string[][] {
    return this.batches.map((batch) => batch.map(({ body }) => body));
  }
}

const cleanUps: Array<() => Promise<void>> = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0)) await cleanUp();
});

async function setup(parts = testParts(), timeoutSeconds = 10) {
  const { lambda, define, cleanUp } = makeLambda(parts);
  cleanUps.push(async () => {
    await lambda.eventSources.stop();
    await cleanUp();
  });
  await define('exports.handler = async () => null', { timeoutSeconds });
  const functions = new Functions(parts, lambda);
  parts.aws.register(new SqsService(parts));
  const via = { via: 'test' };
  const call = (operation: string, input: AwsShape) => parts.aws.call('lambda', operation, input, via);
  const queue = (operation: string, input: AwsShape = {}) =>
    parts.aws.call('sqs', operation, { QueueName: 'source', QueueUrl: QUEUE, ...input }, via);
  const send = async (...bodies: string[]) => {
    for (const MessageBody of bodies) await queue('SendMessage', { MessageBody });
    await parts.work.idle();
  };
  const left = async (QueueUrl = QUEUE) => {
    const { Attributes } = await queue('GetQueueAttributes', { QueueUrl, AttributeNames: ['All'] });
    return Number(Attributes.ApproximateNumberOfMessages) + Number(Attributes.ApproximateNumberOfMessagesNotVisible);
  };
  const pass = (seconds: number) => parts.clock.advanceBy(seconds * 1000);
  await queue('CreateQueue');
  await lambda.eventSources.start();
  const create = (more: AwsShape = {}) =>
    call('CreateEventSourceMapping', { FunctionName: 'fn', EventSourceArn: QUEUE, ...more });
  return { parts, lambda, functions, call, queue, send, left, pass, create };
}

test('a function gets what is sent to its queue, in the form of AWS, and what it took is deleted', async () => {
  const { functions, queue, send, left, create } = await setup();
  await create();
  const MessageAttributes = {
    kind: { DataType: 'String', StringValue: 'a' },
    raw: { DataType: 'Binary', BinaryValue: Buffer.from([1, 2]) },
  };
  await queue('SendMessage', { MessageBody: 'hello', MessageAttributes });
  await send('b');
  expect(functions.calls[0]?.input).toMatchObject({ FunctionName: FUNCTION, InvocationType: 'RequestResponse' });
  const lists = { stringListValues: [], binaryListValues: [] };
  expect(functions.batches[0]).toEqual([
    {
      messageId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      receiptHandle: expect.any(String),
      body: 'hello',
      attributes: {
        ApproximateReceiveCount: '1',
        SentTimestamp: '1767225600000',
        SenderId: '123456789012',
        ApproximateFirstReceiveTimestamp: '1767225600000',
      },
      messageAttributes: {
        kind: { stringValue: 'a', ...lists, dataType: 'String' },
        raw: { binaryValue: 'AQI=', ...lists, dataType: 'Binary' },
      },
      md5OfMessageAttributes: expect.stringMatching(/^[0-9a-f]{32}$/),
      md5OfBody: '5d41402abc4b2a76b9719d911017c592',
      eventSource: 'aws:sqs',
      eventSourceARN: QUEUE,
      awsRegion: 'us-east-1',
    },
  ]);
  expect(functions.bodies.flat()).toEqual(['hello', 'b']);
  expect(await left()).toBe(0);
});

test('batches are of ten by default, of more when there is a window, and not of more than six megabytes', async () => {
  const { functions, send, pass, create, call } = await setup();
  await send(...Array.from({ length: 23 }, (_, index) => String(index)));
  const { UUID } = await create();
  await send();
  expect(functions.batches.map(({ length }) => length)).toEqual([10, 10, 3]);
  await call('UpdateEventSourceMapping', { UUID, BatchSize: 25, MaximumBatchingWindowInSeconds: 60 });
  await send(...Array.from({ length: 30 }, (_, index) => String(index)));
  expect(functions.batches.slice(3).map(({ length }) => length)).toEqual([25]);
  await pass(59);
  expect(functions.batches).toHaveLength(4);
  await pass(1);
  expect(functions.batches.at(-1)).toHaveLength(5);
  const large = 'x'.repeat(1_000_000);
  await call('UpdateEventSourceMapping', { UUID, Enabled: false });
  await send(...Array.from({ length: 8 }, () => large));
  await call('UpdateEventSourceMapping', { UUID, Enabled: true });
  await send();
  expect(functions.batches.slice(5).map(({ length }) => length)).toEqual([6, 2]);
});

test('what was gathered when its mapping is disabled is carried on at once; nothing more is taken until it is enabled', async () => {
  const { functions, call, send, create } = await setup();
  const { UUID } = await create({ MaximumBatchingWindowInSeconds: 300 });
  await send('a');
  expect(functions.batches).toEqual([]);
  expect(await call('UpdateEventSourceMapping', { UUID, Enabled: false })).toMatchObject({ State: 'Disabling' });
  expect(await call('GetEventSourceMapping', { UUID })).toMatchObject({ State: 'Disabled' });
  await send('b');
  expect(functions.bodies).toEqual([['a']]);
  const enabled = { UUID, Enabled: true, MaximumBatchingWindowInSeconds: 0 };
  expect(await call('UpdateEventSourceMapping', enabled)).toMatchObject({ State: 'Enabling' });
  await send();
  expect(functions.bodies).toEqual([['a'], ['b']]);
});

test('a batch that failed comes again after the visibility timeout, and at last its messages are dead letters', async () => {
  const { functions, queue, send, left, pass, create } = await setup();
  const dead = QUEUE.replace('source', 'dead');
  await queue('CreateQueue', { QueueName: 'dead' });
  const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: dead, maxReceiveCount: 2 });
  await queue('SetQueueAttributes', { Attributes: { RedrivePolicy, VisibilityTimeout: '100' } });
  functions.answer = () => 'throw';
  await create();
  await send('a', 'b');
  await pass(99);
  const count = functions.batches.length;
  await pass(1);
  expect(functions.batches.slice(count).flat()).toMatchObject([
    { body: 'a', attributes: { ApproximateReceiveCount: '2' } },
    { body: 'b', attributes: { ApproximateReceiveCount: '2' } },
  ]);
  await pass(1000);
  expect(functions.batches.flat()).toHaveLength(4);
  expect([await left(), await left(dead)]).toEqual([0, 2]);
});

test('a batch for which there is no room is tried again while the queue hides it, and is still its first receipt', async () => {
  const { functions, send, pass, left, create } = await setup();
  const throttled = new AwsError('TooManyRequestsException', 'Rate Exceeded.', 429);
  functions.failure = throttled;
  await create();
  await send('a');
  await pass(2);
  expect(functions.times.map((at) => at.slice(17, 19))).toEqual(['00', '01']);
  functions.failure = undefined;
  await pass(1);
  expect(functions.batches.flat()).toMatchObject([{ body: 'a', attributes: { ApproximateReceiveCount: '1' } }]);
  expect(await left()).toBe(0);
  functions.failure = throttled;
  await send('b');
  await pass(29);
  const tries = functions.calls.length;
  await pass(1);
  functions.failure = undefined;
  await pass(1);
  expect(functions.calls).toHaveLength(tries + 2);
  expect(functions.batches.flat().slice(1)).toMatchObject([
    { body: 'b', attributes: { ApproximateReceiveCount: '2' } },
  ]);
});

describe('of a batch whose function answers', () => {
  const failures = (itemIdentifier: unknown) => ({ batchItemFailures: [{ itemIdentifier }] });
  const all = ['a', 'b', 'c'];
  test.each<[string, (records: AwsShape[]) => unknown, string[]]>([
    ['the id of one', (records) => failures(records[1]?.messageId), ['b']],
    ['an empty list', () => ({ batchItemFailures: [] }), []],
    ['no list', () => ({ batchItemFailures: null }), []],
    ['an object without it', () => ({}), []],
    ['nothing', () => null, []],
    ['an id that is not of the batch', () => failures('z'), all],
    ['an empty id', () => failures(''), all],
    ['no id', () => ({ batchItemFailures: [{ id: 'a' }] }), all],
    ['something else', () => 'done', all],
    ['an error', () => 'throw', all],
  ])('%s, comes again what failed', async (_, answer, again) => {
    const { functions, send, pass, create, left } = await setup();
    await send(...all);
    functions.answer = answer;
    await create({ FunctionResponseTypes: ['ReportBatchItemFailures'] });
    await send();
    expect(await left()).toBe(again.length);
    functions.answer = () => null;
    await pass(30);
    expect(functions.bodies).toEqual([all, ...(again.length > 0 ? [again] : [])]);
  });
});

describe('of a FIFO queue', () => {
  const ORDERED = QUEUE.replace('source', 'ordered.fifo');

  /** What is sent is in the group that its first letter names. */
  async function setupOrdered() {
    const world = await setup();
    const Attributes = { FifoQueue: 'true', ContentBasedDeduplication: 'true' };
    await world.queue('CreateQueue', { QueueName: 'ordered.fifo', Attributes });
    const send = async (...bodies: string[]) => {
      for (const MessageBody of bodies) {
        await world.queue('SendMessage', { QueueUrl: ORDERED, MessageBody, MessageGroupId: MessageBody.charAt(0) });
      }
      await world.parts.work.idle();
    };
    const create = (more: AwsShape = {}) => world.create({ EventSourceArn: ORDERED, ...more });
    return { ...world, send, create, left: () => world.left(ORDERED) };
  }

  test('groups are in order, side by side; what failed holds up its group and no other', async () => {
    const { functions, send, create, pass, left } = await setupOrdered();
    const release: Array<(answer: unknown) => void> = [];
    /** Resolves when so many batches are in the function's hands, which keeps them. */
    const inHand = (count: number) =>
      new Promise<void>((reached) => {
        functions.answer = () =>
          new Promise((answer) => {
            release.push(answer);
            if (functions.batches.length === count) reached();
          });
      });
    await create({ BatchSize: 1 });
    const both = inHand(2);
    const sent = send('a1', 'b1', 'a2', 'b2');
    await both;
    expect(functions.bodies).toEqual([['a1'], ['b1']]);
    const third = inHand(3);
    release[1]?.(null);
    await third;
    expect(functions.bodies[2]).toEqual(['b2']);
    release[2]?.(null);
    release[0]?.('throw');
    await sent;
    expect(functions.bodies).toHaveLength(3);
    expect(await left()).toBe(2);
    functions.answer = () => null;
    await pass(30);
    expect(functions.bodies.slice(3)).toEqual([['a1'], ['a2']]);
    expect(await left()).toBe(0);
  });

  test('a batch of up to ten has the attributes of its groups; what the function says has failed comes again in order', async () => {
    const { functions, parts, queue, send, create, pass, left } = await setupOrdered();
    await send('a1', 'a2', 'b1', 'a3');
    functions.answer = (records) => ({
      batchItemFailures: records.slice(1, 3).map(({ messageId: itemIdentifier }) => ({ itemIdentifier })),
    });
    await create({ FunctionResponseTypes: ['ReportBatchItemFailures'] });
    await parts.work.idle();
    expect(functions.batches).toMatchObject([
      ['a1', 'a2', 'a3', 'b1'].map((body) => ({
        body,
        attributes: { MessageGroupId: body.charAt(0), SequenceNumber: expect.stringMatching(/^\d{20}$/) },
      })),
    ]);
    functions.answer = () => null;
    await send('a4');
    expect(functions.bodies).toHaveLength(1);
    await pass(30);
    expect(functions.bodies[1]).toEqual(['a2', 'a3', 'a4']);
    expect(await left()).toBe(0);
    const more = { MaximumBatchingWindowInSeconds: 1 };
    await queue('CreateQueue', { QueueName: 'other.fifo', Attributes: { FifoQueue: 'true' } });
    await expect(create({ EventSourceArn: QUEUE.replace('source', 'other.fifo'), ...more })).rejects.toMatchObject({
      code: INVALID,
      message: 'Batching window is not supported for FIFO queues',
    });
  });

  test('what does not fit into one call waits behind what failed before it', async () => {
    const { functions, parts, send, create, pass, left } = await setupOrdered();
    const large = (name: string) => `${name}${'x'.repeat(1_040_000)}`;
    await send(...['a1', 'a2', 'a3', 'a4', 'a5', 'a6', 'a7', 'b1'].map(large));
    functions.answer = () => 'throw';
    await create();
    await parts.work.idle();
    const names = () => functions.bodies.map((batch) => batch.map((body) => body.slice(0, 2)));
    expect(names()).toEqual([['a1', 'a2', 'a3', 'a4', 'a5', 'a6'], ['b1']]);
    functions.answer = () => null;
    await pass(30);
    expect(names().slice(2).flat()).toEqual(['a1', 'a2', 'a3', 'a4', 'a5', 'a6', 'a7', 'b1']);
    expect(await left()).toBe(0);
  });
});

describe('a burst', () => {
  beforeEach(() =>
    jest.useFakeTimers({ doNotFake: ['Date', 'nextTick', 'performance', 'queueMicrotask', 'setImmediate'] }),
  );
  afterEach(() => jest.useRealTimers());

  /** Twenty messages, each of which has the function start an execution with a task whose call takes until it is answered. */
  async function burst() {
    const { parts, functions, lambda, queue, create, left } = await setup(testParts({ work: new Work(3) }));
    const answers: Array<() => void> = [];
    functions.answer = () => {
      void parts.work.trackCall(() => new Promise<void>((resolve) => answers.push(resolve)));
      return null;
    };
    const Entries = Array.from({ length: 10 }, (_, n) => ({ Id: String(n), MessageBody: 'm' }));
    for (let count = 0; count < 2; count += 1) await queue('SendMessageBatch', { Entries });
    await create({ BatchSize: 1 });
    const underWay = async (expected: number) => {
      while (answers.length < expected) await new Promise((resolve) => setImmediate(resolve));
      // Nor do more begin.
      for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
      expect(answers).toHaveLength(expected);
    };
    await underWay(3);
    return { parts, functions, lambda, answers, underWay, queue, left };
  }

  test('waits in the queue while tasks have as many calls under way as there is room for', async () => {
    const { parts, functions, queue, answers, underWay, left } = await burst();
    const { Attributes } = await queue('GetQueueAttributes', { AttributeNames: ['All'] });
    expect(Attributes).toMatchObject({
      ApproximateNumberOfMessages: '17',
      ApproximateNumberOfMessagesNotVisible: '0',
    });
    for (let waiting = 17; waiting >= 0; waiting -= 1) {
      answers.shift()?.();
      await underWay(Math.min(waiting + 2, 3));
    }
    for (const answer of answers) answer();
    await parts.work.idle();
    expect([functions.batches.length, await left()]).toEqual([20, 0]);
  });

  test('is not held up for ever by calls that are long: every two seconds one batch goes on', async () => {
    const { answers, underWay } = await burst();
    jest.advanceTimersByTime(1_999);
    await underWay(3);
    jest.advanceTimersByTime(1);
    await underWay(4);
    answers.shift()?.();
    await underWay(3);
    jest.advanceTimersByTime(2_000);
    await underWay(4);
  });

  test('is not taken up when polling stops meanwhile', async () => {
    const { lambda, answers, underWay, left } = await burst();
    await lambda.eventSources.stop();
    expect(jest.getTimerCount()).toBe(0);
    for (const answer of answers.splice(0)) answer();
    await underWay(0);
    expect(await left()).toBe(17);
  });
});

test('a report of failures says nothing where none is asked for', async () => {
  const { functions, send, create, left } = await setup();
  functions.answer = (records) => ({ batchItemFailures: records.map((one) => ({ itemIdentifier: one.messageId })) });
  await create();
  await send('a');
  expect(await left()).toBe(0);
});

test('messages that no filter lets through are deleted', async () => {
  const { functions, send, left, create } = await setup();
  functions.answer = () => 'throw';
  const Filters = [{ body: { kind: ['a'] } }, { body: ['plain'] }];
  await create({ FilterCriteria: { Filters: Filters.map((one) => ({ Pattern: JSON.stringify(one) })) } });
  await send('{"kind":"a"}', '{"kind":"b"}', 'plain', 'other');
  expect(functions.bodies.flat()).toEqual(['{"kind":"a"}', 'plain']);
  expect(await left()).toBe(2);
});

test.each<[number | undefined, number]>([
  [undefined, 5],
  [2, 2],
])('with a maximum concurrency of %s, %d batches are under way at once', async (MaximumConcurrency, expected) => {
  const { functions, send, create, left } = await setup();
  const ends: Array<() => void> = [];
  functions.answer = () => new Promise((resolve) => ends.push(() => resolve(null)));
  await create({ BatchSize: 1, ScalingConfig: { MaximumConcurrency } });
  const sent = send('1', '2', '3', '4', '5', '6', '7');
  while (ends.length < expected) await new Promise(setImmediate);
  for (let turn = 0; turn < 50; turn++) await new Promise(setImmediate);
  expect(functions.batches).toHaveLength(expected);
  functions.answer = () => null;
  for (const end of ends) end();
  await sent;
  expect(functions.batches).toHaveLength(7);
  expect(await left()).toBe(0);
});

test('an idle queue neither holds the clock nor makes it stop on its way; one that is gone does ever more rarely', async () => {
  const { parts, functions, pass, queue, create } = await setup();
  await create();
  await parts.work.idle();
  expect(parts.clock.nextDue()).toBeUndefined();
  await queue('DeleteQueue');
  await queue('CreateQueue');
  await pass(365 * 86_400);
  expect(functions.calls).toEqual([]);
});

test('a new process polls for the mappings that there are; what the old one had in hand comes again', async () => {
  const first = await setup();
  await first.create();
  first.functions.answer = () => new Promise(() => {});
  void first.send('x');
  while (first.functions.calls.length === 0) await new Promise(setImmediate);
  await first.lambda.eventSources.stop();
  const second = await setup(restarted(first.parts));
  await second.pass(30);
  expect(second.functions.bodies).toEqual([['x']]);
  expect(await second.left()).toBe(0);
});

test('the SDK creates, reads, lists, updates and deletes mappings', async () => {
  const { parts, lambda, queue } = await setup();
  parts.aws.register(lambda);
  await queue('CreateQueue', { QueueName: 'other' });
  const wire = new WireServer(parts);
  const { url: endpoint } = await wire.start();
  const { region, accessKeyId, secretAccessKey } = parts.identity;
  const client = new LambdaClient({ endpoint, region, credentials: { accessKeyId, secretAccessKey }, maxAttempts: 1 });
  cleanUps.push(async () => {
    client.destroy();
    await wire.stop();
  });
  const source = { FunctionName: FUNCTION, EventSourceArn: QUEUE };
  const Filters = [{ Pattern: '{"body":["a"]}' }];
  const created = await client.send(
    new CreateEventSourceMappingCommand({
      ...source,
      BatchSize: 100,
      MaximumBatchingWindowInSeconds: 5,
      FilterCriteria: { Filters },
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      ScalingConfig: { MaximumConcurrency: 3 },
      Enabled: false,
    }),
  );
  const UUID = created.UUID as string;
  expect(created.$metadata.httpStatusCode).toBe(202);
  expect(created).toMatchObject({
    UUID: expect.stringMatching(/^[0-9a-f-]{36}$/),
    EventSourceMappingArn: `arn:aws:lambda:us-east-1:123456789012:event-source-mapping:${UUID}`,
    EventSourceArn: QUEUE,
    FunctionArn: FUNCTION,
    BatchSize: 100,
    MaximumBatchingWindowInSeconds: 5,
    FilterCriteria: { Filters },
    FunctionResponseTypes: ['ReportBatchItemFailures'],
    ScalingConfig: { MaximumConcurrency: 3 },
    LastModified: new Date('2026-01-01T00:00:00Z'),
    State: 'Creating',
    StateTransitionReason: 'USER_INITIATED',
  });
  await expect(client.send(new CreateEventSourceMappingCommand(source))).rejects.toMatchObject({
    name: 'ResourceConflictException',
    message: `An event source mapping with SQS arn (" ${QUEUE} ") and function (" fn ") already exists. Please update or delete the existing mapping with UUID ${UUID}`,
    $metadata: { httpStatusCode: 409 },
  });
  const updated = await client.send(
    new UpdateEventSourceMappingCommand({ UUID, BatchSize: 7, FilterCriteria: {}, ScalingConfig: {} }),
  );
  expect(updated).toMatchObject({ State: 'Updating', BatchSize: 7, MaximumBatchingWindowInSeconds: 5 });
  const read = await client.send(new GetEventSourceMappingCommand({ UUID }));
  expect(read).toMatchObject({ State: 'Disabled', FunctionResponseTypes: ['ReportBatchItemFailures'] });
  expect([read.FilterCriteria, read.ScalingConfig]).toEqual([undefined, undefined]);

  await client.send(
    new CreateEventSourceMappingCommand({ ...source, EventSourceArn: QUEUE.replace('source', 'other') }),
  );
  const list = (input: object) => client.send(new ListEventSourceMappingsCommand(input));
  expect((await list({ EventSourceArn: QUEUE })).EventSourceMappings).toMatchObject([{ UUID }]);
  const page = await list({ FunctionName: 'fn', MaxItems: 1 });
  const rest = await list({ FunctionName: 'fn', Marker: page.NextMarker });
  const uuids = [page, rest].map(({ EventSourceMappings }) => EventSourceMappings?.map((one) => one.UUID));
  expect(new Set(uuids.flat()).size).toBe(2);
  expect(rest.NextMarker).toBeUndefined();
  await expect(list({ FunctionName: 'nobody' })).rejects.toMatchObject({ name: 'ResourceNotFoundException' });

  const deleted = await client.send(new DeleteEventSourceMappingCommand({ UUID }));
  expect(deleted).toMatchObject({ UUID, State: 'Deleting' });
  await expect(client.send(new GetEventSourceMappingCommand({ UUID }))).rejects.toMatchObject({
    name: 'ResourceNotFoundException',
    message: 'The resource you requested does not exist.',
  });
});

const INVALID = 'InvalidParameterValueException';
test.each<[string, AwsShape, string, string]>([
  ['a function that is not there', { FunctionName: 'nobody' }, INVALID, 'Function does not exist'],
  ['no function', { FunctionName: undefined }, 'ValidationException', "'functionName'"],
  ['no source', { EventSourceArn: undefined }, INVALID, 'Unrecognized event source.'],
  ['a queue that is not there', { EventSourceArn: `${QUEUE}2` }, INVALID, 'AWS.SimpleQueueService.NonExistentQueue'],
  ['a queue of others', { EventSourceArn: QUEUE.replace('1234', '4321') }, INVALID, 'NonExistentQueue'],
  ['a stream', { EventSourceArn: 'arn:aws:kinesis:us-east-1:123456789012:stream/s' }, INVALID, 'from kinesis'],
  ['what only streams have', { ParallelizationFactor: 2 }, INVALID, 'Unsupported ParallelizationFactor parameter'],
  ['a position in a queue', { StartingPosition: 'LATEST' }, INVALID, 'StartingPosition is not valid for SQS event'],
  ['large batches without a window', { BatchSize: 11 }, INVALID, 'Maximum batch window in seconds must be greater'],
  ['batches of nothing', { BatchSize: 0 }, 'ValidationException', "Value '0' at 'batchSize'"],
  ['a window of hours', { MaximumBatchingWindowInSeconds: 301 }, 'ValidationException', 'less than or equal to 300'],
  ['one at a time', { ScalingConfig: { MaximumConcurrency: 1 } }, 'ValidationException', 'maximumConcurrency'],
  ['reports of another kind', { FunctionResponseTypes: ['X'] }, 'ValidationException', 'functionResponseTypes'],
  [
    'a pattern that is none',
    { FilterCriteria: { Filters: [{ Pattern: '{"a":1}' }] } },
    INVALID,
    'Invalid filter pattern',
  ],
  ['a text for a list', { FunctionResponseTypes: 'X' }, 'SerializationException', 'FunctionResponseTypes'],
])('refuses %s', async (_, more, code, message) => {
  const { create } = await setup();
  await expect(create(more)).rejects.toMatchObject({ code, message: expect.stringContaining(message) });
});

test('a queue that hides messages for a shorter time than the function may take is refused', async () => {
  const { create } = await setup(testParts(), 31);
  await expect(create()).rejects.toMatchObject({
    code: INVALID,
    message: 'Queue visibility timeout: 30 seconds is less than Function timeout: 31 seconds',
  });
});
