import { Readable } from 'node:stream';
import {
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetBucketEncryptionCommand,
  GetBucketLifecycleConfigurationCommand,
  GetBucketLocationCommand,
  GetBucketPolicyCommand,
  GetObjectCommand,
  GetPublicAccessBlockCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListBucketsCommand,
  ListObjectsCommand,
  ListObjectsV2Command,
  ListPartsCommand,
  PutBucketEncryptionCommand,
  PutBucketLifecycleConfigurationCommand,
  PutBucketPolicyCommand,
  PutObjectCommand,
  PutPublicAccessBlockCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { openWire, START } from './cloud';

/** S3 as AWS's own client sees it, over HTTP. */
describe('over the wire', () => {
  let wire: Awaited<ReturnType<typeof openWire>>;
  beforeAll(async () => {
    wire = await openWire();
    await wire.client.send(new CreateBucketCommand({ Bucket: 'reports' }));
  });
  afterAll(() => wire.close());

  const Bucket = 'reports';
  // biome-ignore lint/suspicious/noExplicitAny: the commands of the client have some hundred types.
  const send = (command: any): Promise<any> => wire.client.send(command);

  test('buckets are listed, found and missed', async () => {
    expect((await send(new ListBucketsCommand({}))).Buckets).toEqual([{ Name: Bucket, CreationDate: new Date(START) }]);
    expect(await send(new HeadBucketCommand({ Bucket }))).toMatchObject({ BucketRegion: 'us-east-1' });
    await expect(send(new HeadBucketCommand({ Bucket: 'missing' }))).rejects.toMatchObject({ name: 'NotFound' });
    expect((await send(new GetBucketLocationCommand({ Bucket }))).LocationConstraint).toBeUndefined();
    await expect(send(new DeleteBucketCommand({ Bucket: 'missing' }))).rejects.toMatchObject({
      name: 'NoSuchBucket',
      message: 'The specified bucket does not exist',
    });
    await expect(send(new CreateBucketCommand({ Bucket: 'No_Capitals' }))).rejects.toMatchObject({
      name: 'InvalidBucketName',
      message: 'The specified bucket is not valid.',
    });
  });

  test.each(['a/../b', './c', '//d', '../../etc/passwd'])('the key %s is a name like any other', async (Key) => {
    await send(new PutObjectCommand({ Bucket, Key, Body: Key }));
    expect(await (await send(new GetObjectCommand({ Bucket, Key }))).Body.transformToString()).toBe(Key);
    expect((await send(new ListObjectsV2Command({ Bucket, Prefix: Key }))).Contents).toMatchObject([{ Key }]);
    await send(new DeleteObjectCommand({ Bucket, Key }));
    expect((await send(new ListObjectsV2Command({ Bucket }))).KeyCount).toBe(0);
  });

  test('an object comes back with its content, metadata and checksum', async () => {
    const Key = 'a b/ünï+%41?&\u{1F600}.json';
    const put = await send(
      new PutObjectCommand({
        Bucket,
        Key,
        Body: '{"ok":true}',
        ContentType: 'application/json',
        ContentEncoding: 'identity',
        CacheControl: 'no-store',
        Metadata: { player: 'p-1' },
      }),
    );
    expect(put).toMatchObject({ ETag: '"82380d1e263b6093f3c7535690fcdd75"', ChecksumCRC32: expect.any(String) });
    const got = await send(new GetObjectCommand({ Bucket, Key, ChecksumMode: 'ENABLED' }));
    expect(await got.Body.transformToString()).toBe('{"ok":true}');
    expect(got).toMatchObject({
      ETag: put.ETag,
      ContentLength: 11,
      ContentType: 'application/json',
      ContentEncoding: 'identity',
      CacheControl: 'no-store',
      Metadata: { player: 'p-1' },
      LastModified: new Date(START),
      ChecksumCRC32: put.ChecksumCRC32,
    });
    expect(await send(new HeadObjectCommand({ Bucket, Key }))).toMatchObject({ ContentLength: 11, ETag: put.ETag });
    await send(new DeleteObjectCommand({ Bucket, Key }));
    await expect(send(new GetObjectCommand({ Bucket, Key }))).rejects.toMatchObject({ name: 'NoSuchKey', Key });
    await expect(send(new HeadObjectCommand({ Bucket, Key }))).rejects.toMatchObject({ name: 'NotFound' });
  });

  test('a streamed body (aws-chunked, checksum in the trailer) is stored without its framing', async () => {
    const content = Buffer.alloc(200_000, 'stream');
    const Body = Readable.from([content.subarray(0, 70_000), content.subarray(70_000)]);
    await send(new PutObjectCommand({ Bucket, Key: 'streamed', Body, ContentLength: content.length }));
    const got = await send(new GetObjectCommand({ Bucket, Key: 'streamed' }));
    expect(Buffer.from(await got.Body.transformToByteArray()).equals(content)).toBe(true);
    expect(got.ContentEncoding).toBeUndefined();
  });

  test.each(['CRC32', 'CRC32C', 'CRC64NVME', 'SHA1', 'SHA256'] as const)(
    'a %s checksum is verified',
    async (algorithm) => {
      const member = `Checksum${algorithm}`;
      // Of the nine digits; from the algorithms' specifications.
      const known = {
        CRC32: 'y/Q5Jg==',
        CRC32C: '4waSgw==',
        CRC64NVME: 'rosUhgp5mIg=',
        SHA1: '98O8HYCOBHMq32eZZczDTKeuNEE=',
        SHA256: 'FeKw08M4keuw8e9gnsQZQgwg4yDOlMZfvIwzEkSOsiU=',
      }[algorithm];
      const Body = '123456789';
      const Key = `checked/${algorithm}`;
      const put = await send(new PutObjectCommand({ Bucket, Key, Body, [member]: known }));
      expect(put[member]).toBe(known);
      const wrong = Buffer.from(known, 'base64').reverse().toString('base64');
      await expect(send(new PutObjectCommand({ Bucket, Key: 'wrong', Body, [member]: wrong }))).rejects.toMatchObject({
        name: 'BadDigest',
        message: `The ${algorithm} you specified did not match the calculated checksum.`,
      });
      await expect(send(new HeadObjectCommand({ Bucket, Key: 'wrong' }))).rejects.toMatchObject({ name: 'NotFound' });
    },
  );

  test('ranges, conditions and overrides', async () => {
    const Key = 'ranged';
    const { ETag } = await send(new PutObjectCommand({ Bucket, Key, Body: '0123456789', ContentType: 'text/plain' }));
    const get = async (more: object) => send(new GetObjectCommand({ Bucket, Key, ...more }));
    const range = await get({ Range: 'bytes=2-4' });
    expect(await range.Body.transformToString()).toBe('234');
    expect(range).toMatchObject({ ContentRange: 'bytes 2-4/10', ContentLength: 3, $metadata: { httpStatusCode: 206 } });
    expect(await (await get({ Range: 'bytes=-3' })).Body.transformToString()).toBe('789');
    expect(await (await get({ Range: 'bytes=7-' })).Body.transformToString()).toBe('789');
    await expect(get({ Range: 'bytes=10-' })).rejects.toMatchObject({ name: 'InvalidRange' });
    await expect(get({ IfNoneMatch: ETag })).rejects.toMatchObject({ $metadata: { httpStatusCode: 304 } });
    await expect(get({ IfMatch: '"other"' })).rejects.toMatchObject({ name: 'PreconditionFailed' });
    expect(
      await get({ IfMatch: ETag, ResponseContentType: 'text/html', ResponseCacheControl: 'no-cache' }),
    ).toMatchObject({
      ContentType: 'text/html',
      CacheControl: 'no-cache',
    });
    const again = send(new PutObjectCommand({ Bucket, Key, Body: 'x', IfNoneMatch: '*' }));
    await expect(again).rejects.toMatchObject({ name: 'PreconditionFailed', $metadata: { httpStatusCode: 412 } });
  });

  test('copies take or replace the metadata', async () => {
    await send(new PutObjectCommand({ Bucket, Key: 'from/a b', Body: 'x', Metadata: { one: '1' } }));
    const CopySource = `${Bucket}/from/a%20b`;
    const copied = await send(new CopyObjectCommand({ Bucket, Key: 'to', CopySource }));
    expect(copied.CopyObjectResult).toMatchObject({ LastModified: new Date(START), ETag: expect.any(String) });
    expect((await send(new HeadObjectCommand({ Bucket, Key: 'to' }))).Metadata).toEqual({ one: '1' });
    const replace = { MetadataDirective: 'REPLACE', Metadata: { two: '2' } };
    await send(new CopyObjectCommand({ Bucket, Key: 'to', CopySource, ...(replace as object) }));
    expect((await send(new HeadObjectCommand({ Bucket, Key: 'to' }))).Metadata).toEqual({ two: '2' });
    const missing = send(new CopyObjectCommand({ Bucket, Key: 'to', CopySource: `${Bucket}/nowhere` }));
    await expect(missing).rejects.toMatchObject({ name: 'NoSuchKey' });
  });

  test('listings roll up and page, and what is listed can be deleted', async () => {
    const own = { Bucket: 'listed' };
    await send(new CreateBucketCommand(own));
    for (const Key of ['a', 'b/1', 'b/2', 'c', 'd<&>"/1']) await send(new PutObjectCommand({ ...own, Key, Body: Key }));
    const first = await send(new ListObjectsV2Command({ ...own, Delimiter: '/', MaxKeys: 2 }));
    expect(first).toMatchObject({ KeyCount: 2, IsTruncated: true, CommonPrefixes: [{ Prefix: 'b/' }] });
    expect(first.Contents).toMatchObject([{ Key: 'a', Size: 1, StorageClass: 'STANDARD' }]);
    const { NextContinuationToken: ContinuationToken } = first;
    const second = await send(new ListObjectsV2Command({ ...own, Delimiter: '/', ContinuationToken }));
    expect(second).toMatchObject({
      IsTruncated: false,
      CommonPrefixes: [{ Prefix: 'd<&>"/' }],
      Contents: [{ Key: 'c' }],
    });
    const old = await send(new ListObjectsCommand({ ...own, Delimiter: '/', MaxKeys: 2 }));
    expect(old).toMatchObject({ NextMarker: 'b/', IsTruncated: true });
    const rest = await send(new ListObjectsCommand({ ...own, Delimiter: '/', Marker: old.NextMarker }));
    expect(rest).toMatchObject({ Contents: [{ Key: 'c' }], CommonPrefixes: [{ Prefix: 'd<&>"/' }] });
    const Objects = ['a', 'b/1', 'b/2', 'c', 'd<&>"/1', 'never there'].map((Key) => ({ Key }));
    await expect(send(new DeleteBucketCommand(own))).rejects.toMatchObject({ name: 'BucketNotEmpty' });
    const deleted = await send(new DeleteObjectsCommand({ ...own, Delete: { Objects } }));
    expect(deleted.Deleted).toEqual(Objects);
    await send(new DeleteBucketCommand(own));
  });

  test('an upload in parts becomes one object', async () => {
    const Key = 'big';
    const { UploadId } = await send(new CreateMultipartUploadCommand({ Bucket, Key, ContentType: 'text/x-big' }));
    const bodies = [Buffer.alloc(5 * 1024 * 1024, 'a'), Buffer.from('the end')];
    const Parts: object[] = [];
    for (const [at, Body] of bodies.entries()) {
      const { ETag } = await send(new UploadPartCommand({ Bucket, Key, UploadId, PartNumber: at + 1, Body }));
      Parts.push({ PartNumber: at + 1, ETag });
    }
    const listed = await send(new ListPartsCommand({ Bucket, Key, UploadId }));
    expect(listed.Parts).toMatchObject([
      { PartNumber: 1, Size: 5 * 1024 * 1024 },
      { PartNumber: 2, Size: 7 },
    ]);
    const wrongOrder = { Bucket, Key, UploadId, MultipartUpload: { Parts: [...Parts].reverse() } };
    await expect(send(new CompleteMultipartUploadCommand(wrongOrder))).rejects.toMatchObject({
      name: 'InvalidPartOrder',
    });
    const done = await send(new CompleteMultipartUploadCommand({ Bucket, Key, UploadId, MultipartUpload: { Parts } }));
    expect(done.ETag).toMatch(/^"[0-9a-f]{32}-2"$/);
    const got = await send(new GetObjectCommand({ Bucket, Key }));
    expect(got.ContentType).toBe('text/x-big');
    expect(Buffer.concat(bodies).equals(Buffer.from(await got.Body.transformToByteArray()))).toBe(true);
    await expect(send(new ListPartsCommand({ Bucket, Key, UploadId }))).rejects.toMatchObject({ name: 'NoSuchUpload' });
  });

  test('what CloudFormation configures on a bucket is kept', async () => {
    await expect(send(new GetPublicAccessBlockCommand({ Bucket }))).rejects.toMatchObject({
      name: 'NoSuchPublicAccessBlockConfiguration',
    });
    const PublicAccessBlockConfiguration = { BlockPublicAcls: true, IgnorePublicAcls: false };
    await send(new PutPublicAccessBlockCommand({ Bucket, PublicAccessBlockConfiguration }));
    expect(await send(new GetPublicAccessBlockCommand({ Bucket }))).toMatchObject({ PublicAccessBlockConfiguration });

    const Rules = [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' as const } }];
    const ServerSideEncryptionConfiguration = { Rules };
    await send(new PutBucketEncryptionCommand({ Bucket, ServerSideEncryptionConfiguration }));
    expect(await send(new GetBucketEncryptionCommand({ Bucket }))).toMatchObject({ ServerSideEncryptionConfiguration });

    const LifecycleConfiguration = {
      Rules: [{ ID: 'old', Status: 'Enabled' as const, Filter: { Prefix: 'tmp/' }, Expiration: { Days: 30 } }],
    };
    await send(new PutBucketLifecycleConfigurationCommand({ Bucket, LifecycleConfiguration }));
    expect(await send(new GetBucketLifecycleConfigurationCommand({ Bucket }))).toMatchObject(LifecycleConfiguration);

    const Policy = JSON.stringify({ Version: '2012-10-17', Statement: [] });
    await send(new PutBucketPolicyCommand({ Bucket, Policy }));
    expect((await send(new GetBucketPolicyCommand({ Bucket }))).Policy).toBe(Policy);
  });
});
