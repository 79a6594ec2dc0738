import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { S3Service } from '../../../local/services/s3/service';
import { LocalCloud, START } from './local-cloud';

/** A map of Pass states over what `reader` reads. */
function over(reader: object | undefined, more: object = {}, states: object = { Pass: { Type: 'Pass', End: true } }) {
  const ItemProcessor = {
    ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
    StartAt: Object.keys(states)[0],
    States: states,
  };
  const Each = { Type: 'Map', ...(reader && { ItemReader: reader }), ItemProcessor, Label: 'Each', End: true, ...more };
  return { StartAt: 'Each', States: { Each } };
}

const object = (Key: string, ReaderConfig: object) => ({
  Resource: 'arn:aws:states:::s3:getObject',
  ReaderConfig,
  Parameters: { Bucket: 'data', Key },
});

let cloud: LocalCloud;
beforeEach(async () => {
  cloud = new LocalCloud();
  cloud.aws.register(new S3Service(cloud.parts));
  await s3('CreateBucket', { Bucket: 'data' });
});
afterEach(() => cloud.close());

const s3 = (operation: string, input: object) => cloud.aws.call('s3', operation, input, { via: 'test' });
const put = (Key: string, body: string | Buffer) => s3('PutObject', { Bucket: 'data', Key, Body: Buffer.from(body) });
const stored = async (Key: string) =>
  Buffer.from((await s3('GetObject', { Bucket: 'data', Key })).Body).toString('utf8');

let machines = 0;

/** The items that a reader reads, as the result of the map. */
async function read(reader: object, input: unknown = {}): Promise<unknown> {
  machines += 1;
  const { status, output, error, cause } = await cloud.run(over(reader), input, `machine-${machines}`);
  return status === 'SUCCEEDED' ? JSON.parse(output) : `${error}: ${cause}`;
}

