import type { AwsShape } from '../aws';
import { readXml, type XmlElement } from '../wire/xml-reader';
import type { Answer } from './http';
import { type ClientProtocol, given, unknownOperation } from './protocol';
import { readXmlError } from './query';

/** S3's REST API from the client's side, path-style: the operations on objects that state machines use. */
export const s3Protocol: ClientProtocol = {
  write(operation, input) {
    const route = Object.hasOwn(ROUTES, operation) ? ROUTES[operation] : undefined;
    if (!route) throw unknownOperation('S3', operation);
    const { method, query = {} } = route;
    const key = typeof input.Key === 'string' ? input.Key.split('/').map(encodeURIComponent).join('/') : undefined;
    const parameters = new URLSearchParams(query);
    for (const [member, name] of Object.entries(PARAMETERS)) {
      if (input[member] !== undefined) parameters.append(name, String(input[member]));
    }
    const search = parameters.size > 0 ? `?${parameters}` : '';
    return {
      method,
      target: `/${encodeURIComponent(input.Bucket)}${key === undefined ? '' : `/${key}`}${search}`,
      headers: writeHeaders(input),
      body: Buffer.from(input.Body ?? ''),
    };
  },

  read(operation, answer) {
    switch (operation) {
      case 'ListObjectsV2':
        return readListing(readXml(answer.body.toString('utf8')));
      case 'CopyObject':
        return { CopyObjectResult: members(readXml(answer.body.toString('utf8'))) };
      default:
        return { ...readHeaders(answer), ...(operation === 'GetObject' && { Body: answer.body }) };
    }
  },

  readError: readXmlError,
};

const ROUTES: Readonly<Record<string, { method: string; query?: Record<string, string> }>> = {
  GetObject: { method: 'GET' },
  HeadObject: { method: 'HEAD' },
  PutObject: { method: 'PUT' },
  CopyObject: { method: 'PUT' },
  DeleteObject: { method: 'DELETE' },
  ListObjectsV2: { method: 'GET', query: { 'list-type': '2' } },
};

const PARAMETERS: Readonly<Record<string, string>> = {
  ContinuationToken: 'continuation-token',
  Delimiter: 'delimiter',
  MaxKeys: 'max-keys',
  Prefix: 'prefix',
  StartAfter: 'start-after',
  VersionId: 'versionId',
};

const HEADERS: Readonly<Record<string, string>> = {
  CacheControl: 'cache-control',
  ContentDisposition: 'content-disposition',
  ContentEncoding: 'content-encoding',
  ContentLanguage: 'content-language',
  ContentType: 'content-type',
  CopySource: 'x-amz-copy-source',
  ExpectedBucketOwner: 'x-amz-expected-bucket-owner',
  IfMatch: 'if-match',
  IfNoneMatch: 'if-none-match',
  MetadataDirective: 'x-amz-metadata-directive',
  Range: 'range',
  ServerSideEncryption: 'x-amz-server-side-encryption',
  StorageClass: 'x-amz-storage-class',
  Tagging: 'x-amz-tagging',
};

const ANSWERED: Readonly<Record<string, string>> = {
  ...HEADERS,
  AcceptRanges: 'accept-ranges',
  ContentRange: 'content-range',
  ETag: 'etag',
  VersionId: 'x-amz-version-id',
};

const METADATA = 'x-amz-meta-';

function writeHeaders(input: AwsShape): Record<string, string> {
  const named = Object.entries(HEADERS).map(([member, header]) => [header, input[member]]);
  const metadata = Object.entries(input.Metadata ?? {}).map(([name, value]) => [METADATA + name, value]);
  return given(Object.fromEntries([...named, ...metadata]));
}

function readHeaders({ headers }: Answer): AwsShape {
  const metadata = Object.entries(headers).filter(([name]) => name.startsWith(METADATA));
  const { 'content-length': length, 'last-modified': modified } = headers;
  return given<unknown>({
    ...Object.fromEntries(Object.entries(ANSWERED).map(([member, header]) => [member, headers[header]])),
    ContentLength: length === undefined ? undefined : Number(length),
    LastModified: modified === undefined ? undefined : new Date(modified),
    Metadata: Object.fromEntries(metadata.map(([name, value]) => [name.slice(METADATA.length), value])),
  });
}

function readListing(root: XmlElement): AwsShape {
  const lists = ['Contents', 'CommonPrefixes'];
  const listing = members({ ...root, children: root.children.filter(({ name }) => !lists.includes(name)) });
  for (const list of lists) {
    const items = root.children.filter(({ name }) => name === list);
    if (items.length > 0) listing[list] = items.map(members);
  }
  return listing;
}

/** The members of a flat element; only of few does S3's model say that they are no text. */
function members({ children }: XmlElement): AwsShape {
  return Object.fromEntries(
    children.map(({ name, text }) => {
      if (['KeyCount', 'MaxKeys', 'Size'].includes(name)) return [name, Number(text)];
      if (name === 'IsTruncated') return [name, text === 'true'];
      return [name, name === 'LastModified' ? new Date(text) : text];
    }),
  );
}
