import type { Cloud } from '../assembly/cloud';
import type { ControlCommands } from '../console/control';
import type { AwsService, AwsShape } from '../services/aws';
import type { Fault, FaultRule } from '../services/faults';

/** The faults of a running local cloud, as its commands answer them. */
export interface FaultsReport {
  readonly faults: readonly Fault[];
}

/**
 * The commands by which `stepwright faults` makes calls of a running local cloud fail; each answers a `FaultsReport`. They end
 * with the process: a fault that was forgotten must not outlive a restart.
 */
export function faultsControl({ faults, aws }: Cloud): ControlCommands {
  const report = (): FaultsReport => ({ faults: faults.list() });
  return {
    async 'faults-list'() {
      return report();
    },
    async 'faults-add'({ service, operation, ...effect }) {
      const room = typeof service === 'string' ? (aws.get(service) ?? aws.bySigningName(service)) : undefined;
      if (!room) {
        const ids = aws.list().map(({ id }) => id);
        throw new Error(`it does not run the service '${service}'. It runs ${ids.sort().join(', ')}.`);
      }
      faults.add(ruleOf(room, operation, effect));
      return report();
    },
    async 'faults-remove'({ id }) {
      if (typeof id !== 'number' || !faults.remove(id)) throw new Error(`there is no fault ${id}.`);
      return report();
    },
    async 'faults-clear'() {
      faults.clear();
      return report();
    },
  };
}

/** @throws Error with what is wrong with it: the sender is this machine's, and may yet be another version's */
function ruleOf(room: AwsService, operation: unknown, effect: AwsShape): FaultRule {
  const { where, error, delayMs, times, probability } = effect;
  if (operation !== undefined && typeof operation !== 'string') throw new Error("'operation' must be a text.");
  if (operation !== undefined && room.operations?.has(operation) === false) {
    throw new Error(`${room.id} has no operation ${operation} here.${near(operation, [...room.operations])}`);
  }
  if (where !== undefined && !isShape(where)) throw new Error("'where' must be an object.");
  if (error === undefined && delayMs === undefined) throw new Error("'error' or 'delayMs' must be there.");
  if (error !== undefined) {
    const { code, message, status = 400 } = isShape(error) ? error : {};
    if (typeof code !== 'string' || typeof message !== 'string') throw new Error("'error' must have code and message.");
    if (!isWithin(status, 400, 599)) throw new Error("'status' must be one of HTTP's for errors.");
  }
  if (delayMs !== undefined && !isWithin(delayMs, 1, LONGEST_DELAY_MS)) throw new Error("'delayMs' is out of range.");
  if (times !== undefined && !isWithin(times, 1, Number.MAX_SAFE_INTEGER))
    throw new Error("'times' must be 1 or more.");
  if (probability !== undefined && !(probability > 0 && probability <= 1))
    throw new Error("'probability' is out of range.");
  return { service: room.id, operation, where, error, delayMs, times, probability };
}

/** A quarter of an hour, as long as a function may run. */
export const LONGEST_DELAY_MS = 900_000;

function isShape(value: unknown): value is AwsShape {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isWithin(value: unknown, least: number, most: number): boolean {
  return Number.isInteger(value) && (value as number) >= least && (value as number) <= most;
}

/** Names that begin as the one asked for does. */
function near(asked: string, names: readonly string[]): string {
  const begin = asked.slice(0, 4).toLowerCase();
  const like = names.filter((name) => name.toLowerCase().startsWith(begin));
  return like.length > 0 ? ` There are ${like.join(', ')}.` : '';
}
