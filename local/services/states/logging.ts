import type { JsonObject } from '../../asl/json';
import { oneOf } from './checks';
import { failures, type Input } from './errors';

/** Reads a LoggingConfiguration with AWS's defaults; a level other than OFF needs exactly one log group. */
export function readLogging(given: Input | undefined | null): JsonObject {
  const level = oneOf(given ?? {}, 'level', ['ALL', 'ERROR', 'FATAL', 'OFF']) ?? 'OFF';
  const logging: JsonObject = { level, includeExecutionData: given?.includeExecutionData === true };
  if (given?.destinations) logging.destinations = given.destinations;
  if (level !== 'OFF' && given?.destinations?.length !== 1) {
    throw failures.invalidLogging('Must specify exactly one Log Destination.');
  }
  return logging;
}
