import { EventBus } from 'aws-cdk-lib/aws-events';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Stack, type StackProps } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import type { StageConfig } from '../config';

export interface SharedStackProps extends StackProps {
  readonly config: StageConfig;
}

/** What all workflows share: the bus on which the app's events travel, and the topic on which operations hear of failures. */
export class SharedStack extends Stack {
  readonly bus: EventBus;
  readonly operations: Topic;

  constructor(scope: Construct, id: string, props: SharedStackProps) {
    super(scope, id, props);
    const { config } = props;
    this.bus = new EventBus(this, 'EventBus', { eventBusName: `Stepwright-${config.stage}` });
    this.operations = new Topic(this, 'Operations', {
      topicName: `StepwrightOperations-${config.stage}`,
      displayName: `Stepwright operations (${config.stage})`,
      enforceSSL: true,
    });
    // A topic with a policy of its own is closed to alarms until they are let in.
    this.operations.addToResourcePolicy(
      new PolicyStatement({
        sid: 'AlarmsOfThisAccount',
        principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
        actions: ['sns:Publish'],
        resources: [this.operations.topicArn],
        conditions: { StringEquals: { 'aws:SourceAccount': this.account } },
      }),
    );
    if (config.operationsEmail) this.operations.addSubscription(new EmailSubscription(config.operationsEmail));
  }
}
