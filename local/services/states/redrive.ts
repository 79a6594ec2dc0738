import { LONGEST_STANDARD_SECONDS, MOST_EVENTS } from '../../engine/limits';
import type { Execution } from '../../engine/types';
import type { Executions } from '../../runtime/executions';
import type { Collection } from '../../runtime/store';
import { AwsError } from '../aws';
import type { Parts } from '../parts';
import { parseArn } from './arns';
import { failures, type Input } from './errors';

/**
 * Owns RedriveExecution: an unsuccessful Standard execution goes on where it ended. What a map run started is redriven
 * with the map run, by redriving the execution that it belongs to.
 */
export class Redrives {
  /** The last request of each execution, by which the same one sent again is known. */
  readonly #requests: Collection<{ clientToken: string; redriveCount: number }>;

  constructor(
    private readonly parts: Parts,
    private readonly executions: Executions,
  ) {
    this.#requests = parts.store.collection('redrive_requests');
  }

  async redrive({ executionArn, clientToken }: Input): Promise<Input> {
    parseArn(executionArn, 'execution');
    const execution = this.executions.find(executionArn)?.execution;
    if (!execution) throw failures.executionUnknown(executionArn);
    if (clientToken && this.#repeats(execution, clientToken)) return answer(execution);
    const { redriveStatus, redriveStatusReason } = redrivability(execution, this.parts.clock.now());
    if (redriveStatus === 'REDRIVABLE_BY_MAP_RUN') throw notRedrivable('Execution can only be redriven by its Map Run');
    if (redriveStatus !== 'REDRIVABLE') throw notRedrivable(redriveStatusReason);
    const taken = await this.executions.deliver(executionArn, { type: 'redrive' });
    if (!taken?.accepted) throw notRedrivable('Execution is RUNNING and cannot be redriven');
    const { redriveCount } = taken.execution;
    if (clientToken) await this.#requests.put(executionArn, { clientToken, redriveCount });
    return answer(taken.execution);
  }

  /** The same request again, while what it began is the latest redrive, begins nothing. */
  #repeats({ arn, redriveCount }: Execution, clientToken: string): boolean {
    const last = this.#requests.get(arn);
    return last?.clientToken === clientToken && last.redriveCount === redriveCount;
  }
}

/** Whether it could be redriven now, and if not, why, as DescribeExecution tells it. */
export function redrivability(
  { type, status, stoppedAt, startedAt, lastEventId, mapRunArn }: Execution,
  now: number,
): { redriveStatus: 'REDRIVABLE' | 'NOT_REDRIVABLE' | 'REDRIVABLE_BY_MAP_RUN'; redriveStatusReason?: string } {
  const never = (redriveStatusReason: string) => ({ redriveStatus: 'NOT_REDRIVABLE' as const, redriveStatusReason });
  if (status === 'RUNNING' || status === 'SUCCEEDED') return never(`Execution is ${status} and cannot be redriven`);
  if (mapRunArn !== undefined && type === 'EXPRESS') return { redriveStatus: 'REDRIVABLE_BY_MAP_RUN' };
  if (lastEventId >= MOST_EVENTS - 1) return never('Execution history event limit exceeded');
  if (now - startedAt > LONGEST_STANDARD_SECONDS * 1000) return never('Execution has exceeded the max execution time');
  if (stoppedAt !== undefined && now - stoppedAt > REDRIVABLE_FOR) return never('Execution redrivable period exceeded');
  return { redriveStatus: mapRunArn === undefined ? 'REDRIVABLE' : 'REDRIVABLE_BY_MAP_RUN' };
}

/** 14 days, in ms. */
const REDRIVABLE_FOR = 14 * 24 * 60 * 60 * 1000;

function answer({ redrivenAt }: Execution): Input {
  return { redriveDate: new Date(redrivenAt as number) };
}

function notRedrivable(reason = ''): AwsError {
  return new AwsError('ExecutionNotRedrivable', `Execution Not Redrivable: '${reason}'`);
}