describe('ItemReader', () => {
  it('reads CSV with headers in the first row, quotes and missing fields', async () => {
    await put(
      'a.csv',
      '\uFEFFid,name,note\r\n1,"Smith, Ann","said ""no"""\r\n\r\n2,Bo\r\n3,"two\nlines",x,surplus\r\n',
    );
    expect(await read(object('a.csv', { InputType: 'CSV', CSVHeaderLocation: 'FIRST_ROW' }))).toEqual([
      { id: '1', name: 'Smith, Ann', note: 'said "no"' },
      { id: '2', name: 'Bo', note: '' },
      { id: '3', name: 'two\nlines', note: 'x' },
    ]);
  });

  it('reads CSV with given headers and another delimiter', async () => {
    await put('a.csv', '1|2\n3|4');
    const config = { InputType: 'CSV', CSVHeaderLocation: 'GIVEN', CSVHeaders: ['a', 'b'], CSVDelimiter: 'PIPE' };
    expect(await read(object('a.csv', config))).toEqual([
      { a: '1', b: '2' },
      { a: '3', b: '4' },
    ]);
  });

  it('reads JSON, at a pointer if there is one, up to MaxItems', async () => {
    await put('a.json', JSON.stringify({ deep: { 'a/b': [1, 2, 3] } }));
    expect(await read(object('a.json', { InputType: 'JSON', ItemsPointer: '/deep/a~1b', MaxItems: 2 }))).toEqual([
      1, 2,
    ]);
  });

  it('takes MaxItems from a path, 0 meaning all', async () => {
    await put('a.json', '[1,2,3]');
    const reader = object('a.json', { InputType: 'JSON', MaxItemsPath: '$.most' });
    expect(await read(reader, { most: 0 })).toEqual([1, 2, 3]);
    expect(await read(reader, { most: '1' })).toEqual([1]);
    expect(await read(reader, { most: -1 })).toBe('States.ItemReaderFailed: field MaxItems must be positive');
  });

  it('reads JSON lines', async () => {
    await put('a.jsonl', '{"a":1}\n\n{"a":2}');
    expect(await read(object('a.jsonl', { InputType: 'JSONL' }))).toEqual([{ a: 1 }, { a: 2 }]);
  });

  // Made by parquet/make.py.
  const parquet = (file: string) => readFileSync(join(__dirname, 'parquet', file));

  it.each(['flat-snappy', 'flat-plain', 'flat-delta', 'nested-gzip', 'nested-snappy'])(
    'reads Parquet of many types, encodings and shapes: %s',
    async (name) => {
      await put('a.parquet', parquet(`${name}.parquet`));
      const rows = JSON.parse(parquet(`${name.split('-')[0]}.json`).toString());
      expect(await read(object('a.parquet', { InputType: 'PARQUET' }))).toEqual(rows);
    },
  );

  it('says what is wrong with Parquet that it does not read', async () => {
    const broken = 'States.ItemReaderFailed: The item source is not valid Parquet:';
    const whole = parquet('flat-snappy.parquet');
    for (const [body, problem] of [
      ['PAR1', 'It does not begin and end with PAR1.'],
      [parquet('zstd.parquet'), 'It is compressed neither by Snappy nor by gzip.'],
      [Buffer.concat([whole.subarray(0, 4), Buffer.alloc(80), whole.subarray(84)]), expect.any(String)],
    ] as const) {
      await put('a.parquet', body);
      const found = String(await read(object('a.parquet', { InputType: 'PARQUET' })));
      expect(found.slice(0, broken.length)).toBe(broken);
      expect(found.slice(broken.length + 1)).toEqual(problem);
    }
  });

  it('lists objects, or loads what is in them', async () => {
    await put('in/1.json', '[1]');
    await put('in/2.json', '[2,3]');
    const list = { Resource: 'arn:aws:states:::s3:listObjectsV2', Parameters: { Bucket: 'data', Prefix: 'in/' } };
    expect(await read(list)).toEqual([
      expect.objectContaining({ Key: 'in/1.json', Size: 3, StorageClass: 'STANDARD', LastModified: START / 1000 }),
      expect.objectContaining({ Key: 'in/2.json', Size: 5 }),
    ]);
    const config = { InputType: 'JSON', Transformation: 'LOAD_AND_FLATTEN' };
    expect(await read({ ...list, ReaderConfig: config })).toEqual([1, 2, 3]);
  });

  it('reads an S3 Inventory', async () => {
    await put('inv/part.csv.gz', gzipSync('"data","a.txt","3"\n"data","b.txt","4"\n'));
    const files = [{ key: 'inv/part.csv.gz' }];
    const manifest = {
      fileFormat: 'CSV',
      fileSchema: 'Bucket, Key, Size',
      destinationBucket: 'arn:aws:s3:::data',
      files,
    };
    await put('inv/manifest.json', JSON.stringify(manifest));
    expect(await read(object('inv/manifest.json', { InputType: 'MANIFEST' }))).toEqual([
      { Bucket: 'data', Key: 'a.txt', Size: '3' },
      { Bucket: 'data', Key: 'b.txt', Size: '4' },
    ]);
  });

  it('fails the map run with what went wrong', async () => {
    await put('object.json', '{"not": "a list"}');
    await put('broken.json', '[1,');
    const json = { InputType: 'JSON' };
    expect(await read(object('object.json', json))).toBe(
      'States.ItemReaderFailed: Attempting to map over non-iterable node.',
    );
    expect(await read(object('broken.json', json))).toMatch(/^States.ItemReaderFailed: /);
    expect(await read(object('gone.json', json))).toMatch(
      /^States.ItemReaderFailed: The specified key does not exist. \(Service: Amazon S3; Status Code: 404; Error Code: NoSuchKey/,
    );
  });
});

describe('ItemBatcher', () => {
  it('groups items by number, with a head for all', async () => {
    const more = { ItemsPath: '$.items', ItemBatcher: { MaxItemsPerBatch: 2, BatchInput: { 'tag.$': '$.tag' } } };
    const { output } = await cloud.run(over(undefined, more), { items: [1, 2, 3], tag: 't' });
    expect(JSON.parse(output)).toEqual([
      { BatchInput: { tag: 't' }, Items: [1, 2] },
      { BatchInput: { tag: 't' }, Items: [3] },
    ]);
  });

  it('groups items by size', async () => {
    const more = { ItemBatcher: { MaxInputBytesPerBatch: 30 } };
    const { output } = await cloud.run(over(undefined, more), ['12345678', '12345678', '12345678']);
    expect(JSON.parse(output).map(({ Items }: { Items: string[] }) => Items.length)).toEqual([1, 1, 1]);
    const wider = await cloud.run(
      over(undefined, { ItemBatcher: { MaxInputBytesPerBatch: 34 } }),
      ['1', '12345678', '12345678'],
      'b',
    );
    expect(JSON.parse(wider.output).map(({ Items }: { Items: string[] }) => Items.length)).toEqual([2, 1]);
  });
});

/** Fails for 'bad', passes all else on. */
const PICKY = {
  Check: {
    Type: 'Choice',
    Choices: [{ Variable: '$', StringEquals: 'bad', Next: 'No' }],
    Default: 'Yes',
  },
  No: { Type: 'Fail', Error: 'Bad', Cause: 'It is.' },
  Yes: { Type: 'Succeed' },
};

describe('ResultWriter', () => {
  const writer = {
    Resource: 'arn:aws:states:::s3:putObject',
    Parameters: { Bucket: 'data', Prefix: 'out' },
  };

  it('writes a manifest and one file for each way that children ended', async () => {
    const more = { ResultWriter: writer, ToleratedFailureCount: 1 };
    const { output, status } = await cloud.run(over(undefined, more, PICKY), ['a', 'bad', 'b']);
    expect(status).toBe('SUCCEEDED');
    const { MapRunArn, ResultWriterDetails } = JSON.parse(output);
    const id = MapRunArn.split(':').at(-1);
    expect(ResultWriterDetails).toEqual({ Bucket: 'data', Key: `out/${id}/manifest.json` });
    const manifest = JSON.parse(await stored(ResultWriterDetails.Key));
    expect(manifest).toEqual({
      DestinationBucket: 'data',
      MapRunArn,
      ResultFiles: {
        FAILED: [{ Key: `out/${id}/FAILED_0.json`, Size: expect.any(Number) }],
        PENDING: [],
        SUCCEEDED: [{ Key: `out/${id}/SUCCEEDED_0.json`, Size: expect.any(Number) }],
      },
    });
    const succeeded = JSON.parse(await stored(`out/${id}/SUCCEEDED_0.json`));
    expect(succeeded).toHaveLength(2);
    expect(succeeded[0]).toEqual({
      ExecutionArn: expect.stringContaining(':execution:machine/Each:'),
      Input: '"a"',
      InputDetails: { Included: true },
      Name: expect.any(String),
      Output: '"a"',
      OutputDetails: { Included: true },
      RedriveCount: 0,
      RedriveStatus: 'NOT_REDRIVABLE',
      RedriveStatusReason: 'Execution is SUCCEEDED and cannot be redriven',
      StartDate: new Date(START).toISOString(),
      StateMachineArn: 'arn:aws:states:us-east-1:123456789012:stateMachine:machine/Each',
      Status: 'SUCCEEDED',
      StopDate: new Date(START).toISOString(),
    });
    const failed = JSON.parse(await stored(`out/${id}/FAILED_0.json`));
    expect(failed).toEqual([
      expect.objectContaining({ Input: '"bad"', Status: 'FAILED', Error: 'Bad', Cause: 'It is.' }),
    ]);
  });

  it('formats what it writes, or the result itself when there is nowhere to write to', async () => {
    const config = { WriterConfig: { OutputType: 'JSONL', Transformation: 'FLATTEN' } };
    const { output } = await cloud.run(over(undefined, { ResultWriter: { ...writer, ...config } }), [[1, 2], [3]]);
    const { MapRunArn } = JSON.parse(output);
    expect(await stored(`out/${MapRunArn.split(':').at(-1)}/SUCCEEDED_0.jsonl`)).toBe('1\n2\n3');

    const preview = { WriterConfig: { OutputType: 'JSON', Transformation: 'FLATTEN' } };
    expect((await cloud.run(over(undefined, { ResultWriter: preview }), [[1, 2], [3]], 'b')).output).toBe('[1,2,3]');
  });

  it('writes what it can of a map run that failed, and what had not begun', async () => {
    const more = { ResultWriter: writer, MaxConcurrency: 1 };
    const { error, executionArn } = await cloud.run(over(undefined, more, PICKY), ['a', 'bad', 'b']);
    expect(error).toBe('States.ExceedToleratedFailureThreshold');
    const { mapRuns } = await cloud.call('ListMapRuns', { executionArn });
    const folder = `out/${mapRuns[0].mapRunArn.split(':').at(-1)}`;
    expect(JSON.parse(await stored(`${folder}/PENDING_0.json`))).toEqual([
      { Input: '"b"', InputDetails: { Included: true }, Status: 'PENDING' },
    ]);
  });

  it('fails with what S3 says', async () => {
    const ResultWriter = { ...writer, Parameters: { Bucket: 'elsewhere' } };
    const { error, cause } = await cloud.run(over(undefined, { ResultWriter }), [1]);
    expect(error).toBe('States.ResultWriterFailed');
    expect(cause).toContain('NoSuchBucket');
  });
});

describe('the API', () => {
  it('describes a map run and its children', async () => {
    const { executionArn } = await cloud.run(
      over(undefined, { MaxConcurrency: 2, ToleratedFailurePercentage: 50 }, PICKY),
      ['a', 'bad', 'b'],
    );
    const { mapRuns } = await cloud.call('ListMapRuns', { executionArn });
    const [{ mapRunArn }] = mapRuns;
    expect(mapRuns).toEqual([
      {
        executionArn,
        mapRunArn: expect.stringMatching(/^arn:aws:states:us-east-1:123456789012:mapRun:machine\/Each:[0-9a-f-]{36}$/),
        stateMachineArn: 'arn:aws:states:us-east-1:123456789012:stateMachine:machine/Each',
        startDate: new Date(START),
        stopDate: new Date(START),
      },
    ]);
    const counts = {
      pending: 0,
      running: 0,
      succeeded: 2,
      failed: 1,
      timedOut: 0,
      aborted: 0,
      total: 3,
      resultsWritten: 3,
    };
    expect(await cloud.call('DescribeMapRun', { mapRunArn })).toMatchObject({
      mapRunArn,
      executionArn,
      status: 'SUCCEEDED',
      maxConcurrency: 2,
      toleratedFailurePercentage: 50,
      toleratedFailureCount: 0,
      itemCounts: counts,
      executionCounts: counts,
      redriveCount: 0,
    });
    const { executions } = await cloud.call('ListExecutions', { mapRunArn, statusFilter: 'FAILED' });
    expect(executions).toEqual([expect.objectContaining({ mapRunArn, itemCount: 1, status: 'FAILED' })]);
    const [{ executionArn: child }] = executions;
    expect(await cloud.call('DescribeExecution', { executionArn: child })).toMatchObject({
      mapRunArn,
      error: 'Bad',
      input: '"bad"',
      redriveStatus: 'REDRIVABLE_BY_MAP_RUN',
    });
    expect((await cloud.events(child)).map(({ type }) => type)).toEqual([
      'ExecutionStarted',
      'ChoiceStateEntered',
      'ChoiceStateExited',
      'FailStateEntered',
      'ExecutionFailed',
    ]);
    expect(await cloud.call('DescribeStateMachineForExecution', { executionArn: child })).toMatchObject({
      mapRunArn,
      label: 'Each',
      name: 'machine/Each',
    });
    const { stateMachineArn } = await cloud.call('DescribeExecution', { executionArn });
    expect((await cloud.call('ListExecutions', { stateMachineArn })).executions).toHaveLength(1);
  });

  it('knows no other map runs', async () => {
    const mapRunArn = 'arn:aws:states:us-east-1:123456789012:mapRun:machine/Each:11111111-1111-1111-1111-111111111111';
    for (const operation of ['DescribeMapRun', 'ListExecutions']) {
      expect((await cloud.error(operation, { mapRunArn })).code).toBe('ResourceNotFound');
    }
    expect((await cloud.error('UpdateMapRun', { mapRunArn, maxConcurrency: 1 })).code).toBe('ResourceNotFound');
    expect((await cloud.error('DescribeMapRun', { mapRunArn: 'arn:aws:states:x:1:execution:a:b' })).code).toBe(
      'InvalidArn',
    );
  });

  it('changes how many children run, while they do', async () => {
    const waiting = { Wait: { Type: 'Wait', Seconds: 60, End: true } };
    const { executionArn } = await cloud.run(over(undefined, { MaxConcurrency: 1 }, waiting), [1, 2, 3]);
    const [{ mapRunArn }] = (await cloud.call('ListMapRuns', { executionArn })).mapRuns;
    const counts = async () => (await cloud.call('DescribeMapRun', { mapRunArn })).executionCounts;
    expect(await counts()).toMatchObject({ running: 1, pending: 2 });
    await cloud.call('UpdateMapRun', { mapRunArn, maxConcurrency: 0 });
    expect(await counts()).toMatchObject({ running: 3, pending: 0 });
    await cloud.clock.advanceBy(60_000);
    expect(await cloud.call('DescribeMapRun', { mapRunArn })).toMatchObject({ status: 'SUCCEEDED' });
    expect((await cloud.error('UpdateMapRun', { mapRunArn, maxConcurrency: 1 })).code).toBe('ValidationException');
  });

  it('runs Express children, and describes them', async () => {
    const machine = over(undefined, {}, PICKY);
    machine.States.Each.ItemProcessor.ProcessorConfig.ExecutionType = 'EXPRESS';
    const { executionArn, output } = await cloud.run(machine, ['a']);
    expect(output).toBe('["a"]');
    const [{ mapRunArn }] = (await cloud.call('ListMapRuns', { executionArn })).mapRuns;
    const [child] = (await cloud.call('ListExecutions', { mapRunArn })).executions;
    expect(child.executionArn).toContain(':express:machine/Each:');
    expect(await cloud.call('DescribeExecution', { executionArn: child.executionArn })).toMatchObject({
      output: '"a"',
    });
  });
});
