import { progress } from '../command/progress';
import { measure, median, type Rate, type Subject } from './measure';
import { WORKLOADS } from './workloads';

/** A workload at so many callers: medians of the rounds. */
export interface Comparison {
  readonly workload: string;
  readonly callers: number;
  /** Stepwright's executions a second as a share of the yardstick's, round by round. */
  readonly shareOfYardstick: number;
  readonly yardstick: Rate;
  readonly stepwright: Rate;
}

/** @param seconds length of each measurement */
export async function measureRates(
  yardstick: Subject,
  stepwright: Subject,
  rounds: number,
  seconds: number,
): Promise<Comparison[]> {
  const found: Comparison[] = [];
  for (const [name, workload] of Object.entries(WORKLOADS)) {
    progress(`${name} ${workload.title}, warming up`);
    // V8 compiles what runs often, for seconds: both are measured when that is done.
    for (const subject of [yardstick, stepwright]) await measure(subject, workload, 16, seconds);
    for (const callers of [1, 16]) {
      progress(`${name} ${workload.title}, ${callers === 1 ? '1 caller' : `${callers} callers`}`);
      const pairs: Array<readonly [Rate, Rate]> = [];
      for (let round = 0; round < rounds; round += 1) {
        const theirs = await measure(yardstick, workload, callers, seconds);
        pairs.push([theirs, await measure(stepwright, workload, callers, seconds)]);
      }
      found.push({
        workload: name,
        callers,
        shareOfYardstick: median(pairs.map(([theirs, ours]) => ours.executionsPerSecond / theirs.executionsPerSecond)),
        yardstick: middle(pairs.map(([theirs]) => theirs)),
        stepwright: middle(pairs.map(([, ours]) => ours)),
      });
    }
  }
  return found;
}

/** What an engine as quick as the yardstick reaches that syncs once before it answers a start. */
export function boundOf(rates: readonly Comparison[], syncMs: number): number {
  const found = rates.find(({ workload, callers }) => workload === 'W1' && callers === 1) as Comparison;
  const alone = 1000 / found.yardstick.executionsPerSecond;
  return alone / (alone + syncMs);
}

/** Each figure's median. */
function middle(rates: readonly Rate[]): Rate {
  const of = (figure: keyof Rate) => median(rates.map((rate) => rate[figure]));
  return {
    executionsPerSecond: of('executionsPerSecond'),
    cpuMsEach: of('cpuMsEach'),
    p50Ms: of('p50Ms'),
    p99Ms: of('p99Ms'),
  };
}
