import type { Executions } from '../../runtime/executions';
import type { Input } from './errors';
import { describeExecution } from './executions';
import { historyEvent } from './history';
import { listedExecution } from './list-executions';

/**
 * Owns what the local cloud tells of its executions inside its own process: of Express ones too, of which AWS keeps
 * nothing but what they log, and which its API therefore refuses to list, describe and follow. Shapes are those of AWS's
 * answers.
 */
export class OwnExecutions {
  constructor(private readonly executions: Executions) {}

  /** All executions of a state machine, newest first, as in ListExecutions. */
  list(stateMachineArn: string): Input[] {
    const limit = Number.MAX_SAFE_INTEGER;
    return this.executions.list({ machine: stateMachineArn, limit }).map(listedExecution);
  }

  /** As DescribeExecution; undefined when there is no such execution. */
  describe(executionArn: string): Input | undefined {
    const found = this.executions.find(executionArn);
    return found && describeExecution(found.execution, found.inputText);
  }

  /** All events from the first on, as in GetExecutionHistory; none when there is no such execution. */
  history(executionArn: string): Input[] {
    const limit = Number.MAX_SAFE_INTEGER;
    return (this.executions.history(executionArn, { limit }) ?? []).map((event) => historyEvent(event, true));
  }
}
