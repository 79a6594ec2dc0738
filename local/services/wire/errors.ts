import { StoreError } from '../../runtime/store';
import { AwsError, type AwsService, type HttpResponse, type WireProtocol } from '../aws';
import { formatJson } from './json';
import { acceptsJsonAlone, isQuery, type RequestHead } from './query';
import { element, escapeXml } from './xml';

const FORM = 'application/x-www-form-urlencoded';
/** For callers of a service that is not run: they read XML if they spoke Query. */
const UNKNOWN_QUERY: WireProtocol = {
  kind: 'query',
  xmlNamespace: 'http://webservices.amazon.com/AWSFault/2005-15-09',
};

/**
 * Owns how an error looks in each protocol: what a service threw becomes the answer that AWS's clients read the
 * error's name and text from.
 */
export function formatError(
  error: AwsError,
  service: AwsService | undefined,
  requestId: string,
  request?: RequestHead,
): HttpResponse {
  const protocol = protocolOf(service, request);
  if (service?.id === 's3') {
    const body = [element('Code', error.code), element('Message', error.message), element('RequestId', requestId)];
    return xml(error.status, `<?xml version="1.0" encoding="UTF-8"?>\n<Error>${body.join('')}</Error>`);
  }
  if (protocol?.kind === 'query') {
    const type = error.status < 500 ? 'Sender' : 'Receiver';
    const code = protocol.queryCodes?.[error.code] ?? error.code;
    if (request && acceptsJsonAlone(request.headers)) {
      const told = { Error: { Code: code, Message: error.message, Type: type }, RequestId: requestId };
      return { status: error.status, headers: { 'content-type': 'application/json' }, body: formatJson(told) };
    }
    const body = element('Type', type) + element('Code', code) + element('Message', error.message);
    return xml(
      error.status,
      `<ErrorResponse xmlns="${escapeXml(protocol.xmlNamespace)}"><Error>${body}</Error>${element('RequestId', requestId)}</ErrorResponse>`,
    );
  }
  const version = protocol?.kind === 'json' ? `x-amz-json-${protocol.version}` : 'json';
  // Clients of services that once spoke Query (SQS) read the code that they know from back then from this header.
  const queryCode = protocol?.kind === 'json' && protocol.queryCodes?.[error.code];
  return {
    status: error.status,
    headers: {
      'content-type': `application/${version}`,
      'x-amzn-errortype': error.code,
      ...(queryCode ? { 'x-amzn-query-error': `${queryCode};${error.status < 500 ? 'Sender' : 'Receiver'}` } : {}),
    },
    body: formatJson({ ...error.details, __type: error.code, message: error.message }),
  };
}

/** That which the caller speaks, as far as it can be told. */
function protocolOf(service: AwsService | undefined, request: RequestHead | undefined): WireProtocol | undefined {
  if (!service) return request?.headers['content-type']?.startsWith(FORM) ? UNKNOWN_QUERY : undefined;
  const { protocol } = service;
  if (protocol.kind !== 'json' || !protocol.query || !request || !isQuery(request)) return protocol;
  const { xmlNamespace } = protocol.query;
  return { kind: 'query', xmlNamespace, ...(protocol.queryCodes && { queryCodes: protocol.queryCodes }) };
}

/** A failed check of the signature as this service names it. */
export function authenticationError(
  refusal: { code: string; message: string },
  service: AwsService | undefined,
): AwsError {
  const xmlErrors = service?.id === 's3' || service?.protocol.kind === 'query';
  const names: Record<string, string> = xmlErrors
    ? { UnrecognizedClientException: service?.id === 's3' ? 'InvalidAccessKeyId' : 'InvalidClientTokenId' }
    : {
        MissingAuthenticationToken: 'MissingAuthenticationTokenException',
        IncompleteSignature: 'IncompleteSignatureException',
        SignatureDoesNotMatch: 'InvalidSignatureException',
        AccessDenied: 'AccessDeniedException',
      };
  return new AwsError(names[refusal.code] ?? refusal.code, refusal.message, 403);
}

/**
 * What a caller sees of a programming error of ours; the error itself goes to stderr. And of a store that failed, with whose
 * sentence the process ends.
 */
export function internalFailure(error: unknown): AwsError {
  if (!(error instanceof StoreError)) {
    process.stderr.write(`stepwright: unexpected error: ${error instanceof Error ? error.stack : String(error)}\n`);
  }
  return new AwsError('InternalFailure', 'The request processing has failed because of an unknown error.', 500);
}

function xml(status: number, body: string): HttpResponse {
  return { status, headers: { 'content-type': 'text/xml' }, body };
}
