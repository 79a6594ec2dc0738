import { join } from 'node:path';
import { AwsError, type AwsService, type AwsShape, type Caller, type WireProtocol } from '../aws';
import type { Parts } from '../parts';
import { Blobs } from './blobs';
import { Buckets, deleteOperation, SUBRESOURCES } from './buckets';
import { Catalog } from './catalog';
import { RestHandler } from './http/handler';
import { Listing } from './listing';
import { MultipartUploads } from './multipart';
import { Objects } from './objects';

/**
 * Amazon S3: buckets and objects, contents as files under `parts.dir`/s3, everything about them in the store.
 *
 * Whatever it acknowledges is on disk. A key is data and never part of a path.
 */
export class S3Service implements AwsService {
  readonly id = 's3';
  readonly signingName = 's3';
  readonly protocol: WireProtocol;
  readonly operations: ReadonlySet<string>;

  readonly #catalog: Catalog;
  readonly #blobs: Blobs;
  readonly #operations: Record<string, (input: AwsShape) => AwsShape | Promise<AwsShape>>;

  constructor(private readonly parts: Parts) {
    const rest = new RestHandler(parts);
    this.protocol = { kind: 'http', handle: (request) => rest.handle(request) };
    const catalog = new Catalog(parts.store);
    const blobs = new Blobs(parts.dir && join(parts.dir, 's3'), catalog);
    const buckets = new Buckets(parts, catalog);
    const objects = new Objects(parts, catalog, blobs);
    const listing = new Listing(catalog);
    const uploads = new MultipartUploads(parts, catalog, blobs, objects);
    this.#catalog = catalog;
    this.#blobs = blobs;
    this.#operations = {
      CreateBucket: (input) => buckets.create(input),
      HeadBucket: (input) => buckets.head(input),
      DeleteBucket: (input) => buckets.delete(input),
      ListBuckets: () => buckets.list(),
      GetBucketLocation: (input) => buckets.location(input),
      PutObject: (input) => objects.put(input),
      GetObject: (input) => objects.get(input),
      HeadObject: (input) => objects.head(input),
      DeleteObject: (input) => objects.delete(input),
      DeleteObjects: (input) => objects.deleteMany(input),
      CopyObject: (input) => objects.copy(input),
      ListObjects: (input) => listing.v1(input),
      ListObjectsV2: (input) => listing.v2(input),
      CreateMultipartUpload: (input) => uploads.create(input),
      UploadPart: (input) => uploads.uploadPart(input),
      CompleteMultipartUpload: (input) => uploads.complete(input),
      AbortMultipartUpload: (input) => uploads.abort(input),
      ListParts: (input) => uploads.listParts(input),
      ListMultipartUploads: (input) => uploads.list(input),
    };
    for (const subresource of SUBRESOURCES) {
      this.#operations[`Put${subresource.name}`] = (input) => buckets.putConfig(subresource, input);
      this.#operations[`Get${subresource.name}`] = (input) => buckets.getConfig(subresource, input);
      // Where nothing is missing, nothing can be taken away.
      if (!subresource.missing) continue;
      this.#operations[deleteOperation(subresource.name)] = (input) => buckets.deleteConfig(subresource, input);
    }
    this.operations = new Set(Object.keys(this.#operations));
  }

  /** Removes what a crash left behind. */
  async start(): Promise<void> {
    await this.#blobs.sweepAll();
  }

  async call(operation: string, input: AwsShape, { role }: Caller): Promise<AwsShape> {
    const perform = Object.hasOwn(this.#operations, operation) ? this.#operations[operation] : undefined;
    if (!perform) throw new AwsError('NotImplemented', `S3 does not know the operation ${operation} here.`, 501);
    try {
      return await perform(input);
    } catch (error) {
      // Who may not list a bucket is not told that an object is missing, but that he may not list it.
      const isMissing = error instanceof AwsError && MISSING.has(`${operation} ${error.code}`);
      if (isMissing) this.parts.aws.authorize(this.id, 'MissingObject', input, role);
      throw error;
    } finally {
      await this.#catalog.durable();
    }
  }
}

/** How the reading of an object that is not there ends. */
const MISSING = new Set(['GetObject NoSuchKey', 'HeadObject NotFound']);
