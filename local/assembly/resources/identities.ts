import type { Identify } from '../resource';
import { apiIdentity } from './apigateway';
import { restApiIdentity } from './apigateway-rest';
import { tableIdentity } from './dynamodb';
import { eventBusIdentity } from './events';
import { iamIdentities } from './iam';
import { inertIdentities } from './inert';
import { aliasIdentity, functionIdentity, versionIdentity } from './lambda';
import { layerVersionIdentity } from './lambda-layers';
import { logGroupIdentity } from './logs';
import { bucketIdentity } from './s3';
import { secretIdentity } from './secretsmanager';
import { topicIdentity } from './sns';
import { queueIdentity } from './sqs';
import { activityIdentity, stateMachineIdentity } from './stepfunctions';

/**
 * Owns what Ref and Fn::GetAtt answer for resources that are not run, for the types that state machines name: what they are called on
 * AWS. The providers answer the same for those that they run, but for addresses, which are local ones then.
 */
export const IDENTITIES: Readonly<Record<string, Identify>> = {
  ...inertIdentities,
  ...iamIdentities,
  'AWS::ApiGateway::RestApi': restApiIdentity,
  'AWS::ApiGatewayV2::Api': apiIdentity,
  'AWS::DynamoDB::GlobalTable': tableIdentity,
  'AWS::DynamoDB::Table': tableIdentity,
  'AWS::Events::EventBus': eventBusIdentity,
  'AWS::Lambda::Alias': aliasIdentity,
  'AWS::Lambda::Function': functionIdentity,
  'AWS::Lambda::LayerVersion': layerVersionIdentity,
  'AWS::Lambda::Version': versionIdentity,
  'AWS::Logs::LogGroup': logGroupIdentity,
  'AWS::S3::Bucket': bucketIdentity,
  'AWS::SNS::Topic': topicIdentity,
  'AWS::SQS::Queue': queueIdentity,
  'AWS::SecretsManager::Secret': secretIdentity,
  'AWS::StepFunctions::Activity': activityIdentity,
  'AWS::StepFunctions::StateMachine': stateMachineIdentity,
};
