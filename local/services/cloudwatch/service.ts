import { AwsError, type AwsService, type AwsShape, type Caller, type WireProtocol } from '../aws';
import { checkMembers } from '../members';
import type { Parts } from '../parts';
import { type Metric, MetricStore } from './metric-store';
import { firstPeriod, inPeriods, isPercentile, isSimpleStatistic, isStatistic, statistic } from './statistics';
import { datum, dimensions, invalidCombination, invalidValue, missing, period, requiredText, time } from './validation';

const MOST_DATA = 1000;
const MOST_DATAPOINTS = 1440;
const METRICS_PER_PAGE = 500;

const OPERATIONS = new Set(['GetMetricData', 'GetMetricStatistics', 'ListMetrics', 'PutMetricData']);

/**
 * Owns CloudWatch's metrics: what was published is kept in the store and answered as statistics. Alarms, dashboards
 * and metric math are not run.
 */
export class CloudWatchService implements AwsService {
  readonly id = 'cloudwatch';
  readonly signingName = 'monitoring';
  readonly operations = OPERATIONS;
  readonly protocol: WireProtocol = { kind: 'json', targetPrefix: 'GraniteServiceVersion20100801', version: '1.0' };
  readonly #metrics: MetricStore;

  constructor(private readonly parts: Parts) {
    this.#metrics = new MetricStore(parts.store);
  }

  async call(operation: string, input: AwsShape, _caller: Caller): Promise<AwsShape> {
    checkMembers(this.id, operation, input);
    switch (operation) {
      case 'PutMetricData':
        return this.#put(input);
      case 'GetMetricStatistics':
        return this.#statistics(input);
      case 'GetMetricData':
        return this.#data(input);
      case 'ListMetrics':
        return this.#list(input);
      default:
        throw new AwsError('UnknownOperationException', `The local cloud does not run cloudwatch:${operation}.`, 501);
    }
  }

