import type { Executions } from '../../../runtime/executions';
import type { ChildStatus, StoredMapRun } from '../../../runtime/map-run-journal';
import { parseArn } from '../arns';
import { pageSize } from '../checks';
import { failures, type Input } from '../errors';
import { page } from '../paging';

/** Owns DescribeMapRun, ListMapRuns and UpdateMapRun. */
export class MapRunApi {
  constructor(private readonly executions: Executions) {}

  describe(input: Input): Input {
    const run = this.#require(input);
    const { maxConcurrency, toleratedCount = 0, toleratedPercentage = 0 } = run.limits;
    return {
      mapRunArn: run.arn,
      executionArn: run.execution,
      status: run.status,
      startDate: new Date(run.startedAt),
      stopDate: dateOf(run.stoppedAt),
      maxConcurrency,
      toleratedFailurePercentage: toleratedPercentage,
      toleratedFailureCount: toleratedCount,
      itemCounts: this.#counts(run, 'items'),
      executionCounts: this.#counts(run, 'executions'),
      redriveCount: run.redriveCount,
      redriveDate: dateOf(run.redrivenAt),
    };
  }

  list(input: Input): Input {
    const { executionArn } = input;
    parseArn(executionArn, 'execution');
    if (!this.executions.find(executionArn)) throw failures.executionUnknown(executionArn);
    const runs = this.executions.mapRuns.ofExecution(executionArn).reverse();
    const { items, nextToken } = page(input, `ListMapRuns ${executionArn}`, pageSize(input), runs);
    const mapRuns = items.map(({ arn, machineArn, startedAt, stoppedAt }) => ({
      executionArn,
      mapRunArn: arn,
      stateMachineArn: machineArn,
      startDate: new Date(startedAt),
      stopDate: dateOf(stoppedAt),
    }));
    return { mapRuns, nextToken };
  }

  /** Changes the limits of a map run that runs; what is not given stays. */
  update(input: Input): Input {
    const run = this.#require(input);
    const { maxConcurrency, toleratedFailureCount, toleratedFailurePercentage } = input;
    if (run.status !== 'RUNNING') {
      throw failures.validation(`Map Run '${run.arn}' is ${run.status} and cannot be updated`);
    }
    this.executions.mapRuns.limit(run, {
      maxConcurrency: maxConcurrency ?? run.limits.maxConcurrency,
      toleratedCount: toleratedFailureCount ?? run.limits.toleratedCount,
      toleratedPercentage: toleratedFailurePercentage ?? run.limits.toleratedPercentage,
    });
    return {};
  }

  #counts(run: StoredMapRun, of: 'items' | 'executions'): Input {
    const counted = this.executions.mapRuns.counts(run);
    const count = (status: ChildStatus) => counted.find((group) => group.status === status)?.[of] ?? 0;
    return {
      pending: count('PENDING'),
      running: count('RUNNING'),
      succeeded: count('SUCCEEDED'),
      failed: count('FAILED'),
      timedOut: count('TIMED_OUT'),
      aborted: count('ABORTED'),
      total: counted.reduce((sum, group) => sum + group[of], 0),
      resultsWritten: run.written[of],
      failuresNotRedrivable: 0,
      pendingRedrive: count('PENDING_REDRIVE'),
    };
  }

  #require(input: Input): StoredMapRun {
    const arn = input.mapRunArn;
    parseArn(arn, 'mapRun');
    const run = this.executions.mapRuns.find(arn);
    if (!run) throw failures.resourceUnknown(arn);
    return run;
  }
}

function dateOf(ms: number | undefined): Date | undefined {
  return ms === undefined ? undefined : new Date(ms);
}
