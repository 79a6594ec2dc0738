import {
  type CloudWatchClient,
  GetMetricStatisticsCommand,
  type ListMetricsCommandInput,
  paginateListMetrics,
} from '@aws-sdk/client-cloudwatch';
import { type AttributeValue, type DynamoDBClient, paginateListTables, paginateScan } from '@aws-sdk/client-dynamodb';
import { GetObjectCommand, ListBucketsCommand, paginateListObjectsV2, type S3Client } from '@aws-sdk/client-s3';
import { unmarshall } from '@aws-sdk/util-dynamodb';

/** What the journeys left behind, read through the AWS APIs. */
export type Row = Record<string, unknown>;

type Item = Record<string, AttributeValue>;

export interface StoredObject {
  readonly bucket: string;
  readonly key: string;
  readonly size: number;
  readonly contentType: string;
  readonly body: string;
}

export interface MetricSummary {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly count: number;
  readonly sum: number;
}

/** The rows of every table, by the table's name. */
export async function readTables(client: DynamoDBClient): Promise<Record<string, Row[]>> {
  const tables: Record<string, Row[]> = {};
  for await (const { TableNames = [] } of paginateListTables({ client }, {})) {
    for (const name of TableNames) tables[name] = await readTable(client, name);
  }
  return tables;
}

async function readTable(client: DynamoDBClient, name: string): Promise<Row[]> {
  const items: Item[] = [];
  for await (const { Items = [] } of paginateScan({ client }, { TableName: name })) items.push(...Items);
  return rowsOf(items);
}

/** Items as the rows that people read, ordered by their JSON. */
export function rowsOf(items: readonly Item[]): Row[] {
  const rows = items.map((item) => toJson(unmarshall(item)) as Row);
  return rows.sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
}

/** Sets of DynamoDB become lists. */
function toJson(value: unknown): unknown {
  if (value instanceof Set) return [...value].sort();
  if (Array.isArray(value)) return value.map(toJson);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, toJson(member)]));
}

/** The objects of all buckets whose keys contain `word`. */
export async function readObjects(client: S3Client, word = ''): Promise<StoredObject[]> {
  const objects: StoredObject[] = [];
  const { Buckets = [] } = await client.send(new ListBucketsCommand({}));
  for (const { Name: bucket = '' } of Buckets) {
    for await (const { Contents = [] } of paginateListObjectsV2({ client }, { Bucket: bucket })) {
      for (const { Key: key = '', Size: size = 0 } of Contents.filter(({ Key = '' }) => Key.includes(word))) {
        const { Body, ContentType = '' } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
        objects.push({ bucket, key, size, contentType: ContentType, body: (await Body?.transformToString()) ?? '' });
      }
    }
  }
  return objects;
}

/** Every metric, or those of a namespace and dimensions, with the number and the sum of its values from `from` to `to` (ms since the epoch). */
export async function readMetrics(
  client: CloudWatchClient,
  from: number,
  to: number,
  wanted: Pick<ListMetricsCommandInput, 'Namespace' | 'Dimensions'> = {},
): Promise<MetricSummary[]> {
  const summaries: MetricSummary[] = [];
  for await (const { Metrics = [] } of paginateListMetrics({ client }, wanted)) {
    for (const { Namespace = '', MetricName = '', Dimensions = [] } of Metrics) {
      const { Datapoints = [] } = await client.send(
        new GetMetricStatisticsCommand({
          Namespace,
          MetricName,
          Dimensions,
          StartTime: new Date(from),
          EndTime: new Date(to),
          Period: 86_400,
          Statistics: ['SampleCount', 'Sum'],
        }),
      );
      const total = (pick: (point: (typeof Datapoints)[number]) => number | undefined) =>
        Datapoints.reduce((sum, point) => sum + (pick(point) ?? 0), 0);
      summaries.push({
        namespace: Namespace,
        name: MetricName,
        dimensions: Object.fromEntries(Dimensions.map(({ Name = '', Value = '' }) => [Name, Value])),
        count: total(({ SampleCount }) => SampleCount),
        sum: total(({ Sum }) => Sum),
      });
    }
  }
  return summaries.sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
}
