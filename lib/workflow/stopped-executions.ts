import { EventField, Rule, RuleTargetInput } from 'aws-cdk-lib/aws-events';
import { SnsTopic } from 'aws-cdk-lib/aws-events-targets';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import type { Workflow } from './workflow';

export interface StoppedExecutionsProps {
  /** Of the type Standard: AWS tells of no other's ends. */
  readonly workflows: readonly Workflow[];
  readonly operations: ITopic;
}

/**
 * Tells operations which execution stopped, where an alarm says only that one did. AWS sends these events as well as it
 * can, not always: the alarms stay. An execution that stopped goes on where it stopped when it is redriven.
 */
export class StoppedExecutions extends Construct {
  constructor(scope: Construct, id: string, { workflows, operations }: StoppedExecutionsProps) {
    super(scope, id);
    const detail = (field: string) => EventField.fromPath(`$.detail.${field}`);
    const told =
      `Execution ${detail('name')} stopped: ${detail('status')}, ${detail('error')}. ` +
      `Its cause is in its history. When what stopped it is put right, redrive it, within 14 days: ${detail('executionArn')}`;
    new Rule(this, 'Rule', {
      description: 'An execution stopped before its end',
      eventPattern: {
        source: ['aws.states'],
        detailType: ['Step Functions Execution Status Change'],
        detail: {
          status: ['FAILED', 'TIMED_OUT', 'ABORTED'],
          stateMachineArn: workflows.map(({ stateMachine }) => stateMachine.stateMachineArn),
        },
      },
      targets: [new SnsTopic(operations, { message: RuleTargetInput.fromText(told) })],
    });
  }
}
