import { randomUUID } from 'node:crypto';
import type { AwsShape } from '../aws';
import type { Parts } from '../parts';
import type { Blobs } from './blobs';
import type { Catalog, Part, Upload } from './catalog';
import { ALGORITHMS, CHECKSUM_MEMBERS, md5, verifyChecksums } from './checksums';
import { unquoted } from './conditions';
import { entityTooSmall, invalidArgument, invalidPart, invalidPartOrder, malformedXml, noSuchUpload } from './errors';
import { keyAt, keyPlace } from './names';
import { contentOf, type Objects, quoted, writtenMeta } from './objects';

/** Owns uploads in parts: each part is durable when acknowledged, the object appears whole when the upload is completed. */
export class MultipartUploads {
  constructor(
    private readonly parts: Parts,
    private readonly catalog: Catalog,
    private readonly blobs: Blobs,
    private readonly objects: Objects,
  ) {}

  create(input: AwsShape): AwsShape {
    const { name } = this.catalog.bucket(input.Bucket);
    const id = randomUUID().replaceAll('-', '');
    const place = keyPlace(input.Key);
    this.catalog.putUpload({ id, bucket: name, place, created: this.parts.clock.now(), meta: writtenMeta(input) });
    return { Bucket: name, Key: input.Key, UploadId: id };
  }

  async uploadPart(input: AwsShape): Promise<AwsShape> {
    const upload = this.#find(input);
    const number = Number(input.PartNumber);
    if (!Number.isInteger(number) || number < 1 || number > MOST_PARTS) {
      throw invalidArgument(
        `Part number must be an integer between 1 and ${MOST_PARTS}, inclusive`,
        'partNumber',
        input.PartNumber,
      );
    }
    const content = contentOf(input.Body);
    const checksums = verifyChecksums(input, content);
    const etag = md5(content);
    const before = this.catalog.parts(upload.id).find((part) => part.number === number);
    await this.blobs.keep(content, (sha256) => {
      this.#find(input);
      const modified = this.parts.clock.now();
      this.catalog.putPart(upload.id, { number, sha256, size: content.length, etag, modified, meta: checksums });
      return this.catalog.durable();
    });
    if (before) await this.blobs.sweep(before.sha256);
    return { ETag: quoted(etag), ...checksums };
  }

  /** Puts the object together from the parts named, in their order; parts not named are dropped. */
  async complete(input: AwsShape): Promise<AwsShape> {
    const upload = this.#find(input);
    const stored = this.catalog.parts(upload.id);
    const parts = chosen(input.MultipartUpload?.Parts, stored);
    const contents = await Promise.all(parts.map((part) => this.blobs.read(part.sha256)));
    const content = Buffer.concat(contents);
    const digests = Buffer.concat(parts.map((part) => Buffer.from(part.etag, 'hex')));
    const etag = `${md5(digests)}-${parts.length}`;
    const checksums = composite(parts);
    const meta = { ...upload.meta, ...checksums };
    await this.objects.write(upload.bucket, upload.place, content, { size: content.length, etag, meta }, input);
    this.catalog.deleteUpload(upload.id);
    for (const { sha256 } of stored) await this.blobs.sweep(sha256);
    const Location = `/${upload.bucket}/${encodeURIComponent(input.Key)}`;
    return { Location, Bucket: upload.bucket, Key: input.Key, ETag: quoted(etag), ...checksums };
  }

  async abort(input: AwsShape): Promise<AwsShape> {
    const upload = this.#find(input);
    const stored = this.catalog.parts(upload.id);
    this.catalog.deleteUpload(upload.id);
    for (const { sha256 } of stored) await this.blobs.sweep(sha256);
    return {};
  }

  listParts(input: AwsShape): AwsShape {
    const upload = this.#find(input);
    const start = Number(input.PartNumberMarker ?? 0);
    const limit = Math.min(Number(input.MaxParts ?? PAGE), PAGE);
    const rest = this.catalog.parts(upload.id).filter(({ number }) => number > start);
    const page = rest.slice(0, limit);
    return {
      Bucket: upload.bucket,
      Key: input.Key,
      UploadId: upload.id,
      PartNumberMarker: String(start),
      NextPartNumberMarker: String(page.at(-1)?.number ?? 0),
      MaxParts: limit,
      IsTruncated: rest.length > page.length,
      StorageClass: upload.meta.StorageClass ?? 'STANDARD',
      Parts: page.map(({ number, etag, size, modified, meta }) => ({
        PartNumber: number,
        LastModified: new Date(modified),
        ETag: quoted(etag),
        Size: size,
        ...meta,
      })),
    };
  }

  /** All uploads under way in a bucket (they are few: there is one page). */
  list({ Bucket, Prefix = '' }: AwsShape): AwsShape {
    const { name } = this.catalog.bucket(Bucket);
    const Uploads = this.catalog
      .uploads(name)
      .map(({ id, place, created }) => ({ UploadId: id, Key: keyAt(place), Initiated: new Date(created) }))
      .filter(({ Key }) => Key.startsWith(Prefix));
    return { Bucket: name, Prefix, MaxUploads: PAGE, IsTruncated: false, Uploads };
  }

  #find({ Bucket, Key, UploadId }: AwsShape): Upload {
    const { name } = this.catalog.bucket(Bucket);
    const upload = this.catalog.upload(String(UploadId));
    if (!upload || upload.bucket !== name || upload.place !== keyPlace(Key)) throw noSuchUpload(String(UploadId));
    return upload;
  }
}

const MOST_PARTS = 10_000;
const PAGE = 1000;
const SMALLEST_PART = 5 * 1024 * 1024;

function chosen(named: unknown, stored: Part[]): Part[] {
  if (!Array.isArray(named) || named.length === 0) throw malformedXml();
  const parts = named.map((one: AwsShape | null) => {
    const part = stored.find(({ number }) => number === Number(one?.PartNumber));
    if (!part || unquoted(String(one?.ETag)) !== part.etag) throw invalidPart();
    return part;
  });
  if (parts.some((part, at) => at > 0 && part.number <= (parts[at - 1] as Part).number)) throw invalidPartOrder();
  if (parts.slice(0, -1).some(({ size }) => size < SMALLEST_PART)) throw entityTooSmall();
  return parts;
}

/** The checksum of the parts' checksums, for an algorithm in which all parts have one. */
function composite(parts: Part[]): AwsShape {
  const member = CHECKSUM_MEMBERS.find((name) => parts.every(({ meta }) => meta[name] !== undefined));
  if (!member) return {};
  const digests = Buffer.concat(parts.map(({ meta }) => Buffer.from(meta[member], 'base64')));
  const value = `${Buffer.from(ALGORITHMS[member].of(digests)).toString('base64')}-${parts.length}`;
  return { [member]: value, ChecksumType: 'COMPOSITE' };
}
