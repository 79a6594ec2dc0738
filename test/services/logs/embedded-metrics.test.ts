import type { AwsShape } from '../../../local/services/aws';
import { CloudWatchService } from '../../../local/services/cloudwatch/service';
import { LogsService } from '../../../local/services/logs/service';
import { makeLambda, makeParts, START } from '../lambda/local-cloud';

const parts = makeParts();
parts.aws.register(new LogsService(parts));
parts.aws.register(new CloudWatchService(parts));
const { define, invoke, cleanUp } = makeLambda(parts);

afterAll(async () => {
  await cleanUp();
  await parts.close();
});

async function metrics(Namespace: string): Promise<AwsShape[]> {
  await parts.work.idle();
  return (await parts.aws.call('cloudwatch', 'ListMetrics', { Namespace }, { via: 'test' })).Metrics;
}

const documentOf = (namespace: string) => ({
  _aws: {
    Timestamp: START,
    CloudWatchMetrics: [
      {
        Namespace: namespace,
        Dimensions: [['Level'], ['Level', 'Mode']],
        Metrics: [{ Name: 'Score', Unit: 'Count' }, { Name: 'Durations', Unit: 'Seconds' }, { Name: 'Absent' }],
      },
    ],
  },
  Level: 3,
  Mode: 'hard',
  Score: 41,
  Durations: [1, 2, 3],
  player: 'not a dimension',
});

test.each([
  ['Raw', 'process.stdout.write(text + "\\n")'],
  ['Logged', 'console.log(text)'],
])('a function’s line in the Embedded Metric Format becomes metrics (%s)', async (namespace, write) => {
  await define(`exports.handler = async (document) => { const text = JSON.stringify(document); ${write} }`);
  await invoke(documentOf(namespace));
  const level = { Name: 'Level', Value: '3' };
  const mode = { Name: 'Mode', Value: 'hard' };
  expect(await metrics(namespace)).toEqual([
    { Namespace: namespace, MetricName: 'Durations', Dimensions: [level, mode] },
    { Namespace: namespace, MetricName: 'Durations', Dimensions: [level] },
    { Namespace: namespace, MetricName: 'Score', Dimensions: [level, mode] },
    { Namespace: namespace, MetricName: 'Score', Dimensions: [level] },
  ]);
  const statistics = {
    Namespace: namespace,
    Dimensions: [level],
    StartTime: new Date(START),
    EndTime: new Date(START + 60_000),
    Period: 60,
  };
  const read = (MetricName: string) =>
    parts.aws.call(
      'cloudwatch',
      'GetMetricStatistics',
      { ...statistics, MetricName, Statistics: ['Sum', 'SampleCount'] },
      { via: 'test' },
    );
  expect((await read('Score')).Datapoints).toEqual([
    { Timestamp: new Date(START), Unit: 'Count', Sum: 41, SampleCount: 1 },
  ]);
  expect((await read('Durations')).Datapoints).toEqual([
    { Timestamp: new Date(START), Unit: 'Seconds', Sum: 6, SampleCount: 3 },
  ]);
});

test.each([
  ['no document', 'a line that says "CloudWatchMetrics"'],
  ['a broken document', '{"_aws":{"CloudWatchMetrics":['],
  [
    'a document without a time',
    JSON.stringify({ _aws: { CloudWatchMetrics: [{ Namespace: 'Odd', Metrics: [{ Name: 'a' }] }] }, a: 1 }),
  ],
  [
    'odd directives',
    JSON.stringify({
      _aws: {
        Timestamp: START,
        CloudWatchMetrics: [
          null,
          1,
          { Namespace: 'Odd' },
          { Namespace: 'Odd', Metrics: [{ Name: 'a' }], Dimensions: 'x' },
          { Namespace: 'Odd', Metrics: [null] },
        ],
      },
      a: 1,
    }),
  ],
  [
    'a value that is no number',
    JSON.stringify({
      _aws: { Timestamp: START, CloudWatchMetrics: [{ Namespace: 'Odd', Metrics: [{ Name: 'a' }] }] },
      a: 'many',
    }),
  ],
])('%s is kept as a line and is no metric', async (name, line) => {
  const logGroup = `/odd/${name.replaceAll(' ', '-')}`;
  await define(`exports.handler = async ({ line }) => { process.stdout.write(line) }`, { logGroup });
  expect((await invoke({ line })).error).toBeUndefined();
  expect(await metrics('Odd')).toEqual([]);
  const stream = { logGroupName: logGroup, logStreamName: 'by-hand' };
  await parts.aws.call('cloudwatchlogs', 'CreateLogStream', stream, { via: 'test' });
  const logEvents = [{ timestamp: START, message: line }];
  await expect(
    parts.aws.call('cloudwatchlogs', 'PutLogEvents', { ...stream, logEvents }, { via: 'test' }),
  ).resolves.toEqual({});
  const { events } = await parts.aws.call(
    'cloudwatchlogs',
    'FilterLogEvents',
    { logGroupName: logGroup },
    { via: 'test' },
  );
  expect(events.map(({ message }: AwsShape) => message)).toContain(`${line}\n`);
});
