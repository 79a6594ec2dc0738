import { AwsError } from '../../services/aws';
import { Properties } from '../properties';
import type { Identify, ResourceProvider } from '../resource';

export const logGroup: ResourceProvider = {
  type: 'AWS::Logs::LogGroup',
  honoured: ['LogGroupName', 'RetentionInDays'],
  inert: [
    'Tags',
    'KmsKeyId',
    'LogGroupClass',
    'DataProtectionPolicy',
    'FieldIndexPolicies',
    'ResourcePolicyDocument',
    'DeletionProtectionEnabled',
  ],
  async deploy(values, context) {
    const properties = new Properties(values);
    const identity = logGroupIdentity(values, context);
    const name = identity.ref;
    try {
      await context.call('cloudwatchlogs', 'CreateLogGroup', { logGroupName: name });
    } catch (error) {
      if (!(error instanceof AwsError) || error.code !== 'ResourceAlreadyExistsException') throw error;
    }
    const days = properties.number('RetentionInDays');
    await (days === undefined
      ? context.call('cloudwatchlogs', 'DeleteRetentionPolicy', { logGroupName: name })
      : context.call('cloudwatchlogs', 'PutRetentionPolicy', { logGroupName: name, retentionInDays: days }));
    return identity;
  },
};

export const logGroupIdentity: Identify = (values, context) => {
  const name = context.name(new Properties(values).text('LogGroupName'), { longest: 512 });
  return { ref: name, attributes: { Arn: context.arn('logs', `log-group:${name}:*`) } };
};

export const logStream: ResourceProvider = {
  type: 'AWS::Logs::LogStream',
  honoured: ['LogGroupName', 'LogStreamName'],
  async deploy(values, context) {
    const properties = new Properties(values);
    const name = context.name(properties.text('LogStreamName'), { longest: 512 });
    try {
      await context.call('cloudwatchlogs', 'CreateLogStream', {
        logGroupName: properties.requiredText('LogGroupName'),
        logStreamName: name,
      });
    } catch (error) {
      if (!(error instanceof AwsError) || error.code !== 'ResourceAlreadyExistsException') throw error;
    }
    return { ref: name };
  },
};
