import { AwsError, type AwsShape } from '../../services/aws';
import { AssemblyError } from '../errors';
import { Properties } from '../properties';
import type { ResourceProvider } from '../resource';

/**
 * Published once, as long as the template asks for no other revision: one without StateMachineRevisionId stays what it was
 * when the definition changes, as with CloudFormation. Those that are replaced stay, for aliases and executions.
 */
export const stateMachineVersion: ResourceProvider = {
  type: 'AWS::StepFunctions::StateMachineVersion',
  honoured: ['StateMachineArn', 'StateMachineRevisionId', 'Description'],
  async deploy(values, context) {
    const properties = new Properties(values);
    const stateMachineArn = properties.requiredText('StateMachineArn');
    const revisionId = properties.text('StateMachineRevisionId');
    const { previous } = context;
    if (previous?.ref.startsWith(`${stateMachineArn}:`) && revisionId === undefined) return previous;
    const { stateMachineVersionArn: arn } = await context.call('sfn', 'PublishStateMachineVersion', {
      stateMachineArn,
      ...(revisionId !== undefined && { revisionId }),
      description: properties.text('Description'),
    });
    return { ref: arn, attributes: { Arn: arn } };
  },
};

/** A DeploymentPreference leads to its version at once, whatever its type says of shifting slowly. */
export const stateMachineAlias: ResourceProvider = {
  type: 'AWS::StepFunctions::StateMachineAlias',
  honoured: [
    'Name',
    'Description',
    'RoutingConfiguration',
    'DeploymentPreference.StateMachineVersionArn',
    'DeploymentPreference.Type',
  ],
  async deploy(values, context) {
    const properties = new Properties(values);
    const name = context.name(properties.text('Name'), { longest: 80 });
    const routingConfiguration = routes(properties);
    const [{ stateMachineVersionArn }] = routingConfiguration as [AwsShape];
    const arn = `${String(stateMachineVersionArn).replace(/:\d+$/, '')}:${name}`;
    const description = properties.text('Description');
    try {
      await context.call('sfn', 'CreateStateMachineAlias', { name, description, routingConfiguration });
    } catch (error) {
      if (!(error instanceof AwsError) || error.code !== 'ConflictException') throw error;
      await context.call('sfn', 'UpdateStateMachineAlias', {
        stateMachineAliasArn: arn,
        description,
        routingConfiguration,
      });
    }
    return { ref: arn, attributes: { Arn: arn } };
  },
  async remove({ ref }, { call }) {
    await call('sfn', 'DeleteStateMachineAlias', { stateMachineAliasArn: ref });
  },
};

function routes(properties: Properties): AwsShape[] {
  const preference = properties.object('DeploymentPreference');
  if (preference) return [{ stateMachineVersionArn: preference.requiredText('StateMachineVersionArn'), weight: 100 }];
  const routing = properties.objects('RoutingConfiguration').map((route) => ({
    stateMachineVersionArn: route.requiredText('StateMachineVersionArn'),
    weight: route.number('Weight'),
  }));
  if (routing.length === 0) throw new AssemblyError('It has neither RoutingConfiguration nor DeploymentPreference.');
  return routing;
}
