import { createHash } from 'node:crypto';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import type { AwsShape } from '../../../local/services/aws';
import { anyText } from '../../any-text';
import { type Cloud, inTemporaryDirectory, openS3, START, text } from './cloud';

const Bucket = 'bucket';

async function withBucket(dir?: string): Promise<Cloud> {
  const cloud = await openS3(dir);
  await cloud.call('CreateBucket', { Bucket });
  return cloud;
}

const body = async (cloud: Cloud, Key: string) => text((await cloud.call('GetObject', { Bucket, Key })).Body);

/** The names of all files below a folder. */
const files = (dir: string) =>
  readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));

test('in process an object takes and answers the shapes of the SDK', async () => {
  const cloud = await withBucket();
  const content = new Uint8Array([0, 1, 255]);
  const ETag = `"${createHash('md5').update(content).digest('hex')}"`;
  expect(await cloud.call('PutObject', { Bucket, Key: 'k', Body: content, Metadata: { Name: 'Ünï' } })).toEqual({
    ETag,
    ServerSideEncryption: 'AES256',
  });
  content[0] = 9;
  expect(await cloud.call('GetObject', { Bucket, Key: 'k' })).toEqual({
    AcceptRanges: 'bytes',
    Body: new Uint8Array([0, 1, 255]),
    ContentLength: 3,
    ContentType: 'binary/octet-stream',
    ETag,
    LastModified: new Date(START),
    Metadata: { name: 'Ünï' },
    ServerSideEncryption: 'AES256',
  });
  await expect(cloud.call('GetObject', { Bucket, Key: 'missing' })).rejects.toMatchObject({
    code: 'NoSuchKey',
    message: 'The specified key does not exist.',
    status: 404,
  });
  await expect(cloud.call('GetObject', { Bucket: 'missing', Key: 'k' })).rejects.toMatchObject({
    code: 'NoSuchBucket',
  });
  await cloud.close();
});

test('keys that look like paths, or like nothing at all, are only keys', async () => {
  await inTemporaryDirectory(async (dir) => {
    const cloud = await withBucket(dir);
    const before = files(dir).length;
    const keys = [
      '../../../etc/passwd',
      '/',
      '//',
      '/leading',
      'a//b',
      '.',
      '..',
      './a',
      'a/../b',
      'nul\u0000l',
      'C:\\x',
      '%2e%2e',
      '\n',
    ];
    for (const Key of keys) await cloud.call('PutObject', { Bucket, Key, Body: `content of ${JSON.stringify(Key)}` });
    for (const Key of keys) expect(await body(cloud, Key)).toBe(`content of ${JSON.stringify(Key)}`);
    const { Contents } = await cloud.call('ListObjectsV2', { Bucket });
    expect(Contents.map(({ Key }: AwsShape) => Key).sort()).toEqual([...keys].sort());
    const names = files(join(dir, 's3')).map((file) => file.slice(join(dir, 's3').length));
    for (const name of names) expect(name).toMatch(/^\/[0-9a-f]{2}\/[0-9a-f]{64}$/);
    expect(files(dir).length - before).toBeGreaterThanOrEqual(keys.length);
    await cloud.close();
  });
});

test('a request target is taken as it was sent, dots included', async () => {
  const cloud = await withBucket();
  const { protocol } = cloud.service;
  if (protocol.kind !== 'http') throw new Error('S3 speaks REST');
  const target = '/bucket/a/../b//c%2F%E2%82%AC';
  const request = { url: new URL(`http://127.0.0.1${target}`), target, headers: {}, body: Buffer.from('x') };
  expect(await protocol.handle({ ...request, method: 'PUT' })).toMatchObject({ status: 200 });
  expect(await body(cloud, 'a/../b//c/€')).toBe('x');
  const malformed = { ...request, target: '/bucket/%E2%82', method: 'GET' };
  expect(await protocol.handle(malformed)).toMatchObject({
    status: 400,
    body: expect.stringContaining('<Code>InvalidURI</Code>'),
  });
  await cloud.close();
});

test('keys of up to 1,024 bytes, and no others', async () => {
  const cloud = await withBucket();
  const longest = `${'€'.repeat(341)}x`;
  await cloud.call('PutObject', { Bucket, Key: longest, Body: 'long' });
  expect(await body(cloud, longest)).toBe('long');
  const tooLong = cloud.call('PutObject', { Bucket, Key: `${longest}x`, Body: '' });
  await expect(tooLong).rejects.toMatchObject({ code: 'KeyTooLongError', message: 'Your key is too long' });
  await expect(cloud.call('PutObject', { Bucket, Key: '', Body: '' })).rejects.toMatchObject({
    code: 'InvalidArgument',
  });
  await cloud.close();
});

test.each(['ab', 'Capital', 'a..b', '-a-', '192.168.0.1', 'a_b', '../x', 'x'.repeat(64)])(
  '%s is no bucket',
  async (name) => {
    const cloud = await openS3();
    await expect(cloud.call('CreateBucket', { Bucket: name })).rejects.toMatchObject({ code: 'InvalidBucketName' });
    await cloud.close();
  },
);

test('of writers that all want to be first, one is', async () => {
  const cloud = await withBucket();
  const attempts = Array.from({ length: 20 }, (_, n) =>
    cloud.call('PutObject', { Bucket, Key: 'once', Body: `writer ${n}`, IfNoneMatch: '*' }),
  );
  const results = await Promise.allSettled(attempts);
  const winners = results.flatMap(({ status }, n) => (status === 'fulfilled' ? [n] : []));
  expect(winners).toHaveLength(1);
  expect(await body(cloud, 'once')).toBe(`writer ${winners[0]}`);
  for (const result of results) {
    if (result.status === 'rejected') expect(result.reason).toMatchObject({ code: 'PreconditionFailed', status: 412 });
  }
  await cloud.close();
});

