import { AwsError, type AwsShape } from '../aws';
import type { Parts } from '../parts';
import type { Catalog } from './catalog';
import { bucketAlreadyOwnedByYou, bucketNotEmpty, notFound } from './errors';
import { checkBucketName } from './names';

/** Owns buckets and what is configured on them. */
export class Buckets {
  constructor(
    private readonly parts: Parts,
    private readonly catalog: Catalog,
  ) {}

  /** As in us-east-1, making one's own bucket again succeeds there and is BucketAlreadyOwnedByYou elsewhere. */
  create(input: AwsShape): AwsShape {
    const name = checkBucketName(input.Bucket);
    const { region } = this.parts.identity;
    const constraint = input.CreateBucketConfiguration?.LocationConstraint;
    if (constraint && constraint !== region) {
      throw new AwsError(
        'IllegalLocationConstraintException',
        `The ${constraint} location constraint is incompatible for the region specific endpoint this request was sent to.`,
      );
    }
    if (this.catalog.findBucket(name)) {
      if (region !== 'us-east-1') throw bucketAlreadyOwnedByYou(name);
    } else {
      this.catalog.putBucket({ name, created: this.parts.clock.now(), config: {} });
    }
    return { Location: `/${name}` };
  }

  head({ Bucket }: AwsShape): AwsShape {
    if (!this.catalog.findBucket(String(Bucket))) throw notFound();
    return { BucketRegion: this.parts.identity.region };
  }

  delete({ Bucket }: AwsShape): AwsShape {
    const { name } = this.catalog.bucket(Bucket);
    if (this.catalog.objects(name, '', '', 1).length > 0) throw bucketNotEmpty(name);
    for (const { id } of this.catalog.uploads(name)) this.catalog.deleteUpload(id);
    this.catalog.deleteBucket(name);
    return {};
  }

  list(): AwsShape {
    const Buckets = this.catalog
      .buckets()
      .map(({ name, created }) => ({ Name: name, CreationDate: new Date(created) }));
    return { Buckets, Owner: { ID: this.parts.identity.accountId } };
  }

  location({ Bucket }: AwsShape): AwsShape {
    this.catalog.bucket(Bucket);
    const { region } = this.parts.identity;
    // The oldest region has no name here.
    return region === 'us-east-1' ? {} : { LocationConstraint: region };
  }

  putConfig(subresource: Subresource, input: AwsShape): AwsShape {
    const bucket = this.catalog.bucket(input.Bucket);
    const config = { ...bucket.config, [subresource.name]: input[subresource.member] ?? {} };
    this.catalog.putBucket({ ...bucket, config });
    return {};
  }

  getConfig({ name, member, spread, missing }: Subresource, { Bucket }: AwsShape): AwsShape {
    const value = this.catalog.bucket(Bucket).config[name];
    if (value === undefined && missing) throw new AwsError(missing.code, missing.message, 404, { BucketName: Bucket });
    if (value === undefined) return {};
    return spread ? value : { [member]: value };
  }

  deleteConfig({ name }: Subresource, { Bucket }: AwsShape): AwsShape {
    const bucket = this.catalog.bucket(Bucket);
    const { [name]: _, ...config } = bucket.config;
    this.catalog.putBucket({ ...bucket, config });
    return {};
  }
}

/** A setting of a bucket that is stored and answered; what it says is not acted on. */
export interface Subresource {
  /** In the operations' names: Put…, Get…, Delete…. */
  name: string;
  /** In the query of a URL. */
  query: string;
  /** The member of Put's input that holds it. */
  member: string;
  /** Whether Get answers its members themselves, rather than the member that holds it. */
  spread?: boolean;
  /** The XML element that it travels in; a policy travels as its own JSON. */
  element?: string;
  /** The error of Get when it was never put; without one Get answers nothing. */
  missing?: { code: string; message: string };
}

export const SUBRESOURCES: readonly Subresource[] = [
  {
    name: 'PublicAccessBlock',
    query: 'publicAccessBlock',
    member: 'PublicAccessBlockConfiguration',
    element: 'PublicAccessBlockConfiguration',
    missing: {
      code: 'NoSuchPublicAccessBlockConfiguration',
      message: 'The public access block configuration was not found',
    },
  },
  {
    name: 'BucketEncryption',
    query: 'encryption',
    member: 'ServerSideEncryptionConfiguration',
    element: 'ServerSideEncryptionConfiguration',
    missing: {
      code: 'ServerSideEncryptionConfigurationNotFoundError',
      message: 'The server side encryption configuration was not found',
    },
  },
  {
    name: 'BucketVersioning',
    query: 'versioning',
    member: 'VersioningConfiguration',
    spread: true,
    element: 'VersioningConfiguration',
  },
  {
    name: 'BucketLifecycleConfiguration',
    query: 'lifecycle',
    member: 'LifecycleConfiguration',
    spread: true,
    element: 'LifecycleConfiguration',
    missing: { code: 'NoSuchLifecycleConfiguration', message: 'The lifecycle configuration does not exist' },
  },
  {
    name: 'BucketPolicy',
    query: 'policy',
    member: 'Policy',
    missing: { code: 'NoSuchBucketPolicy', message: 'The bucket policy does not exist' },
  },
  {
    name: 'BucketOwnershipControls',
    query: 'ownershipControls',
    member: 'OwnershipControls',
    element: 'OwnershipControls',
    missing: { code: 'OwnershipControlsNotFoundError', message: 'The bucket ownership controls were not found' },
  },
  {
    name: 'BucketTagging',
    query: 'tagging',
    member: 'Tagging',
    spread: true,
    element: 'Tagging',
    missing: { code: 'NoSuchTagSet', message: 'The TagSet does not exist' },
  },
  {
    name: 'BucketCors',
    query: 'cors',
    member: 'CORSConfiguration',
    spread: true,
    element: 'CORSConfiguration',
    missing: { code: 'NoSuchCORSConfiguration', message: 'The CORS configuration does not exist' },
  },
  {
    name: 'BucketNotificationConfiguration',
    query: 'notification',
    member: 'NotificationConfiguration',
    spread: true,
    element: 'NotificationConfiguration',
  },
];

/** The operation that removes a bucket's setting; AWS calls one of them a little differently. */
export const deleteOperation = (subresource: string): string =>
  `Delete${subresource === 'BucketLifecycleConfiguration' ? 'BucketLifecycle' : subresource}`;
