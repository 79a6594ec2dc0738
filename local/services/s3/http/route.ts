import { deleteOperation, SUBRESOURCES } from '../buckets';
import { invalidUri, methodNotAllowed, notImplemented } from '../errors';

/** Owns which operation a method, path and query ask for (path-style: /bucket/key). */

export interface Target {
  bucket: string;
  key: string;
  query: URLSearchParams;
}

/** Reads the target of a request as it was sent: in a key '..' and '//' mean nothing. Throws InvalidURI. */
export function parseTarget(target: string): Target {
  const [, path = '', search = ''] = /^([^?#]*)\??([^#]*)/.exec(target) ?? [];
  const [, bucket = '', key = ''] = /^\/([^/]*)\/?(.*)$/s.exec(path) ?? [];
  try {
    return { bucket: decodeURIComponent(bucket), key: decodeURIComponent(key), query: new URLSearchParams(search) };
  } catch {
    throw invalidUri();
  }
}

export function operationOf(method: string, { bucket, key, query }: Target, headers: Record<string, string>): string {
  const operation =
    bucket === '' ? onService(method) : key === '' ? onBucket(method, query) : onObject(method, query, headers);
  if (!operation) throw methodNotAllowed();
  return operation;
}

const onService = (method: string) => (method === 'GET' ? 'ListBuckets' : undefined);

/** What AWS has under these names is not here. */
const UNKNOWN_BUCKET_QUERIES = [
  'accelerate',
  'acl',
  'analytics',
  'intelligent-tiering',
  'inventory',
  'logging',
  'metrics',
  'object-lock',
  'policyStatus',
  'replication',
  'requestPayment',
  'versions',
  'website',
];
const UNKNOWN_OBJECT_QUERIES = [
  'acl',
  'attributes',
  'legal-hold',
  'restore',
  'retention',
  'select',
  'tagging',
  'torrent',
];

function onBucket(method: string, query: URLSearchParams): string | undefined {
  const subresource = SUBRESOURCES.find((one) => query.has(one.query));
  if (subresource) {
    const { name } = subresource;
    return { PUT: `Put${name}`, GET: `Get${name}`, DELETE: deleteOperation(name) }[method];
  }
  refuse(UNKNOWN_BUCKET_QUERIES, query);
  if (method === 'POST') return query.has('delete') ? 'DeleteObjects' : undefined;
  if (method === 'GET' && query.has('location')) return 'GetBucketLocation';
  if (method === 'GET' && query.has('uploads')) return 'ListMultipartUploads';
  if (method === 'GET') return query.get('list-type') === '2' ? 'ListObjectsV2' : 'ListObjects';
  return { PUT: 'CreateBucket', HEAD: 'HeadBucket', DELETE: 'DeleteBucket' }[method];
}

function onObject(method: string, query: URLSearchParams, headers: Record<string, string>): string | undefined {
  refuse(UNKNOWN_OBJECT_QUERIES, query);
  const isPart = query.has('uploadId');
  const isCopy = headers['x-amz-copy-source'] !== undefined;
  switch (method) {
    case 'PUT':
      if (isPart && isCopy) throw notImplemented('x-amz-copy-source');
      return isPart ? 'UploadPart' : isCopy ? 'CopyObject' : 'PutObject';
    case 'GET':
      return isPart ? 'ListParts' : 'GetObject';
    case 'HEAD':
      return 'HeadObject';
    case 'DELETE':
      return isPart ? 'AbortMultipartUpload' : 'DeleteObject';
    case 'POST':
      return query.has('uploads') ? 'CreateMultipartUpload' : isPart ? 'CompleteMultipartUpload' : undefined;
    default:
      return undefined;
  }
}

function refuse(names: string[], query: URLSearchParams): void {
  const unknown = names.find((name) => query.has(name));
  if (unknown) throw notImplemented(unknown);
}
