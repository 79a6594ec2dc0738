import { shortHash } from '../names';
import { Properties } from '../properties';
import type { Deployed, ResourceContext, ResourceProvider } from '../resource';

/**
 * Resource types that have nothing to do on a laptop, where one developer may do everything: IAM, and the policies of
 * queues, topics, buckets and functions. They exist as the names and ARNs by which others refer to them.
 */
const role = inert('AWS::IAM::Role', (properties, context) => {
  const name = context.name(properties.text('RoleName'), { longest: 64 });
  const path = properties.text('Path') ?? '/';
  return {
    ref: name,
    attributes: {
      Arn: iamArn(context, `role${path}${name}`),
      RoleId: `AROA${shortHash(name).toUpperCase()}`,
    },
  };
});

const managedPolicy = inert('AWS::IAM::ManagedPolicy', (properties, context) => {
  const name = context.name(properties.text('ManagedPolicyName'), { longest: 128 });
  const arn = iamArn(context, `policy${properties.text('Path') ?? '/'}${name}`);
  return { ref: arn, attributes: { PolicyArn: arn } };
});

const byLogicalId = [
  'AWS::IAM::Policy',
  'AWS::Lambda::Permission',
  'AWS::S3::BucketPolicy',
  'AWS::SNS::TopicPolicy',
  'AWS::SNS::TopicInlinePolicy',
  'AWS::SQS::QueuePolicy',
  'AWS::SQS::QueueInlinePolicy',
  'AWS::Events::EventBusPolicy',
  'AWS::Logs::ResourcePolicy',
].map((type) =>
  inert(type, (_properties, context) => {
    const name = context.name(undefined, { longest: 128 });
    return { ref: name, attributes: { Id: name } };
  }),
);

export const inertProviders: readonly ResourceProvider[] = [role, managedPolicy, ...byLogicalId];

function inert(
  type: string,
  identify: (properties: Properties, context: ResourceContext) => Deployed,
): ResourceProvider {
  return {
    type,
    honoured: [],
    inert: 'all',
    deploy: async (properties, context) => identify(new Properties(properties), context),
  };
}

/** IAM's ARNs have no region. */
function iamArn(context: ResourceContext, resource: string): string {
  return `arn:aws:iam::${context.identity.accountId}:${resource}`;
}
