/**
 * Owns the Embedded Metric Format: what a log line says about metrics.
 * See https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
import type { AwsShape } from '../aws';

/** An input of PutMetricData. */
export interface MetricBatch {
  readonly Namespace: string;
  readonly MetricData: AwsShape[];
}

interface Directive {
  readonly Namespace: string;
  readonly Dimensions?: string[][];
  readonly Metrics: Array<{ Name: string; Unit?: string; StorageResolution?: number }>;
}

/** Cheap test that saves parsing every line. */
const MARK = '"CloudWatchMetrics"';

/**
 * The metrics in a log event, one batch for each directive; none when it is no such line or not a valid one, which AWS
 * passes over as well. What stands before the document (the runtime's time, request id and level) is skipped.
 */
export function embeddedMetrics(message: string): MetricBatch[] {
  if (!message.includes(MARK)) return [];
  const document = parsed(message.slice(message.indexOf('{')));
  const directives = document?._aws?.CloudWatchMetrics;
  if (!document || !Array.isArray(directives)) return [];
  const timestamp = new Date(document._aws.Timestamp);
  if (Number.isNaN(timestamp.getTime())) return [];
  return directives.filter(isDirective).map((directive) => ({
    Namespace: directive.Namespace,
    MetricData: metricData(document, directive, timestamp),
  }));
}

function metricData(document: AwsShape, directive: Directive, Timestamp: Date): AwsShape[] {
  const dimensionSets = directive.Dimensions ?? [[]];
  return directive.Metrics.flatMap(({ Name, Unit, StorageResolution }) => {
    const values = [document[Name]].flat();
    if (values.length === 0 || values.some((value) => typeof value !== 'number')) return [];
    return dimensionSets.flatMap((names) => {
      if (names.some((name) => document[name] === undefined)) return [];
      const Dimensions = names.map((name) => ({ Name: name, Value: String(document[name]) }));
      return [
        {
          MetricName: Name,
          Dimensions,
          Timestamp,
          Values: values,
          Unit: Unit ?? 'None',
          StorageResolution: StorageResolution ?? 60,
        },
      ];
    });
  });
}

function isDirective(value: unknown): value is Directive {
  const directive = value as Partial<Directive> | null;
  return (
    typeof directive?.Namespace === 'string' &&
    isArrayOf(directive.Metrics, (metric) => typeof (metric as AwsShape | null)?.Name === 'string') &&
    (directive.Dimensions === undefined || isArrayOf(directive.Dimensions, Array.isArray))
  );
}

function isArrayOf(value: unknown, isItem: (item: unknown) => boolean): boolean {
  return Array.isArray(value) && value.every((item) => isItem(item));
}

function parsed(text: string): AwsShape | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
