/** Owns what CloudWatch computes from the data of a period. Pure. */

export interface Datum {
  /** Virtual ms since the epoch. */
  readonly at: number;
  readonly unit: string;
  readonly count: number;
  readonly sum: number;
  readonly minimum: number;
  readonly maximum: number;
  /** Each value with how often it occurred; undefined when only the sums above were published. */
  readonly samples?: ReadonlyArray<readonly [value: number, count: number]>;
}

export interface Bucket {
  /** When its period begins: virtual ms since the epoch. */
  readonly at: number;
  readonly data: readonly Datum[];
}

const SIMPLE: Record<string, (data: readonly Datum[]) => number> = {
  SampleCount: count,
  Sum: sum,
  Average: (data) => sum(data) / count(data),
  Minimum: (data) => Math.min(...data.map((datum) => datum.minimum)),
  Maximum: (data) => Math.max(...data.map((datum) => datum.maximum)),
};

/** Whether `name` is a statistic that can be computed: 'Sum', 'p99', 'p99.9', … */
export function isStatistic(name: string): boolean {
  return name in SIMPLE || isPercentile(name);
}

export function isSimpleStatistic(name: string): boolean {
  return name in SIMPLE;
}

export function isPercentile(name: string): boolean {
  const percent = /^p(\d{1,3}(?:\.\d{1,10})?)$/.exec(name)?.[1];
  return percent !== undefined && Number(percent) <= 100;
}

/** A statistic of a period's data; undefined for a percentile of data published as sums, which AWS cannot tell either. */
export function statistic(name: string, data: readonly Datum[]): number | undefined {
  return SIMPLE[name]?.(data) ?? percentile(Number(name.slice(1)), data);
}

/** Groups data into periods counted from `start` (ms); periods without data are left out. In the order of time. */
export function inPeriods(data: readonly Datum[], start: number, periodMs: number): Bucket[] {
  const buckets = new Map<number, Datum[]>();
  for (const datum of data) {
    const at = start + Math.floor((datum.at - start) / periodMs) * periodMs;
    const bucket = buckets.get(at);
    if (bucket) bucket.push(datum);
    else buckets.set(at, [datum]);
  }
  return [...buckets].map(([at, grouped]) => ({ at, data: grouped })).sort((a, b) => a.at - b.at);
}

/**
 * Where the first period begins: the start is rounded down to the minute, or to a part of it for short periods.
 * See https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricStatistics.html
 */
export function firstPeriod(start: number, periodSeconds: number): number {
  const grain = Math.min(periodSeconds, 60) * 1000;
  return Math.floor(start / grain) * grain;
}

function count(data: readonly Datum[]): number {
  return data.reduce((total, datum) => total + datum.count, 0);
}

function sum(data: readonly Datum[]): number {
  return data.reduce((total, datum) => total + datum.sum, 0);
}

/** The smallest value that at least `percent` of all samples do not exceed. */
function percentile(percent: number, data: readonly Datum[]): number | undefined {
  const samples: Array<readonly [number, number]> = [];
  for (const datum of data) {
    if (!datum.samples) return undefined;
    samples.push(...datum.samples);
  }
  samples.sort(([a], [b]) => a - b);
  const rank = Math.max(1, Math.ceil((percent / 100) * count(data)));
  let seen = 0;
  for (const [value, times] of samples) {
    seen += times;
    if (seen >= rank) return value;
  }
  return samples.at(-1)?.[0];
}
