import type { PassState } from '../../asl/model';
import { type Exit, exitWithInput, exitWithResult, usesJsonata, workInput } from '../fields';
import type { Frame } from '../frames';
import type { Run } from '../run';
import type { Steps } from '../steps';

/** Hands its input on, or a result of its own. */
export function* enterPass(run: Run, frame: Frame, state: PassState): Steps<Exit> {
  if (usesJsonata(run, state)) return yield* exitWithInput(run, frame, state);
  const input = yield* workInput(run, frame, state);
  return yield* exitWithResult(run, frame, state, state.Result === undefined ? input : state.Result);
}
