import { StatesError } from '../../asl/errors';
import type { FailState } from '../../asl/model';
import { Failure } from '../failure';
import { evaluateReference, typed, usesJsonata } from '../fields';
import type { Frame } from '../frames';
import type { Run } from '../run';
import type { Steps } from '../steps';

/** Fails its machine, branch or iteration. */
export function* enterFail(run: Run, frame: Frame, state: FailState): Steps<never> {
  const error = yield* text(run, frame, state, 'Error');
  const cause = yield* text(run, frame, state, 'Cause');
  throw new Failure(error, cause);
}

function* text(run: Run, frame: Frame, state: FailState, field: 'Error' | 'Cause'): Steps<string | undefined> {
  const value = state[field];
  const path = state[`${field}Path`];
  if (path !== undefined) {
    const found = evaluateReference(run, frame, state, path);
    if (typeof found === 'string') return found;
    throw new StatesError('States.Runtime', `The ${field}Path parameter does not reference a string value: ${path}`);
  }
  if (value === undefined || !usesJsonata(run, state)) return value;
  return (yield* typed(run, frame, value, field, 'string')) as string;
}
