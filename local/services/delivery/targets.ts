import { createHash } from 'node:crypto';
import { AwsError, type AwsShape } from '../aws';
import type { Parts } from '../parts';
import type { RoleSession } from '../role-session';

/** One call of a target of EventBridge or EventBridge Scheduler. */
export interface TargetCall {
  readonly arn: string;
  /** What the target gets: JSON text, or any text for queues and topics. */
  readonly input: string;
  /** The same for every attempt, so that a target that can tell a repeat does. */
  readonly deliveryId: string;
  /** For queues. */
  readonly messageGroupId?: string;
  /** That the target is called with, if it is given one. */
  readonly role?: RoleSession | undefined;
}

/**
 * Owns which kinds of targets there are and how each is called. Rejects as the target's service does.
 *
 * A state machine's execution gets a name made of the delivery's id: a second attempt meets the first one's execution.
 */
export async function callTarget(parts: Parts, target: TargetCall, via: string): Promise<void> {
  const { arn, input, deliveryId, role } = target;
  const call = (service: string, operation: string, request: AwsShape) =>
    parts.aws.call(service, operation, request, { via, role });
  const [, , service, , , ...rest] = arn.split(':');
  const resource = rest.join(':');
  switch (service) {
    case 'states':
      return startExecution(call, arn, input, deliveryId);
    case 'lambda': {
      const Payload = new TextEncoder().encode(input);
      await call('lambda', 'Invoke', { FunctionName: arn, InvocationType: 'Event', Payload });
      return;
    }
    case 'sqs':
      await sendMessage(parts, arn, { MessageBody: input, MessageGroupId: target.messageGroupId }, via, role);
      return;
    case 'sns':
      await call('sns', 'Publish', { TopicArn: arn, Message: input });
      return;
    case 'events':
      return forwardEvent(call, arn, input);
    case 'logs': {
      const logGroupName = resource.replace(/^log-group:/, '').replace(/:\*$/, '');
      return putLogEvent(call, logGroupName, input, parts.clock.now());
    }
    case 'scheduler': {
      const [, sdk = '', operation = ''] = resource.split(':');
      await call(sdk, operation.charAt(0).toUpperCase() + operation.slice(1), JSON.parse(input || '{}'));
      return;
    }
    default:
      throw new AwsError('UnsupportedTarget', `The local cloud cannot deliver to ${arn}.`, 501);
  }
}

/** Whether `callTarget` has a way to what this ARN names; it need not exist. */
export function isTargetHere(arn: string): boolean {
  const [, , service = '', , , resource = ''] = arn.split(':');
  // Beside buses, EventBridge has API destinations.
  if (service === 'events') return resource.startsWith('event-bus/');
  return ['states', 'lambda', 'sqs', 'sns', 'logs', 'scheduler'].includes(service);
}

/** Sends to the queue with this ARN: also how dead letters get there. */
export async function sendMessage(
  parts: Parts,
  queueArn: string,
  message: AwsShape,
  via: string,
  role?: RoleSession,
): Promise<void> {
  const [, , , , owner, QueueName] = queueArn.split(':');
  const { QueueUrl } = await parts.aws.call(
    'sqs',
    'GetQueueUrl',
    { QueueName, QueueOwnerAWSAccountId: owner },
    { via },
  );
  await parts.aws.call('sqs', 'SendMessage', { QueueUrl, ...message }, { via, role });
}

/** A dead letter: what could not be delivered, and why, as string attributes; `ids` are those of its group and itself. */
export async function sendDeadLetter(
  parts: Parts,
  queueArn: string,
  body: string,
  attributes: Record<string, string | undefined>,
  via: string,
  ids: AwsShape = {},
  role?: RoleSession,
): Promise<void> {
  const given = Object.entries(attributes).filter(([, value]) => value !== undefined && value !== '');
  const MessageAttributes = Object.fromEntries(
    given.map(([name, StringValue]) => [name, { DataType: 'String', StringValue }]),
  );
  await sendMessage(parts, queueArn, { MessageBody: body, MessageAttributes, ...ids }, via, role);
}

type Call = (service: string, operation: string, request: AwsShape) => Promise<AwsShape>;

async function startExecution(call: Call, stateMachineArn: string, input: string, deliveryId: string): Promise<void> {
  try {
    await call('sfn', 'StartExecution', { stateMachineArn, input, name: executionName(deliveryId) });
  } catch (error) {
    if (!(error instanceof AwsError) || error.code !== 'ExecutionAlreadyExists') throw error;
  }
}

/** At most 80 characters that an execution's name may have, and different for different ids. */
function executionName(deliveryId: string): string {
  if (/^[A-Za-z0-9_-]{1,80}$/.test(deliveryId)) return deliveryId;
  return createHash('sha256').update(deliveryId).digest('hex');
}

async function forwardEvent(call: Call, bus: string, text: string): Promise<void> {
  const event = JSON.parse(text);
  const entry = {
    EventBusName: bus,
    Source: event.source,
    DetailType: event['detail-type'],
    Detail: JSON.stringify(event.detail),
    Resources: event.resources,
    Time: new Date(event.time),
  };
  const { Entries } = await call('eventbridge', 'PutEvents', { Entries: [entry] });
  const { ErrorCode, ErrorMessage } = Entries[0];
  if (ErrorCode) throw new AwsError(ErrorCode, ErrorMessage);
}

async function putLogEvent(call: Call, logGroupName: string, message: string, timestamp: number): Promise<void> {
  const logStreamName = new Date(timestamp).toISOString().slice(0, 10);
  try {
    await call('cloudwatchlogs', 'CreateLogStream', { logGroupName, logStreamName });
  } catch (error) {
    if (!(error instanceof AwsError) || error.code !== 'ResourceAlreadyExistsException') throw error;
  }
  await call('cloudwatchlogs', 'PutLogEvents', { logGroupName, logStreamName, logEvents: [{ timestamp, message }] });
}
