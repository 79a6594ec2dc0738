import type { JsonObject } from '../../../asl/json';
import type { AwsShape, Caller } from '../../aws';
import type { Parts } from '../../parts';
import { type Call, toAnswer, toRequest } from './shapes';
import { sdkError, unsupported } from './task-errors';

/** Owns `arn:aws:states:::aws-sdk:<service>:<action>`: any operation of any service that the local cloud runs. */

/** By the service's id in the resource, what the SDK for Java 2 puts in front of its errors: 'DynamoDb.ResourceNotFoundException'. */
const SERVICES: Readonly<Record<string, string>> = {
  batch: 'Batch',
  cloudwatch: 'CloudWatch',
  cloudwatchlogs: 'CloudWatchLogs',
  dynamodb: 'DynamoDb',
  ecs: 'Ecs',
  eventbridge: 'EventBridge',
  lambda: 'Lambda',
  pipes: 'Pipes',
  s3: 'S3',
  scheduler: 'Scheduler',
  secretsmanager: 'SecretsManager',
  sesv2: 'SesV2',
  sfn: 'Sfn',
  sns: 'Sns',
  sqs: 'Sqs',
  ssm: 'Ssm',
  sts: 'Sts',
};

/** The members that are the request's body. */
const BODIES: Readonly<Record<string, string>> = { 's3:putObject': 'Body', 's3:uploadPart': 'Body' };

/** Whether any of its operations can be called. */
export function isSdkService(id: string): boolean {
  return Object.hasOwn(SERVICES, id);
}

/** Makes the call; the answer has no metadata. */
export async function callSdk(
  parts: Parts,
  id: string,
  action: string,
  parameters: JsonObject,
  caller: Caller,
): Promise<JsonObject> {
  const prefix = SERVICES[id];
  const operation = action.charAt(0).toUpperCase() + action.slice(1);
  const room = parts.aws.get(id);
  if (!prefix || !room || room.operations?.has(operation) === false) {
    throw unsupported(`arn:aws:states:::aws-sdk:${id}:${action}`);
  }
  const call = { service: id, operation, spelling: 'aws-sdk' } as const;
  const body = BODIES[`${id}:${action}`];
  const request = body ? withBody(call, parameters, body) : toRequest(call, parameters);
  let output: AwsShape;
  try {
    output = await parts.aws.call(id, operation, request, caller);
  } catch (error) {
    throw sdkError(error, prefix);
  }
  return toAnswer(call, output);
}

/**
 * A body is sent as the JSON of its value, a string's too: `"text"`, with the quotation marks, and with the checksum that the
 * SDK makes if no other is asked for. So AWS was seen to do.
 */
function withBody(call: Call, parameters: JsonObject, member: string): AwsShape {
  const { [member]: body, ...others } = parameters;
  const request = toRequest(call, others);
  if (body === undefined) return request;
  const type = call.operation === 'PutObject' ? { ContentType: 'text/plain; charset=UTF-8' } : {};
  const hasChecksum = Object.keys(request).some((name) => name.startsWith('Checksum'));
  return {
    ...type,
    ...(!hasChecksum && { ChecksumAlgorithm: 'CRC32' }),
    ...request,
    [member]: Buffer.from(JSON.stringify(body)),
  };
}
