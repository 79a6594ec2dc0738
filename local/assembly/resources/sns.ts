import { NotRunHere } from '../../services/aws';
import { isConfirmed } from '../../services/sns/model';
import { Properties } from '../properties';
import type { Identify, NamingContext, ResourceContext, ResourceProvider } from '../resource';

export const topic: ResourceProvider = {
  type: 'AWS::SNS::Topic',
  honoured: [
    'TopicName',
    'DisplayName',
    'FifoTopic',
    'ContentBasedDeduplication',
    'FifoThroughputScope',
    'Subscription',
  ],
  uses: ['Subscription'],
  inert: ['Tags', 'KmsMasterKeyId', 'TracingConfig', 'SignatureVersion', 'DataProtectionPolicy'],
  async deploy(values, context) {
    const properties = new Properties(values);
    const fifo = properties.flag('FifoTopic') === true;
    const name = topicName(properties, context);
    const { TopicArn } = await context.call('sns', 'CreateTopic', {
      Name: name,
      Attributes: {
        // What an earlier deployment set and this one does not is set back.
        ...(fifo && {
          FifoTopic: 'true',
          ContentBasedDeduplication: String(properties.flag('ContentBasedDeduplication') ?? false),
          FifoThroughputScope: properties.text('FifoThroughputScope') ?? 'Topic',
        }),
        ...(!fifo && properties.flag('ContentBasedDeduplication') && { ContentBasedDeduplication: 'true' }),
      },
    });
    const display = { AttributeName: 'DisplayName', AttributeValue: properties.text('DisplayName') ?? '' };
    await context.call('sns', 'SetTopicAttributes', { TopicArn, ...display });
    for (const subscription of properties.objects('Subscription')) {
      const protocol = subscription.requiredText('Protocol');
      if (!isConfirmed(protocol)) context.warn(`Its subscription by ${protocol} gets nothing: that is not run here.`);
      await subscribe(TopicArn, subscription, context);
    }
    return topicIdentity(values, context);
  },
};

export const topicIdentity: Identify = (values, context) => {
  const name = topicName(new Properties(values), context);
  const arn = context.arn('sns', name);
  return { ref: arn, attributes: { TopicArn: arn, TopicName: name } };
};

function topicName(properties: Properties, context: NamingContext): string {
  const fifo = properties.flag('FifoTopic') === true;
  return context.name(properties.text('TopicName'), { longest: 256, ...(fifo && { suffix: '.fifo' }) });
}

export const subscription: ResourceProvider = {
  type: 'AWS::SNS::Subscription',
  honoured: [
    'TopicArn',
    'Protocol',
    'Endpoint',
    'RawMessageDelivery',
    'FilterPolicy',
    'FilterPolicyScope',
    'RedrivePolicy',
  ],
  inert: ['Region', 'SubscriptionRoleArn'],
  needs: ['TopicArn', 'Endpoint'],
  async deploy(values, context) {
    const properties = new Properties(values);
    const protocol = properties.requiredText('Protocol');
    if (!isConfirmed(protocol)) throw new NotRunHere(`subscriptions by ${protocol}`);
    const arn = await subscribe(properties.requiredText('TopicArn'), properties, context);
    return { ref: arn, attributes: { Arn: arn } };
  },
  async remove({ ref }, { call }) {
    await call('sns', 'Unsubscribe', { SubscriptionArn: ref });
  },
};

async function subscribe(topicArn: string, subscription: Properties, context: ResourceContext): Promise<string> {
  // What an earlier deployment set and this one does not is set back.
  const json = (name: string) => (subscription.has(name) ? JSON.stringify(subscription.raw(name)) : '');
  const attributes = {
    RawMessageDelivery: String(subscription.flag('RawMessageDelivery') ?? false),
    FilterPolicy: json('FilterPolicy'),
    FilterPolicyScope: subscription.text('FilterPolicyScope') ?? 'MessageAttributes',
    RedrivePolicy: json('RedrivePolicy'),
  };
  const { SubscriptionArn } = await context.call('sns', 'Subscribe', {
    TopicArn: topicArn,
    Protocol: subscription.requiredText('Protocol'),
    Endpoint: subscription.text('Endpoint'),
    Attributes: attributes,
    ReturnSubscriptionArn: true,
  });
  return SubscriptionArn;
}
