import type { Json } from '../../asl/json';
import type { ParallelState } from '../../asl/model';
import { type Exit, exitWithResult, workInput } from '../fields';
import type { Frame, InParallel } from '../frames';
import type { Run } from '../run';
import type { Steps } from '../steps';

/** Runs its branches side by side; their outputs, in the branches' order, are its result. */
export function* enterParallel(run: Run, frame: Frame, state: ParallelState): Steps<Exit | undefined> {
  const input = yield* workInput(run, frame, state);
  const played = run.rehearsal?.branches;
  if (played) return yield* exitWithResult(run, frame, state, played());
  const started = run.record(frame, 'ParallelStateStarted');
  const outputs: Json[] = state.Branches.map(() => null);
  const parent = Object.assign(frame, { phase: { type: 'parallel', children: [], outputs } satisfies InParallel });
  for (const [index, branch] of state.Branches.entries()) run.spawn(parent, index, branch.StartAt, input, started);
  return undefined;
}

/** A branch has ended with `output`. */
export function* branchSucceeded(
  run: Run,
  frame: Frame & { phase: InParallel },
  state: ParallelState,
  branch: Frame,
  output: Json,
): Steps<Exit | undefined> {
  const { phase } = frame;
  phase.outputs[branch.index as number] = output;
  if (phase.children.length > 0) return undefined;
  frame.lastEvent = branch.lastEvent;
  return yield* joinBranches(run, frame, state);
}

/** All branches have ended. */
export function* joinBranches(
  run: Run,
  frame: Frame & { phase: InParallel },
  state: ParallelState,
): Steps<Exit | undefined> {
  const { outputs } = frame.phase;
  run.recordAfter(frame.lastEvent, 'ParallelStateSucceeded');
  const exit = yield* exitWithResult(run, frame, state, outputs);
  run.fulfil(frame);
  return exit;
}
