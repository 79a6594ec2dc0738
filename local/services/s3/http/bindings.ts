import type { AwsShape } from '../../aws';

/** Owns which header and which parameter of a query is which member of S3's model. */

const HEADERS: Record<string, string> = {
  'cache-control': 'CacheControl',
  'content-disposition': 'ContentDisposition',
  'content-encoding': 'ContentEncoding',
  'content-language': 'ContentLanguage',
  'content-type': 'ContentType',
  expires: 'Expires',
  'x-amz-checksum-crc32': 'ChecksumCRC32',
  'x-amz-checksum-crc32c': 'ChecksumCRC32C',
  'x-amz-checksum-crc64nvme': 'ChecksumCRC64NVME',
  'x-amz-checksum-sha1': 'ChecksumSHA1',
  'x-amz-checksum-sha256': 'ChecksumSHA256',
  'x-amz-server-side-encryption': 'ServerSideEncryption',
  'x-amz-storage-class': 'StorageClass',
  'x-amz-website-redirect-location': 'WebsiteRedirectLocation',
};

const REQUEST_HEADERS: Record<string, string> = {
  ...HEADERS,
  'content-md5': 'ContentMD5',
  'if-match': 'IfMatch',
  'if-modified-since': 'IfModifiedSince',
  'if-none-match': 'IfNoneMatch',
  'if-unmodified-since': 'IfUnmodifiedSince',
  range: 'Range',
  'x-amz-checksum-algorithm': 'ChecksumAlgorithm',
  'x-amz-checksum-mode': 'ChecksumMode',
  'x-amz-copy-source': 'CopySource',
  'x-amz-copy-source-if-match': 'CopySourceIfMatch',
  'x-amz-copy-source-if-modified-since': 'CopySourceIfModifiedSince',
  'x-amz-copy-source-if-none-match': 'CopySourceIfNoneMatch',
  'x-amz-copy-source-if-unmodified-since': 'CopySourceIfUnmodifiedSince',
  'x-amz-metadata-directive': 'MetadataDirective',
  'x-amz-sdk-checksum-algorithm': 'ChecksumAlgorithm',
};

const RESPONSE_HEADERS: Record<string, string> = {
  ...Object.fromEntries(Object.entries(HEADERS).map(([header, member]) => [member, header])),
  AcceptRanges: 'accept-ranges',
  BucketRegion: 'x-amz-bucket-region',
  ChecksumType: 'x-amz-checksum-type',
  ContentLength: 'content-length',
  ContentRange: 'content-range',
  ETag: 'etag',
  LastModified: 'last-modified',
  Location: 'location',
};

const PARAMETERS: Record<string, string> = {
  'continuation-token': 'ContinuationToken',
  delimiter: 'Delimiter',
  'encoding-type': 'EncodingType',
  marker: 'Marker',
  'max-keys': 'MaxKeys',
  'max-parts': 'MaxParts',
  'part-number-marker': 'PartNumberMarker',
  partNumber: 'PartNumber',
  prefix: 'Prefix',
  'response-cache-control': 'ResponseCacheControl',
  'response-content-disposition': 'ResponseContentDisposition',
  'response-content-encoding': 'ResponseContentEncoding',
  'response-content-language': 'ResponseContentLanguage',
  'response-content-type': 'ResponseContentType',
  'response-expires': 'ResponseExpires',
  'start-after': 'StartAfter',
  uploadId: 'UploadId',
  versionId: 'VersionId',
};

const METADATA = 'x-amz-meta-';

/** The members that a request's headers and query hold; a pre-signed URL may carry headers in its query. */
export function readMembers(headers: Record<string, string>, query: URLSearchParams): AwsShape {
  const shape: AwsShape = {};
  const metadata: Record<string, string> = {};
  const signed = [...query].filter(([name]) => /^x-amz-(?!checksum-|sdk-checksum-)/.test(name));
  for (const [name, value] of [...signed, ...Object.entries(headers)]) {
    const member = Object.hasOwn(REQUEST_HEADERS, name) ? REQUEST_HEADERS[name] : undefined;
    if (member) shape[member] = value;
    else if (name.startsWith(METADATA)) metadata[name.slice(METADATA.length)] = Buffer.from(value, 'latin1').toString();
  }
  for (const [name, value] of query) {
    const member = Object.hasOwn(PARAMETERS, name) ? PARAMETERS[name] : undefined;
    if (member) shape[member] = value;
  }
  if (Object.keys(metadata).length > 0) shape.Metadata = metadata;
  return shape;
}

/** The headers that an answer's members travel in. */
export function writeHeaders(output: AwsShape): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [member, value] of Object.entries(output)) {
    const header = Object.hasOwn(RESPONSE_HEADERS, member) ? RESPONSE_HEADERS[member] : undefined;
    if (header && value !== undefined) headers[header] = headerText(value);
  }
  for (const [name, value] of Object.entries(output.Metadata ?? {})) headers[METADATA + name] = headerText(value);
  return headers;
}

/** Text that a header cannot hold is encoded as RFC 2047 says, as S3 does. */
function headerText(value: unknown): string {
  const text = value instanceof Date ? value.toUTCString() : String(value);
  return /^[\x20-\x7e]*$/.test(text) ? text : `=?UTF-8?B?${Buffer.from(text).toString('base64')}?=`;
}
