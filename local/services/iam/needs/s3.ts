import { type Need, type Needs, type NeedsOfService, textOf } from './need';

/** S3 (…/list_amazons3.html): the actions of objects are not called as the operations are. */
const bucketArn = (bucket: unknown) => `arn:aws:s3:::${textOf(bucket)}`;
const objectArn = (bucket: unknown, key: unknown) => `${bucketArn(bucket)}/${textOf(key)}`;

const onObject =
  (action: string): Needs =>
  ({ Bucket, Key }) => [{ action, resource: objectArn(Bucket, Key) }];

const onBucket =
  (action: string): Needs =>
  ({ Bucket, Prefix, Delimiter, MaxKeys }) => [
    {
      action,
      resource: bucketArn(Bucket),
      keys: { 's3:prefix': Prefix, 's3:delimiter': Delimiter, 's3:max-keys': MaxKeys && String(MaxKeys) },
    },
  ];

const reads: Needs = ({ Bucket, Key, VersionId }) => [
  { action: VersionId === undefined ? 's3:GetObject' : 's3:GetObjectVersion', resource: objectArn(Bucket, Key) },
];

const deletes = (Bucket: unknown, { Key, VersionId }: { Key?: unknown; VersionId?: unknown }): Need => ({
  action: VersionId === undefined ? 's3:DeleteObject' : 's3:DeleteObjectVersion',
  resource: objectArn(Bucket, Key),
});

const puts: Needs = ({ Bucket, Key, ACL, Tagging, StorageClass, ServerSideEncryption }) => {
  const resource = objectArn(Bucket, Key);
  const keys = {
    's3:x-amz-acl': ACL,
    's3:x-amz-storage-class': StorageClass,
    's3:x-amz-server-side-encryption': ServerSideEncryption,
  };
  return [
    { action: 's3:PutObject', resource, keys },
    ...(ACL === undefined ? [] : [{ action: 's3:PutObjectAcl', resource, keys }]),
    ...(Tagging === undefined ? [] : [{ action: 's3:PutObjectTagging', resource }]),
  ];
};

const copies: Needs = (input, place, resourcesOf) => {
  let source = textOf(input.CopySource).replace(/^\//, '').replace(/\?.*$/s, '');
  try {
    source = decodeURIComponent(source);
  } catch {
    // S3 refuses it.
  }
  return [{ action: 's3:GetObject', resource: `arn:aws:s3:::${source}` }, ...puts(input, place, resourcesOf)];
};

export const S3_NEEDS: NeedsOfService = {
  GetObject: reads,
  HeadObject: reads,
  // docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html: without it, what is not there is AccessDenied.
  MissingObject: ({ Bucket }) => [{ action: 's3:ListBucket', resource: bucketArn(Bucket) }],
  PutObject: puts,
  CreateMultipartUpload: puts,
  UploadPart: onObject('s3:PutObject'),
  CompleteMultipartUpload: onObject('s3:PutObject'),
  AbortMultipartUpload: onObject('s3:AbortMultipartUpload'),
  ListParts: onObject('s3:ListMultipartUploadParts'),
  CopyObject: copies,
  DeleteObject: (input) => [deletes(input.Bucket, input)],
  DeleteObjects: ({ Bucket, Delete }) =>
    (Array.isArray(Delete?.Objects) ? Delete.Objects : []).map((object: object) => deletes(Bucket, object)),
  ListObjects: onBucket('s3:ListBucket'),
  ListObjectsV2: onBucket('s3:ListBucket'),
  HeadBucket: onBucket('s3:ListBucket'),
  GetBucketLocation: onBucket('s3:GetBucketLocation'),
  ListMultipartUploads: onBucket('s3:ListBucketMultipartUploads'),
  CreateBucket: onBucket('s3:CreateBucket'),
  DeleteBucket: onBucket('s3:DeleteBucket'),
  ListBuckets: () => [{ action: 's3:ListAllMyBuckets', resource: '*' }],
};
