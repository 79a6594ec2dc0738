import { Cloud } from '../../local/assembly/cloud';
import { temporaryDirectory, writeAssembly } from './synthesize';

const via = { via: 'test' };
const machine = (result: string) => ({
  Type: 'AWS::StepFunctions::StateMachine',
  Properties: {
    StateMachineName: 'loan',
    RoleArn: 'arn:aws:iam::123456789012:role/any',
    Definition: { StartAt: 'Say', States: { Say: { Type: 'Pass', Result: result, End: true } } },
  },
});
const resource = (kind: string, Properties: object) => ({
  Type: `AWS::StepFunctions::StateMachine${kind}`,
  Properties,
});
const version = (more: object = {}) => resource('Version', { StateMachineArn: { Ref: 'Machine' }, ...more });
const ARN = 'arn:aws:states:us-east-1:123456789012:stateMachine:loan';

describe('versions and aliases in templates', () => {
  const dataDir = temporaryDirectory();
  const boot = async (resources: Record<string, object>, look: (cloud: Cloud) => Promise<void>) => {
    const cloud = await Cloud.boot({ assemblyDir: writeAssembly('App', resources), dataDir, clock: { scale: 0 } });
    try {
      await look(cloud);
    } finally {
      await cloud.stop();
    }
  };
  const refs = (cloud: Cloud) => cloud.report.deployed.slice(1).map(({ ref }) => ref);
  const says = async ({ aws, work }: Cloud, stateMachineArn: string) => {
    const { executionArn } = await aws.call('sfn', 'StartExecution', { stateMachineArn }, via);
    await work.idle();
    return JSON.parse((await aws.call('sfn', 'DescribeExecution', { executionArn }, via)).output);
  };
  /** One that is published for each revision, and one that is published once; an alias of each kind. */
  const resources = (result: string) => ({
    Machine: machine(result),
    Latest: version({ StateMachineRevisionId: { 'Fn::GetAtt': ['Machine', 'StateMachineRevisionId'] } }),
    Once: version(),
    Live: resource('Alias', {
      Name: 'live',
      DeploymentPreference: {
        StateMachineVersionArn: { Ref: 'Latest' },
        Type: 'LINEAR',
        Percentage: 10,
        Interval: 5,
      },
    }),
    Stable: resource('Alias', {
      Name: 'stable',
      RoutingConfiguration: [{ StateMachineVersionArn: { 'Fn::GetAtt': ['Once', 'Arn'] }, Weight: '100' }],
    }),
  });

  test('run, and the shift that is not run is listed', () =>
    boot(resources('one'), async (cloud) => {
      expect(refs(cloud)).toEqual([`${ARN}:1`, `${ARN}:1`, `${ARN}:live`, `${ARN}:stable`]);
      expect(cloud.report.ignored.map(({ logicalId, property }) => `${logicalId} ${property}`)).toEqual([
        'Live DeploymentPreference.Percentage',
        'Live DeploymentPreference.Interval',
      ]);
      expect(await says(cloud, `${ARN}:live`)).toBe('one');
    }));

  test('stay when nothing has changed', () =>
    boot(resources('one'), async (cloud) => {
      expect(refs(cloud)).toEqual([`${ARN}:1`, `${ARN}:1`, `${ARN}:live`, `${ARN}:stable`]);
    }));

  test('follow the definition where they name its revision', () =>
    boot(resources('two'), async (cloud) => {
      expect(refs(cloud)).toEqual([`${ARN}:2`, `${ARN}:1`, `${ARN}:live`, `${ARN}:stable`]);
      expect(await says(cloud, `${ARN}:live`)).toBe('two');
      expect(await says(cloud, `${ARN}:stable`)).toBe('one');
    }));

  test('aliases that have left the template are taken back', () =>
    boot({ Machine: machine('two') }, async ({ aws }) => {
      const { stateMachineAliases } = await aws.call('sfn', 'ListStateMachineAliases', { stateMachineArn: ARN }, via);
      expect(stateMachineAliases).toEqual([]);
    }));
});
