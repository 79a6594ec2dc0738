import type { Identify, ResourceProvider } from '../resource';

export const byLogicalId: Identify = (_values, context) => {
  const name = context.name(undefined, { longest: 128 });
  return { ref: name, attributes: { Id: name } };
};

/**
 * Resource types that have nothing to do on a laptop: the role by which API Gateway writes logs, and the policies of layers and of logs,
 * which let others in than roles. They exist as the names and ARNs by which others refer to them.
 */
export const inertIdentities: Readonly<Record<string, Identify>> = {
  'AWS::ApiGateway::Account': byLogicalId,
  'AWS::Lambda::LayerVersionPermission': byLogicalId,
  'AWS::Logs::ResourcePolicy': byLogicalId,
};

export const inertProviders: readonly ResourceProvider[] = Object.entries(inertIdentities).map(([type, identify]) => {
  return { type, honoured: [], inert: 'all', deploy: async (values, context) => identify(values, context) };
});
