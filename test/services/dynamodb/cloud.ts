import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Store } from '../../../local/runtime/store';
import type { AwsShape } from '../../../local/services/aws';
import { DynamoDbService } from '../../../local/services/dynamodb/service';
import type { Parts } from '../../../local/services/parts';
import { testParts } from '../wire/parts';

export const START = Date.UTC(2026, 0, 1);

/** A DynamoDB with a clock that stands still unless it is moved. */
export async function openDynamoDb(dir?: string) {
  const parts: Parts = { ...testParts({ store: Store.open(dir), start: START }), dir };
  const { aws, clock, store } = parts;
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
