import { readPolicy, type Statement } from './policy';

/**
 * Owns the policies of AWS's own that CDK apps give to their roles
 * (docs.aws.amazon.com/aws-managed-policy/latest/reference): what they allow, as far as it is about what is run here. None of them denies. Only those are here whose
 * every grant is: of the others nobody says what they lack.
 */

const LOGS = ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents'];
const XRAY = [
  'xray:PutTraceSegments',
  'xray:PutTelemetryRecords',
  'xray:GetSamplingRules',
  'xray:GetSamplingTargets',
  'xray:GetSamplingStatisticSummaries',
];
const NETWORK = ['ec2:*NetworkInterface*', 'ec2:DescribeSubnets', 'ec2:*PrivateIpAddresses'];
const READ_S3 = ['s3:Get*', 's3:List*', 's3:Describe*', 's3-object-lambda:Get*', 's3-object-lambda:List*'];

/** Actions, each on every resource, by the policy's name. */
const ACTIONS: Readonly<Record<string, readonly string[]>> = {
  AdministratorAccess: ['*'],
  AWSLambdaBasicExecutionRole: LOGS,
  AWSLambdaVPCAccessExecutionRole: [...LOGS, ...NETWORK],
  AWSLambdaENIManagementAccess: NETWORK,
  AWSLambdaSQSQueueExecutionRole: ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes', ...LOGS],
  AWSLambdaDynamoDBExecutionRole: [
    'dynamodb:DescribeStream',
    'dynamodb:GetRecords',
    'dynamodb:GetShardIterator',
    'dynamodb:ListStreams',
    ...LOGS,
  ],
  AWSLambdaKinesisExecutionRole: [
    'kinesis:Describe*',
    'kinesis:Get*',
    'kinesis:List*',
    'kinesis:SubscribeToShard',
    ...LOGS,
  ],
  AWSLambdaRole: ['lambda:InvokeFunction'],
  AWSXRayDaemonWriteAccess: XRAY,
  AWSXrayWriteOnlyAccess: XRAY,
  CloudWatchLambdaInsightsExecutionRolePolicy: LOGS,
  CloudWatchLogsFullAccess: ['logs:*'],
  AmazonAPIGatewayPushToCloudWatchLogs: [
    ...LOGS,
    'logs:DescribeLogGroups',
    'logs:DescribeLogStreams',
    'logs:GetLogEvents',
    'logs:FilterLogEvents',
  ],
  AmazonS3FullAccess: ['s3:*', 's3-object-lambda:*'],
  AmazonS3ReadOnlyAccess: READ_S3,
  AmazonSESFullAccess: ['ses:*'],
  AmazonSNSFullAccess: ['sns:*'],
  AmazonSQSFullAccess: ['sqs:*'],
  AmazonSQSReadOnlyAccess: [
    'sqs:GetQueueAttributes',
    'sqs:GetQueueUrl',
    'sqs:ListDeadLetterSourceQueues',
    'sqs:ListQueues',
    'sqs:ListMessageMoveTasks',
    'sqs:ListQueueTags',
  ],
  AWSStepFunctionsFullAccess: ['states:*'],
};

/** Undefined for one that is not here. */
export function managedPolicy(arn: string): readonly Statement[] | undefined {
  const name = /^arn:[^:]+:iam::aws:policy\/(?:[\w-]+\/)*([\w+=,.@-]+)$/.exec(arn)?.[1];
  const actions = name !== undefined && Object.hasOwn(ACTIONS, name) ? ACTIONS[name] : undefined;
  return actions && readPolicy({ Statement: { Effect: 'Allow', Action: [...actions], Resource: '*' } });
}
