import { Stack } from 'aws-cdk-lib';
import { type IGrantable, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import {
  ConfigurationSet,
  ConfigurationSetTlsPolicy,
  EmailIdentity,
  Identity,
  SuppressionReasons,
} from 'aws-cdk-lib/aws-ses';
import { Construct } from 'constructs';
import type { StageConfig } from '../config';

export interface LibraryMailProps {
  readonly config: StageConfig;
}

/** The library as a sender of mail: an identity that SES verifies, and a configuration set that all its mails go through. */
export class LibraryMail extends Construct {
  readonly #sender: string;
  readonly #set: ConfigurationSet;

  constructor(scope: Construct, id: string, { config }: LibraryMailProps) {
    super(scope, id);
    this.#sender = config.library.sender;
    new EmailIdentity(this, 'Sender', { identity: Identity.email(this.#sender) });
    this.#set = new ConfigurationSet(this, 'Set', {
      configurationSetName: `StepwrightLibrary-${config.stage}`,
      reputationMetrics: true,
      suppressionReasons: SuppressionReasons.BOUNCES_AND_COMPLAINTS,
      tlsPolicy: ConfigurationSetTlsPolicy.REQUIRE,
    });
  }

  get environment(): Record<string, string> {
    return { SENDER: this.#sender, CONFIGURATION_SET: this.#set.configurationSetName };
  }

  /** Lets it send as the library, through the configuration set, and as nobody else. */
  grantSend(sender: IGrantable): void {
    const arn = (resource: string, resourceName: string) =>
      Stack.of(this).formatArn({ service: 'ses', resource, resourceName });
    sender.grantPrincipal.addToPrincipalPolicy(
      new PolicyStatement({
        actions: ['ses:SendEmail'],
        resources: [arn('identity', this.#sender), arn('configuration-set', this.#set.configurationSetName)],
        conditions: { StringEquals: { 'ses:FromAddress': this.#sender } },
      }),
    );
  }
}
