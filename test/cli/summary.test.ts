import { describeDeployment, describeEndpoints } from '../../local/cli/summary';

const resource = (stack: string, logicalId: string, type: string, ref = logicalId) => ({ stack, logicalId, type, ref });

test('shows by stack what runs, and then what does not', () => {
  const report = {
    deployed: [
      resource('Loans', 'Role', 'AWS::IAM::Role'),
      resource('Loans', 'Loan', 'AWS::StepFunctions::StateMachine', 'arn:aws:states:us-east-1:1:stateMachine:Loan'),
      resource('Loans', 'Api', 'AWS::ApiGatewayV2::Api', 'a1b2c3'),
      resource('Loans', 'A', 'AWS::DynamoDB::Table', 'Items'),
      resource('Loans', 'B', 'AWS::DynamoDB::Table', 'Links'),
      resource('Shared', 'Queue', 'AWS::SQS::Queue', 'http://127.0.0.1:4566/1/the-queue'),
    ],
    notRun: [
      resource('Loans', 'Failed', 'AWS::CloudWatch::Alarm'),
      ...['First', 'Second', 'Third', 'Fourth', 'Fifth'].map((name) =>
        resource('Shared', `${name}AlarmWithALongLogicalId`, 'AWS::CloudWatch::Alarm'),
      ),
      resource('Shared', 'Board', 'AWS::CloudWatch::Dashboard'),
      { ...resource('Shared', 'Snake', 'AWS::Lambda::Function'), reason: 'runtime python3.13' },
    ],
    ignored: [{ ...resource('Loans', 'Bucket', 'AWS::S3::Bucket'), property: 'LifecycleConfiguration' }],
    warnings: [
      {
        stack: 'Loans',
        logicalId: 'Loan',
        type: 'AWS::StepFunctions::StateMachine',
        message: '/States/Look/Resource: It is not run.',
      },
    ],
    notes: ['The parameter Level of Loans: it is unknown.'],
  };
  expect(describeDeployment(report, [{ id: 'a1b2c3', name: 'Library' }])).toBe(`Loans
  state machines  Loan
  HTTP APIs       Library
  tables          Items
                  Links

Shared
  queues  the-queue

Not run here:
  AWS::CloudWatch::Alarm
    Loans: Failed
    Shared: FirstAlarmWithALongLogicalId, SecondAlarmWithALongLogicalId, ThirdAlarmWithALongLogicalId,
            FourthAlarmWithALongLogicalId, FifthAlarmWithALongLogicalId
  AWS::CloudWatch::Dashboard
    Shared: Board
  AWS::Lambda::Function (runtime python3.13)
    Shared: Snake

Properties that are ignored here and may change behaviour:
  Loans  Bucket  AWS::S3::Bucket  LifecycleConfiguration

Otherwise than the stacks say:
  The parameter Level of Loans: it is unknown.

Warnings:
  Loans  Loan  /States/Look/Resource: It is not run.

A call that its role does not allow is done here, and told of: AWS would refuse it, as --iam enforce does.
`);
});

test('shows what is nested under the stack that nests it, by the names of the constructs', () => {
  const nested = (stack: string, name: string, of = name) =>
    resource(
      stack,
      `${name}NestedStack${of}NestedStackResource4FE929C3`,
      'AWS::CloudFormation::Stack',
      `arn:aws:cloudformation:us-east-1:123456789012:stack/${stack}-${name}/1a2b3c4d`,
    );
  const report = {
    deployed: [
      resource('Shop-AreaJobs-Deep', 'Q', 'AWS::SQS::Queue', 'http://127.0.0.1:4566/1/deep'),
      nested('Shop-AreaJobs', 'Deep'),
      nested('Shop', 'AreaJobs', 'Jobs'),
      resource('Other', 'Q', 'AWS::SQS::Queue', 'http://127.0.0.1:4566/1/other'),
      resource('Shop', 'Q', 'AWS::SQS::Queue', 'http://127.0.0.1:4566/1/queue'),
    ],
    notRun: [resource('Shop-AreaJobs-Deep', 'Failed', 'AWS::CloudWatch::Alarm')],
    ignored: [],
    warnings: [],
    notes: [],
  };
  expect(describeDeployment(report)).toBe(`Shop
  queues  queue

Shop/AreaJobs

Shop/AreaJobs/Deep
  queues  deep

Other
  queues  other

Not run here:
  AWS::CloudWatch::Alarm
    Shop/AreaJobs/Deep: Failed
`);
});

test('does not speak of policies where there are none', () => {
  const report = {
    deployed: [resource('Shared', 'Queue', 'AWS::SQS::Queue')],
    notRun: [],
    ignored: [],
    warnings: [],
    notes: [],
  };
  expect(describeDeployment(report)).toBe('Shared\n  queues  Queue\n');
});

test('shows the outputs of stacks, but for what the CDK exports to other stacks', () => {
  const endpoints = {
    aws: 'http://127.0.0.1:4566',
    console: 'http://127.0.0.1:4700',
    mail: 'http://127.0.0.1:4700/mail',
    apis: {},
    credentials: { accessKeyId: 'a', secretAccessKey: 's', region: 'eu-west-1' },
    control: { url: 'http://127.0.0.1:4700/control', token: 't' },
    pid: 1,
  };
  const outputs = {
    Loans: { Url: 'http://127.0.0.1:4701', Days: 21, ExportsOutputRefTable: 'Table' },
    Tables: { ExportsOutputRefTable: 'Table' },
  };
  expect(describeEndpoints({ ...endpoints, outputs }, '/data')).toContain(`
Outputs:
  Loans  Url   http://127.0.0.1:4701
         Days  21

To call`);
  expect(describeEndpoints({ ...endpoints, outputs: {} }, '/data')).not.toContain('Outputs');
});
