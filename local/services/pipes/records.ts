import { isObject, type Json, type JsonObject } from '../../asl/json';
import type { AwsShape } from '../aws';
import { matchesPattern } from '../patterns/match';
import { fillTemplate, isPath, selectPath } from '../patterns/template';
import type { Pipe, SqsRecord } from './model';

/**
 * Owns what a pipe makes of the messages that it takes from a queue: records, which of them go through, and what the
 * target gets of each (docs.aws.amazon.com/eventbridge/latest/userguide/eb-pipes-event-filtering.html and
 * eb-pipes-input-transformation.html).
 */
export function toRecord(message: AwsShape, queueArn: string): SqsRecord {
  const attributes = Object.entries((message.MessageAttributes ?? {}) as Record<string, AwsShape>);
  return {
    messageId: message.MessageId,
    receiptHandle: message.ReceiptHandle,
    body: message.Body,
    attributes: message.Attributes ?? {},
    messageAttributes: Object.fromEntries(attributes.map(([name, value]) => [name, messageAttribute(value)])),
    md5OfBody: message.MD5OfBody,
    eventSource: 'aws:sqs',
    eventSourceARN: queueArn,
    awsRegion: queueArn.split(':')[3] ?? '',
  };
}

/** A pattern of an object under `body` looks into the body's JSON; any other compares it as text. */
export function goesThrough({ filters }: Pipe, record: SqsRecord): boolean {
  if (filters.length === 0) return true;
  return filters.some((pattern) => matchesPattern(pattern, isObject(pattern.body) ? withParsedBody(record) : record));
}

/** What the target gets of a record: the record, or what the template makes of it. */
export function targetInput(pipe: Pipe, record: SqsRecord, now: number): Json {
  const template = pipe.targetParameters.InputTemplate;
  if (typeof template !== 'string' || template === '') return record;
  // Paths look into the body where it is JSON.
  const event = withParsedBody(record);
  const reserved: Record<string, Json> = {
    'aws.pipes.pipe-arn': pipe.arn,
    'aws.pipes.pipe-name': pipe.name,
    'aws.pipes.source-arn': pipe.source,
    'aws.pipes.target-arn': pipe.target,
    'aws.pipes.event.ingestion-time': new Date(now).toISOString(),
    'aws.pipes.event': record,
    'aws.pipes.event.json': event,
  };
  const text = fillTemplate(template, (name) => (isPath(name) ? selectPath(name, event) : reserved[name]));
  return parsed(text) ?? text;
}

function withParsedBody(record: SqsRecord): JsonObject {
  return { ...record, body: parsed(record.body) ?? record.body };
}

function parsed(text: string): Json | undefined {
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
