import { Alarm, ComparisonOperator, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IFunction, Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { ScheduleGroup } from 'aws-cdk-lib/aws-scheduler';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { ArnFormat, Duration, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import type { StageConfig } from '../config';

export interface SweepProps {
  readonly config: StageConfig;
  readonly operations: ITopic;
  readonly sweep: LambdaFunction;
}

/**
 * The sweep that finishes what died between two writes: ordered by who is about to make them, minutes ahead, and not run
 * when nobody does (docs/decisions/0008).
 */
export class Sweep extends Construct {
  readonly #group: string;
  readonly #role: Role;
  readonly #sweep: LambdaFunction;

  constructor(scope: Construct, id: string, { config, operations, sweep }: SweepProps) {
    super(scope, id);
    this.#sweep = sweep;
    this.#group = `StepwrightLibrarySweep-${config.stage}`;
    new ScheduleGroup(this, 'Group', { scheduleGroupName: this.#group });
    this.#role = new Role(this, 'Role', {
      description: 'EventBridge Scheduler, as it runs the sweep',
      assumedBy: new ServicePrincipal('scheduler.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } },
      }),
    });
    sweep.grantInvoke(this.#role);
    // A sweep that cannot finish orders the next one. It knows its own ARN: in its environment, that would be a circle.
    sweep.addEnvironment('SWEEP_GROUP', this.#group);
    sweep.addEnvironment('SWEEP_ROLE_ARN', this.#role.roleArn);
    this.grantOrder(sweep);
    new Alarm(this, 'Alarm', {
      alarmName: `StepwrightLibrarySweep-${config.stage}-Failed`,
      alarmDescription: 'Decisions of readers, or items put aside for them, wait and cannot be gone on with.',
      metric: sweep.metricErrors({ period: Duration.minutes(5) }),
      threshold: 1,
      evaluationPeriods: 1,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    }).addAlarmAction(new SnsAction(operations));
  }

  /** What the handlers ask for through `requireEnv`. */
  get environment(): Record<string, string> {
    return {
      SWEEP_GROUP: this.#group,
      SWEEP_FUNCTION_ARN: this.#sweep.functionArn,
      SWEEP_ROLE_ARN: this.#role.roleArn,
    };
  }

  /** Lets a function order the sweep. */
  grantOrder(orders: IFunction): void {
    orders.addToRolePolicy(
      new PolicyStatement({
        actions: ['scheduler:CreateSchedule'],
        resources: [
          Stack.of(this).formatArn({
            service: 'scheduler',
            resource: 'schedule',
            resourceName: `${this.#group}/*`,
            arnFormat: ArnFormat.SLASH_RESOURCE_NAME,
          }),
        ],
      }),
    );
    orders.addToRolePolicy(
      new PolicyStatement({
        actions: ['iam:PassRole'],
        resources: [this.#role.roleArn],
        conditions: { StringEquals: { 'iam:PassedToService': 'scheduler.amazonaws.com' } },
      }),
    );
  }
}
