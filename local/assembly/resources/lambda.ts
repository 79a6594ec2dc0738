import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { NotRunHere } from '../../services/aws';
import type { LambdaService } from '../../services/lambda/service';
import { Properties } from '../properties';
import type { Deployed, Identify, NamingContext, ResourceContext, ResourceProvider } from '../resource';

/** Functions, and the versions and aliases that lead to them: here each leads to the code that is deployed now. */
export function lambdaProviders(lambda: Pick<LambdaService, 'define' | 'layers' | 'qualify'>): ResourceProvider[] {
  const lambdaFunction: ResourceProvider = {
    type: 'AWS::Lambda::Function',
    honoured: [
      'FunctionName',
      'Code.S3Bucket',
      'Code.S3Key',
      'Code.ZipFile',
      'Handler',
      'Runtime',
      'Environment',
      'Timeout',
      'MemorySize',
      'Architectures',
      'Layers',
      'ReservedConcurrentExecutions',
      'Role',
      'LoggingConfig.LogGroup',
    ],
    inert: [
      'Description',
      'Tags',
      'TracingConfig',
      'KmsKeyArn',
      'CodeSigningConfigArn',
      'RuntimeManagementConfig',
      'RecursiveLoop',
      'SnapStart',
      'EphemeralStorage',
      'LoggingConfig.LogFormat',
      'LoggingConfig.ApplicationLogLevel',
      'LoggingConfig.SystemLogLevel',
    ],
    async deploy(values, context) {
      const properties = new Properties(values);
      const runtime = properties.text('Runtime') ?? '';
      if (!runtime.startsWith('nodejs')) throw new NotRunHere(runtime ? `runtime ${runtime}` : 'container images');
      const name = functionName(properties, context);
      const reserved = properties.number('ReservedConcurrentExecutions');
      const code = codeDirectory(properties, context);
      const layers = lambda.layers.attach(properties.list('Layers').map(String), code);
      for (const { arn, directory } of layers) {
        if (directory === undefined) context.warn(`It uses the layer ${arn}, which is not there: only the app's are.`);
      }
      const environment = properties.object('Environment')?.texts('Variables') ?? {};
      if (environment.AWS_LAMBDA_EXEC_WRAPPER)
        context.warn('AWS_LAMBDA_EXEC_WRAPPER names a script that is not run here.');
      await lambda.define({
        name,
        codeDirectory: code,
        handler: properties.requiredText('Handler'),
        runtime,
        environment,
        timeoutSeconds: properties.number('Timeout') ?? 3,
        memoryMb: properties.number('MemorySize') ?? 128,
        architecture: properties.list('Architectures')[0] === 'arm64' ? 'arm64' : 'x86_64',
        ...(reserved !== undefined && { reservedConcurrency: reserved }),
        layers,
        roleArn: properties.requiredText('Role'),
        logGroup: properties.object('LoggingConfig')?.text('LogGroup') ?? `/aws/lambda/${name}`,
      });
      return functionIdentity(values, context);
    },
  };

  const qualified = async (identity: Deployed) => {
    const [name = '', qualifier = ''] = identity.ref.split(':').slice(6);
    lambda.qualify(name, qualifier);
    return identity;
  };

  const version: ResourceProvider = {
    type: 'AWS::Lambda::Version',
    honoured: ['FunctionName'],
    needs: ['FunctionName'],
    inert: ['Description', 'CodeSha256', 'RuntimePolicy', 'ProvisionedConcurrencyConfig'],
    deploy: (values, context) => qualified(versionIdentity(values, context)),
  };

  const alias: ResourceProvider = {
    type: 'AWS::Lambda::Alias',
    honoured: ['FunctionName', 'FunctionVersion', 'Name'],
    needs: ['FunctionName'],
    inert: ['Description', 'ProvisionedConcurrencyConfig'],
    deploy: (values, context) => qualified(aliasIdentity(values, context)),
  };

  return [lambdaFunction, version, alias];
}

export const functionIdentity: Identify = (values, context) => {
  const name = functionName(new Properties(values), context);
  return { ref: name, attributes: { Arn: context.arn('lambda', `function:${name}`) } };
};

/** Each deployment publishes its code as the first version, since all versions lead to it. */
const VERSION = '1';

export const versionIdentity: Identify = (values, context) => {
  const arn = `${functionArn(new Properties(values).requiredText('FunctionName'), context)}:${VERSION}`;
  return { ref: arn, attributes: { Version: VERSION, FunctionArn: arn } };
};

export const aliasIdentity: Identify = (values, context) => {
  const properties = new Properties(values);
  const arn = `${functionArn(properties.requiredText('FunctionName'), context)}:${properties.requiredText('Name')}`;
  return { ref: arn, attributes: { AliasArn: arn } };
};

function functionName(properties: Properties, context: NamingContext): string {
  return context.name(properties.text('FunctionName'), { longest: 64 });
}

/** The function's ARN without a qualifier, from a name or an ARN. */
function functionArn(nameOrArn: string, context: NamingContext): string {
  return nameOrArn.startsWith('arn:')
    ? nameOrArn.split(':').slice(0, 7).join(':')
    : context.arn('lambda', `function:${nameOrArn}`);
}

function codeDirectory(properties: Properties, context: ResourceContext): string {
  const code = properties.object('Code');
  const inline = code?.text('ZipFile');
  if (inline !== undefined) {
    const directory = context.scratchDirectory();
    writeFileSync(join(directory, 'index.js'), inline);
    return directory;
  }
  const asset = context.asset(code?.requiredText('S3Bucket') ?? '', code?.requiredText('S3Key') ?? '');
  if (!statSync(asset.path).isDirectory()) throw new NotRunHere('code in an archive, only in a directory');
  return asset.path;
}
