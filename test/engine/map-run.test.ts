import type { Json } from '../../local/asl/json';
import type { MapRunOrder } from '../../local/engine/map-run';
import { itemInput, outstanding } from '../../local/engine/step';
import { Hand, machine } from './hand';

const PROCESSOR = {
  ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
  StartAt: 'A',
  States: { A: { Type: 'Pass', End: true } },
};

function map(fields: object = {}, more: object = {}) {
  return machine({ M: { Type: 'Map', ItemProcessor: PROCESSOR, Label: 'Each', End: true, ...fields } }, more);
}

async function started(fields: object = {}, input: Json = [1, 2], more: object = {}): Promise<Hand> {
  const hand = new Hand(map(fields, more), input);
  await hand.start();
  return hand;
}

function order(hand: Hand): MapRunOrder & { task: number } {
  const [effect] = hand.effects;
  if (effect?.type !== 'mapRun') throw new Error(`no map run in ${hand.types}`);
  return { ...effect.order, task: effect.task };
}

it('asks for a map run and waits for it', async () => {
  const hand = await started({ MaxConcurrency: 5, ToleratedFailureCount: 2, ToleratedFailurePercentage: 10.5 });
  const { arn, task, ...rest } = order(hand);
  expect(arn).toBe('arn:aws:states:us-east-1:123456789012:mapRun:machine/Each:id-0');
  expect(rest).toEqual({
    label: 'Each',
    stateName: 'M',
    executionType: 'STANDARD',
    maxConcurrency: 5,
    toleratedCount: 2,
    toleratedPercentage: 10.5,
    items: [1, 2],
    processor: PROCESSOR,
    redriveCount: 0,
  });
  expect(hand.details('MapStateStarted')).toEqual({ length: 2 });
  expect(hand.details('MapRunStarted')).toEqual({ mapRunArn: arn });
  expect(outstanding(hand.execution, hand.context)).toEqual(hand.effects);
  expect(await hand.send({ type: 'taskSucceeded', task, output: 1 })).toBe(false);
  await hand.send({ type: 'mapRunSucceeded', task, output: ['a', 'b'] });
  expect(hand.execution).toMatchObject({ status: 'SUCCEEDED', output: ['a', 'b'] });
  expect(hand.types.slice(2)).toEqual([
    'MapStateStarted',
    'MapRunStarted',
    'MapRunSucceeded',
    'MapStateSucceeded',
    'MapStateExited',
    'ExecutionSucceeded',
  ]);
});

it('evaluates reader, batcher and writer when the state is entered, in both languages', async () => {
  const path = await started(
    {
      ItemReader: {
        Resource: 'arn:aws:states:::s3:getObject',
        ReaderConfig: { InputType: 'JSON', MaxItemsPath: '$.most' },
        Parameters: { 'Bucket.$': '$.bucket' },
      },
      ItemBatcher: { MaxItemsPerBatchPath: '$.size', BatchInput: { 'b.$': '$.bucket' } },
      ResultWriter: { Resource: 'arn:aws:states:::s3:putObject', Parameters: { 'Bucket.$': '$.bucket' } },
    },
    { bucket: 'x', most: 7, size: '3' },
  );
  const expected = {
    source: { parameters: { Bucket: 'x' }, maxItems: 7 },
    batch: { maxItems: 3, input: { b: 'x' } },
    results: { parameters: { Bucket: 'x' }, transformation: 'NONE', outputType: 'JSON' },
  };
  expect(order(path)).toMatchObject(expected);
  expect(path.details('MapStateStarted')).toEqual({ length: 0 });

  const jsonata = await started(
    {
      ItemReader: {
        Resource: 'arn:aws:states:::s3:getObject',
        ReaderConfig: { InputType: 'JSON', MaxItems: '{% $states.input.most %}' },
        Arguments: { Bucket: '{% $states.input.bucket %}' },
      },
      ItemBatcher: { MaxItemsPerBatch: '{% $states.input.size %}', BatchInput: { b: '{% $states.input.bucket %}' } },
      ResultWriter: {
        Resource: 'arn:aws:states:::s3:putObject',
        Arguments: { Bucket: '{% $states.input.bucket %}' },
      },
    },
    { bucket: 'x', most: 7, size: 3 },
    { QueryLanguage: 'JSONata' },
  );
  expect(order(jsonata)).toMatchObject(expected);
});

it('makes a label that is always the same where there is none', async () => {
  const labels = await Promise.all([started({ Label: undefined }), started({ Label: undefined })]);
  const [first, second] = labels.map((hand) => order(hand).label);
  expect(first).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/);
  expect(second).toBe(first);
});

it.each([
  [101, 'ToleratedFailurePercentage must be between 0 and 100.'],
  [-0.5, 'ToleratedFailurePercentage must be between 0 and 100.'],
  ['many', 'The ToleratedFailurePercentagePath field refers to value "many" which is not a valid float: $.p'],
  [[], 'The ToleratedFailurePercentagePath field refers to value "[]" which is not a valid float: $.p'],
])('ends without another word when %j failures are tolerated', async (p, text) => {
  const hand = await started({ ItemsPath: '$.items', ToleratedFailurePercentagePath: '$.p' }, { items: [], p });
  expect(hand.types.slice(2)).toEqual(['MapStateStarted', 'ExecutionFailed']);
  expect(hand.details('ExecutionFailed')).toMatchObject({ error: 'States.Runtime' });
  expect(hand.execution.cause).toContain(text);
});

