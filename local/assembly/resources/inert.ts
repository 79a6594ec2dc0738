import { shortHash } from '../names';
import { Properties } from '../properties';
import type { Identify, NamingContext, ResourceProvider } from '../resource';

const role: Identify = (values, context) => {
  const properties = new Properties(values);
  const name = context.name(properties.text('RoleName'), { longest: 64 });
  const path = properties.text('Path') ?? '/';
  return {
    ref: name,
    attributes: {
      Arn: iamArn(context, `role${path}${name}`),
      RoleId: `AROA${shortHash(name).toUpperCase()}`,
    },
  };
};

const managedPolicy: Identify = (values, context) => {
  const properties = new Properties(values);
  const name = context.name(properties.text('ManagedPolicyName'), { longest: 128 });
  const arn = iamArn(context, `policy${properties.text('Path') ?? '/'}${name}`);
  return { ref: arn, attributes: { PolicyArn: arn } };
};

const byLogicalId: Identify = (_values, context) => {
  const name = context.name(undefined, { longest: 128 });
  return { ref: name, attributes: { Id: name } };
};

/**
 * Resource types that have nothing to do on a laptop, where one developer may do everything: IAM, the policies of
 * queues, topics, buckets and functions, and the role by which API Gateway writes logs. They exist as the names and ARNs by which others refer to them.
 */
export const inertIdentities: Readonly<Record<string, Identify>> = {
  'AWS::ApiGateway::Account': byLogicalId,
  'AWS::IAM::Role': role,
  'AWS::IAM::ManagedPolicy': managedPolicy,
  'AWS::IAM::Policy': byLogicalId,
  'AWS::Lambda::LayerVersionPermission': byLogicalId,
  'AWS::Lambda::Permission': byLogicalId,
  'AWS::S3::BucketPolicy': byLogicalId,
  'AWS::SNS::TopicPolicy': byLogicalId,
  'AWS::SNS::TopicInlinePolicy': byLogicalId,
  'AWS::SQS::QueuePolicy': byLogicalId,
  'AWS::SQS::QueueInlinePolicy': byLogicalId,
  'AWS::Events::EventBusPolicy': byLogicalId,
  'AWS::Logs::ResourcePolicy': byLogicalId,
};

export const inertProviders: readonly ResourceProvider[] = Object.entries(inertIdentities).map(([type, identify]) => {
  return { type, honoured: [], inert: 'all', deploy: async (values, context) => identify(values, context) };
});

/** IAM's ARNs have no region. */
function iamArn(context: NamingContext, resource: string): string {
  return `arn:aws:iam::${context.identity.accountId}:${resource}`;
}
