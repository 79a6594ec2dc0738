import { Properties } from '../properties';
import type { ResourceProvider } from '../resource';

/** A value by a name, for the templates of the assembly: SSM's own operations are not run. */
export const parameter: ResourceProvider = {
  type: 'AWS::SSM::Parameter',
  honoured: ['Name', 'Type', 'Value'],
  inert: ['Description', 'Tags', 'Tier', 'AllowedPattern', 'DataType', 'Policies'],
  async deploy(values, context) {
    const properties = new Properties(values);
    const name = context.name(properties.text('Name'), { longest: 1011 });
    const value = properties.requiredText('Value');
    context.publishParameter(name, value);
    context.warn('Only templates read it: the local cloud does not run SSM, which functions and workflows would ask.');
    return { ref: name, attributes: { Type: properties.text('Type') ?? 'String', Value: value } };
  },
};
