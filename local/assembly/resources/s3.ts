import { AwsError } from '../../services/aws';
import { Properties } from '../properties';
import type { Identify, ResourceProvider } from '../resource';

export const bucket: ResourceProvider = {
  type: 'AWS::S3::Bucket',
  honoured: ['BucketName'],
  inert: [
    'Tags',
    'AccessControl',
    'BucketEncryption',
    'PublicAccessBlockConfiguration',
    'OwnershipControls',
    'LoggingConfiguration',
    'InventoryConfigurations',
    'MetricsConfigurations',
    'AnalyticsConfigurations',
    'IntelligentTieringConfigurations',
  ],
  async deploy(values, context) {
    const identity = bucketIdentity(values, context);
    try {
      await context.call('s3', 'CreateBucket', { Bucket: identity.ref });
    } catch (error) {
      const exists = ['BucketAlreadyOwnedByYou', 'BucketAlreadyExists'];
      if (!(error instanceof AwsError) || !exists.includes(error.code)) throw error;
    }
    return identity;
  },
};

export const bucketIdentity: Identify = (values, context) => {
  const name = context.name(new Properties(values).text('BucketName'), { longest: 63, lowerCase: true });
  const { region } = context.identity;
  return {
    ref: name,
    attributes: {
      Arn: `arn:aws:s3:::${name}`,
      DomainName: `${name}.s3.amazonaws.com`,
      RegionalDomainName: `${name}.s3.${region}.amazonaws.com`,
      DualStackDomainName: `${name}.s3.dualstack.${region}.amazonaws.com`,
      WebsiteURL: `http://${name}.s3-website-${region}.amazonaws.com`,
    },
  };
};
