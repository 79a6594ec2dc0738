import { openDynamoDb, table } from './cloud';

/** Writes the same number to two items in one transaction, again and again, and says which numbers were acknowledged. */
async function main(dir: string): Promise<void> {
  const cloud = await openDynamoDb(dir);
  await cloud.call('CreateTable', {
    ...table('Pairs'),
    AttributeDefinitions: [
      { AttributeName: 'id', AttributeType: 'S' },
      { AttributeName: 'n', AttributeType: 'N' },
    ],
    GlobalSecondaryIndexes: [
      {
        IndexName: 'byNumber',
        KeySchema: [{ AttributeName: 'n', KeyType: 'HASH' }],
        Projection: { ProjectionType: 'ALL' },
      },
    ],
  });
  for (let n = 1; ; n++) {
    const TransactItems = ['one', 'two'].map((id) => ({
      Put: { TableName: 'Pairs', Item: { id: { S: id }, n: { N: String(n) } } },
    }));
    await cloud.call('TransactWriteItems', { TransactItems });
    process.stdout.write(`${n}\n`);
  }
}

void main(process.argv[2] as string);
