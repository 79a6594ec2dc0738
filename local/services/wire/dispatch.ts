import { gunzipSync } from 'node:zlib';
import { AwsError, type AwsService, type HttpRequest, type HttpResponse } from '../aws';
import type { Parts } from '../parts';
import { WireCaller } from './caller';
import { formatJson, parseJson } from './json';
import { formatQuery, parseQuery } from './query';

/** Hands an authenticated request to its service in the way of the service's protocol. Rejects with what the service throws. */
export async function dispatch(
  parts: Parts,
  service: AwsService,
  request: HttpRequest,
  requestId: string,
): Promise<HttpResponse> {
  const { protocol } = service;
  const caller = new WireCaller(request);
  switch (protocol.kind) {
    case 'http':
      // The service calls `parts.aws` itself once it knows the operation.
      return protocol.handle(request);
    case 'query': {
      const { operation, input } = parseQuery(request.body);
      const output = await parts.aws.call(service.id, operation, input, caller);
      const body = formatQuery(operation, output, protocol.xmlNamespace, requestId, protocol.maps);
      return { status: 200, headers: { 'content-type': 'text/xml' }, body };
    }
    case 'json': {
      const operation = targetOperation(request, protocol.targetPrefix);
      const output = await parts.aws.call(service.id, operation, parseJson(decompressed(request)), caller);
      const headers = { 'content-type': `application/x-amz-json-${protocol.version}` };
      return { status: 200, headers, body: formatJson(output) };
    }
  }
}

/** 'AWSStepFunctions.StartExecution' */
const TARGET = /^([^.]*)\.([A-Za-z0-9]+)(?:\.|$)/;

function targetOperation(request: HttpRequest, prefix: string): string {
  const [, given, operation] = TARGET.exec(request.headers['x-amz-target'] ?? '') ?? [];
  if (given !== prefix || !operation) throw new AwsError('UnknownOperationException', '', 400);
  return operation;
}

const LARGEST_DECOMPRESSED = 16 * 1024 * 1024;

/** SDKs compress large bodies of some operations (PutMetricData). */
function decompressed({ headers, body }: HttpRequest): Uint8Array {
  if (headers['content-encoding'] !== 'gzip') return body;
  try {
    return gunzipSync(body, { maxOutputLength: LARGEST_DECOMPRESSED });
  } catch {
    throw new AwsError('SerializationException', 'The request body is not valid gzip data.');
  }
}
