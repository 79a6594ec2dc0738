import { AwsError, type AwsShape } from '../../../local/services/aws';
import { PipesService } from '../../../local/services/pipes/service';
import { SqsService } from '../../../local/services/sqs/service';
import { WireServer } from '../../../local/services/wire/server';
import { FakeService, silenceStderr } from '../delivery/targets';
import { restarted, testParts } from '../wire/parts';

silenceStderr();
const MACHINE = 'arn:aws:states:us-east-1:123456789012:stateMachine:Repair';
const QUEUE = 'arn:aws:sqs:us-east-1:123456789012:source';
const SECOND = 1000;

/** A target whose answers a test gives. */
class Target extends FakeService {
  readonly waits = new Set(['StartSyncExecution']);
  answer: (records: AwsShape[]) => AwsShape | Promise<AwsShape> = () => ({ status: 'SUCCEEDED', output: '{}' });
  readonly batches: AwsShape[][] = [];

  override async call(operation: string, input: AwsShape): Promise<AwsShape> {
    await super.call(operation, input);
    const records = JSON.parse(input.input ?? Buffer.from(input.Payload).toString());
    this.batches.push(records);
    return this.answer(records);
  }

  /** The bodies of each batch. */
  get bodies(): unknown[][] {
    return this.batches.map((batch) => batch.map((record) => record.body ?? record));
  }
}

async function setup(parts = testParts()) {
  const pipes = new PipesService(parts);
  const sqs = new SqsService(parts);
  for (const service of [pipes, sqs]) parts.aws.register(service);
  const sfn = new Target(parts, 'sfn');
  const lambda = new Target(parts, 'lambda');
  await pipes.start();
  const call = (operation: string, input: AwsShape) => parts.aws.call('pipes', operation, input, { via: 'wire' });
  const queue = (operation: string, input: AwsShape = {}) =>
    parts.aws.call('sqs', operation, { QueueName: 'source', QueueUrl: QUEUE, ...input }, { via: 'wire' });
  const send = async (...bodies: unknown[]) => {
    for (const body of bodies) {
      await queue('SendMessage', { MessageBody: typeof body === 'string' ? body : JSON.stringify(body) });
    }
    await parts.work.idle();
  };
  const left = async () => {
    const { Attributes } = await queue('GetQueueAttributes', { AttributeNames: ['All'] });
    return Number(Attributes.ApproximateNumberOfMessages) + Number(Attributes.ApproximateNumberOfMessagesNotVisible);
  };
  const pass = (seconds: number) => parts.clock.advanceBy(seconds * SECOND);
  await queue('CreateQueue');
  const create = (more: AwsShape = {}) =>
    call('CreatePipe', { Name: 'p', RoleArn: 'arn:aws:iam::1:role/r', Source: QUEUE, Target: MACHINE, ...more });
  return { parts, pipes, sfn, lambda, call, queue, send, left, pass, create };
}

test('what is sent to the queue starts the state machine with a list of records, and is deleted when that succeeded', async () => {
  const { sfn, send, left, create } = await setup();
  await create();
  await send({ a: 1 });
  expect(sfn.calls).toMatchObject([{ operation: 'StartSyncExecution', input: { stateMachineArn: MACHINE } }]);
  expect(sfn.batches).toEqual([
    [
      {
        messageId: expect.any(String),
        receiptHandle: expect.any(String),
        body: '{"a":1}',
        attributes: expect.objectContaining({ ApproximateReceiveCount: '1' }),
        messageAttributes: {},
        md5OfBody: expect.stringMatching(/^[0-9a-f]{32}$/),
        eventSource: 'aws:sqs',
        eventSourceARN: QUEUE,
        awsRegion: 'us-east-1',
      },
    ],
  ]);
  expect(await left()).toBe(0);
});

test('what waits in the queue goes out in batches of 10 by default', async () => {
  const { sfn, send, left, create } = await setup();
  await send(...Array.from({ length: 25 }, (_, index) => ({ index })));
  await create();
  await send();
  expect(sfn.batches.map(({ length }) => length)).toEqual([10, 10, 5]);
  expect(await left()).toBe(0);
});

test('a batch is gathered until it is full or its window is over', async () => {
  const { sfn, send, pass, create } = await setup();
  await create({ SourceParameters: { SqsQueueParameters: { BatchSize: 3, MaximumBatchingWindowInSeconds: 20 } } });
  await send(1, 2);
  await pass(19);
  expect(sfn.batches).toEqual([]);
  await pass(1);
  expect(sfn.bodies).toEqual([['1', '2']]);
  await send(3, 4, 5);
  expect(sfn.bodies.at(-1)).toEqual(['3', '4', '5']);
});

