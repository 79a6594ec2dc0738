import type { JsonObject } from '../../../asl/json';
import { TaskError, type TaskOwner } from '../../../runtime/dispatch';
import type { AwsShape, Caller } from '../../aws';
import type { Parts } from '../../parts';
import { sdkMetadata } from './metadata';
import { toAnswer, toRequest } from './shapes';
import { optimizedError, type ServiceNames } from './task-errors';

/** Owns the optimised integrations that are one call of one API: which there are, and what AWS adds to each. */
export interface Optimized {
  /** As registered with `parts.aws`. */
  readonly id: string;
  readonly operation: string;
  readonly names: ServiceNames;
  /** Whether `.waitForTaskToken` is allowed. */
  readonly callback: boolean;
  readonly prepare?: (input: AwsShape, owner: TaskOwner) => AwsShape;
  /** Throws when an answer stands for a failure. */
  readonly check?: (output: AwsShape) => void;
}

const DYNAMODB = {
  id: 'dynamodb',
  names: { prefix: 'DynamoDB', service: 'AmazonDynamoDBv2', fallback: 'AmazonDynamoDBException' },
  callback: false,
};

/** By service and action as in `arn:aws:states:::<service>:<action>`. */
export const OPTIMIZED: Readonly<Record<string, Optimized>> = {
  'dynamodb:getItem': { ...DYNAMODB, operation: 'GetItem' },
  'dynamodb:putItem': { ...DYNAMODB, operation: 'PutItem' },
  'dynamodb:updateItem': { ...DYNAMODB, operation: 'UpdateItem' },
  'dynamodb:deleteItem': { ...DYNAMODB, operation: 'DeleteItem' },
  'sns:publish': {
    id: 'sns',
    operation: 'Publish',
    names: { prefix: 'SNS', service: 'AmazonSNS', fallback: 'AmazonSNSException' },
    callback: true,
  },
  'sqs:sendMessage': {
    id: 'sqs',
    operation: 'SendMessage',
    names: { prefix: 'SQS', service: 'AmazonSQS', fallback: 'AmazonSQSException' },
    callback: true,
  },
  'events:putEvents': {
    id: 'eventbridge',
    operation: 'PutEvents',
    names: { prefix: 'EventBridge', service: 'AmazonCloudWatchEvents', fallback: 'AmazonCloudWatchEventsException' },
    callback: true,
    prepare: withExecutionAsResource,
    check: failOnRefusedEntries,
  },
};

/** Makes the call; answers what AWS answers, with the SDK's metadata. */
export async function callOptimized(
  parts: Parts,
  integration: Optimized,
  parameters: JsonObject,
  owner: TaskOwner,
  caller: Caller,
): Promise<JsonObject> {
  const { id, operation, names, prepare = (input) => input, check } = integration;
  const call = { service: id, operation, spelling: 'optimized' } as const;
  const input = prepare(toRequest(call, parameters), owner);
  let output: AwsShape;
  try {
    output = await parts.aws.call(id, operation, input, caller);
  } catch (error) {
    const protocol = parts.aws.get(id)?.protocol;
    throw optimizedError(error, names, protocol?.kind === 'query' ? protocol.queryCodes : undefined);
  }
  check?.(output);
  return { ...toAnswer(call, output), ...sdkMetadata(parts.clock.now()) };
}

/** Step Functions names the execution and its state machine among each event's resources. */
function withExecutionAsResource(input: AwsShape, { arn, stateMachineArn }: TaskOwner): AwsShape {
  if (!Array.isArray(input.Entries)) return input;
  const Entries = input.Entries.map((entry: AwsShape) => ({
    ...entry,
    Resources: [...(entry.Resources ?? []), arn, stateMachineArn],
  }));
  return { ...input, Entries };
}

/** One refused entry fails the task. */
function failOnRefusedEntries({ Entries, FailedEntryCount }: AwsShape): void {
  if (!FailedEntryCount) return;
  throw new TaskError('EventBridge.FailedEntry', JSON.stringify({ Entries, FailedEntryCount }));
}
