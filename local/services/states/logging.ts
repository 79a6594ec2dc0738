import type { JsonObject } from '../../asl/json';
import { failures, type Input } from './errors';

/** Reads a LoggingConfiguration with AWS's defaults; a level other than OFF needs exactly one log group. */
export function readLogging(given: Input | undefined | null): JsonObject {
  const level: string = given?.level ?? 'OFF';
  const logging: JsonObject = { level, includeExecutionData: given?.includeExecutionData === true };
  if (given?.destinations) logging.destinations = given.destinations;
  if (level !== 'OFF' && !(given?.destinations?.length === 1 && logGroupOf(logging))) {
    throw failures.invalidLogging('Must specify exactly one Log Destination.');
  }
  return logging;
}

/** The name of the log group that a LoggingConfiguration writes to. */
export function logGroupOf(logging: JsonObject): string | undefined {
  const [destination] = (logging.destinations ?? []) as Input[];
  const arn: unknown = destination?.cloudWatchLogsLogGroup?.logGroupArn;
  return typeof arn === 'string' ? /^arn:[^:]+:logs:[^:]*:[^:]*:log-group:([^:]+)(?::\*)?$/.exec(arn)?.[1] : undefined;
}