  async #put(input: AwsShape): Promise<AwsShape> {
    const namespace = requiredText(input.Namespace, 'Namespace');
    if (namespace.startsWith('AWS/')) throw invalidValue('The value AWS/ for parameter Namespace is invalid.');
    const data: AwsShape[] = input.MetricData ?? [];
    if (data.length === 0) throw missing('MetricData');
    if (data.length > MOST_DATA) {
      throw invalidValue(`The collection MetricData must not have a size greater than ${MOST_DATA}.`);
    }
    const now = this.parts.clock.now();
    // All or nothing: everything is read before anything is written.
    const read = data.map((item, index) => {
      const path = `MetricData.member.${index + 1}`;
      const name = requiredText(item.MetricName, `${path}.MetricName`);
      const metric = { namespace, name, dimensions: dimensions(item.Dimensions, `${path}.Dimensions`) };
      return { metric, datum: datum(item, path, now) };
    });
    for (const { metric, datum } of read) this.#metrics.add(metric, datum);
    await this.parts.store.durable();
    return {};
  }

  #statistics(input: AwsShape): AwsShape {
    const metric = metricOf(input);
    const { start, end, seconds } = range(input, input.Period, 'Period');
    const simple: string[] = input.Statistics ?? [];
    const extended: string[] = input.ExtendedStatistics ?? [];
    if (simple.length + extended.length === 0) throw missing('Statistics');
    for (const name of simple) if (!isSimpleStatistic(name)) throw invalidStatistic('Statistics', name);
    for (const name of extended) if (!isPercentile(name)) throw invalidStatistic('ExtendedStatistics', name);
    const asked = Math.ceil((end - start) / (seconds * 1000));
    if (asked > MOST_DATAPOINTS) {
      throw invalidCombination(
        `You have requested up to ${asked} datapoints, which exceeds the limit of ${MOST_DATAPOINTS}. You may reduce the datapoints requested by increasing Period, or decreasing the time range.`,
      );
    }
    const data = this.#metrics.data(metric, start, end);
    // Data of different units are different datapoints.
    const units = [...new Set(data.map(({ unit }) => unit))].filter((unit) => unit === (input.Unit ?? unit));
    const datapoints = units.flatMap((unit) => {
      const ofUnit = data.filter((item) => item.unit === unit);
      return inPeriods(ofUnit, start, seconds * 1000).map((bucket) => ({
        Timestamp: new Date(bucket.at),
        Unit: unit,
        ...Object.fromEntries(simple.map((name) => [name, statistic(name, bucket.data)])),
        ...(extended.length > 0 && {
          ExtendedStatistics: Object.fromEntries(extended.map((name) => [name, statistic(name, bucket.data)])),
        }),
      }));
    });
    return { Label: metric.name, Datapoints: datapoints };
  }

  #data(input: AwsShape): AwsShape {
    const queries: AwsShape[] = input.MetricDataQueries ?? [];
    if (queries.length === 0) throw missing('MetricDataQueries');
    const results = queries.map((query, index) => this.#query(query, `MetricDataQueries.member.${index + 1}`, input));
    return { MetricDataResults: results.filter((_, index) => queries[index]?.ReturnData !== false), Messages: [] };
  }

  #query(query: AwsShape, path: string, input: AwsShape): AwsShape {
    const id = requiredText(query.Id, `${path}.Id`);
    if (query.Expression !== undefined) {
      throw new AwsError(
        'InvalidParameterValueException',
        `The local cloud does not run metric math (${path}.Expression).`,
        501,
      );
    }
    if (!query.MetricStat) throw missing(`${path}.MetricStat`);
    const { Metric: named = {}, Period, Stat, Unit } = query.MetricStat;
    const metric = metricOf(named, `${path}.MetricStat.Metric.`);
    const { start, end, seconds } = range(input, Period, `${path}.MetricStat.Period`);
    const stat = requiredText(Stat, `${path}.MetricStat.Stat`);
    if (!isStatistic(stat)) throw invalidStatistic(`${path}.MetricStat.Stat`, stat);
    const data = this.#metrics.data(metric, start, end).filter(({ unit }) => unit === (Unit ?? unit));
    const points = inPeriods(data, start, seconds * 1000).flatMap((bucket) => {
      const value = statistic(stat, bucket.data);
      return value === undefined ? [] : [{ at: bucket.at, value }];
    });
    if (input.ScanBy !== 'TimestampAscending') points.reverse();
    return {
      Id: id,
      Label: query.Label ?? metric.name,
      Timestamps: points.map(({ at }) => new Date(at)),
      Values: points.map(({ value }) => value),
      StatusCode: 'Complete',
    };
  }

  #list(input: AwsShape): AwsShape {
    const wanted: AwsShape[] = input.Dimensions ?? [];
    const found = this.#metrics
      .metrics()
      .filter(
        (metric) =>
          metric.namespace === (input.Namespace ?? metric.namespace) &&
          metric.name === (input.MetricName ?? metric.name) &&
          wanted.every((filter) =>
            metric.dimensions.some(({ Name, Value }) => Name === filter.Name && Value === (filter.Value ?? Value)),
          ),
      );
    const from = input.NextToken === undefined ? 0 : Number(input.NextToken);
    if (!Number.isInteger(from)) throw invalidValue('The parameter NextToken is invalid.');
    const page = found.slice(from, from + METRICS_PER_PAGE);
    return {
      Metrics: page.map(({ namespace, name, dimensions }) => ({
        Namespace: namespace,
        MetricName: name,
        Dimensions: dimensions,
      })),
      ...(from + page.length < found.length && { NextToken: String(from + page.length) }),
    };
  }
}

/** @param path before the members' names in messages */
function metricOf(input: AwsShape, path = ''): Metric {
  return {
    namespace: requiredText(input.Namespace, `${path}Namespace`),
    name: requiredText(input.MetricName, `${path}MetricName`),
    dimensions: dimensions(input.Dimensions, `${path}Dimensions`),
  };
}

/** From the beginning of the first period until before the end (ms), and the period in seconds. */
function range(
  input: AwsShape,
  periodValue: unknown,
  periodName: string,
): { start: number; end: number; seconds: number } {
  const seconds = period(periodValue, periodName);
  const from = time(input.StartTime, 'StartTime');
  const end = time(input.EndTime, 'EndTime');
  if (from >= end) throw invalidValue('The parameter StartTime must be less than the parameter EndTime.');
  return { start: firstPeriod(from, seconds), end, seconds };
}

function invalidStatistic(parameter: string, name: string): AwsError {
  return invalidValue(`The value ${name} for parameter ${parameter} is not supported.`);
}
