import {
  DescribeExecutionCommand,
  type DescribeExecutionOutput,
  type ExecutionListItem,
  type HistoryEvent,
  paginateGetExecutionHistory,
  paginateListExecutions,
  type SFNClient,
} from '@aws-sdk/client-sfn';
import type { Cloud } from '../local/assembly/cloud';

/** Where the executions of one state machine are read from. */
export interface ExecutionSource {
  /** Newest first. */
  list(): Promise<Pick<ExecutionListItem, 'executionArn' | 'name'>[]>;
  describe(executionArn: string): Promise<Pick<DescribeExecutionOutput, 'status' | 'startDate' | 'stopDate'>>;
  /** From the first event on. */
  history(executionArn: string): Promise<HistoryEvent[]>;
}

/** Standard: through the API that AWS has. */
export function throughApi(client: SFNClient, stateMachineArn: string): ExecutionSource {
  return {
    async list() {
      const all: ExecutionListItem[] = [];
      for await (const page of paginateListExecutions({ client }, { stateMachineArn })) {
        all.push(...(page.executions ?? []));
      }
      return all;
    },
    describe: (executionArn) => client.send(new DescribeExecutionCommand({ executionArn })),
    async history(executionArn) {
      const events: HistoryEvent[] = [];
      for await (const page of paginateGetExecutionHistory({ client }, { executionArn, maxResults: 1000 })) {
        events.push(...(page.events ?? []));
      }
      return events;
    },
  };
}

/** Express: AWS's API has nothing of them, the local cloud does. */
export function fromLocalCloud({ services }: Cloud, stateMachineArn: string): ExecutionSource {
  const { own } = services.states;
  return {
    list: async () => own.list(stateMachineArn) as ExecutionListItem[],
    describe: async (executionArn) => own.describe(executionArn) as DescribeExecutionOutput,
    history: async (executionArn) => own.history(executionArn) as HistoryEvent[],
  };
}
