import type { Usage } from '../../cost/usage';
import type { AwsShape } from '../aws';

/** Owns how calls are counted on a bill: from the request alone, by each service's rule. What is free counts as nothing. */

const CHUNK = 64 * 1024;
const FREE: Usage = {};

/** DynamoDB and Lambda count themselves: what they bill shows only in the work. */
const RULES: Readonly<Record<string, (operation: string, input: AwsShape) => Usage>> = {
  s3: (operation) => s3(operation),
  sqs: (operation, input) => ({ 'sqs.requests': sqs(operation, input) }),
  sns(operation, input) {
    if (operation === 'Publish') return { 'sns.publishes': chunks(sizeOf(input.Message) + sizeOf(input.Subject)) };
    if (operation !== 'PublishBatch') return FREE;
    return { 'sns.publishes': sum(input.PublishBatchRequestEntries, ({ Message }) => chunks(sizeOf(Message))) };
  },
  eventbridge(operation, input) {
    if (operation !== 'PutEvents') return FREE;
    // Events of AWS's own services are free.
    const custom = asList(input.Entries).filter(({ Source }) => !String(Source).startsWith('aws.'));
    return { 'events.custom': sum(custom, (entry) => chunks(eventSize(entry))) };
  },
  sesv2(operation, input) {
    if (operation === 'SendEmail') return { 'ses.mails': recipients(input.Destination) };
    if (operation !== 'SendBulkEmail') return FREE;
    return { 'ses.mails': sum(input.BulkEmailEntries, ({ Destination }) => recipients(Destination)) };
  },
  cloudwatch: (operation) => (isBilledMetricCall(operation) ? { 'cloudwatch.requests': 1 } : FREE),
  cloudwatchlogs(operation, input) {
    if (operation !== 'PutLogEvents') return FREE;
    return { 'logs.bytes': sum(input.logEvents, ({ message }) => logEventSize(String(message))) };
  },
  secretsmanager: () => ({ 'secrets.requests': 1 }),
};

/** What one call of an operation uses; DynamoDB's and Lambda's calls are counted by these services. */
export function usageOfCall(service: string, operation: string, input: AwsShape): Usage {
  return Object.hasOwn(RULES, service) ? (RULES[service]?.(operation, input) ?? FREE) : FREE;
}

/** Bytes that CloudWatch Logs ingests for an event: its text and 26 more. */
export function logEventSize(message: string): number {
  return Buffer.byteLength(message) + 26;
}

/** Steps of 512 KB in which requests of HTTP APIs are counted. */
export function apiRequests(bytes: number): number {
  return Math.max(1, Math.ceil(bytes / (512 * 1024)));
}

function s3(operation: string): Usage {
  if (/^(Delete|Abort)/.test(operation)) return FREE;
  return /^(Put|Copy|Create|Complete|Upload|List)/.test(operation) ? { 's3.put': 1 } : { 's3.get': 1 };
}

function sqs(operation: string, input: AwsShape): number {
  if (operation === 'SendMessage') return chunks(sizeOf(input.MessageBody));
  if (operation !== 'SendMessageBatch') return 1;
  // A batch is one payload.
  return chunks(asList(input.Entries).reduce((size, { MessageBody }) => size + sizeOf(MessageBody), 0));
}

/** As PutEvents measures an entry: 14 bytes for a time, and the texts. */
function eventSize({ Time, Source, DetailType, Detail, Resources }: AwsShape): number {
  const texts = [Source, DetailType, Detail, ...(Array.isArray(Resources) ? Resources : [])];
  return texts.reduce((size, text) => size + sizeOf(text), Time === undefined ? 0 : 14);
}

function recipients(destination: AwsShape | undefined): number {
  const { ToAddresses, CcAddresses, BccAddresses } = destination ?? {};
  const all = [ToAddresses, CcAddresses, BccAddresses].flatMap((list) => (Array.isArray(list) ? list : []));
  // Of a raw mail the addresses may be in its text alone.
  return Math.max(1, all.length);
}

function isBilledMetricCall(operation: string): boolean {
  return /^(PutMetricData|GetMetricData|GetMetricStatistics|ListMetrics)$/.test(operation);
}

function chunks(bytes: number): number {
  return Math.max(1, Math.ceil(bytes / CHUNK));
}

function sizeOf(value: unknown): number {
  return value === undefined || value === null ? 0 : Buffer.byteLength(String(value));
}

function sum(list: unknown, amount: (item: AwsShape) => number): number {
  return asList(list).reduce((all, item) => all + amount(item), 0);
}

/** A request that its service will refuse may hold anything. */
function asList(value: unknown): AwsShape[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'object' && item !== null) : [];
}