test.each<[string, AwsShape]>([
  ['an execution that failed', { status: 'FAILED', error: 'Broken' }],
  ['an execution that ran out of time', { status: 'TIMED_OUT' }],
])('%s: the batch comes again after the visibility timeout, and at last is a dead letter', async (_, answer) => {
  const { sfn, queue, send, left, pass, create } = await setup();
  await queue('CreateQueue', { QueueName: 'dead' });
  const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: QUEUE.replace('source', 'dead'), maxReceiveCount: 3 });
  await queue('SetQueueAttributes', { Attributes: { RedrivePolicy, VisibilityTimeout: '100' } });
  sfn.answer = () => answer;
  await create();
  await send('x');
  await pass(99);
  expect(sfn.calls).toHaveLength(1);
  await pass(1);
  expect(sfn.calls).toHaveLength(2);
  await pass(1000);
  expect(sfn.calls).toHaveLength(3);
  expect(await left()).toBe(0);
  const { Messages } = await queue('ReceiveMessage', { QueueUrl: QUEUE.replace('source', 'dead') });
  expect(Messages).toMatchObject([{ Body: 'x' }]);
});

test('a call that is refused leaves the batch in the queue, and the pipe running', async () => {
  const { sfn, send, left, pass, create } = await setup();
  await create();
  sfn.failure = new AwsError('StateMachineDoesNotExist', 'No.');
  await send('x');
  expect(await left()).toBe(1);
  sfn.failure = undefined;
  await pass(30);
  expect(sfn.bodies).toEqual([['x']]);
  expect(await left()).toBe(0);
});

describe('of a batch of which a part failed', () => {
  const id = (records: AwsShape[], body: string) => records.find((record) => record.body === body)?.messageId;

  test.each<[string, (records: AwsShape[]) => unknown, string[]]>([
    ['only that comes again', (all) => ({ batchItemFailures: [{ itemIdentifier: id(all, 'b') }] }), ['b']],
    ['nothing, when the list is empty', () => ({ batchItemFailures: [] }), []],
    ['nothing, when there is no list', () => ({ batchItemFailures: null }), []],
    ['nothing, when the answer is something else', () => [1], []],
    [
      'all, when it names what was not there',
      () => ({ batchItemFailures: [{ itemIdentifier: 'z' }] }),
      ['a', 'b', 'c'],
    ],
    ['all, when it names nothing', (all) => ({ batchItemFailures: [id(all, 'b')] }), ['a', 'b', 'c']],
    ['all, when it is no list', () => ({ batchItemFailures: 'b' }), ['a', 'b', 'c']],
  ])('%s', async (_, output, again) => {
    for (const Target of [MACHINE, 'arn:aws:lambda:us-east-1:123456789012:function:f']) {
      const { sfn, lambda, send, pass, create } = await setup();
      await send('a', 'b', 'c');
      sfn.answer = (records) => ({ status: 'SUCCEEDED', output: JSON.stringify(output(records)) });
      lambda.answer = (records) => ({ Payload: Buffer.from(JSON.stringify(output(records))) });
      await create({ Target });
      await send();
      const target = Target === MACHINE ? sfn : lambda;
      target.answer = () => ({ status: 'SUCCEEDED', output: '{}', Payload: Buffer.from('null') });
      await pass(60);
      expect(target.bodies).toEqual([['a', 'b', 'c'], ...(again.length > 0 ? [again] : [])]);
    }
  });
});

test('a function that failed has its batch again', async () => {
  const { lambda, send, left, create } = await setup();
  lambda.answer = () => ({ FunctionError: 'Unhandled', Payload: Buffer.from('{}') });
  await create({ Target: 'arn:aws:lambda:us-east-1:123456789012:function:f' });
  await send('x');
  expect(lambda.calls).toMatchObject([{ input: { InvocationType: 'RequestResponse' } }]);
  expect(await left()).toBe(1);
});

test('fired and forgotten, a batch is done when the execution has begun', async () => {
  const { sfn, send, left, create } = await setup();
  await create({ TargetParameters: { StepFunctionStateMachineParameters: { InvocationType: 'FIRE_AND_FORGET' } } });
  sfn.answer = () => ({ executionArn: 'x' });
  await send('x');
  expect(sfn.calls).toMatchObject([{ operation: 'StartExecution' }]);
  expect(await left()).toBe(0);
});

test('only what a filter lets through reaches the target; the rest is deleted', async () => {
  const { sfn, send, left, create } = await setup();
  const Filters = [{ body: { kind: ['a'], size: [{ numeric: ['>', 3] }] } }, { body: ['plain'] }];
  await create({
    SourceParameters: { FilterCriteria: { Filters: Filters.map((one) => ({ Pattern: JSON.stringify(one) })) } },
  });
  await send({ kind: 'a', size: 4 }, { kind: 'a', size: 3 }, { kind: 'b', size: 4 }, 'plain', 'not plain');
  expect(sfn.bodies.flat()).toEqual(['{"kind":"a","size":4}', 'plain']);
  expect(await left()).toBe(0);
});