test('everything is there again after closing and opening; contents nobody refers to are not', async () => {
  await inTemporaryDirectory(async (dir) => {
    let cloud = await withBucket(dir);
    for (const Key of ['a', 'b'])
      await cloud.call('PutObject', { Bucket, Key, Body: 'the same', ContentType: 'text/plain' });
    await cloud.call('PutObject', { Bucket, Key: 'c', Body: 'first' });
    await cloud.call('PutObject', { Bucket, Key: 'c', Body: 'second' });
    await cloud.call('DeleteObject', { Bucket, Key: 'a' });
    expect(files(join(dir, 's3'))).toHaveLength(2);
    await cloud.close();
    cloud = await openS3(dir);
    expect(await body(cloud, 'b')).toBe('the same');
    expect(await body(cloud, 'c')).toBe('second');
    expect(await cloud.call('HeadObject', { Bucket, Key: 'b' })).toMatchObject({ ContentType: 'text/plain' });
    await cloud.call('DeleteObject', { Bucket, Key: 'b' });
    expect(files(join(dir, 's3'))).toHaveLength(1);
    await cloud.close();
  });
});

test('writes, reads and deletes of one content at once never lose it', async () => {
  await inTemporaryDirectory(async (dir) => {
    const cloud = await withBucket(dir);
    const Body = 'shared';
    await Promise.all(
      Array.from({ length: 30 }, async (_, n) => {
        const Key = `k${n % 3}`;
        await cloud.call('PutObject', { Bucket, Key, Body });
        await cloud.call('DeleteObject', { Bucket, Key });
        await cloud.call('PutObject', { Bucket, Key: `kept ${n}`, Body });
        expect(await body(cloud, `kept ${n}`)).toBe(Body);
      }),
    );
    expect(files(join(dir, 's3'))).toHaveLength(1);
    await cloud.close();
  });
});

describe('any keys', () => {
  const byBytes = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b));
  const key = fc.oneof(
    anyText({ minLength: 1, maxLength: 12 }),
    fc
      .array(fc.constantFrom('a', 'b', '/', '//', '-', '\u00e9', '\u{1F600}', '\uffff'), { minLength: 1, maxLength: 6 })
      .map((parts) => parts.join('')),
  );

  /** What S3 lists: keys after a marker, in order of their bytes, those with the delimiter behind the prefix rolled up. */
  function reference(keys: string[], prefix: string, delimiter: string): string[] {
    const listed = new Set<string>();
    for (const one of [...keys].sort(byBytes)) {
      if (!one.startsWith(prefix)) continue;
      const end = delimiter === '' ? -1 : one.indexOf(delimiter, prefix.length);
      listed.add(end < 0 ? `key ${one}` : `prefix ${one.slice(0, end + delimiter.length)}`);
    }
    return [...listed];
  }

  const told = (page: AwsShape) => [
    ...(page.Contents ?? []).map(({ Key }: AwsShape) => `key ${Key}`),
    ...(page.CommonPrefixes ?? []).map(({ Prefix }: AwsShape) => `prefix ${Prefix}`),
  ];

  test('come back with their content, and are listed as a sorted reference lists them', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(key, { maxLength: 15 }),
        fc.constantFrom('', 'a', 'a/', '/'),
        fc.constantFrom('', '/', 'b', '//'),
        fc.integer({ min: 1, max: 5 }),
        async (keys, Prefix, Delimiter, MaxKeys) => {
          const cloud = await withBucket();
          for (const Key of keys) await cloud.call('PutObject', { Bucket, Key, Body: Key });
          for (const Key of keys) expect(await body(cloud, Key)).toBe(Key);
          const expected = reference(keys, Prefix, Delimiter);
          for (const operation of ['ListObjects', 'ListObjectsV2']) {
            const seen: string[] = [];
            let next: AwsShape | undefined = {};
            while (next) {
              const page: AwsShape = await cloud.call(operation, { Bucket, Prefix, Delimiter, MaxKeys, ...next });
              const entries = told(page);
              expect(entries.length).toBeLessThanOrEqual(MaxKeys);
              if (page.IsTruncated) expect(entries).toHaveLength(MaxKeys);
              seen.push(...entries);
              const Marker = page.NextMarker ?? page.Contents?.at(-1)?.Key;
              const { NextContinuationToken: ContinuationToken } = page;
              next = page.IsTruncated ? (operation === 'ListObjects' ? { Marker } : { ContinuationToken }) : undefined;
            }
            expect([...seen].sort()).toEqual([...expected].sort());
          }
          await cloud.close();
        },
      ),
      { numRuns: 80 },
    );
  });
});

test('a content that was changed on disk is refused, never answered', async () => {
  await inTemporaryDirectory(async (dir) => {
    const cloud = await withBucket(dir);
    await cloud.call('PutObject', { Bucket, Key: 'k', Body: 'what was written' });
    const [file = ''] = files(join(dir, 's3'));
    writeFileSync(file, 'what was writtem');
    await expect(cloud.call('GetObject', { Bucket, Key: 'k' })).rejects.toThrow(`${file} is damaged`);
    await cloud.close();
  });
});
