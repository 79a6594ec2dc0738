import {
  ConditionalCheckFailedException,
  CreateTableCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  TransactionCanceledException,
  TransactWriteItemsCommand,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb';
import { WireServer } from '../../../local/services/wire/server';
import { openDynamoDb } from './cloud';

test("AWS's own client creates a table, writes, reads and understands the errors", async () => {
  const cloud = await openDynamoDb();
  const wire = new WireServer(cloud);
  const { url } = await wire.start();
  const client = new DynamoDBClient({
    endpoint: url,
    region: cloud.identity.region,
    credentials: { accessKeyId: cloud.identity.accessKeyId, secretAccessKey: cloud.identity.secretAccessKey },
    systemClockOffset: cloud.clock.now() - Date.now(),
  });
  const TableName = 'Loans';
  try {
    await client.send(
      new CreateTableCommand({
        TableName,
        KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
        AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
        BillingMode: 'PAY_PER_REQUEST',
      }),
    );
    await waitUntilTableExists({ client, maxWaitTime: 30 }, { TableName });
    const Item = { id: { S: 'a' }, blob: { B: new Uint8Array([1, 2, 255]) }, tags: { SS: ['x'] } };
    await client.send(new PutItemCommand({ TableName, Item }));
    const read = await client.send(new GetItemCommand({ TableName, Key: { id: { S: 'a' } } }));
    expect(read.Item).toEqual(Item);

    const Put = {
      TableName,
      Item,
      ConditionExpression: 'attribute_not_exists(id)',
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const,
    };
    const failed = await client.send(new PutItemCommand(Put)).catch((error) => error);
    expect(failed).toBeInstanceOf(ConditionalCheckFailedException);
    expect(failed.Item).toEqual(Item);
    const canceled = await client.send(new TransactWriteItemsCommand({ TransactItems: [{ Put }] })).catch((e) => e);
    expect(canceled).toBeInstanceOf(TransactionCanceledException);
    expect(canceled.CancellationReasons).toEqual([
      { Code: 'ConditionalCheckFailed', Message: 'The conditional request failed', Item },
    ]);
  } finally {
    client.destroy();
    await wire.stop();
    await cloud.close();
  }
});
