import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { S3Client } from '@aws-sdk/client-s3';
import { Store } from '../../../local/runtime/store';
import type { AwsShape } from '../../../local/services/aws';
import type { Parts } from '../../../local/services/parts';
import { S3Service } from '../../../local/services/s3/service';
import { WireServer } from '../../../local/services/wire/server';
import { testParts } from '../wire/parts';

export const START = Date.UTC(2026, 0, 1);

/** An S3 with a clock that stands still unless it is moved. */
export async function openS3(dir?: string) {
  const parts: Parts = { ...testParts({ store: Store.open(dir), start: START }), dir };
  const { aws, clock, store } = parts;
  const service = new S3Service(parts);
  aws.register(service);
  await service.start();
  return {
    ...parts,
    service,
    call: (operation: string, input: AwsShape) => aws.call('s3', operation, input, { via: 'test' }),
    close: async () => {
      clock.close();
      await store.close();
    },
  };
}

export type Cloud = Awaited<ReturnType<typeof openS3>>;

/** An S3 on the wire, and a client that speaks to it. */
export async function openWire() {
  const cloud = await openS3();
  const wire = new WireServer(cloud);
  const { url } = await wire.start();
  const { accessKeyId, secretAccessKey, region } = cloud.identity;
  const client = new S3Client({
    endpoint: url,
    region,
    credentials: { accessKeyId, secretAccessKey },
    systemClockOffset: cloud.clock.now() - Date.now(),
  });
  return {
    cloud,
    client,
    url,
    close: async () => {
      client.destroy();
      await wire.stop();
      await cloud.close();
    },
  };
}

/** Runs `use` with a directory that is gone afterwards. */
export async function inTemporaryDirectory(use: (dir: string) => Promise<void>): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), 'stepwright-s3-'));
  try {
    await use(dir);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

export const text = (body: Uint8Array): string => Buffer.from(body).toString('utf8');
