import { AwsError, NotRunHere } from '../../services/aws';
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

export const eventDestination: ResourceProvider = {
  type: 'AWS::SES::ConfigurationSetEventDestination',
  honoured: [
    'ConfigurationSetName',
    'EventDestination.Name',
    'EventDestination.Enabled',
    'EventDestination.MatchingEventTypes',
    'EventDestination.SnsDestination.TopicARN',
    'EventDestination.EventBridgeDestination.EventBusArn',
  ],
  async deploy(values, context) {
    const properties = new Properties(values);
    const set = properties.requiredText('ConfigurationSetName');
    const definition = properties.object('EventDestination') ?? new Properties({});
    const topic = definition.object('SnsDestination')?.requiredText('TopicARN');
    const bus = definition.object('EventBridgeDestination')?.requiredText('EventBusArn');
    if (topic === undefined && bus === undefined) throw new NotRunHere('metrics and streams of sending events');
    const name = context.name(definition.text('Name'), { longest: 64 });
    await context.call('sesv2', 'CreateConfigurationSetEventDestination', {
      ConfigurationSetName: set,
      EventDestinationName: name,
      EventDestination: {
        Enabled: definition.flag('Enabled') ?? false,
        // 'renderingFailure' is RENDERING_FAILURE.
        MatchingEventTypes: definition
          .list('MatchingEventTypes')
          .map((type) => String(type).replace(/[A-Z]/g, '_$&').toUpperCase()),
        ...(topic !== undefined && { SnsDestination: { TopicArn: topic } }),
        ...(bus !== undefined && { EventBridgeDestination: { EventBusArn: bus } }),
      },
    });
    const id = `${set}|${name}`;
    return { ref: id, attributes: { Id: id } };
  },
  async remove({ ref }, { call }) {
    const [ConfigurationSetName, EventDestinationName] = ref.split('|');
    await call('sesv2', 'DeleteConfigurationSetEventDestination', { ConfigurationSetName, EventDestinationName });
  },
};

async function createUnlessThere(operation: string, input: object, { call }: ResourceContext): Promise<void> {
  try {
    await call('sesv2', operation, input);
  } catch (error) {
    if (!(error instanceof AwsError) || error.code !== 'AlreadyExistsException') throw error;
  }
}
