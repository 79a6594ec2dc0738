import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  DescribeLogGroupsCommand,
  DescribeLogStreamsCommand,
  FilterLogEventsCommand,
  GetLogEventsCommand,
  PutLogEventsCommand,
  PutRetentionPolicyCommand,
  StartQueryCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import type { AwsShape } from '../../../local/services/aws';
import { LogsService } from '../../../local/services/logs/service';
import { WireServer } from '../../../local/services/wire/server';
import { makeParts, START } from '../lambda/local-cloud';

const DAY = 86_400_000;

function setUp(dir?: string) {
  const parts = makeParts({ dir });
  const logs = new LogsService(parts);
  parts.aws.register(logs);
  const call = (operation: string, input: AwsShape) =>
    parts.aws.call('cloudwatchlogs', operation, input, { via: 'test' });
  const put = (messages: string[], from = START, logStreamName = 's') =>
    call('PutLogEvents', {
      logGroupName: 'g',
      logStreamName,
      logEvents: messages.map((message, i) => ({ timestamp: from + i, message })),
    });
  const found = async (input: AwsShape = {}) =>
    (await call('FilterLogEvents', { logGroupName: 'g', ...input })).events.map(({ message }: AwsShape) => message);
  const make = async () => {
    await call('CreateLogGroup', { logGroupName: 'g' });
    await call('CreateLogStream', { logGroupName: 'g', logStreamName: 's' });
  };
  const close = async () => {
    await logs.stop();
    await parts.close();
  };
  return { parts, call, put, found, make, close };
}

test('the SDK makes groups and streams, writes events and reads them', async () => {
  const { parts, close } = setUp();
  const wire = new WireServer(parts);
  const { url: endpoint } = await wire.start();
  const { region, accessKeyId, secretAccessKey } = parts.identity;
  const client = new CloudWatchLogsClient({
    endpoint,
    region,
    credentials: { accessKeyId, secretAccessKey },
    maxAttempts: 1,
  });

  await client.send(new CreateLogGroupCommand({ logGroupName: '/app/x' }));
  await client.send(new PutRetentionPolicyCommand({ logGroupName: '/app/x', retentionInDays: 7 }));
  const { logGroups } = await client.send(new DescribeLogGroupsCommand({ logGroupNamePrefix: '/app' }));
  expect(logGroups).toMatchObject([
    {
      logGroupName: '/app/x',
      retentionInDays: 7,
      creationTime: START,
      arn: 'arn:aws:logs:us-east-1:123456789012:log-group:/app/x:*',
    },
  ]);
  const stream = { logGroupName: '/app/x', logStreamName: 'one' };
  await client.send(new CreateLogStreamCommand(stream));
  const logEvents = [1, 2, 3].map((n) => ({ timestamp: START + n, message: `line ${n}` }));
  await client.send(new PutLogEventsCommand({ ...stream, logEvents }));
  const { logStreams } = await client.send(new DescribeLogStreamsCommand({ logGroupName: '/app/x' }));
  expect(logStreams).toMatchObject([
    { logStreamName: 'one', firstEventTimestamp: START + 1, lastEventTimestamp: START + 3 },
  ]);
  const filtered = await client.send(new FilterLogEventsCommand({ logGroupName: '/app/x', filterPattern: 'line -2' }));
  expect(filtered.events?.map(({ message }) => message)).toEqual(['line 1', 'line 3']);
  const got = await client.send(new GetLogEventsCommand({ ...stream, limit: 2 }));
  expect(got.events).toMatchObject([
    { message: 'line 2', timestamp: START + 2, ingestionTime: START },
    { message: 'line 3' },
  ]);
  await expect(client.send(new StartQueryCommand({ queryString: 'x', startTime: 0, endTime: 1 }))).rejects.toThrow(
    'The local cloud does not run cloudwatchlogs:StartQuery.',
  );

  client.destroy();
  await wire.stop();
  await close();
});

test('a stream is read in both directions, page by page', async () => {
  const { call, put, make, close } = setUp();
  await make();
  await put(['a', 'b', 'c', 'd', 'e']);
  const read = async (input: AwsShape): Promise<AwsShape> => {
    const page = await call('GetLogEvents', { logGroupName: 'g', logStreamName: 's', limit: 2, ...input });
    return { ...page, text: page.events.map(({ message }: AwsShape) => message).join('') };
  };
  const first = await read({ startFromHead: true });
  const second = await read({ nextToken: first.nextForwardToken });
  const third = await read({ nextToken: second.nextForwardToken });
  const end = await read({ nextToken: third.nextForwardToken });
  expect([first.text, second.text, third.text, end.text]).toEqual(['ab', 'cd', 'e', '']);
  expect(end.nextForwardToken).toBe(third.nextForwardToken);
  const last = await read({});
  const beforeLast = await read({ nextToken: last.nextBackwardToken });
  expect([last.text, beforeLast.text]).toEqual(['de', 'bc']);
  // The end is exclusive here, and inclusive in FilterLogEvents.
  expect((await read({ startFromHead: true, limit: 10, startTime: START + 1, endTime: START + 3 })).text).toBe('bc');
  await close();
});

