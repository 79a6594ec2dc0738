import { isObject, type Json, type JsonObject } from '../../asl/json';
import type { AwsShape } from '../aws';
import { matchesPattern } from '../patterns/match';

/** A message of a queue as pipes and Lambda's event sources pass it on. */
export interface SqsRecord extends JsonObject {
  readonly messageId: string;
  readonly receiptHandle: string;
  readonly body: string;
  /** Those of the system: SentTimestamp, MessageGroupId, … */
  readonly attributes: Readonly<Record<string, string>>;
}

/**
 * Owns the records that are made of a queue's messages, and which of them go through a filter
 * (docs.aws.amazon.com/lambda/latest/dg/with-sqs.html and with-sqs-filtering.html; pipes do the same). Pure.
 */
export function toRecord(message: AwsShape, queueArn: string): SqsRecord {
  const attributes = Object.entries((message.MessageAttributes ?? {}) as Record<string, AwsShape>);
  return {
    messageId: message.MessageId,
    receiptHandle: message.ReceiptHandle,
    body: message.Body,
    attributes: message.Attributes ?? {},
    messageAttributes: Object.fromEntries(attributes.map(([name, value]) => [name, messageAttribute(value)])),
    ...(message.MD5OfMessageAttributes && { md5OfMessageAttributes: message.MD5OfMessageAttributes }),
    md5OfBody: message.MD5OfBody,
    eventSource: 'aws:sqs',
    eventSourceARN: queueArn,
    awsRegion: queueArn.split(':')[3] ?? '',
  };
}

/** The message group of a record, which one of a standard queue need not have. */
export function groupOf({ attributes }: SqsRecord): string | undefined {
  return attributes.MessageGroupId;
}

/** A pattern of an object under `body` looks into the body's JSON; any other compares it as text. */
export function goesThrough(filters: readonly JsonObject[], record: SqsRecord): boolean {
  if (filters.length === 0) return true;
  return filters.some((pattern) => matchesPattern(pattern, isObject(pattern.body) ? withParsedBody(record) : record));
}

/** The record with its body's JSON; with its text where that is none. */
export function withParsedBody(record: SqsRecord): JsonObject {
  return { ...record, body: parsedJson(record.body) ?? record.body };
}

/** Undefined where the text is no JSON. */
export function parsedJson(text: string): Json | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function messageAttribute({ DataType, StringValue, BinaryValue }: AwsShape): JsonObject {
  return {
    ...(StringValue !== undefined && { stringValue: StringValue }),
    ...(BinaryValue !== undefined && { binaryValue: Buffer.from(BinaryValue).toString('base64') }),
    stringListValues: [],
    binaryListValues: [],
    dataType: DataType,
  };
}
