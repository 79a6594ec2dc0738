/**
 * Owns what CloudWatch accepts: reads the members of its requests, or throws AWS's errors.
 * See https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricDatum.html
 */
import { AwsError, type AwsShape } from '../aws';
import type { Dimension } from './metric-store';
import type { Datum } from './statistics';

const UNITS = new Set(
  ['Seconds', 'Microseconds', 'Milliseconds', 'Percent', 'Count', 'Count/Second', 'None'].concat(
    ...[
      'Bytes',
      'Kilobytes',
      'Megabytes',
      'Gigabytes',
      'Terabytes',
      'Bits',
      'Kilobits',
      'Megabits',
      'Gigabits',
      'Terabits',
    ].map((size) => [size, `${size}/Second`]),
  ),
);
const LARGEST_VALUE = 2 ** 360;
const TWO_WEEKS_MS = 14 * 24 * 60 * 60 * 1000;
const TWO_HOURS_MS = 2 * 60 * 60 * 1000;
const MOST_DIMENSIONS = 30;
const MOST_VALUES = 150;

export function invalidValue(message: string): AwsError {
  return new AwsError('InvalidParameterValueException', message);
}

export function invalidCombination(message: string): AwsError {
  return new AwsError('InvalidParameterCombinationException', message);
}

export function requiredText(value: unknown, name: string): string {
  if (value === undefined || value === '') throw missing(name);
  if (typeof value !== 'string' || value.length > 255)
    throw invalidValue(`The value ${value} for parameter ${name} is invalid.`);
  return value;
}

export function missing(name: string): AwsError {
  return new AwsError('MissingRequiredParameterException', `The parameter ${name} is required.`);
}

/** A moment as `Date`, epoch seconds (the wire) or ISO 8601 (a state machine's task), in ms. */
export function time(value: unknown, name: string): number {
  if (value === undefined || value === null) throw missing(name);
  if (typeof value === 'object' && !(value instanceof Date)) throw malformed(name);
  const at =
    value instanceof Date ? value.getTime() : typeof value === 'number' ? value * 1000 : Date.parse(String(value));
  if (Number.isNaN(at)) throw malformed(name);
  return at;
}

const malformed = (name: string) => invalidValue(`The parameter ${name} must be a valid timestamp.`);

/** Seconds: 1, 5, 10, 20, 30 or a multiple of 60. */
export function period(value: unknown, name: string): number {
  if (value === undefined) throw missing(name);
  const seconds = typeof value === 'object' ? Number.NaN : Number(value);
  if ([1, 5, 10, 20, 30].includes(seconds) || (seconds > 0 && seconds % 60 === 0)) return seconds;
  throw invalidValue(`The parameter ${name} must be a value in the set [ 1, 5, 10, 20, 30 ] or a multiple of 60`);
}

export function dimensions(value: unknown, name: string): Dimension[] {
  const list = (value ?? []) as Array<Partial<Dimension>>;
  if (list.length > MOST_DIMENSIONS)
    throw invalidValue(`The collection ${name} must not have a size greater than ${MOST_DIMENSIONS}.`);
  return list.map((dimension, at) => ({
    Name: requiredText(dimension.Name, `${name}.member.${at + 1}.Name`),
    Value: requiredText(dimension.Value, `${name}.member.${at + 1}.Value`),
  }));
}

/** @param path as AWS names the datum in messages: 'MetricData.member.1' */
export function datum(input: AwsShape, path: string, now: number): Datum {
  const unit = input.Unit ?? 'None';
  if (!UNITS.has(unit))
    throw invalidValue(`The parameter ${path}.Unit must be a value in the set [ ${[...UNITS].join(', ')} ].`);
  const given = ['Value', 'StatisticValues', 'Values'].filter((member) => input[member] !== undefined);
  if (given.length === 0) throw missing(`${path}.Value`);
  if (given.length > 1) {
    throw invalidCombination(
      `The parameters ${given.map((member) => `${path}.${member}`).join(' and ')} are mutually exclusive and you have specified both.`,
    );
  }
  const at = input.Timestamp === undefined ? now : time(input.Timestamp, `${path}.Timestamp`);
  if (at < now - TWO_WEEKS_MS)
    throw invalidValue(`The parameter ${path}.Timestamp must specify a time no more than two weeks in the past.`);
  if (at > now + TWO_HOURS_MS)
    throw invalidValue(`The parameter ${path}.Timestamp must specify a time no more than two hours in the future.`);
  return { at, unit, ...measured(input, path) };
}

function measured(input: AwsShape, path: string): Omit<Datum, 'at' | 'unit'> {
  if (input.StatisticValues) {
    const figure = (name: string) => number(input.StatisticValues[name], `${path}.StatisticValues.${name}`);
    return { count: figure('SampleCount'), sum: figure('Sum'), minimum: figure('Minimum'), maximum: figure('Maximum') };
  }
  const values: unknown[] = input.Values ?? [input.Value];
  const counts: unknown[] = input.Counts ?? values.map(() => 1);
  if (values.length === 0 || values.length > MOST_VALUES) {
    throw invalidValue(`The collection ${path}.Values must have a size between 1 and ${MOST_VALUES}.`);
  }
  if (counts.length !== values.length)
    throw invalidValue(`The parameters ${path}.Values and ${path}.Counts must be of the same size.`);
  const samples = values.map((value, index) => {
    const times = number(counts[index], `${path}.Counts.member.${index + 1}`);
    return [number(value, `${path}.Value`), times] as const;
  });
  return {
    count: samples.reduce((total, [, times]) => total + times, 0),
    sum: samples.reduce((total, [value, times]) => total + value * times, 0),
    minimum: Math.min(...samples.map(([value]) => value)),
    maximum: Math.max(...samples.map(([value]) => value)),
    samples,
  };
}

function number(value: unknown, name: string): number {
  if (value === undefined) throw missing(name);
  if (typeof value === 'number' && Math.abs(value) <= LARGEST_VALUE) return value;
  throw invalidValue(`The value ${value} for parameter ${name} is invalid.`);
}
