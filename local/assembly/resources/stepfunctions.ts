import { readFileSync } from 'node:fs';
import type { JsonObject } from '../../asl/json';
import { AwsError } from '../../services/aws';
import { AssemblyError } from '../errors';
import { Properties } from '../properties';
import type { Identify, NamingContext, ResourceContext, ResourceProvider } from '../resource';

export const stateMachine: ResourceProvider = {
  type: 'AWS::StepFunctions::StateMachine',
  honoured: [
    'StateMachineName',
    'StateMachineType',
    'RoleArn',
    'Definition',
    'DefinitionString',
    'DefinitionS3Location.Bucket',
    'DefinitionS3Location.Key',
    'DefinitionSubstitutions',
    'LoggingConfiguration',
    'TracingConfiguration',
  ],
  inert: ['Tags', 'EncryptionConfiguration', 'DefinitionS3Location.Version'],
  uses: ['Definition', 'DefinitionString', 'DefinitionSubstitutions'],
  async deploy(values, context) {
    const properties = new Properties(values);
    const name = stateMachineName(properties, context);
    const identity = stateMachineIdentity(values, context);
    await createOrUpdate(identity.ref, name, properties, context);
    await warn(properties, context);
    const { revisionId = 'INITIAL' } = await context.call('sfn', 'DescribeStateMachine', {
      stateMachineArn: identity.ref,
    });
    return { ...identity, attributes: { ...identity.attributes, StateMachineRevisionId: revisionId } };
  },
};

export const stateMachineIdentity: Identify = (values, context) => {
  const name = stateMachineName(new Properties(values), context);
  const arn = context.arn('states', `stateMachine:${name}`);
  return { ref: arn, attributes: { Arn: arn, Name: name, StateMachineRevisionId: 'INITIAL' } };
};

function stateMachineName(properties: Properties, context: NamingContext): string {
  return context.name(properties.text('StateMachineName'), { longest: 80 });
}

export const activity: ResourceProvider = {
  type: 'AWS::StepFunctions::Activity',
  honoured: ['Name'],
  inert: ['Tags', 'EncryptionConfiguration'],
  async deploy(values, context) {
    const identity = activityIdentity(values, context);
    await context.call('sfn', 'CreateActivity', { name: identity.attributes?.Name });
    return identity;
  },
};

export const activityIdentity: Identify = (values, context) => {
  const name = context.name(new Properties(values).text('Name'), { longest: 80 });
  const arn = context.arn('states', `activity:${name}`);
  return { ref: arn, attributes: { Arn: arn, Name: name } };
};

async function createOrUpdate(
  arn: string,
  name: string,
  properties: Properties,
  context: ResourceContext,
): Promise<void> {
  const logging = properties.object('LoggingConfiguration');
  const common = {
    definition: definitionText(properties, context),
    roleArn: properties.requiredText('RoleArn'),
    loggingConfiguration: loggingConfiguration(logging),
    tracingConfiguration: { enabled: properties.object('TracingConfiguration')?.flag('Enabled') ?? false },
  };
  const type = properties.text('StateMachineType') ?? 'STANDARD';
  try {
    await context.call('sfn', 'CreateStateMachine', { name, type, ...common });
  } catch (error) {
    if (!(error instanceof AwsError) || error.code !== 'StateMachineAlreadyExists') throw error;
    const present = await context.call('sfn', 'DescribeStateMachine', { stateMachineArn: arn });
    if (present.type !== type) {
      throw new AssemblyError(
        `It is ${present.type} in the data directory and ${type} in the template; take another data directory.`,
      );
    }
    await context.call('sfn', 'UpdateStateMachine', { stateMachineArn: arn, ...common });
  }
}

/** Tells what AWS would find only when executions run, and what is not run here. */
async function warn(properties: Properties, context: ResourceContext): Promise<void> {
  const { diagnostics } = await context.call('sfn', 'ValidateStateMachineDefinition', {
    definition: definitionText(properties, context),
    type: properties.text('StateMachineType') ?? 'STANDARD',
    severity: 'WARNING',
    maxResults: 100,
  });
  for (const { message, location } of diagnostics) context.warn(location ? `${location}: ${message}` : message);
}

/** The definition as CloudFormation sends it: from wherever it is written, with its `${substitutions}` filled in. */
function definitionText(properties: Properties, context: ResourceContext): string {
  const substitutions = properties.texts('DefinitionSubstitutions');
  return writtenDefinition(properties, context).replace(
    /\$\{([A-Za-z0-9_.-]+)\}/g,
    (whole, name) => substitutions[name] ?? whole,
  );
}

function writtenDefinition(properties: Properties, context: ResourceContext): string {
  const location = properties.object('DefinitionS3Location');
  if (location) {
    const asset = context.asset(location.requiredText('Bucket'), location.requiredText('Key'));
    return readFileSync(asset.path, 'utf8');
  }
  const object = properties.raw('Definition');
  return object === undefined ? properties.requiredText('DefinitionString') : JSON.stringify(object);
}

/** Off unless the template says otherwise, whatever an earlier deployment said. */
function loggingConfiguration(logging: Properties | undefined): JsonObject {
  if (!logging) return { level: 'OFF' };
  const destinations = logging.objects('Destinations').map((destination) => ({
    cloudWatchLogsLogGroup: {
      logGroupArn: destination.object('CloudWatchLogsLogGroup')?.requiredText('LogGroupArn') ?? '',
    },
  }));
  return {
    level: logging.text('Level') ?? 'OFF',
    includeExecutionData: logging.flag('IncludeExecutionData') ?? false,
    destinations,
  };
}
