import type { StateMachine } from '../asl/model';
import { nextDue } from '../engine/step';
import type { Execution, HistoryEvent } from '../engine/types';
import type { ListedExecution, ListQuery } from '../runtime/journal';
import type { Parts } from '../services/parts';
import type { StatesService } from '../services/states/service';
import type { Whose } from './executions';

export interface MachineRow {
  readonly arn: string;
  readonly name: string;
  readonly type: string;
  readonly newest: ListedExecution | undefined;
}

/** Everything that is shown of one execution. */
export interface ShownExecution {
  readonly execution: Execution;
  /** JSON text. */
  readonly input: string;
  /** The definition that it was started with. */
  readonly machine: StateMachine;
  /** Virtual ms: when time alone moves it; undefined when nothing in it waits for that. */
  readonly nextDue: number | undefined;
  readonly events: readonly HistoryEvent[];
}

export type ExecutionsQuery = Pick<ListQuery, 'status' | 'before' | 'limit'>;

/** Owns what the pages learn of state machines and executions, Express ones too; only what is durable. */
export class ExecutionsSource {
  constructor(
    private readonly parts: Parts,
    private readonly states: StatesService,
  ) {}

  /** Virtual ms. */
  now(): number {
    return this.parts.clock.now();
  }

  async machines(): Promise<MachineRow[]> {
    const rows: MachineRow[] = [];
    let nextToken: string | undefined;
    do {
      const found = await this.parts.aws.call('sfn', 'ListStateMachines', { nextToken }, { via: 'console' });
      for (const { stateMachineArn: arn, name, type } of found.stateMachines) {
        const [newest] = this.states.executions.list({ machine: arn, limit: 1 });
        rows.push({ arn, name, type, newest });
      }
      nextToken = found.nextToken;
    } while (nextToken);
    return rows;
  }

  /** The newest first; `before` is the `row` of the last one of the page before. Undefined for what there is not. */
  async list(whose: Whose, query: ExecutionsQuery): Promise<ListedExecution[] | undefined> {
    const { executions } = this.states;
    await this.parts.store.durable();
    if ('run' in whose) {
      const run = executions.mapRuns.find(whose.run);
      return run && executions.list({ machine: run.machineArn, mapRun: whose.run, ...query });
    }
    const isThere = (await this.machines()).some(({ arn }) => arn === whose.machine);
    return isThere ? executions.list({ ...whose, ...query }) : undefined;
  }

  async find(arn: string): Promise<ShownExecution | undefined> {
    const { executions } = this.states;
    const found = executions.find(arn);
    if (!found) return undefined;
    await this.parts.store.durable();
    return {
      execution: found.execution,
      input: found.inputText,
      machine: JSON.parse(executions.revision(found.revision).definition),
      nextDue: nextDue(found.execution),
      events: executions.history(arn, { limit: Number.MAX_SAFE_INTEGER }) ?? [],
    };
  }

  /** `text` without the task tokens in it: who reads over a shoulder should not be able to answer. */
  withoutTokens(text: string): string {
    return text.replace(/[A-Za-z0-9+/]{60,}={0,2}/g, (found) =>
      this.states.executions.ownerOf(found) === undefined ? found : '(task token)',
    );
  }
}
