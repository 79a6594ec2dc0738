import { CfnOutput, Stack, aws_sns as sns, aws_ssm as ssm } from 'aws-cdk-lib';
import { Cloud } from '../../local/assembly/cloud';
import { synthesize, writeAssembly } from './synthesize';

const via = { via: 'test' };

async function displayName(cloud: Cloud, stack: string, logicalId: string): Promise<string> {
  const topic = cloud.report.deployed.find((found) => found.stack === stack && found.logicalId === logicalId);
  const { Attributes } = await cloud.aws.call('sns', 'GetTopicAttributes', { TopicArn: topic?.ref }, via);
  return Attributes.DisplayName;
}

test("parameters and references of SSM have the values that the assembly's own stacks give them", async () => {
  const assemblyDir = synthesize((app) => {
    // Deployed after the other, whose parameter it reads, though it comes first.
    const reader = new Stack(app, 'Reader');
    const value = ssm.StringParameter.valueForStringParameter(reader, '/shop/greeting');
    new sns.CfnTopic(reader, 'ByParameter', { displayName: value });
    new sns.CfnTopic(reader, 'ByReference', { displayName: 'So {{resolve:ssm:/shop/greeting:1}}' });
    new sns.CfnTopic(reader, 'Missing', {
      displayName: ssm.StringParameter.valueForStringParameter(reader, '/shop/missing'),
    });
    new sns.CfnTopic(reader, 'Dangling', { displayName: '{{resolve:ssm:/shop/none}}' });
    const writer = new Stack(app, 'Writer');
    const parameter = new ssm.StringParameter(writer, 'P', { parameterName: '/shop/greeting', stringValue: 'Hello' });
    new CfnOutput(writer, 'Value', { value: parameter.stringValue });
  });
  const cloud = await Cloud.boot({ assemblyDir });
  try {
    expect(await displayName(cloud, 'Reader', 'ByParameter')).toBe('Hello');
    expect(await displayName(cloud, 'Reader', 'ByReference')).toBe('So Hello');
    expect(await displayName(cloud, 'Reader', 'Missing')).toBe('/shop/missing');
    expect(cloud.report.notes).toEqual([
      expect.stringMatching(
        /^The parameter SsmParameterValueshopmissing\w+ of Reader: no stack before it makes the SSM parameter \/shop\/missing, so that its name stands for its value\.$/,
      ),
    ]);
    expect(cloud.report.warnings.map(({ logicalId, message }) => [logicalId, message])).toEqual([
      [expect.stringMatching(/^P/), expect.stringContaining('the local cloud does not run SSM')],
      ['Dangling', '{{resolve:ssm:/shop/none}} stays as it is: the local cloud has nothing by this name.'],
    ]);
  } finally {
    await cloud.stop();
  }
});

test('references find secrets by name and ARN, whole and by their members', async () => {
  const topic = (DisplayName: unknown) => ({ Type: 'AWS::SNS::Topic', Properties: { DisplayName } });
  const byArn = (rest: string) => ({ 'Fn::Join': ['', ['{{resolve:secretsmanager:', { Ref: 'Secret' }, rest]] });
  const assemblyDir = writeAssembly('App', {
    Secret: {
      Type: 'AWS::SecretsManager::Secret',
      Properties: { Name: 'shop', SecretString: '{"user":"ada","tries":3}' },
    },
    Member: topic(byArn(':SecretString:user::}}')),
    Number: { ...topic('{{resolve:secretsmanager:shop:SecretString:tries::}}'), DependsOn: 'Secret' },
    Whole: topic(byArn('}}')),
    NoMember: topic(byArn(':SecretString:none}}')),
  });
  const cloud = await Cloud.boot({ assemblyDir });
  try {
    expect(await displayName(cloud, 'App', 'Member')).toBe('ada');
    expect(await displayName(cloud, 'App', 'Number')).toBe('3');
    expect(await displayName(cloud, 'App', 'Whole')).toBe('{"user":"ada","tries":3}');
    expect(cloud.report.warnings.map(({ logicalId }) => logicalId)).toEqual(['NoMember']);
  } finally {
    await cloud.stop();
  }
});
