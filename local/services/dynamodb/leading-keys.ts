import type { AwsShape } from '../aws';
import { tableName } from './tables';

/**
 * Owns which partitions of a table a request is about, for policies that allow some only
 * (`dynamodb:LeadingKeys`, docs.aws.amazon.com/amazondynamodb/latest/developerguide/specifying-conditions.html).
 *
 * @param action 'dynamodb:PutItem': of a transaction, the items that it is needed for
 * @param resource the ARN of the table or of an index
 * @param describe a table's description by its name; throws if there is none
 * @returns the values of the partition key as texts; none for a Scan; undefined where they cannot be told
 */
export function leadingKeys(
  input: AwsShape,
  action: string,
  resource: string,
  describe: (name: string) => AwsShape,
): string[] | undefined {
  const [, name = '', index] = /:table\/([^/]+)(?:\/index\/(.+))?$/.exec(resource) ?? [];
  try {
    const table = describe(name);
    const indexes: AwsShape[] = [...(table.GlobalSecondaryIndexes ?? []), ...(table.LocalSecondaryIndexes ?? [])];
    const { KeySchema = [] } = index === undefined ? table : (indexes.find((one) => one.IndexName === index) ?? {});
    const partition: string | undefined = KeySchema.find(({ KeyType }: AwsShape) => KeyType === 'HASH')?.AttributeName;
    if (partition === undefined) return undefined;
    if (action === 'dynamodb:Scan') return [];
    if (action === 'dynamodb:Query') return queried(input, partition);
    return itemsOf(input, action, name).map((item) => keyText(item[partition]));
  } catch {
    return undefined;
  }
}

function itemsOf({ Key, Item, RequestItems, TransactItems }: AwsShape, action: string, table: string): AwsShape[] {
  if (RequestItems) {
    const [, requests] = Object.entries<AwsShape>(RequestItems).find(([name]) => tableName(name) === table) ?? [];
    if (Array.isArray(requests)) return requests.map((one) => one.PutRequest?.Item ?? one.DeleteRequest?.Key);
    return requests?.Keys ?? [];
  }
  if (TransactItems) {
    const kind = action.replace(/^dynamodb:(\w+)Item$/, '$1');
    const requests: AwsShape[] = TransactItems.flatMap((one: AwsShape) => one[kind] ?? []);
    return requests.filter((one) => tableName(one.TableName) === table).map((one) => one.Key ?? one.Item);
  }
  return [Key ?? Item];
}

/** The value that the condition gives the partition key; undefined for a form that is not understood. */
function queried(input: AwsShape, partition: string): string[] | undefined {
  const { KeyConditionExpression = '', ExpressionAttributeNames = {}, ExpressionAttributeValues = {} } = input;
  for (const [, name = '', value = ''] of String(KeyConditionExpression).matchAll(/(#?[\w.-]+)\s*=\s*(:\w+)/g)) {
    const isPartition = (name.startsWith('#') ? ExpressionAttributeNames[name] : name) === partition;
    if (isPartition && ExpressionAttributeValues[value]) return [keyText(ExpressionAttributeValues[value])];
  }
  return undefined;
}

function keyText({ S, N, B }: AwsShape): string {
  return S ?? N ?? (typeof B === 'string' ? B : Buffer.from(B).toString('base64'));
}
