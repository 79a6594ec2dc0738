import type { SucceedState } from '../../asl/model';
import { type Exit, exitWithInput } from '../fields';
import type { Frame } from '../frames';
import type { Run } from '../run';
import type { Steps } from '../steps';

/** Ends its machine, branch or iteration well. */
export function enterSucceed(run: Run, frame: Frame, state: SucceedState): Steps<Exit> {
  return exitWithInput(run, frame, state);
}
