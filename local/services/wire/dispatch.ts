import { gunzipSync } from 'node:zlib';
import { AwsError, type AwsService, type Caller, type HttpRequest, type HttpResponse } from '../aws';
import type { Parts } from '../parts';
import { WireCaller } from './caller';
import { formatJson, parseJson } from './json';
import { isQuery, parseQuery, queryAnswer } from './query';

/** Hands an authenticated request to its service in the way of the service's protocol. Rejects with what the service throws. */
export async function dispatch(
  parts: Parts,
  service: AwsService,
  request: HttpRequest,
  requestId: string,
  caller: Caller = new WireCaller(request),
): Promise<HttpResponse> {
  const { protocol } = service;
  switch (protocol.kind) {
    case 'http':
      // The service calls `parts.aws` itself once it knows the operation.
      return protocol.handle(request);
    case 'query': {
      const { operation, input } = parseQuery(request);
      const output = await parts.aws.call(service.id, operation, input, caller);
      const { xmlNamespace, maps } = protocol;
      return queryAnswer(operation, output, { request, requestId, xmlNamespace, maps });
    }
    case 'json': {
      if (protocol.query && isQuery(request)) {
        const { xmlNamespace, flat, pathMember } = protocol.query;
        const { operation, input } = parseQuery(request, flat);
        if (request.url.pathname !== '/') input[pathMember] ??= request.url.href.split('?')[0];
        const output = await parts.aws.call(service.id, operation, input, caller);
        return queryAnswer(operation, output, { request, requestId, xmlNamespace, flat });
      }
      const operation = targetOperation(request, protocol.targetPrefix);
      const output = await parts.aws.call(service.id, operation, parseJson(decompressed(request)), caller);
      const headers = { 'content-type': `application/x-amz-json-${protocol.version}` };
      return { status: 200, headers, body: formatJson(output) };
    }
  }
}

/** Whether a request asks for an operation that may wait for time or for somebody. */
export function mayWait({ protocol, waits }: AwsService, request: HttpRequest): boolean {
  if (!waits || protocol.kind === 'http') return false;
  const target = TARGET.exec(request.headers['x-amz-target'] ?? '')?.[2];
  return waits.has(target ?? (isQuery(request) ? parseQuery(request).operation : ''));
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
