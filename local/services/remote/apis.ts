import { jsonProtocol, restJsonProtocol } from './json';
import { lambdaProtocol } from './lambda';
import { queryProtocol } from './query';
import { s3Protocol } from './s3';
import type { RemoteApi } from './service';

/**
 * The services that Step Functions alone can call, and the variables of AWS's Step Functions Local that name their
 * endpoints (docs.aws.amazon.com/step-functions/latest/dg/sfn-local.html#sfn-local-config-options), with some more in
 * the same manner.
 */
export const REMOTE_APIS: readonly RemoteApi[] = [
  api('lambda', 'lambda', 'Lambda', 'LAMBDA_ENDPOINT', lambdaProtocol),
  api(
    'batch',
    'batch',
    'Batch',
    'BATCH_ENDPOINT',
    restJsonProtocol((name) => `/v1/${name.toLowerCase()}`),
  ),
  api('dynamodb', 'dynamodb', 'DynamoDB', 'DYNAMODB_ENDPOINT', jsonProtocol('DynamoDB_20120810', '1.0')),
  api('ecs', 'ecs', 'ECS', 'ECS_ENDPOINT', jsonProtocol('AmazonEC2ContainerServiceV20141113', '1.1')),
  api('eventbridge', 'events', 'EventBridge', 'EVENTS_ENDPOINT', jsonProtocol('AWSEvents', '1.1')),
  api('glue', 'glue', 'Glue', 'GLUE_ENDPOINT', jsonProtocol('AWSGlue', '1.1')),
  api('s3', 's3', 'S3', 'S3_ENDPOINT', s3Protocol),
  api('sagemaker', 'sagemaker', 'SageMaker', 'SAGE_MAKER_ENDPOINT', jsonProtocol('SageMaker', '1.1')),
  api(
    'secretsmanager',
    'secretsmanager',
    'Secrets Manager',
    'SECRETS_MANAGER_ENDPOINT',
    jsonProtocol('secretsmanager', '1.1'),
  ),
  api(
    'sns',
    'sns',
    'SNS',
    'SNS_ENDPOINT',
    queryProtocol('2010-03-31', {
      Attributes: ['key', 'value'],
      MessageAttributes: ['Name', 'Value'],
    }),
  ),
  api('sqs', 'sqs', 'SQS', 'SQS_ENDPOINT', jsonProtocol('AmazonSQS', '1.0')),
  api('ssm', 'ssm', 'Systems Manager', 'SSM_ENDPOINT', jsonProtocol('AmazonSSM', '1.1')),
];

/** Step Functions itself elsewhere, for nested executions; without its variable they run here. */
export const REMOTE_STEP_FUNCTIONS = api(
  'sfn',
  'states',
  'Step Functions',
  'STEP_FUNCTIONS_ENDPOINT',
  jsonProtocol('AWSStepFunctions', '1.0'),
);

function api(
  id: string,
  signingName: string,
  title: string,
  variable: string,
  protocol: RemoteApi['protocol'],
): RemoteApi {
  return { id, signingName, title, variable, protocol };
}
