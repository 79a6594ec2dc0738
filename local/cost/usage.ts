/**
 * Owns the vocabulary of what is used and billed: amounts by meter. Additive, so that a part and its whole have the same
 * form. Pure.
 *
 * A meter is a name of `METERS`; what is told apart by who did it has the name behind a colon: 'lambda.requests:credit'.
 */
export type Usage = Readonly<Record<string, number>>;

/** Names of meters and what one unit of each is. */
export const METERS = {
  'states.transitions': 'state transitions of Standard executions, retries included',
  'states.express': 'starts of Express executions',
  'states.express.gbs': 'GB-seconds of Express executions',
  'lambda.requests': 'invocations, by function',
  'lambda.ms': 'duration in ms, each invocation rounded up, by function',
  'lambda.initMs': 'duration in ms of cold starts, by function',
  'lambda.arm64.mbms': 'configured MB x ms of functions on Arm, by function',
  'lambda.x86_64.mbms': 'configured MB x ms of functions on x86, by function',
  'lambda.usedMbms': 'MB in use at the end x ms, by function',
  'dynamodb.write': 'write request units',
  'dynamodb.read': 'read request units',
  's3.put': 'PUT, COPY, POST and LIST requests',
  's3.get': 'GET and other requests',
  'sqs.requests': 'requests of up to 64 KB',
  'sns.publishes': 'publishes of up to 64 KB',
  'events.custom': 'custom events of up to 64 KB',
  'ses.mails': 'mails, one for each recipient',
  'logs.bytes': 'bytes of log events, 26 for each event included',
  'cloudwatch.requests': 'calls of PutMetricData and the like',
  'api.requests': 'requests of HTTP APIs, in steps of 512 KB',
  'api.rest': 'requests of REST APIs',
  'secrets.requests': 'calls of Secrets Manager',
  'xray.traces': 'recorded traces',
  /** Not billed by itself: calls by who made them ('' the state machine, '@apigateway', else a function), service and operation. */
  call: 'calls, by caller>service.operation',
} as const;

export type Meter = keyof typeof METERS;

/** A meter of `name`'s own: ('lambda.ms', 'credit') is 'lambda.ms:credit'. */
export function meterOf(meter: Meter, name: string): string {
  return `${meter}:${name}`;
}

/** The meter without its name, and the name ('' when it has none). */
export function splitMeter(key: string): { meter: string; name: string } {
  const colon = key.indexOf(':');
  return colon < 0 ? { meter: key, name: '' } : { meter: key.slice(0, colon), name: key.slice(colon + 1) };
}

/** Adds `usage` to `sum`, in place. */
export function addTo(sum: Record<string, number>, usage: Usage): void {
  for (const [meter, amount] of Object.entries(usage)) sum[meter] = (sum[meter] ?? 0) + amount;
}

export function sumOf(usages: Iterable<Usage>): Usage {
  const sum: Record<string, number> = {};
  for (const usage of usages) addTo(sum, usage);
  return sum;
}

export function scaled(usage: Usage, factor: number): Usage {
  return Object.fromEntries(Object.entries(usage).map(([meter, amount]) => [meter, amount * factor]));
}

/** What all names of a meter have used together. */
export function total(usage: Usage, meter: Meter): number {
  let sum = 0;
  for (const [key, amount] of Object.entries(usage)) if (splitMeter(key).meter === meter) sum += amount;
  return sum;
}

/** By name, what each has used of a meter. */
export function byName(usage: Usage, meter: Meter): Array<readonly [name: string, amount: number]> {
  return Object.entries(usage).flatMap(([key, amount]) => {
    const split = splitMeter(key);
    return split.meter === meter ? [[split.name, amount] as const] : [];
  });
}
