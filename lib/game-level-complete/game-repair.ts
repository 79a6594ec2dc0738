import { Alarm, ComparisonOperator, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnPipe } from 'aws-cdk-lib/aws-pipes';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { StateMachineType } from 'aws-cdk-lib/aws-stepfunctions';
import { Duration } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import type { StageConfig } from '../config';
import { WatchedQueue } from '../shared/watched-queue';
import { Workflow } from '../workflow/workflow';
import type { GameStore } from './game-store';

export interface GameRepairProps {
  readonly config: StageConfig;
  readonly operations: ITopic;
  readonly store: GameStore;
}

/**
 * Makes up for what a completed level lacks: a queue, a pipe, and the repair workflow, which the pipe calls with up to ten
 * messages and which answers those that failed.
 *
 * A repair is tried 5 minutes after the trouble, then every 30, eight times in all: nearly four hours, in which most
 * trouble of AWS's is over. What is not repaired then is a dead letter, kept for 14 days; moved back to the queue
 * (StartMessageMoveTask) it is repaired like any other.
 */
export class GameRepair extends Construct {
  readonly queue: Queue;

  constructor(scope: Construct, id: string, { config, operations, store }: GameRepairProps) {
    super(scope, id);
    const deadLetters = new WatchedQueue(this, 'RepairDeadLetters', {
      config,
      operations,
      holds: 'completions whose report or figure could not be made up for',
    });
    this.queue = new Queue(this, 'Queue', {
      deliveryDelay: Duration.minutes(5),
      // At least six times what the workflow may take (240 s), as AWS advises for pipes.
      visibilityTimeout: Duration.minutes(30),
      deadLetterQueue: { queue: deadLetters.queue, maxReceiveCount: 8 },
      retentionPeriod: Duration.days(14),
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
    });
    new Alarm(this, 'LateAlarm', {
      alarmName: `StepwrightRepairs-${config.stage}-Late`,
      alarmDescription: 'Reports or figures of completed levels have been missing for more than an hour.',
      metric: this.queue.metricApproximateAgeOfOldestMessage({ period: Duration.minutes(5), statistic: 'Maximum' }),
      threshold: Duration.hours(1).toSeconds(),
      evaluationPeriods: 1,
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    }).addAlarmAction(new SnsAction(operations));

    const workflow = new Workflow(this, 'GameLevelRepair', {
      config,
      operations,
      definition: 'game-level-repair',
      // A pipe waits for the answer of an Express workflow only.
      type: StateMachineType.EXPRESS,
      substitutions: store.substitutions,
      invokes: [],
    });
    store.grantReportAndCount(workflow);

    const role = new Role(this, 'PipeRole', { assumedBy: new ServicePrincipal('pipes.amazonaws.com') });
    this.queue.grant(role, 'sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes');
    role.addToPolicy(
      new PolicyStatement({
        actions: ['states:StartSyncExecution'],
        resources: [workflow.stateMachine.stateMachineArn],
      }),
    );
    const pipe = new CfnPipe(this, 'Pipe', {
      name: `StepwrightGameLevelRepair-${config.stage}`,
      description: 'Hands completions without report or figure to the repair workflow',
      roleArn: role.roleArn,
      source: this.queue.queueArn,
      sourceParameters: { sqsQueueParameters: { batchSize: 10 } },
      target: workflow.stateMachine.stateMachineArn,
      targetParameters: { stepFunctionStateMachineParameters: { invocationType: 'REQUEST_RESPONSE' } },
    });
    // A pipe that may not read its queue does not start.
    pipe.node.addDependency(role);
  }
}
