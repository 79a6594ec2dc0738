import { AwsError, type AwsShape } from '../aws';
import type { Parts } from '../parts';
import type { Blobs } from './blobs';
import type { Catalog, StoredObject } from './catalog';
import { CHECKSUM_MEMBERS, md5, verifyChecksums } from './checksums';
import { checkRead, checkWrite, parseRange } from './conditions';
import { invalidArgument, invalidRequest, malformedXml, noSuchKey, notFound } from './errors';
import { keyPlace } from './names';

/**
 * Owns objects: what PutObject acknowledges is on disk, content and row, and replaces what was there in one instant.
 * A content is read into memory whole.
 */
export class Objects {
  constructor(
    private readonly parts: Parts,
    private readonly catalog: Catalog,
    private readonly blobs: Blobs,
  ) {}

  async put(input: AwsShape): Promise<AwsShape> {
    const { name } = this.catalog.bucket(input.Bucket);
    const place = keyPlace(input.Key);
    checkWrite(input, this.catalog.object(name, place));
    const content = contentOf(input.Body);
    const checksums = verifyChecksums(input, content);
    const meta = { ...writtenMeta(input), ...checksums };
    const etag = md5(content);
    await this.write(name, place, content, { size: content.length, etag, meta }, input);
    const type = Object.keys(checksums).length > 0 ? { ChecksumType: 'FULL_OBJECT' } : {};
    return { ETag: quoted(etag), ...checksums, ...type, ...encryption(meta) };
  }

  /** Stores a content and the row for it, if the conditions in `input` still hold then. */
  async write(
    bucket: string,
    place: string,
    content: Uint8Array,
    row: Pick<StoredObject, 'size' | 'etag' | 'meta'>,
    input: AwsShape,
  ): Promise<StoredObject> {
    const { before, after } = await this.blobs.keep(content, async (sha256) => {
      this.catalog.bucket(bucket);
      const current = this.catalog.object(bucket, place);
      checkWrite(input, current);
      const written = { ...row, place, sha256, modified: this.parts.clock.now() };
      this.catalog.putObject(bucket, written);
      await this.catalog.durable();
      return { before: current, after: written };
    });
    if (before && before.sha256 !== after.sha256) await this.blobs.sweep(before.sha256);
    return after;
  }

  async get(input: AwsShape): Promise<AwsShape> {
    const object = this.#find(input, noSuchKey);
    checkRead(input, object);
    const range = parseRange(input.Range, object.size);
    const content = await this.blobs.read(object.sha256);
    const Body = range ? content.slice(range.first, range.last + 1) : content;
    return { ...this.#described(object, input, range), Body };
  }

  head(input: AwsShape): AwsShape {
    const object = this.#find(input, notFound);
    checkRead(input, object);
    return this.#described(object, input, parseRange(input.Range, object.size));
  }

  async delete(input: AwsShape): Promise<AwsShape> {
    const { name } = this.catalog.bucket(input.Bucket);
    const place = keyPlace(input.Key);
    const object = this.catalog.object(name, place);
    if (object) {
      this.catalog.deleteObject(name, place);
      await this.blobs.sweep(object.sha256);
    }
    return {};
  }

  async deleteMany(input: AwsShape): Promise<AwsShape> {
    this.catalog.bucket(input.Bucket);
    const targets: unknown = input.Delete?.Objects;
    if (!Array.isArray(targets) || targets.length < 1 || targets.length > 1000) throw malformedXml();
    const Deleted: AwsShape[] = [];
    const Errors: AwsShape[] = [];
    for (const target of targets) {
      const Key = target?.Key;
      try {
        await this.delete({ Bucket: input.Bucket, Key });
        Deleted.push({ Key });
      } catch (error) {
        if (!(error instanceof AwsError)) throw error;
        Errors.push({ Key, Code: error.code, Message: error.message });
      }
    }
    return { ...(input.Delete.Quiet ? {} : { Deleted }), ...(Errors.length > 0 ? { Errors } : {}) };
  }

  async copy(input: AwsShape): Promise<AwsShape> {
    const { name } = this.catalog.bucket(input.Bucket);
    const place = keyPlace(input.Key);
    const from = copySource(input.CopySource);
    const source = this.#find(from, noSuchKey);
    checkRead(copyConditions(input), source);
    const replaces = input.MetadataDirective === 'REPLACE';
    if (from.Bucket === name && source.place === place && !replaces) {
      throw invalidRequest(
        "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.",
      );
    }
    const content = await this.blobs.read(source.sha256);
    const checksums = pick(source.meta, CHECKSUM_MEMBERS);
    const meta = replaces ? { ...writtenMeta(input), ...checksums } : source.meta;
    // A copy of an object that was uploaded in parts is one whole.
    const etag = md5(content);
    const { modified } = await this.write(name, place, content, { size: source.size, etag, meta }, {});
    const CopyObjectResult = { ETag: quoted(etag), LastModified: new Date(modified), ...checksums };
    return { CopyObjectResult, ...encryption(meta) };
  }

  #find({ Bucket, Key, VersionId }: AwsShape, missing: (key: string) => AwsError): StoredObject {
    const { name } = this.catalog.bucket(Bucket);
    const object = this.catalog.object(name, keyPlace(Key));
    if (!object || (VersionId !== undefined && VersionId !== 'null')) throw missing(Key);
    return object;
  }

