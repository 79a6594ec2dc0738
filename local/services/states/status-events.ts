import type { Execution } from '../../engine/types';
import type { Parts } from '../parts';
import { redrivability } from './redrive';

/**
 * Owns the "Step Functions Execution Status Change" events that Standard executions send to the default bus when they
 * start and end. Best effort, as on AWS: nothing waits for them, and none is repeated.
 */
export class StatusEvents {
  constructor(private readonly parts: Parts) {}

  send(execution: Execution, inputText: string): void {
    const { aws, clock } = this.parts;
    const bus = aws.get('eventbridge');
    if (execution.type !== 'STANDARD' || !bus || bus.missing !== undefined) return;
    if (bus.hears?.(SOURCE) === false) return;
    const entry = {
      Source: SOURCE,
      DetailType: 'Step Functions Execution Status Change',
      Resources: [execution.arn],
      Time: new Date(execution.stoppedAt ?? clock.now()),
      Detail: JSON.stringify(detail(execution, inputText, clock.now())),
    };
    aws.call('eventbridge', 'PutEvents', { Entries: [entry] }, { via: 'states' }).catch(() => {});
  }
}

const SOURCE = 'aws.states';

/** As in the EventBridge chapter of the Step Functions developer guide. */
function detail(execution: Execution, inputText: string, now: number) {
  const { arn, name, stateMachineArn, status, startedAt, stoppedAt, output, error, cause } = execution;
  const { redriveStatus, redriveStatusReason = null } = redrivability(execution, now);
  return {
    executionArn: arn,
    stateMachineArn,
    name,
    status,
    startDate: startedAt,
    stopDate: stoppedAt ?? null,
    input: inputText,
    output: status === 'SUCCEEDED' ? JSON.stringify(output) : null,
    stateMachineVersionArn: execution.stateMachineVersionArn ?? null,
    stateMachineAliasArn: execution.stateMachineAliasArn ?? null,
    redriveCount: execution.redriveCount,
    redriveDate: execution.redrivenAt ?? null,
    redriveStatus,
    redriveStatusReason,
    inputDetails: { included: true },
    outputDetails: status === 'SUCCEEDED' ? { included: true } : null,
    error: error ?? null,
    cause: cause ?? null,
  };
}
