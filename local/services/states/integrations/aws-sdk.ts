import type { JsonObject } from '../../../asl/json';
import type { AwsShape, Caller } from '../../aws';
import type { Parts } from '../../parts';
import { sdkError, unsupported } from './task-errors';
import { camelCase, pascalCase, toJson, withText } from './values';

/** Owns `arn:aws:states:::aws-sdk:<service>:<action>`: any operation of any service that the local cloud runs. */

/** What is particular to a service, by its id in the resource. */
interface SdkService {
  /** Name of the client in the SDK for Java 2, in front of its errors: 'DynamoDb' of 'DynamoDb.ResourceNotFoundException'. */
  readonly prefix: string;
  /** The API's members are camelCase. */
  readonly camelCase?: boolean;
  /** Members that are text or bytes on the wire and may be given as JSON, by operation. */
  readonly text?: Readonly<Record<string, readonly string[]>>;
  readonly blobs?: Readonly<Record<string, readonly string[]>>;
  /** The member that is the request's body, by operation. */
  readonly body?: Readonly<Record<string, string>>;
}

const SERVICES: Readonly<Record<string, SdkService>> = {
  cloudwatch: { prefix: 'CloudWatch' },
  cloudwatchlogs: { prefix: 'CloudWatchLogs', camelCase: true },
  dynamodb: { prefix: 'DynamoDb' },
  eventbridge: { prefix: 'EventBridge', text: { PutEvents: ['Entries[].Detail'] } },
  lambda: { prefix: 'Lambda', blobs: { Invoke: ['Payload'] } },
  s3: { prefix: 'S3', body: { PutObject: 'Body' } },
  scheduler: { prefix: 'Scheduler', text: { CreateSchedule: ['Target.Input'], UpdateSchedule: ['Target.Input'] } },
  sesv2: { prefix: 'SesV2', blobs: { SendEmail: ['Content.Raw.Data'] } },
  sfn: {
    prefix: 'Sfn',
    camelCase: true,
    text: {
      StartExecution: ['Input'],
      StartSyncExecution: ['Input'],
      SendTaskSuccess: ['Output'],
      CreateStateMachine: ['Definition'],
      UpdateStateMachine: ['Definition'],
    },
  },
  sns: { prefix: 'Sns', text: { Publish: ['Message'] } },
  sqs: { prefix: 'Sqs', text: { SendMessage: ['MessageBody'] } },
};

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
  const service = SERVICES[id];
  const operation = action.charAt(0).toUpperCase() + action.slice(1);
  const room = parts.aws.get(id);
  if (!service || !room || room.operations?.has(operation) === false) {
    throw unsupported(`arn:aws:states:::aws-sdk:${id}:${action}`);
  }
  const texts = withText(parameters, service.text?.[operation] ?? []);
  const shape = withText(service.camelCase ? camelCase(texts) : texts, service.blobs?.[operation] ?? [], {
    blob: true,
  });
  let output: AwsShape;
  try {
    output = await parts.aws.call(id, operation, withBody(shape, service.body?.[operation]), caller);
  } catch (error) {
    throw sdkError(error, service.prefix);
  }
  const answer = toJson(output) as JsonObject;
  return service.camelCase ? (pascalCase(answer) as JsonObject) : answer;
}

/** A body is sent as the JSON of its value, a string's too: `"text"`, with the quotation marks. So AWS was seen to do. */
function withBody(shape: AwsShape, member: string | undefined): AwsShape {
  if (member === undefined || shape[member] === undefined) return shape;
  return { ContentType: 'text/plain; charset=UTF-8', ...shape, [member]: Buffer.from(JSON.stringify(shape[member])) };
}