  #described(object: StoredObject, input: AwsShape, range: { first: number; last: number } | undefined): AwsShape {
    const { size, etag, modified, meta } = object;
    const { ChecksumType, ...rest } = meta;
    const wantsChecksums = input.ChecksumMode === 'ENABLED' && !range;
    const described: AwsShape = {
      AcceptRanges: 'bytes',
      ContentLength: range ? range.last - range.first + 1 : size,
      ETag: quoted(etag),
      LastModified: new Date(modified),
      Metadata: {},
      ...encryption(meta),
      ...Object.fromEntries(
        Object.entries(rest).filter(([name]) => wantsChecksums || !CHECKSUM_MEMBERS.includes(name as never)),
      ),
    };
    if (wantsChecksums && ChecksumType) described.ChecksumType = ChecksumType;
    if (range) described.ContentRange = `bytes ${range.first}-${range.last}/${size}`;
    for (const member of OVERRIDABLE) {
      const override = input[`Response${member}`];
      if (override !== undefined) described[member] = override;
    }
    return described;
  }
}

/** What GetObject's `Response…` members put in place of what was stored. */
const OVERRIDABLE = [
  'CacheControl',
  'ContentDisposition',
  'ContentEncoding',
  'ContentLanguage',
  'ContentType',
  'Expires',
] as const;

/** S3 encrypts whatever it stores, with keys of its own unless it is told otherwise. */
function encryption({ ServerSideEncryption = 'AES256' }: AwsShape): AwsShape {
  return { ServerSideEncryption };
}

const KEPT = [...OVERRIDABLE, 'WebsiteRedirectLocation', 'StorageClass', 'ServerSideEncryption'] as const;

const MOST_METADATA_BYTES = 2048;

/** What a request says about the object that it writes. */
export function writtenMeta(input: AwsShape): AwsShape {
  const Metadata = Object.fromEntries(
    Object.entries(input.Metadata ?? {}).map(([name, value]) => [name.toLowerCase(), String(value)]),
  );
  const size = Object.entries(Metadata).reduce((sum, entry) => sum + Buffer.byteLength(entry.join('')), 0);
  if (size > MOST_METADATA_BYTES) {
    throw new AwsError('MetadataTooLarge', 'Your metadata headers exceed the maximum allowed metadata size', 400, {
      Size: size,
      MaxSizeAllowed: MOST_METADATA_BYTES,
    });
  }
  return { ContentType: 'binary/octet-stream', ...pick(input, KEPT), Metadata };
}

export function contentOf(body: unknown): Uint8Array {
  if (body === undefined || body === null) return new Uint8Array();
  if (typeof body === 'string') return Buffer.from(body, 'utf8');
  if (body instanceof Uint8Array) return body;
  throw invalidRequest('The body must be text or bytes.');
}

export const quoted = (etag: string): string => `"${etag}"`;

function pick(shape: AwsShape, members: readonly string[]): AwsShape {
  return Object.fromEntries(
    members.filter((member) => shape[member] !== undefined).map((member) => [member, shape[member]]),
  );
}

/** 'bucket/key' or '/bucket/key', the key URL-encoded. */
function copySource(source: unknown): { Bucket: string; Key: string; VersionId?: string } {
  const match = /^\/?([^/]+)\/([^?]+)(?:\?versionId=(.*))?$/s.exec(String(source));
  const invalid = invalidArgument(
    'Copy Source must mention the source bucket and key: sourcebucket/sourcekey',
    'x-amz-copy-source',
    source,
  );
  if (!match) throw invalid;
  try {
    const VersionId = match[3];
    return {
      Bucket: match[1] as string,
      Key: decodeURIComponent(match[2] as string),
      ...(VersionId ? { VersionId } : {}),
    };
  } catch {
    throw invalid;
  }
}

const copyConditions = (input: AwsShape): AwsShape => ({
  IfMatch: input.CopySourceIfMatch,
  IfNoneMatch: input.CopySourceIfNoneMatch,
  IfModifiedSince: input.CopySourceIfModifiedSince,
  IfUnmodifiedSince: input.CopySourceIfUnmodifiedSince,
});
