import { StatesError } from '../asl/errors';
import type { Json } from '../asl/json';
import { QueryEvaluationError } from '../asl/jsonata';
import { PathNotFound } from '../asl/jsonpath';
import type { Frame } from './frames';

/** Why a state failed, on its way through Retry and Catch to the end of the execution. */
export class Failure extends Error {
  override readonly name = 'Failure';
  constructor(
    readonly error: string | undefined,
    override readonly cause: string | undefined,
    readonly origin: FailureOrigin = {},
  ) {
    super(error);
  }
}

export interface FailureOrigin {
  /** A missed heartbeat: AWS records it as States.Timeout, but Retry and Catch may name it. */
  heartbeat?: true;
  /** An expression failed: AWS records that as an event of its own. */
  evaluation?: { location?: string };
}

/** The history has no room for another event. */
export class HistoryFull extends Error {}

/** What evaluating a state's fields raised, in AWS's words. Anything that is not the language's error is our own fault. */
export function toFailure(error: unknown, frame: Frame): Failure {
  if (error instanceof Failure) return error;
  if (!(error instanceof StatesError)) throw error;
  const text =
    error instanceof PathNotFound && !error.message.includes('specified for')
      ? error.invalidPathMessage()
      : error.message;
  const cause = `An error occurred while executing the state '${frame.state}' (entered at the event id #${frame.enteredEvent}). ${text}`;
  const origin = error instanceof QueryEvaluationError ? { evaluation: { location: error.location } } : {};
  return new Failure(error.error, cause, origin);
}

/** What Catch makes the state's output, and `$states.errorOutput`. */
export function errorOutput({ error = '', cause = '' }: Failure): Json {
  return { Error: error, Cause: cause };
}
