import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { AwsError, type HttpResponse } from '../aws';

export interface OutgoingRequest {
  readonly method: string;
  /** Path and query, as they are sent. */
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

export interface Answer extends HttpResponse {
  readonly body: Buffer;
}

/**
 * Sends a request to `endpoint` (scheme, host and port; a path in it goes before the target). There is no time limit: a
 * function may run for a quarter of an hour, and the state's TimeoutSeconds aborts.
 * @throws AwsError 'SdkClientException', as AWS's SDK for Java calls it, when nobody answers
 */
export function sendRequest(endpoint: URL, outgoing: OutgoingRequest, signal?: AbortSignal): Promise<Answer> {
  const { method, target, headers, body } = outgoing;
  const send = endpoint.protocol === 'https:' ? httpsRequest : httpRequest;
  return new Promise((resolve, reject) => {
    const fail = (error: Error) => {
      const message = `Unable to execute HTTP request to ${endpoint.origin}: ${reason(error)}`;
      reject(new AwsError('SdkClientException', message, 0));
    };
    const { hostname, port } = endpoint;
    const host = hostname.replace(/^\[|\]$/g, '');
    // A connection each: one kept open may be closed by the other side just as it is used again.
    const options = { host, port, method, path: target, headers, signal, agent: false };
    const message = send(options, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.once('error', fail);
      response.once('end', () => {
        const read = Object.entries(response.headers).map(([name, value]) => [name, String(value)]);
        resolve({
          status: response.statusCode ?? 0,
          headers: Object.fromEntries(read),
          body: Buffer.concat(chunks),
        });
      });
    });
    message.once('error', fail);
    message.end(body);
  });
}

/** Of several addresses that were tried in vain (localhost is two), the first says why. */
function reason(error: Error): string {
  const [first] = error instanceof AggregateError ? error.errors : [error];
  return (first as Error).message;
}