test('a template makes what the target gets of each record, and looks into JSON bodies', async () => {
  const { sfn, send, create } = await setup();
  const InputTemplate =
    '{"id": <$.messageId>, "whole": <$.body>, "first": "<$.body.list[0]> of <aws.pipes.pipe-name>", "missing": <$.body.none>}';
  await create({ TargetParameters: { InputTemplate } });
  await send({ list: ['"a"', 2] }, 'text');
  const made = { id: expect.any(String), missing: '' };
  expect(sfn.batches.flat()).toEqual([
    { ...made, whole: { list: ['"a"', 2] }, first: '"a" of p' },
    { ...made, whole: 'text', first: ' of p' },
  ]);
});

test('a queue or topic gets record by record', async () => {
  const { parts, queue, send, left, create } = await setup();
  await queue('CreateQueue', { QueueName: 'next' });
  await create({ Target: QUEUE.replace('source', 'next'), TargetParameters: { InputTemplate: 'Got <$.body>' } });
  await send('a', 'b');
  const { Messages } = await queue('ReceiveMessage', {
    QueueUrl: QUEUE.replace('source', 'next'),
    MaxNumberOfMessages: 10,
  });
  expect(Messages.map(({ Body }: AwsShape) => Body)).toEqual(['Got "a"', 'Got "b"']);
  expect(await left()).toBe(0);
  await parts.work.idle();
});

describe('between FIFO queues', () => {
  const [SOURCE, NEXT] = ['ordered.fifo', 'next.fifo'].map((name) => QUEUE.replace('source', name)) as [string, string];
  const SqsQueueParameters = { MessageGroupId: '$.body.player', MessageDeduplicationId: '$.messageId' };

  async function setupOrdered() {
    const world = await setup();
    const Attributes = { FifoQueue: 'true', ContentBasedDeduplication: 'true' };
    for (const QueueName of ['ordered.fifo', 'next.fifo']) await world.queue('CreateQueue', { QueueName, Attributes });
    const send = async (player: string, level: number) =>
      world.queue('SendMessage', {
        QueueUrl: SOURCE,
        MessageBody: JSON.stringify({ player, level }),
        MessageGroupId: player.trim(),
      });
    /** What has arrived: the group, and what it said of which level. */
    const arrived = async () => {
      const request = { QueueUrl: NEXT, MaxNumberOfMessages: 10, MessageSystemAttributeNames: ['All'] };
      const { Messages = [] } = await world.queue('ReceiveMessage', request);
      return Messages.map(({ Body, Attributes: { MessageGroupId } }: AwsShape) => `${MessageGroupId}${Body}`);
    };
    return { ...world, send, arrived };
  }

  test('the order of groups is kept, which paths may name; what is behind a failure in its group waits with it', async () => {
    const { parts, queue, send, arrived, create, pass } = await setupOrdered();
    await create({
      Source: SOURCE,
      Target: NEXT,
      TargetParameters: { InputTemplate: '<$.body.level>', SqsQueueParameters },
      DesiredState: 'STOPPED',
    });
    // A group's name has no spaces: the target refuses it.
    for (const [player, level] of [
      ['ann', 1],
      ['ann ', 2],
      ['bob', 1],
      ['ann', 3],
    ] as const)
      await send(player, level);
    await parts.aws.call('pipes', 'StartPipe', { Name: 'p' }, { via: 'wire' });
    await parts.work.idle();
    expect(await arrived()).toEqual(['ann1', 'bob1']);
    // Given another name for the group, all go on.
    await parts.aws.call(
      'pipes',
      'UpdatePipe',
      {
        Name: 'p',
        RoleArn: 'arn:aws:iam::1:role/r',
        TargetParameters: {
          InputTemplate: '<$.body.level>',
          SqsQueueParameters: { ...SqsQueueParameters, MessageGroupId: 'all' },
        },
      },
      { via: 'wire' },
    );
    await pass(30);
    expect(await arrived()).toEqual(['ann1', 'bob1', 'all2', 'all3']);
    const { Attributes } = await queue('GetQueueAttributes', { QueueUrl: SOURCE, AttributeNames: ['All'] });
    expect(Attributes).toMatchObject({ ApproximateNumberOfMessages: '0', ApproximateNumberOfMessagesNotVisible: '0' });
  });

  test.each<[string, AwsShape, string]>([
    ['a target without a group', { Target: NEXT }, 'MessageGroupId'],
    [
      'a window for a source',
      { Source: SOURCE, SourceParameters: { SqsQueueParameters: { MaximumBatchingWindowInSeconds: 1 } } },
      'MaximumBatchingWindowInSeconds is not supported for FIFO queues',
    ],
  ])('refuses %s', async (_case, more, told) => {
    const { create } = await setupOrdered();
    await expect(create(more)).rejects.toMatchObject({
      code: 'ValidationException',
      message: expect.stringContaining(told),
    });
  });
});

