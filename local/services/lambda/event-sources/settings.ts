import type { JsonObject } from '../../../asl/json';
import { AwsError, type AwsShape } from '../../aws';
import { isFifo } from '../../fifo/ids';
import { PatternError, parsePattern } from '../../patterns/validate';

/** How an event source is read: what a request may set, and a later one change. */
export interface Settings {
  readonly enabled: boolean;
  readonly batchSize: number;
  /** How long a batch may be gathered. */
  readonly windowSeconds: number;
  /** JSON texts of patterns, of which a message must match one; none: every message goes through. */
  readonly patterns: readonly string[];
  /** Whether the function answers which messages failed. */
  readonly reportsFailures: boolean;
  readonly maximumConcurrency?: number | undefined;
  /** What changes nothing here, as it was given. */
  readonly others: JsonObject;
}

const DEFAULTS: Settings = {
  enabled: true,
  batchSize: 10,
  windowSeconds: 0,
  patterns: [],
  reportsFailures: false,
  others: {},
};

const OTHERS = ['KMSKeyArn', 'MetricsConfig', 'LoggingConfig', 'ProvisionedPollerConfig'];

/** Members that only streams have: a queue's event source with one of them is refused. */
export const OF_STREAMS: readonly string[] = [
  'BisectBatchOnFunctionError',
  'DestinationConfig',
  'MaximumRecordAgeInSeconds',
  'MaximumRetryAttempts',
  'ParallelizationFactor',
  'StartingPosition',
  'StartingPositionTimestamp',
  'TumblingWindowInSeconds',
];

/**
 * The settings of a queue's event source; what the request leaves out stays as it was before, or is AWS's default
 * (docs.aws.amazon.com/lambda/latest/api/API_CreateEventSourceMapping.html).
 * @throws AwsError InvalidParameterValueException, ValidationException
 */
export function readSettings(queueArn: string, input: AwsShape, before: Settings = DEFAULTS): Settings {
  const foreign = OF_STREAMS.find((name) => given(input[name]));
  if (foreign?.startsWith('StartingPosition')) throw invalid(`${foreign} is not valid for SQS event sources.`);
  if (foreign) throw invalid(`Unsupported ${foreign} parameter for given event source mapping type.`);
  const batchSize = whole('batchSize', input.BatchSize, 1, 10_000) ?? before.batchSize;
  const window = whole('maximumBatchingWindowInSeconds', input.MaximumBatchingWindowInSeconds, 0, 300);
  const windowSeconds = window ?? before.windowSeconds;
  if (isFifo(queueArn) && windowSeconds > 0) throw invalid('Batching window is not supported for FIFO queues');
  if (batchSize > 10 && windowSeconds === 0) {
    throw invalid('Maximum batch window in seconds must be greater than 0 if maximum batch size is greater than 10');
  }
  const { Enabled, FilterCriteria, FunctionResponseTypes, ScalingConfig } = input;
  return {
    enabled: given(Enabled) ? String(Enabled) === 'true' : before.enabled,
    batchSize,
    windowSeconds,
    patterns: given(FilterCriteria) ? readPatterns(FilterCriteria.Filters ?? []) : before.patterns,
    reportsFailures: given(FunctionResponseTypes) ? readResponseTypes(FunctionResponseTypes) : before.reportsFailures,
    maximumConcurrency: given(ScalingConfig)
      ? whole('scalingConfig.maximumConcurrency', ScalingConfig.MaximumConcurrency, 2, 1000)
      : before.maximumConcurrency,
    others: { ...before.others, ...Object.fromEntries(OTHERS.flatMap((name) => member(name, input[name]))) },
  };
}

/** The members of `EventSourceMappingConfiguration` that say the settings. */
export function describeSettings(settings: Settings): AwsShape {
  const { patterns, maximumConcurrency } = settings;
  return {
    BatchSize: settings.batchSize,
    MaximumBatchingWindowInSeconds: settings.windowSeconds,
    FunctionResponseTypes: settings.reportsFailures ? [REPORTS_FAILURES] : [],
    ...(patterns.length > 0 && { FilterCriteria: { Filters: patterns.map((Pattern) => ({ Pattern })) } }),
    ...(maximumConcurrency !== undefined && { ScalingConfig: { MaximumConcurrency: maximumConcurrency } }),
    ...settings.others,
  };
}

export function invalid(message: string): AwsError {
  return new AwsError('InvalidParameterValueException', message, 400, { Type: 'User' });
}

const REPORTS_FAILURES = 'ReportBatchItemFailures';

const MOST_FILTERS = 10;

function readPatterns(filters: AwsShape[]): string[] {
  if (filters.length > MOST_FILTERS) throw invalid('Maximum number of event filters exceeded.');
  return filters.map(({ Pattern }) => {
    try {
      parsePattern(String(Pattern));
    } catch (error) {
      if (!(error instanceof PatternError)) throw error;
      throw invalid('Invalid filter pattern definition.');
    }
    return Pattern;
  });
}

function readResponseTypes(types: string[]): boolean {
  if (types.length > 1 || types.some((type) => type !== REPORTS_FAILURES)) {
    throw violation(
      `[${types}]`,
      'functionResponseTypes',
      `Member must satisfy constraint: [Member must satisfy enum value set: [${REPORTS_FAILURES}]]`,
    );
  }
  return types.length > 0;
}

function whole(name: string, value: unknown, least: number, most: number): number | undefined {
  if (!given(value)) return undefined;
  const number = Number(value);
  if (!Number.isInteger(number)) throw new AwsError('SerializationException', `${name} is not a whole number.`);
  if (number < least) throw violation(value, name, `Member must have value greater than or equal to ${least}`);
  if (number > most) throw violation(value, name, `Member must have value less than or equal to ${most}`);
  return number;
}

function violation(value: unknown, name: string, constraint: string): AwsError {
  const message = `1 validation error detected: Value '${value}' at '${name}' failed to satisfy constraint: ${constraint}`;
  return new AwsError('ValidationException', message);
}

function member(name: string, value: unknown): Array<[string, JsonObject[string]]> {
  return given(value) ? [[name, value as JsonObject[string]]] : [];
}

function given(value: unknown): boolean {
  return value !== undefined && value !== null;
}
