import type { Usage } from '../../cost/usage';
import { AwsError, type AwsShape } from '../aws';
import { itemBytes } from './engine';
import type { Unit } from './pages';

/**
 * Owns what an operation on items is billed: request units by DynamoDB's rules
 * (docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html). A write takes a unit for each KB
 * of the larger of the item before and after, a read one for each 4 KB, half of it when it need not be consistent;
 * transactions take both twice. Every change of an index entry takes units of its own.
 */

const READS = new Set(['GetItem', 'BatchGetItem', 'Query', 'Scan', 'TransactGetItems']);
const WRITES = new Set(['PutItem', 'UpdateItem', 'DeleteItem', 'BatchWriteItem', 'TransactWriteItems']);

/** Whether an operation's answer tells the capacity that it consumed when it is asked to. */
export function consumesCapacity(operation: string): boolean {
  return READS.has(operation) || WRITES.has(operation);
}

/** What an operation has used. @param indexes units of the index entries that it wrote */
export function usageOfAnswer(operation: string, { ConsumedCapacity }: AwsShape, indexes: number): Usage {
  const consumed: AwsShape[] = [ConsumedCapacity ?? []].flat();
  const units = consumed.reduce((sum, { CapacityUnits = 0 }) => sum + CapacityUnits, 0);
  // A search that finds nothing is billed like one that finds little.
  if (READS.has(operation)) return { 'dynamodb.read': Math.max(units, 0.5) };
  return { 'dynamodb.write': units + indexes };
}

/** What a refused operation has used: a write whose condition does not hold is billed as one of a small item. */
export function usageOfRefusal(error: unknown): Usage {
  if (!(error instanceof AwsError)) return {};
  if (error.code === 'ConditionalCheckFailedException') return { 'dynamodb.write': 1 };
  if (error.code !== 'TransactionCanceledException') return {};
  return { 'dynamodb.write': 2 * (error.details.CancellationReasons?.length ?? 1) };
}

/** Units of the index entries that a unit of work, not applied yet, will write, change or delete. */
export function indexUnits(unit: Unit): number {
  let units = 0;
  for (const { before, after } of unit.changes('index ')) {
    if (before === after) continue;
    const bytes = Math.max(...[before, after].map((text) => (text === undefined ? 0 : itemBytes(JSON.parse(text)))));
    units += Math.max(1, Math.ceil(bytes / 1024));
  }
  return units;
}
