import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { inTemporaryDirectory, openDynamoDb } from './cloud';

test('killed in the middle of transactions, a table has whole ones only, and all that were acknowledged', async () => {
  await inTemporaryDirectory(async (dir) => {
    const writer = spawn(process.execPath, ['--import', 'tsx', join(__dirname, 'crash-writer.ts'), dir]);
    let acknowledged = 0;
    for await (const line of createInterface(writer.stdout)) {
      acknowledged = Number(line);
      if (acknowledged === 40) writer.kill('SIGKILL');
    }
    if (writer.exitCode === null && writer.signalCode === null) await once(writer, 'exit');
    expect(acknowledged).toBeGreaterThanOrEqual(40);

    const cloud = await openDynamoDb(dir);
    const read = async (id: string) => {
      const { Item } = await cloud.call('GetItem', { TableName: 'Pairs', Key: { id: { S: id } } });
      return Number(Item.n.N);
    };
    const [one, two] = [await read('one'), await read('two')];
    expect(one).toBe(two);
    expect(one).toBeGreaterThanOrEqual(acknowledged);
    const { Count } = await cloud.call('Query', {
      TableName: 'Pairs',
      IndexName: 'byNumber',
      KeyConditionExpression: 'n = :n',
      ExpressionAttributeValues: { ':n': { N: String(one) } },
    });
    expect(Count).toBe(2);
    await cloud.close();
  });
});
