import { Alarm, ComparisonOperator, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { AttributeType, BillingMode, Table } from 'aws-cdk-lib/aws-dynamodb';
import { type IGrantable, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import {
  ConfigurationSet,
  ConfigurationSetTlsPolicy,
  EmailIdentity,
  EmailSendingEvent,
  EventDestination,
  Identity,
  SuppressionReasons,
} from 'aws-cdk-lib/aws-ses';
import { type ITopic, Topic } from 'aws-cdk-lib/aws-sns';
import { LambdaSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Duration, type RemovalPolicy, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import type { StageConfig } from '../config';
import { WorkflowFunction } from '../workflow/workflow-function';

export interface LibraryMailProps {
  readonly config: StageConfig;
  readonly operations: ITopic;
  readonly removalPolicy: RemovalPolicy;
}

/**
 * The library as a sender of mail: an identity that SES verifies, a configuration set that all its mails go through, and the
 * way back. Bounces and complaints come through a topic to a function, which stops further mails to the address.
 */
export class LibraryMail extends Construct {
  readonly #sender: string;
  readonly #identities: readonly string[];
  readonly #set: ConfigurationSet;
  readonly #stops: Table;

  constructor(scope: Construct, id: string, { config, operations, removalPolicy }: LibraryMailProps) {
    super(scope, id);
    const { sender, senderIdentity } = config.library;
    this.#sender = sender;
    this.#identities = senderIdentity === 'create' ? [sender] : identitiesFor(sender);
    if (senderIdentity === 'create') new EmailIdentity(this, 'Sender', { identity: Identity.email(sender) });
    this.#set = new ConfigurationSet(this, 'Set', {
      configurationSetName: `StepwrightLibrary-${config.stage}`,
      reputationMetrics: true,
      suppressionReasons: SuppressionReasons.BOUNCES_AND_COMPLAINTS,
      tlsPolicy: ConfigurationSetTlsPolicy.REQUIRE,
    });
    this.#stops = new Table(this, 'Stops', {
      partitionKey: { name: 'address', type: AttributeType.STRING },
      billingMode: BillingMode.PAY_PER_REQUEST,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      removalPolicy,
    });
    this.#listen(config, operations);
  }

  /** What the handlers that send ask for through `requireEnv`. */
  get environment(): Record<string, string> {
    return { SENDER: this.#sender, CONFIGURATION_SET: this.#set.configurationSetName, ...this.stopsEnvironment };
  }

  /** What the handlers ask for that only look up whether an address is written to. */
  get stopsEnvironment(): Record<string, string> {
    return { MAIL_STOPS_TABLE: this.#stops.tableName };
  }

  /** Lets it send as the library, through the configuration set, and as nobody else. */
  grantSend(sender: IFunction): void {
    const arn = (resource: string, resourceName: string) =>
      Stack.of(this).formatArn({ service: 'ses', resource, resourceName });
    sender.addToRolePolicy(
      new PolicyStatement({
        actions: ['ses:SendEmail'],
        resources: [
          ...this.#identities.map((identity) => arn('identity', identity)),
          arn('configuration-set', this.#set.configurationSetName),
        ],
        conditions: { StringEquals: { 'ses:FromAddress': this.#sender } },
      }),
    );
    this.grantReadStops(sender);
  }

  /** Lets it see whether an address is written to. */
  grantReadStops(reader: IGrantable): void {
    this.#stops.grant(reader, 'dynamodb:GetItem');
  }

  #listen(config: StageConfig, operations: ITopic): void {
    const topic = new Topic(this, 'Feedback', { enforceSSL: true });
    this.#set.addEventDestination('Feedback', {
      destination: EventDestination.snsTopic(topic),
      events: [EmailSendingEvent.BOUNCE, EmailSendingEvent.COMPLAINT],
    });
    const hear = new WorkflowFunction(this, 'MailFeedback', {
      config,
      handler: 'library-loan/mail-feedback',
      description: 'Stops mails to addresses that bounce, and to readers who complain',
      timeout: Duration.seconds(15),
      environment: this.stopsEnvironment,
    });
    this.#stops.grant(hear, 'dynamodb:PutItem');
    topic.addSubscription(new LambdaSubscription(hear));
    // What it missed after Lambda's three tries, the next mail to the same address tells it again: so an alarm, no queue.
    new Alarm(this, 'FeedbackAlarm', {
      alarmName: `StepwrightMailFeedback-${config.stage}-Errors`,
      alarmDescription: `${Stack.of(this).stackName}: a bounce or complaint could not be recorded.`,
      metric: hear.metricErrors({ period: Duration.minutes(5), statistic: 'Sum' }),
      threshold: 1,
      evaluationPeriods: 1,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    }).addAlarmAction(new SnsAction(operations));
  }
}

/** The identities that may stand for an address: 'a@b.example.org', 'b.example.org', 'example.org'. */
function identitiesFor(address: string): string[] {
  const labels = address.slice(address.lastIndexOf('@') + 1).split('.');
  return [address, ...labels.slice(0, -1).map((_, index) => labels.slice(index).join('.'))];
}