test('a group is filtered by time, streams and terms, page by page', async () => {
  const { call, put, found, make, close } = setUp();
  await make();
  await call('CreateLogStream', { logGroupName: 'g', logStreamName: 'other' });
  await put(['ERROR one', 'info two', 'ERROR "three" four']);
  await put(['ERROR elsewhere'], START + 1, 'other');
  expect(await found()).toEqual(['ERROR one', 'info two', 'ERROR elsewhere', 'ERROR "three" four']);
  expect(await found({ startTime: START + 1, endTime: START + 1 })).toEqual(['info two', 'ERROR elsewhere']);
  expect(await found({ logStreamNames: ['other'] })).toEqual(['ERROR elsewhere']);
  expect(await found({ logStreamNamePrefix: 'oth' })).toEqual(['ERROR elsewhere']);
  expect(await found({ filterPattern: 'ERROR -one' })).toEqual(['ERROR elsewhere', 'ERROR "three" four']);
  expect(await found({ filterPattern: '?two ?elsewhere' })).toEqual(['info two', 'ERROR elsewhere']);
  expect(await found({ filterPattern: '"\\"three\\" f"' })).toEqual(['ERROR "three" four']);

  const page = await call('FilterLogEvents', { logGroupName: 'g', filterPattern: 'ERROR', limit: 2 });
  expect(page.events).toHaveLength(2);
  expect(await found({ filterPattern: 'ERROR', limit: 2, nextToken: page.nextToken })).toEqual(['ERROR "three" four']);
  await expect(found({ filterPattern: '{ $.level = "ERROR" }' })).rejects.toMatchObject({
    code: 'InvalidParameterException',
  });
  await close();
});

test('events that are too old or too far ahead are refused singly', async () => {
  const { call, put, found, make, close } = setUp();
  await make();
  expect(await put(['old'], START - 15 * DAY)).toEqual({ rejectedLogEventsInfo: { tooOldLogEventEndIndex: 1 } });
  expect(await put(['ahead'], START + 3 * 3_600_000)).toEqual({
    rejectedLogEventsInfo: { tooNewLogEventStartIndex: 0 },
  });
  await call('PutRetentionPolicy', { logGroupName: 'g', retentionInDays: 1 });
  expect(await put(['expired'], START - 2 * DAY)).toEqual({ rejectedLogEventsInfo: { tooOldLogEventEndIndex: 1 } });
  expect(await found()).toEqual([]);
  await close();
});

test('events are gone after the retention of their group', async () => {
  const { parts, call, put, found, make, close } = setUp();
  await make();
  await call('PutRetentionPolicy', { logGroupName: 'g', retentionInDays: 3 });
  await put(['kept for three days']);
  await parts.clock.advanceBy(2 * DAY);
  await put(['second'], parts.clock.now());
  expect(await found()).toEqual(['kept for three days', 'second']);
  await parts.clock.advanceBy(2 * DAY);
  await put(['third'], parts.clock.now());
  expect(await found()).toEqual(['second', 'third']);
  await close();
});

test.each([
  ['CreateLogGroup', { logGroupName: 'g' }, 'ResourceAlreadyExistsException', 'The specified log group already exists'],
  [
    'CreateLogStream',
    { logGroupName: 'g', logStreamName: 's' },
    'ResourceAlreadyExistsException',
    'The specified log stream already exists',
  ],
  ['CreateLogGroup', { logGroupName: 'a b' }, 'InvalidParameterException', "at 'logGroupName'"],
  [
    'CreateLogStream',
    { logGroupName: 'no', logStreamName: 's' },
    'ResourceNotFoundException',
    'The specified log group does not exist.',
  ],
  [
    'GetLogEvents',
    { logGroupName: 'g', logStreamName: 'no' },
    'ResourceNotFoundException',
    'The specified log stream does not exist.',
  ],
  [
    'PutRetentionPolicy',
    { logGroupName: 'g', retentionInDays: 2 },
    'InvalidParameterException',
    "at 'retentionInDays'",
  ],
  [
    'PutLogEvents',
    { logGroupName: 'g', logStreamName: 's', logEvents: [] },
    'InvalidParameterException',
    "at 'logEvents'",
  ],
  [
    'PutLogEvents',
    {
      logGroupName: 'g',
      logStreamName: 's',
      logEvents: [
        { timestamp: 2, message: 'b' },
        { timestamp: 1, message: 'a' },
      ],
    },
    'InvalidParameterException',
    'chronological order',
  ],
  ['FilterLogEvents', { logGroupName: 'g', nextToken: 'x' }, 'InvalidParameterException', 'nextToken'],
  ['FilterLogEvents', { logGroupName: 'g', limit: 0 }, 'InvalidParameterException', "at 'limit'"],
])('%s refuses %j', async (operation, input, code, message) => {
  const { call, make, close } = setUp();
  await make();
  await expect(call(operation, input)).rejects.toMatchObject({ code, message: expect.stringContaining(message) });
  await close();
});

test('deleting a stream or a group takes its events away, and what is made anew begins empty', async () => {
  const { call, put, found, make, close } = setUp();
  await make();
  await put(['gone']);
  await call('DeleteLogStream', { logGroupName: 'g', logStreamName: 's' });
  await expect(put(['refused'])).rejects.toMatchObject({ code: 'ResourceNotFoundException' });
  expect(await found()).toEqual([]);
  await call('CreateLogStream', { logGroupName: 'g', logStreamName: 's' });
  await put(['gone as well']);
  await call('DeleteLogGroup', { logGroupName: 'g' });
  await expect(put(['refused'])).rejects.toMatchObject({ code: 'ResourceNotFoundException' });
  await make();
  await put(['new']);
  expect(await found()).toEqual(['new']);
  await call('DeleteLogGroup', { logGroupName: 'g' });
  expect((await call('DescribeLogGroups', {})).logGroups).toEqual([]);
  await close();
});

test('what was acknowledged outlives the process', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'logs-'));
  const before = setUp(dir);
  await before.make();
  await before.put(['kept']);
  await before.parts.close();
  const after = setUp(dir);
  expect(await after.found()).toEqual(['kept']);
  await after.close();
  rmSync(dir, { recursive: true });
});
