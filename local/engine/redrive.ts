import type { MapState, ParallelState } from '../asl/model';
import { attempt } from './flow';
import { childrenOf, type Frame, type InMap, type InMapRun, type InParallel, newFrames } from './frames';
import type { Run } from './run';
import { resumeMap } from './states/map';
import { resumeMapRun } from './states/map-run';
import { joinBranches } from './states/parallel';
import type { Steps } from './steps';

/**
 * Owns how an unsuccessful Standard execution goes on: with the frames as they stood when it ended. What had succeeded
 * is not run again; each state that had not does its work anew, with fresh retries and timeouts, without being entered
 * a second time.
 *
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/redrive-executions.html
 */
export function* redrive(run: Run): Steps<boolean> {
  const { execution, context } = run;
  const table = execution.redriveFrom;
  if (!table || execution.status === 'RUNNING') return false;
  const { nextFrame, nextTask } = execution.frames;
  execution.frames = { ...newFrames(), nextFrame, nextTask, table };
  for (const member of ['redriveFrom', 'stoppedAt', 'output', 'error', 'cause'] as const) delete execution[member];
  execution.status = 'RUNNING';
  execution.redriveCount += 1;
  execution.redrivenAt = context.now;
  run.startLifetime();
  const { redriveCount } = execution;
  const redriven = run.recordAfter(execution.lastEventId, 'ExecutionRedriven', { redriveCount });
  const frames = Object.values(table);
  for (const frame of frames) Object.assign(frame, { lastEvent: redriven, retries: [], retryCount: 0 });
  for (const frame of frames) if (run.frames.table[frame.id] === frame) yield* resume(run, frame);
  return true;
}

function* resume(run: Run, frame: Frame): Steps<void> {
  const state = run.stateOf(frame);
  switch (frame.phase.type) {
    case 'parallel':
      if (childrenOf(run.frames, frame).length > 0) return;
      return yield* attempt(run, frame, () =>
        joinBranches(run, frame as Frame & { phase: InParallel }, state as ParallelState),
      );
    case 'map':
      return yield* attempt(run, frame, () => resumeMap(run, frame as Frame & { phase: InMap }, state as MapState));
    case 'mapRun':
      return resumeMapRun(run, frame as Frame & { phase: InMapRun }, state as MapState);
    default:
      run.resume(frame);
  }
}
