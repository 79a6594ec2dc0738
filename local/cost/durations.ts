import { byName, meterOf, splitMeter, total, type Usage } from './usage';

/**
 * Owns how long things take on AWS. What a laptop measures is not that, and under a clock that jumps there is no duration
 * of an execution at all; so there are two ways to tell:
 *
 * - measured: a function's ms as they were here, cold starts included;
 * - modelled: what its calls take on AWS, one after the other, and `OWN` for the code itself. Deterministic: the same
 *   calls always take the same time, so that a figure made of it can be kept and compared.
 */
export type DurationKind = 'measured' | 'modelled';

/** Typical ms of a call within a region, for a warm client: rounded, on the high side. */
const CALL_MS: Readonly<Record<string, number>> = {
  'dynamodb.GetItem': 5,
  'dynamodb.Query': 8,
  'dynamodb.PutItem': 7,
  'dynamodb.UpdateItem': 7,
  'dynamodb.DeleteItem': 7,
  'dynamodb.TransactWriteItems': 20,
  'dynamodb.TransactGetItems': 12,
  's3.PutObject': 40,
  's3.GetObject': 25,
  's3.HeadObject': 20,
  'sqs.SendMessage': 15,
  'sns.Publish': 25,
  'eventbridge.PutEvents': 30,
  'sesv2.SendEmail': 80,
  'cloudwatch.PutMetricData': 30,
  'secretsmanager.GetSecretValue': 20,
  'sfn.StartExecution': 30,
  'sfn.SendTaskSuccess': 25,
  'sfn.SendTaskFailure': 25,
};
/** Of any other call. */
const OTHER_CALL_MS = 25;
/** A warm handler's own code. */
const OWN_MS = 3;
/** What Lambda takes around a handler, which whoever calls it waits for and nobody is billed for. */
const INVOKE_MS = 10;
/** What Step Functions takes for a transition of an Express execution. */
const TRANSITION_MS = 5;

/** The usage with the ms of functions as they are modelled, without cold starts, instead of what was measured. */
export function withModelledDurations(usage: Usage): Usage {
  const modelled: Record<string, number> = {};
  for (const [key, amount] of Object.entries(usage)) {
    const { meter } = splitMeter(key);
    if (meter !== 'lambda.initMs' && meter !== 'lambda.usedMbms') modelled[key] = amount;
  }
  for (const [name, requests] of byName(usage, 'lambda.requests')) {
    const ms = requests * OWN_MS + callMs(usage, name);
    modelled[meterOf('lambda.ms', name)] = ms;
    const measured = (usage[meterOf('lambda.ms', name)] ?? 0) + (usage[meterOf('lambda.initMs', name)] ?? 0);
    for (const meter of ['lambda.arm64.mbms', 'lambda.x86_64.mbms'] as const) {
      const key = meterOf(meter, name);
      const mbms = usage[key];
      if (mbms !== undefined) modelled[key] = (mbms * ms) / Math.max(1, measured);
    }
  }
  return modelled;
}

/** How long an execution takes that waits for nothing: its transitions, its calls and its functions, one after the other. */
export function workingMs(usage: Usage, transitions: number): number {
  const functions = total(usage, 'lambda.ms') + total(usage, 'lambda.initMs');
  const invoked = usage[meterOf('call', '>lambda.Invoke')] ?? 0;
  return transitions * TRANSITION_MS + functions + invoked * INVOKE_MS + callMs(usage, '');
}

function callMs(usage: Usage, by: string): number {
  let ms = 0;
  for (const [name, count] of byName(usage, 'call')) {
    const [caller, call = ''] = name.split('>');
    // What the function that is invoked takes is counted by itself.
    if (caller !== by || (by === '' && call === 'lambda.Invoke')) continue;
    ms += count * (CALL_MS[call] ?? OTHER_CALL_MS);
  }
  return ms;
}
