import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CloudWatchClient,
  GetMetricDataCommand,
  GetMetricStatisticsCommand,
  ListMetricsCommand,
  PutDashboardCommand,
  PutMetricDataCommand,
} from '@aws-sdk/client-cloudwatch';
import type { AwsShape } from '../../../local/services/aws';
import { CloudWatchService } from '../../../local/services/cloudwatch/service';
import { WireServer } from '../../../local/services/wire/server';
import { makeParts, START } from '../lambda/local-cloud';

const parts = makeParts();
parts.aws.register(new CloudWatchService(parts));
const wire = new WireServer(parts);
let client: CloudWatchClient;
const LEVEL = [{ Name: 'Level', Value: '1' }];

beforeAll(async () => {
  const { url: endpoint } = await wire.start();
  const { region, accessKeyId, secretAccessKey } = parts.identity;
  client = new CloudWatchClient({ endpoint, region, credentials: { accessKeyId, secretAccessKey }, maxAttempts: 1 });
});

afterAll(async () => {
  client.destroy();
  await wire.stop();
  await parts.close();
});

const call = (operation: string, input: AwsShape) => parts.aws.call('cloudwatch', operation, input, { via: 'test' });
const at = (seconds: number) => new Date(START + seconds * 1000);

test('the SDK publishes data and reads their statistics by period', async () => {
  await client.send(
    new PutMetricDataCommand({
      Namespace: 'Game',
      MetricData: [
        { MetricName: 'Score', Dimensions: LEVEL, Timestamp: at(-100), Value: 10, Unit: 'Count' },
        { MetricName: 'Score', Dimensions: LEVEL, Timestamp: at(-50), Values: [1, 3], Counts: [2, 1], Unit: 'Count' },
        {
          MetricName: 'Score',
          Dimensions: LEVEL,
          Timestamp: at(-10),
          StatisticValues: { SampleCount: 2, Sum: 8, Minimum: 3, Maximum: 5 },
          Unit: 'Count',
        },
        { MetricName: 'Score', Value: 99 },
      ],
    }),
  );
  const { Datapoints, Label } = await client.send(
    new GetMetricStatisticsCommand({
      Namespace: 'Game',
      MetricName: 'Score',
      Dimensions: LEVEL,
      StartTime: at(-120),
      EndTime: at(0),
      Period: 60,
      Statistics: ['SampleCount', 'Sum', 'Average', 'Minimum', 'Maximum'],
    }),
  );
  expect(Label).toBe('Score');
  expect(Datapoints).toEqual([
    { Timestamp: at(-120), Unit: 'Count', SampleCount: 1, Sum: 10, Average: 10, Minimum: 10, Maximum: 10 },
    { Timestamp: at(-60), Unit: 'Count', SampleCount: 5, Sum: 13, Average: 2.6, Minimum: 1, Maximum: 5 },
  ]);
});

test('the SDK reads series, the latest first or last, percentiles included', async () => {
  const values = Array.from({ length: 100 }, (_, i) => i + 1);
  await call('PutMetricData', {
    Namespace: 'Times',
    MetricData: [{ MetricName: 'Duration', Values: values, Timestamp: at(-100) }],
  });
  await call('PutMetricData', {
    Namespace: 'Times',
    MetricData: [{ MetricName: 'Duration', Value: 7, Timestamp: at(-30) }],
  });
  const query = (Id: string, Stat: string) => ({
    Id,
    MetricStat: { Metric: { Namespace: 'Times', MetricName: 'Duration' }, Period: 60, Stat },
  });
  const input = { StartTime: at(-120), EndTime: at(0), MetricDataQueries: [query('p', 'p95'), query('s', 'Sum')] };
  const { MetricDataResults } = await client.send(new GetMetricDataCommand(input));
  expect(MetricDataResults).toEqual([
    { Id: 'p', Label: 'Duration', Timestamps: [at(-60), at(-120)], Values: [7, 95], StatusCode: 'Complete' },
    { Id: 's', Label: 'Duration', Timestamps: [at(-60), at(-120)], Values: [7, 5050], StatusCode: 'Complete' },
  ]);
  const ascending = await client.send(new GetMetricDataCommand({ ...input, ScanBy: 'TimestampAscending' }));
  expect(ascending.MetricDataResults?.[1]?.Values).toEqual([5050, 7]);
});

test('the SDK lists metrics by namespace, name and dimension', async () => {
  await call('PutMetricData', {
    Namespace: 'Listed',
    MetricData: [
      {
        MetricName: 'A',
        Value: 1,
        Dimensions: [
          { Name: 'x', Value: '1' },
          { Name: 'y', Value: '2' },
        ],
      },
      {
        MetricName: 'A',
        Value: 1,
        Dimensions: [
          { Name: 'y', Value: '2' },
          { Name: 'x', Value: '1' },
        ],
      },
      { MetricName: 'B', Value: 1 },
    ],
  });
  const names = async (input: object) =>
    (await client.send(new ListMetricsCommand({ Namespace: 'Listed', ...input }))).Metrics?.map(
      ({ MetricName }) => MetricName,
    );
  // The order of dimensions does not make another metric.
  expect(await names({})).toEqual(['A', 'B']);
  expect(await names({ MetricName: 'B' })).toEqual(['B']);
  expect(await names({ Dimensions: [{ Name: 'x' }] })).toEqual(['A']);
  expect(await names({ Dimensions: [{ Name: 'x', Value: '2' }] })).toEqual([]);
});

