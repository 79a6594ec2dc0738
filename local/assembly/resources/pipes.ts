import type { JsonObject } from '../../asl/json';
import { AwsError, NotRunHere } from '../../services/aws';
import { AssemblyError } from '../errors';
import { Properties } from '../properties';
import type { ResourceProvider } from '../resource';

export const pipe: ResourceProvider = {
  type: 'AWS::Pipes::Pipe',
  honoured: [
    'Name',
    'Source',
    'SourceParameters.SqsQueueParameters',
    'SourceParameters.FilterCriteria',
    'Target',
    'TargetParameters.InputTemplate',
    'TargetParameters.StepFunctionStateMachineParameters',
    'TargetParameters.LambdaFunctionParameters',
    'TargetParameters.SqsQueueParameters',
    'DesiredState',
    'RoleArn',
  ],
  inert: ['Description', 'LogConfiguration', 'KmsKeyIdentifier', 'Tags'],
  needs: ['Source', 'Target', 'Enrichment'],
  async deploy(values, context) {
    const properties = new Properties(values);
    requireRunning(values);
    const name = context.name(properties.text('Name'), { longest: 64 });
    const input = {
      Name: name,
      DesiredState: properties.text('DesiredState') ?? 'RUNNING',
      ...properties.pick('RoleArn', 'Description', 'Source', 'SourceParameters', 'Target', 'TargetParameters'),
    };
    try {
      await context.call('pipes', 'CreatePipe', input);
    } catch (error) {
      if (!(error instanceof AwsError) || error.code !== 'ConflictException') throw error;
      const present = await context.call('pipes', 'DescribePipe', { Name: name });
      if (present.Source !== properties.text('Source')) {
        throw new AssemblyError('It has another source in the data directory; take another data directory.');
      }
      await context.call('pipes', 'UpdatePipe', input);
    }
    return { ref: name, attributes: { Arn: context.arn('pipes', `pipe/${name}`) } };
  },
  async remove({ ref }, { call }) {
    await call('pipes', 'DeletePipe', { Name: ref });
  },
};

/** From other sources than queues, to other targets, and with an enrichment: all of it would be something else. */
function requireRunning({ Source, Target, Enrichment }: JsonObject): void {
  const service = (arn: unknown) => (typeof arn === 'string' ? (arn.split(':')[2] ?? '') : '');
  if (service(Source) !== 'sqs') throw new NotRunHere(`pipes from ${service(Source)}`);
  if (!['states', 'lambda', 'sqs', 'sns'].includes(service(Target))) {
    throw new NotRunHere(`pipes to ${service(Target)}`);
  }
  if (Enrichment) throw new NotRunHere('pipes with an enrichment');
}
