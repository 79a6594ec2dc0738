import * as iam from 'aws-cdk-lib/aws-iam';
import * as sns from 'aws-cdk-lib/aws-sns';
import * as ssm from 'aws-cdk-lib/aws-ssm';
import { type App, CfnOutput, CfnParameter, Fn, Stack } from 'aws-cdk-lib/core';
import { Cloud } from '../../local/assembly/cloud';
import type { GivenParameter } from '../../local/assembly/given-parameters';
import { localCommands } from '../../local/cli/commands';
import { main } from '../../local/cli/main';
import { capture } from '../cli/capture';
import { synthesize, temporaryDirectory, writeAssembly } from './synthesize';

/** Two stacks that ask for a name, and one of them for a size. */
function greeters(app: App): void {
  for (const name of ['First', 'Second']) {
    const stack = new Stack(app, name);
    const who = new CfnParameter(stack, 'Who', { minLength: 2, allowedPattern: '[A-Z].*' });
    new sns.CfnTopic(stack, 'Topic', { displayName: `Dear ${who.valueAsString}` });
  }
  const second = app.node.findChild('Second') as Stack;
  const size = new CfnParameter(second, 'Size', { type: 'Number', default: 3, minValue: 1, maxValue: 9 });
  new sns.CfnTopic(second, 'Sized', { displayName: size.valueAsString });
  const kind = new CfnParameter(second, 'Kind', { default: 'a', allowedValues: ['a', 'b'] });
  const codes = {
    type: 'CommaDelimitedList',
    default: 'x',
    constraintDescription: 'codes are small.',
    allowedPattern: '[a-z]',
  };
  const list = new CfnParameter(second, 'Codes', codes);
  new sns.CfnTopic(second, 'Listed', { displayName: `${kind.valueAsString} ${Fn.select(1, list.valueAsList)}` });
}

describe('parameters that are given values', () => {
  const assemblyDir = synthesize(greeters);
  const who = { name: 'Who', value: 'Ada' };

  test('have these in all stacks, or in the one that is named', async () => {
    const parameters = [{ stack: 'Second', name: 'Who', value: 'Bob=B' }, who, { name: 'Size', value: '5' }];
    const cloud = await Cloud.boot({ assemblyDir, parameters: [...parameters, { name: 'Codes', value: 'p, q' }] });
    try {
      expect(await displayName(cloud, 'First', 'Topic')).toBe('Dear Ada');
      expect(await displayName(cloud, 'Second', 'Topic')).toBe('Dear Bob=B');
      expect(await displayName(cloud, 'Second', 'Sized')).toBe('5');
      expect(await displayName(cloud, 'Second', 'Listed')).toBe('a q');
    } finally {
      await cloud.stop();
    }
  });

  test.each<[string, GivenParameter[], string]>([
    ['none where there is no default', [], 'start with --parameter First:Who=VALUE --parameter Second:Who=VALUE'],
    ['one that no stack has', [who, { name: 'Hwo', value: 'x' }], 'No stack has a parameter Hwo.'],
    [
      'one that the stack has not',
      [who, { stack: 'First', name: 'Size', value: '1' }],
      'The stack First has no parameter Size.',
    ],
    ['a stack that is not there', [{ ...who, stack: 'Third' }], 'There is no stack Third, only First, Second.'],
    ['too short a text', [{ name: 'Who', value: 'A' }], "Parameter 'Who' must contain at least 2 characters."],
    ['a text of another form', [{ name: 'Who', value: 'ada' }], "Parameter 'Who' must match pattern [A-Z].*."],
    ['a text for a number', [who, { name: 'Size', value: 'big' }], "Parameter 'Size' must be a number."],
    [
      'too large a number',
      [who, { name: 'Size', value: '10' }],
      "Parameter 'Size' must be a number not greater than 9.",
    ],
    ['too small a number', [who, { name: 'Size', value: '0' }], "Parameter 'Size' must be a number not less than 1."],
    ['what is not allowed', [who, { name: 'Kind', value: 'c' }], "Parameter 'Kind' must be one of a, b."],
    ['what is described', [who, { name: 'Codes', value: 'a,B' }], 'failed to satisfy constraint: codes are small.'],
  ])('are refused: %s', async (_, parameters, message) => {
    await expect(Cloud.boot({ assemblyDir, parameters })).rejects.toThrow(message);
  });

  test('come from the command line', async () => {
    const start = (...argv: string[]) =>
      capture(() =>
        main(['start', '--memory', '--data', temporaryDirectory(), '--assembly', assemblyDir, ...argv], localCommands),
      );
    expect(await start('--parameter', 'Who=Ada', '--parameter', 'Second:Kind=c=d')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("Parameter 'Kind' must be one of a, b."),
    });
    for (const text of ['Who', '=x', 'a:b:c=d']) {
      expect(await start('--parameter', text)).toMatchObject({
        code: 2,
        stderr: expect.stringContaining('--parameter wants Name=Value or Stack:Name=Value.'),
      });
    }
  });
});

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
    const missing = ssm.StringParameter.valueForStringParameter(reader, '/shop/missing');
    new sns.CfnTopic(reader, 'Missing', { displayName: missing });
    // It may be an ARN on AWS, so that nobody is told that it is none.
    new iam.CfnManagedPolicy(reader, 'Policy', {
      policyDocument: { Statement: { Effect: 'Allow', Action: 'sqs:SendMessage', Resource: missing } },
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
