import { AwsError } from '../../services/aws';
import { Properties } from '../properties';
import type { ResourceContext, ResourceProvider } from '../resource';

export const configurationSet: ResourceProvider = {
  type: 'AWS::SES::ConfigurationSet',
  honoured: ['Name'],
  // How mail travels and is tracked between servers; here it goes no farther than the mailbox.
  inert: [
    'Tags',
    'DeliveryOptions',
    'ReputationOptions',
    'SendingOptions',
    'TrackingOptions',
    'VdmOptions',
    'SuppressionOptions',
    'ArchivingOptions',
  ],
  async deploy(values, context) {
    const name = context.name(new Properties(values).text('Name'), { longest: 64 });
    await createUnlessThere('CreateConfigurationSet', { ConfigurationSetName: name }, context);
    return { ref: name };
  },
};

export const emailIdentity: ResourceProvider = {
  type: 'AWS::SES::EmailIdentity',
  honoured: ['EmailIdentity'],
  inert: [
    'Tags',
    'ConfigurationSetAttributes',
    'DkimAttributes',
    'DkimSigningAttributes',
    'FeedbackAttributes',
    'MailFromAttributes',
  ],
  async deploy(values, context) {
    const identity = new Properties(values).requiredText('EmailIdentity');
    await createUnlessThere('CreateEmailIdentity', { EmailIdentity: identity }, context);
    const dkim = [1, 2, 3].flatMap((number) => [
      [`DkimDNSTokenName${number}`, `token${number}._domainkey.${identity}`],
      [`DkimDNSTokenValue${number}`, `token${number}.dkim.amazonses.com`],
    ]);
    return { ref: identity, attributes: Object.fromEntries(dkim) };
  },
};

async function createUnlessThere(operation: string, input: object, { call }: ResourceContext): Promise<void> {
  try {
    await call('sesv2', operation, input);
  } catch (error) {
    if (!(error instanceof AwsError) || error.code !== 'AlreadyExistsException') throw error;
  }
}