const datum = { MetricName: 'M', Value: 1 };
test.each([
  [
    'PutMetricData',
    { MetricData: [datum] },
    'MissingRequiredParameterException',
    'The parameter Namespace is required.',
  ],
  [
    'PutMetricData',
    { Namespace: 'AWS/Own', MetricData: [datum] },
    'InvalidParameterValueException',
    'The value AWS/ for parameter Namespace is invalid.',
  ],
  [
    'PutMetricData',
    { Namespace: 'N', MetricData: [] },
    'MissingRequiredParameterException',
    'The parameter MetricData is required.',
  ],
  [
    'PutMetricData',
    { Namespace: 'N', MetricData: [{ Value: 1 }] },
    'MissingRequiredParameterException',
    'MetricData.member.1.MetricName',
  ],
  [
    'PutMetricData',
    { Namespace: 'N', MetricData: [{ MetricName: 'M' }] },
    'MissingRequiredParameterException',
    'MetricData.member.1.Value',
  ],
  [
    'PutMetricData',
    { Namespace: 'N', MetricData: [datum, { ...datum, Unit: 'Parsec' }] },
    'InvalidParameterValueException',
    'MetricData.member.2.Unit',
  ],
  [
    'PutMetricData',
    { Namespace: 'N', MetricData: [{ ...datum, Values: [1] }] },
    'InvalidParameterCombinationException',
    'mutually exclusive',
  ],
  [
    'PutMetricData',
    { Namespace: 'N', MetricData: [{ ...datum, Value: '1' }] },
    'InvalidParameterValueException',
    'MetricData.member.1.Value',
  ],
  [
    'PutMetricData',
    { Namespace: 'N', MetricData: [{ ...datum, Timestamp: at(-15 * 86_400) }] },
    'InvalidParameterValueException',
    'two weeks in the past',
  ],
  [
    'PutMetricData',
    { Namespace: 'N', MetricData: [{ ...datum, Timestamp: at(3 * 3600) }] },
    'InvalidParameterValueException',
    'two hours in the future',
  ],
  [
    'PutMetricData',
    { Namespace: 'N', MetricData: [{ ...datum, Dimensions: Array(31).fill(LEVEL[0]) }] },
    'InvalidParameterValueException',
    '30',
  ],
  [
    'GetMetricStatistics',
    { Namespace: 'N', MetricName: 'M', StartTime: at(0), EndTime: at(0), Period: 60, Statistics: ['Sum'] },
    'InvalidParameterValueException',
    'StartTime must be less than',
  ],
  [
    'GetMetricStatistics',
    { Namespace: 'N', MetricName: 'M', StartTime: at(-60), EndTime: at(0), Period: 61, Statistics: ['Sum'] },
    'InvalidParameterValueException',
    'multiple of 60',
  ],
  [
    'GetMetricStatistics',
    { Namespace: 'N', MetricName: 'M', StartTime: at(-60), EndTime: at(0), Period: 60 },
    'MissingRequiredParameterException',
    'Statistics',
  ],
  [
    'GetMetricStatistics',
    { Namespace: 'N', MetricName: 'M', StartTime: at(-86_400), EndTime: at(0), Period: 1, Statistics: ['Sum'] },
    'InvalidParameterCombinationException',
    'up to 86400 datapoints',
  ],
  [
    'GetMetricData',
    { StartTime: at(-60), EndTime: at(0), MetricDataQueries: [{ Id: 'e', Expression: '1+1' }] },
    'InvalidParameterValueException',
    'metric math',
  ],
])('%s refuses %j', async (operation, input, code, message) => {
  await expect(call(operation, input)).rejects.toMatchObject({ code, message: expect.stringContaining(message) });
});

test('a batch with one bad datum publishes nothing', async () => {
  await call('PutMetricData', { Namespace: 'Whole', MetricData: [datum, { MetricName: 'M' }] }).catch(() => {});
  expect((await call('ListMetrics', { Namespace: 'Whole' })).Metrics).toEqual([]);
});

test('an operation that is not run says so', async () => {
  await expect(client.send(new PutDashboardCommand({ DashboardName: 'd', DashboardBody: '{}' }))).rejects.toMatchObject(
    {
      message: 'The local cloud does not run cloudwatch:PutDashboard.',
    },
  );
});

test('metrics outlive the process', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'metrics-'));
  for (const expected of [[], ['M']]) {
    const own = makeParts({ dir });
    own.aws.register(new CloudWatchService(own));
    const { Metrics } = await own.aws.call('cloudwatch', 'ListMetrics', {}, { via: 'test' });
    expect(Metrics.map(({ MetricName }: AwsShape) => MetricName)).toEqual(expected);
    await own.aws.call('cloudwatch', 'PutMetricData', { Namespace: 'N', MetricData: [datum] }, { via: 'test' });
    await own.close();
  }
  rmSync(dir, { recursive: true });
});
