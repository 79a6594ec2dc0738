import { isObject, type Json } from '../../asl/json';
import type { SqsRecord } from './records';

/**
 * The records that an answer `{ "batchItemFailures": [{ "itemIdentifier": "<messageId>" }, …] }` names: no such list or
 * an empty one means that all is well; one that names what was not in the batch, that none of it is
 * (docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html).
 */
export function failedOf(records: readonly SqsRecord[], answer: Json | undefined): SqsRecord[] {
  const failures = isObject(answer) ? answer.batchItemFailures : undefined;
  if (failures === undefined || failures === null) return [];
  if (!Array.isArray(failures)) return [...records];
  const byId = new Map(records.map((record) => [record.messageId, record]));
  const failed = failures.map((one) => byId.get(isObject(one) ? String(one.itemIdentifier) : ''));
  return failed.every((record) => record !== undefined) ? (failed as SqsRecord[]) : [...records];
}
