import { StatesError } from '../../asl/errors';
import type { Json } from '../../asl/json';
import { findPath } from '../../asl/jsonpath';
import type { WaitState } from '../../asl/model';
import { parseTimestamp } from '../../asl/timestamp';
import { FrameScope } from '../context';
import { type Exit, effectiveInput, exitWithInput, typed } from '../fields';
import type { Frame } from '../frames';
import { LONGEST_WAIT_SECONDS } from '../limits';
import type { Run } from '../run';
import type { Steps } from '../steps';

/** Waits for a time; for one that has passed it does not. */
export function* enterWait(run: Run, frame: Frame, state: WaitState): Steps<Exit | undefined> {
  const { now, waitScale = 1 } = run.context;
  const delay = (yield* untilWhen(run, frame, state)) - now;
  if (delay > LONGEST_WAIT_SECONDS * 1000) throw runtime('Wait state delay is too long.');
  const until = now + Math.round(delay * waitScale);
  if (until <= now) return yield* exitWithInput(run, frame, state);
  frame.phase = { type: 'wait', until };
  return undefined;
}

function* untilWhen(run: Run, frame: Frame, state: WaitState): Steps<number> {
  if (state.SecondsPath !== undefined) {
    return run.context.now + secondsAt(state.SecondsPath, lookUp(run, frame, state, state.SecondsPath)) * 1000;
  }
  if (state.TimestampPath !== undefined) {
    return timestampAt(state.TimestampPath, lookUp(run, frame, state, state.TimestampPath));
  }
  if (state.Seconds !== undefined) {
    const seconds = (yield* typed(run, frame, state.Seconds, 'Seconds', 'number')) as number;
    if (!Number.isInteger(seconds) || seconds < 0) {
      throw runtime(`The Seconds parameter must be a positive integer: ${state.Seconds} == ${seconds}`);
    }
    return run.context.now + seconds * 1000;
  }
  const text = (yield* typed(run, frame, state.Timestamp as string, 'Timestamp', 'string')) as string;
  const time = parseTimestamp(text);
  if (time !== undefined) return time;
  throw runtime(
    `The Timestamp parameter does not reference a valid ISO-8601 extended offset date-time format string: ${text}`,
  );
}

function lookUp(run: Run, frame: Frame, state: WaitState, path: string): Json | undefined {
  return findPath(path, new FrameScope(run, frame, { input: effectiveInput(run, frame, state) }));
}

function secondsAt(path: string, value: Json | undefined): number {
  if (value === undefined) throw runtime(`The SecondsPath parameter does not reference an input value: ${path}`);
  if (!Number.isInteger(value)) {
    throw runtime(`The SecondsPath parameter cannot be parsed as a long value: ${path} == ${shown(value)}`);
  }
  if ((value as number) < 0) {
    throw runtime(`The SecondsPath parameter references a negative value: ${path} == ${shown(value)}`);
  }
  return value as number;
}

function timestampAt(path: string, value: Json | undefined): number {
  if (value === undefined) throw runtime(`The TimestampPath parameter does not reference an input value: ${path}`);
  const time = typeof value === 'string' ? parseTimestamp(value) : undefined;
  if (time !== undefined) return time;
  throw runtime(
    `The TimestampPath parameter does not reference a valid ISO-8601 extended offset date-time format string: ${path} == ${shown(value)}`,
  );
}

function shown(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function runtime(message: string): StatesError {
  return new StatesError('States.Runtime', message);
}