test('a stopped pipe takes nothing; started again it goes on', async () => {
  const { sfn, send, call, create } = await setup();
  await create({ DesiredState: 'STOPPED' });
  await send('x');
  expect(sfn.calls).toEqual([]);
  expect(await call('StartPipe', { Name: 'p' })).toMatchObject({ CurrentState: 'RUNNING' });
  await send();
  expect(sfn.bodies).toEqual([['x']]);
  expect(await call('StopPipe', { Name: 'p' })).toMatchObject({ CurrentState: 'STOPPED' });
  await send('y');
  expect(sfn.bodies).toEqual([['x']]);
});

test('waiting for messages does not hold the clock, nor make it stop on its way', async () => {
  const { parts, sfn, create } = await setup();
  await create();
  await parts.work.idle();
  expect(parts.clock.nextDue()).toBeUndefined();
  await parts.clock.advanceBy(365 * 86_400 * SECOND);
  expect(sfn.calls).toEqual([]);
});

test('a new process goes on where the old one was: what it had in hand comes again', async () => {
  const first = await setup();
  await first.create();
  first.sfn.answer = () => new Promise(() => {});
  await first.send('x');
  await first.pipes.stop();
  const second = await setup(restarted(first.parts));
  await second.pass(30);
  expect(second.sfn.bodies).toEqual([['x']]);
  expect(await second.left()).toBe(0);
});

test('pipes are created once, updated, described, listed, tagged and deleted, by the API and on the wire', async () => {
  const { parts, send, sfn, call, create } = await setup();
  await create({ Description: 'd', Tags: { a: '1' } });
  await expect(create()).rejects.toMatchObject({ code: 'ConflictException' });
  const TargetParameters = { InputTemplate: '<$.body>' };
  await call('UpdatePipe', { Name: 'p', RoleArn: 'r', TargetParameters });
  await send('x');
  expect(sfn.batches).toEqual([['x']]);
  const described = await call('DescribePipe', { Name: 'p' });
  expect(described).toMatchObject({ Source: QUEUE, Target: MACHINE, TargetParameters, CurrentState: 'RUNNING' });
  await call('TagResource', { resourceArn: described.Arn, tags: { b: '2' } });
  expect(await call('ListTagsForResource', { resourceArn: described.Arn })).toEqual({ tags: { a: '1', b: '2' } });
  expect((await call('ListPipes', { TargetPrefix: MACHINE, CurrentState: 'RUNNING' })).Pipes).toHaveLength(1);
  expect((await call('ListPipes', { SourcePrefix: 'arn:aws:kinesis' })).Pipes).toEqual([]);

  const server = new WireServer(parts);
  const { url } = await server.start();
  const response = await fetch(`${url}/v1/pipes/p`);
  expect(response.status).toBe(403);
  await server.stop();

  await call('DeletePipe', { Name: 'p' });
  await expect(call('DescribePipe', { Name: 'p' })).rejects.toMatchObject({ code: 'NotFoundException' });
});

test.each<[string, AwsShape, string]>([
  ['a name with a slash', { Name: 'a/b' }, 'Name'],
  ['no role', { RoleArn: undefined }, 'RoleArn'],
  ['a stream for a source', { Source: 'arn:aws:kinesis:us-east-1:1:stream/s' }, 'kinesis'],
  ['a bus for a target', { Target: 'arn:aws:events:us-east-1:1:event-bus/b' }, 'event-bus'],
  ['an enrichment', { Enrichment: MACHINE }, 'Enrichment'],
  ['batches of nothing', { SourceParameters: { SqsQueueParameters: { BatchSize: 0 } } }, 'BatchSize'],
  ['large batches without a window', { SourceParameters: { SqsQueueParameters: { BatchSize: 11 } } }, 'Window'],
  [
    'a pattern that is none',
    { SourceParameters: { FilterCriteria: { Filters: [{ Pattern: '{"a": 1}' }] } } },
    'pattern',
  ],
  ['a filter without a pattern', { SourceParameters: { FilterCriteria: { Filters: [{}] } } }, 'pattern'],
])('refuses %s', async (_, more, told) => {
  const { create } = await setup();
  await expect(create(more)).rejects.toMatchObject({
    code: 'ValidationException',
    message: expect.stringContaining(told),
  });
});
