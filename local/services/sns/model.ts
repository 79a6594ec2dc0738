import type { JsonObject } from '../../asl/json';
import type { MessageIds } from './fifo-topics';

export interface Topic {
  readonly arn: string;
  /** As SetTopicAttributes names them: DisplayName, Policy, KmsMasterKeyId, … */
  attributes: Record<string, string>;
  tags: Record<string, string>;
}

export interface Subscription {
  readonly arn: string;
  readonly topicArn: string;
  /** 'sqs', 'lambda', 'email', 'email-json'; others are kept, and never get anything. */
  readonly protocol: string;
  readonly endpoint: string;
  /** FilterPolicy, FilterPolicyScope, RawMessageDelivery, RedrivePolicy, … as text. */
  attributes: Record<string, string>;
}

export interface MessageAttribute {
  readonly DataType: string;
  readonly StringValue?: string;
  /** base64 */
  readonly BinaryValue?: string;
}

/** A message as it was published. */
export interface Notification {
  readonly messageId: string;
  readonly topicArn: string;
  readonly subject?: string;
  readonly message: string;
  /** ISO 8601, virtual. */
  readonly timestamp: string;
  readonly attributes: Record<string, MessageAttribute>;
  readonly ids?: MessageIds;
  /** Of a FIFO topic. */
  readonly sequenceNumber?: string;
}

/** Where a subscription stands in a delivery: enough to deliver after the subscription is gone. */
export type Endpoint = Pick<Subscription, 'arn' | 'protocol' | 'endpoint'> & { raw: boolean; deadLetterArn?: string };

export type NotificationDelivery = { notification: Notification; endpoint: Endpoint };

/** The members that a notification's JSON forms share. */
export function notificationBody({
  messageId,
  sequenceNumber,
  topicArn,
  subject,
  message,
  timestamp,
  attributes,
}: Notification): JsonObject {
  return {
    Type: 'Notification',
    MessageId: messageId,
    ...(sequenceNumber === undefined ? {} : { SequenceNumber: sequenceNumber }),
    TopicArn: topicArn,
    ...(subject === undefined ? {} : { Subject: subject }),
    Message: message,
    Timestamp: timestamp,
    ...(Object.keys(attributes).length === 0
      ? {}
      : {
          MessageAttributes: Object.fromEntries(
            Object.entries(attributes).map(([name, { DataType, StringValue, BinaryValue }]) => [
              name,
              { Type: DataType, Value: StringValue ?? BinaryValue ?? '' },
            ]),
          ),
        }),
  };
}

/** Whether the local cloud delivers by this protocol; over the others, subscriptions stay unconfirmed. */
export function isConfirmed(protocol: string): boolean {
  return ['sqs', 'lambda', 'email', 'email-json'].includes(protocol);
}
