import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { VirtualClock } from '../../../local/runtime/clock';
import { Store } from '../../../local/runtime/store';
import { Work } from '../../../local/runtime/work';
import { AwsServices, type AwsShape } from '../../../local/services/aws';
import { DynamoDbService } from '../../../local/services/dynamodb/service';
import type { Parts } from '../../../local/services/parts';

export const START = Date.UTC(2026, 0, 1);

/** A DynamoDB with a clock that stands still unless it is moved. */
export async function openDynamoDb(dir?: string) {
  const work = new Work();
  const clock = new VirtualClock({ start: START, scale: 0, work });
  const store = Store.open(dir);
  const aws = new AwsServices(work);
  const identity = { accountId: '123456789012', region: 'us-east-1', accessKeyId: 'test', secretAccessKey: 'secret' };
  const parts: Parts = { store, clock, work, aws, identity, dir };
  const service = new DynamoDbService(parts);
  aws.register(service);
  await service.start();
  return {
    ...parts,
    service,
    call: (operation: string, input: AwsShape) => aws.call('dynamodb', operation, input, { via: 'test' }),
    close: async () => {
      await service.stop();
      clock.close();
      await store.close();
    },
  };
}

export type Cloud = Awaited<ReturnType<typeof openDynamoDb>>;

export const table = (TableName: string, more: AwsShape = {}) => ({
  TableName,
  KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
  AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
  BillingMode: 'PAY_PER_REQUEST',
  ...more,
});

/** Runs `use` with a directory that is gone afterwards. */
export async function inTemporaryDirectory(use: (dir: string) => Promise<void>): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), 'stepwright-dynamodb-'));
  try {
    await use(dir);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}
