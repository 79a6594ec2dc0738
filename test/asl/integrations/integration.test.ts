import { integrationOf } from '../../../local/asl/integrations/integration';
import { memberName } from '../../../local/asl/integrations/member-name';
import { nearest } from '../../../local/asl/integrations/nearest';
import { RequestModel } from '../../../local/asl/integrations/requests';

const known = (name: string) => integrationOf(`arn:aws:states:::${name}`) !== undefined;

describe('an integration that AWS knows', () => {
  it.each([
    'lambda:invoke',
    'lambda:invoke.waitForTaskToken',
    'states:startExecution.sync:2',
    'elasticmapreduce:addStep.sync',
    'bedrock-agentcore:invokeHarness',
    'aws-sdk:sfn:startExecution',
    'aws-sdk:cloudwatchlogs:putLogEvents',
    'aws-sdk:cognitoidentityprovider:adminGetUser',
    'aws-sdk:rds:describeDBClusters',
    'aws-sdk:sqs:sendMessage.waitForTaskToken',
    'aws-sdk:qldb:whatever',
  ])('%s', (name) => expect(known(name)).toBe(true));

  it('in other partitions too', () => expect(integrationOf('arn:aws-cn:states:::sns:publish')).toBeDefined());
});

describe('an integration that AWS does not know', () => {
  it.each([
    'lambda:invoke.sync',
    'lambda:Invoke',
    'batch:submitJob.waitForTaskToken',
    'glue:startJobRun.sync:2',
    'sqs:receiveMessage',
    'nothing:here',
    'constructor:name',
    'aws-sdk:s3:putObject.sync',
    'aws-sdk:s3:PutObject',
    'aws-sdk:s3:inventObject',
    'aws-sdk:stepfunctions:startExecution',
    'aws-sdk:constructor:name',
  ])('%s', (name) => expect(known(name)).toBe(false));

  it.each([
    ['that the documentation excludes', 'aws-sdk:sts:assumeRole'],
    ['that was retired', 'aws-sdk:rdsdata:executeSql'],
    ['that streams events', 'aws-sdk:bedrockruntime:converseStream'],
  ])('an operation %s', (_, name) => expect(known(name)).toBe(false));
});

it.each([
  ['tableName', 'TableName'],
  ['DBInstanceIdentifier', 'DbInstanceIdentifier'],
  ['VPCZoneIdentifier', 'VpcZoneIdentifier'],
  ['ACL', 'Acl'],
  ['ETag', 'ETag'],
  ['MD5OfBody', 'Md5OfBody'],
  ['SSEKMSKeyId', 'SsekmsKeyId'],
  ['ChecksumSHA256', 'ChecksumSHA256'],
  ['S3Bucket', 'S3Bucket'],
  ['equals', 'EqualsValue'],
  ['Default', 'DefaultValue'],
  ['package', 'PackageValue'],
  ['', ''],
])('a member %s is called %s', (name, called) => expect(memberName(name)).toBe(called));

it('models contain themselves, and members of every kind', () => {
  const dynamodb = RequestModel.of('dynamodb');
  const value = dynamodb?.shape('AttributeValue');
  expect(value?.get('S')).toEqual({ type: { kind: 'string' }, required: false });
  expect(value?.get('M')?.type).toEqual({ kind: 'map', of: { kind: 'structure', shape: 'AttributeValue' } });
  expect(value?.get('NS')?.type).toEqual({ kind: 'list', of: { kind: 'string' } });
  expect(RequestModel.of('sts')?.request('GetCallerIdentity')).toBeDefined();
  expect([RequestModel.of('qldb'), RequestModel.of('nothing'), RequestModel.of('toString')]).toEqual([
    null,
    undefined,
    undefined,
  ]);
});

it('a name is proposed that is near enough', () => {
  const names = ['Bucket', 'ContentType', 'ContentLength', 'Key'];
  expect(nearest('contentType', names)).toBe('ContentType');
  expect(nearest('Bogus', names)).toBe('Bucket');
  expect(nearest('zzz', names)).toBeUndefined();
});
