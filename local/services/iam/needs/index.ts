import { DYNAMODB_NEEDS } from './dynamodb';
import { EVENTS_NEEDS, PIPES_NEEDS, SCHEDULER_NEEDS } from './events';
import { LAMBDA_NEEDS } from './lambda';
import { SNS_NEEDS, SQS_NEEDS } from './messaging';
import type { Needs, NeedsOfService } from './need';
import { CLOUDWATCH_NEEDS, LOGS_NEEDS } from './observing';
import { S3_NEEDS } from './s3';
import { SECRETS_NEEDS } from './secretsmanager';
import { SES_NEEDS } from './ses';
import { STATES_NEEDS } from './states';

/** By the id of the service, as the rooms are registered. An operation that is not here is never refused. */
const NEEDS: Readonly<Record<string, NeedsOfService>> = {
  cloudwatch: CLOUDWATCH_NEEDS,
  cloudwatchlogs: LOGS_NEEDS,
  dynamodb: DYNAMODB_NEEDS,
  eventbridge: EVENTS_NEEDS,
  lambda: LAMBDA_NEEDS,
  pipes: PIPES_NEEDS,
  s3: S3_NEEDS,
  scheduler: SCHEDULER_NEEDS,
  secretsmanager: SECRETS_NEEDS,
  sesv2: SES_NEEDS,
  sfn: STATES_NEEDS,
  sns: SNS_NEEDS,
  sqs: SQS_NEEDS,
};

export function needsOf(service: string, operation: string): Needs | undefined {
  const needs = NEEDS[service];
  return needs && Object.hasOwn(needs, operation) ? needs[operation] : undefined;
}
