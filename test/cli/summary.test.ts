import { describeDeployment } from '../../local/cli/summary';

const resource = (stack: string, logicalId: string, type: string, ref = logicalId) => ({ stack, logicalId, type, ref });

test('shows by stack what runs, and then what does not', () => {
  const report = {
    deployed: [
      resource('Loans', 'Role', 'AWS::IAM::Role'),
      resource('Loans', 'Loan', 'AWS::StepFunctions::StateMachine', 'arn:aws:states:us-east-1:1:stateMachine:Loan'),
      resource('Loans', 'A', 'AWS::DynamoDB::Table', 'Items'),
      resource('Loans', 'B', 'AWS::DynamoDB::Table', 'Links'),
      resource('Shared', 'Queue', 'AWS::SQS::Queue', 'http://127.0.0.1:4566/1/the-queue'),
    ],
    notRun: [resource('Shared', 'Alarm', 'AWS::CloudWatch::Alarm')],
    ignored: [{ ...resource('Loans', 'Bucket', 'AWS::S3::Bucket'), property: 'LifecycleConfiguration' }],
  };
  expect(describeDeployment(report)).toBe(`Loans
  state machines  Loan
  tables          Items
                  Links

Shared
  queues  the-queue

Not run here:
  Shared  Alarm  AWS::CloudWatch::Alarm

Properties that are ignored here and may change behaviour:
  Loans  Bucket  AWS::S3::Bucket  LifecycleConfiguration
`);
});
