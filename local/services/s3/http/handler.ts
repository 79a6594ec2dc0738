import { createHash, randomBytes } from 'node:crypto';
import { AwsError, type AwsShape, type HttpRequest, type HttpResponse } from '../../aws';
import type { Parts } from '../../parts';
import { WireCaller } from '../../wire/caller';
import { SUBRESOURCES } from '../buckets';
import { verifyChecksums } from '../checksums';
import { contentHashMismatch, malformedXml } from '../errors';
import { readMembers, writeHeaders } from './bindings';
import { decodeBody } from './chunked';
import { operationOf, parseTarget, type Target } from './route';
import { formatError, formatXml, parseXml, toShape } from './xml';

/** Owns S3's REST protocol: a request becomes a call of an operation, its answer or error a response. */
export class RestHandler {
  constructor(private readonly parts: Parts) {}

  async handle(request: HttpRequest): Promise<HttpResponse> {
    const ids = { 'x-amz-request-id': randomBytes(8).toString('hex').toUpperCase() };
    try {
      checkContentHash(request);
      const { headers, body } = decodeBody(request);
      const target = parseTarget(request.target ?? request.url.pathname + request.url.search);
      const operation = operationOf(request.method, target, headers);
      const input = readInput(operation, target, headers, body);
      const output = await this.parts.aws.call('s3', operation, input, new WireCaller(request));
      const response = respond(operation, output);
      return { ...response, headers: { ...ids, ...response.headers } };
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      return refusal(error, request.method, ids);
    }
  }
}

function checkContentHash({ headers, body }: HttpRequest): void {
  const stated = headers['x-amz-content-sha256'];
  if (stated === undefined || !/^[0-9a-f]{64}$/.test(stated)) return;
  if (createHash('sha256').update(body).digest('hex') !== stated) throw contentHashMismatch();
}

/** Operations whose body is XML, and the member that it holds. */
const XML_INPUTS: Record<string, string> = {
  CreateBucket: 'CreateBucketConfiguration',
  DeleteObjects: 'Delete',
  CompleteMultipartUpload: 'MultipartUpload',
  ...Object.fromEntries(
    SUBRESOURCES.filter(({ element }) => element).map(({ name, member }) => [`Put${name}`, member]),
  ),
};

function readInput(operation: string, target: Target, headers: Record<string, string>, body: Uint8Array): AwsShape {
  const { bucket, key, query } = target;
  const input = readMembers(headers, query);
  if (bucket !== '') input.Bucket = bucket;
  if (key !== '') input.Key = key;
  const member = Object.hasOwn(XML_INPUTS, operation) ? XML_INPUTS[operation] : undefined;
  if (operation === 'PutObject' || operation === 'UploadPart') input.Body = body;
  else if (operation === 'PutBucketPolicy') input.Policy = Buffer.from(body).toString('utf8');
  else if (member && (body.length > 0 || operation !== 'CreateBucket')) {
    verifyChecksums(input, body);
    input[member] = toShape(parseXml(utf8(body)));
  }
  return input;
}

function utf8(body: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch {
    throw malformedXml();
  }
}

/** Operations that answer XML, and its root element. */
const XML_OUTPUTS: Record<string, string> = {
  ListBuckets: 'ListAllMyBucketsResult',
  ListObjects: 'ListBucketResult',
  ListObjectsV2: 'ListBucketResult',
  DeleteObjects: 'DeleteResult',
  CreateMultipartUpload: 'InitiateMultipartUploadResult',
  CompleteMultipartUpload: 'CompleteMultipartUploadResult',
  ListParts: 'ListPartsResult',
  ListMultipartUploads: 'ListMultipartUploadsResult',
};

function respond(operation: string, output: AwsShape): HttpResponse {
  const xml = (body: string) => ({ status: 200, headers: { 'content-type': 'application/xml' }, body });
  const root = Object.hasOwn(XML_OUTPUTS, operation) ? XML_OUTPUTS[operation] : undefined;
  if (root) return xml(formatXml(root, output));
  if (operation === 'CopyObject') return xml(formatXml('CopyObjectResult', output.CopyObjectResult));
  if (operation === 'GetBucketLocation') {
    return xml(formatXml('LocationConstraint', {}).replace('></', `>${output.LocationConstraint ?? ''}</`));
  }
  const config = SUBRESOURCES.find(({ name }) => operation === `Get${name}`);
  if (config) {
    const { element, member, spread } = config;
    if (!element) return { status: 200, headers: { 'content-type': 'application/json' }, body: output[member] };
    return xml(formatXml(element, spread ? output : output[member]));
  }
  const headers = writeHeaders(output);
  if (operation.startsWith('Delete') || operation.startsWith('Abort')) return { status: 204, headers, body: '' };
  return { status: output.ContentRange ? 206 : 200, headers, body: output.Body ?? '' };
}

function refusal(error: AwsError, method: string, ids: Record<string, string>): HttpResponse {
  const { code, message, status, details } = error;
  if (status === 304) return { status, headers: { ...ids, ...writeHeaders({ ETag: `"${details.ETag}"` }) }, body: '' };
  if (method === 'HEAD') return { status, headers: ids, body: '' };
  const body = formatError({ Code: code, Message: message, ...details, RequestId: ids['x-amz-request-id'] });
  return { status, headers: { ...ids, 'content-type': 'application/xml' }, body };
}