it('fails like any state: retried with a new map run, caught, or to the end', async () => {
  const failed = { type: 'mapRunFailed', error: 'States.ItemReaderFailed', cause: 'c' } as const;
  const Retry = [{ ErrorEquals: ['States.ItemReaderFailed'], MaxAttempts: 1 }];
  const hand = await started({ Retry });
  const first = order(hand);
  await hand.send({ ...failed, task: first.task });
  await hand.pass(1);
  expect(order(hand).arn).not.toBe(first.arn);
  await hand.send({ ...failed, task: order(hand).task });
  expect(hand.types.slice(-3)).toEqual(['MapRunFailed', 'MapStateFailed', 'ExecutionFailed']);
  expect(hand.details('MapRunFailed')).toEqual({ error: 'States.ItemReaderFailed', cause: 'c' });

  const caught = new Hand(
    machine({
      ...map({ Catch: [{ ErrorEquals: ['States.ItemReaderFailed'], Next: 'S' }] }).States,
      S: { Type: 'Succeed' },
    }),
    [1],
  );
  await caught.start();
  await caught.send({ ...failed, task: order(caught).task });
  expect(caught.execution).toMatchObject({
    status: 'SUCCEEDED',
    output: { Error: 'States.ItemReaderFailed', Cause: 'c' },
  });
});

it('ends with the branch beside it', async () => {
  const hand = new Hand(
    machine({
      P: {
        Type: 'Parallel',
        Branches: [
          map(),
          { StartAt: 'W', States: { W: { Type: 'Wait', Seconds: 5, Next: 'F' }, F: { Type: 'Fail' } } },
        ],
        End: true,
      },
    }),
    [1],
  );
  await hand.start();
  const { task } = order(hand);
  await hand.pass(5);
  expect(hand.effects).toContainEqual({ type: 'forget', task });
  const [aborted] = hand.events.filter(({ type }) => type === 'MapRunAborted');
  expect(hand.events.find(({ id }) => id === aborted?.previousEventId)?.type).toBe('MapRunStarted');
  expect(hand.events.find(({ previousEventId }) => previousEventId === aborted?.id)?.type).toBe('MapStateAborted');
});

describe('redriven', () => {
  it('goes on with the same map run when it had failed by its children, or was stopped', async () => {
    const hand = await started();
    const first = order(hand);
    await hand.send({ type: 'mapRunFailed', task: first.task, error: 'States.ExceedToleratedFailureThreshold' });
    await hand.send({ type: 'redrive' });
    expect(order(hand)).toMatchObject({ arn: first.arn, redriveCount: 1 });
    expect(hand.details('MapRunRedriven')).toEqual({ mapRunArn: first.arn, redriveCount: 1 });
    expect(outstanding(hand.execution, hand.context)).toEqual(hand.effects);
    await hand.send({ type: 'stop' });
    await hand.send({ type: 'redrive' });
    expect(order(hand)).toMatchObject({ arn: first.arn, redriveCount: 2 });
    await hand.send({ type: 'mapRunSucceeded', task: order(hand).task, output: [] });
    expect(hand.execution.status).toBe('SUCCEEDED');
  });

  it('begins a new one when its items could not be read', async () => {
    const hand = await started();
    const first = order(hand);
    await hand.send({ type: 'mapRunFailed', task: first.task, error: 'States.ItemReaderFailed' });
    await hand.send({ type: 'redrive' });
    expect(order(hand).arn).not.toBe(first.arn);
    expect(order(hand).redriveCount).toBe(0);
    expect(hand.types.slice(-3)).toEqual(['ExecutionRedriven', 'MapStateStarted', 'MapRunStarted']);
  });
});

describe('the input of an item', () => {
  const item = { index: 3, value: { a: 1 } };

  it('is the item, or what ItemSelector makes of it', async () => {
    const plain = await started();
    expect(itemInput(plain.execution, order(plain).task, item, plain.context)).toEqual({ a: 1 });
    const ItemSelector = { 'i.$': '$$.Map.Item.Index', 'v.$': '$$.Map.Item.Value.a', 'all.$': '$' };
    const selected = await started({ ItemSelector }, ['x']);
    expect(itemInput(selected.execution, order(selected).task, item, selected.context)).toEqual({
      i: 3,
      v: 1,
      all: ['x'],
    });
  });

  it('of an object is a key with its value', async () => {
    const hand = await started({ ItemsPath: '$.o' }, { o: { a: 1, b: 2 } });
    expect(order(hand)).toMatchObject({ items: [1, 2], keys: ['a', 'b'] });
    const member = { index: 1, value: 2, key: 'b' };
    expect(itemInput(hand.execution, order(hand).task, member, hand.context)).toEqual({ Key: 'b', Value: 2 });
    const ItemSelector = { 'k.$': '$$.Map.Item.Key', 'v.$': '$$.Map.Item.Value' };
    const inline = new Hand(
      machine({
        M: { Type: 'Map', ItemSelector, ItemProcessor: { StartAt: 'A', States: PROCESSOR.States }, End: true },
      }),
      { x: 1 },
    );
    await inline.start();
    expect(inline.execution.output).toEqual([{ k: 'x', v: 1 }]);
  });

  it('is made by JSONata too', async () => {
    const ItemSelector = { i: '{% $states.context.Map.Item.Index + 1 %}' };
    const hand = await started({ ItemSelector }, [1], { QueryLanguage: 'JSONata' });
    expect(await itemInput(hand.execution, order(hand).task, item, hand.context)).toEqual({ i: 4 });
  });

  it('says which state could not make it', async () => {
    const hand = await started({ ItemSelector: { 'v.$': '$$.Map.Item.Value.b' } });
    expect(() => itemInput(hand.execution, order(hand).task, item, hand.context)).toThrow(
      expect.objectContaining({ cause: expect.stringContaining("An error occurred while executing the state 'M'") }),
    );
  });
});
