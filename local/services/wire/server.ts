import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { failPoint } from '../../runtime/fail-point';
import { AwsError, type AwsService, type HttpRequest, type HttpResponse } from '../aws';
import type { Parts } from '../parts';
import { hasAuthorization, readSignature, type Signature, verifySignature } from '../sigv4';
import { readBody } from './body';
import { dateHeader } from './date';
import { dispatch } from './dispatch';
import { authenticationError, formatError, internalFailure } from './errors';
import { isLoopbackHost } from './host';
import { LoopbackServer } from './loopback-server';

export interface WireOptions {
  /** A free one by default. */
  readonly port?: number | undefined;
  /** Serve callers whatever key they sign with, as AWS's own local tools do. */
  readonly anyKey?: boolean;
  /** Requests that come sooner wait for it. */
  readonly ready?: Promise<void>;
}

/**
 * Owns the one port on which all of AWS's APIs are spoken. A request is routed by the signing name in its SigV4
 * credential, checked, handed to the service, and answered in the service's protocol.
 *
 * N1  Nothing reaches a service unless it is addressed to the loopback and signed with the identity's key. With
 *     `anyKey` whoever signed it is not checked, but that an Authorization header of SigV4's form is there still is: a
 *     web page cannot send one, since no answer ever allows it to.
 * N2  Whatever is sent, the answer is an AWS error or a result; the server goes on.
 * N3  When the client goes away, `caller.signal` aborts: a long poll ends and takes nothing.
 */
export class WireServer {
  readonly #server = new LoopbackServer((message, response) => this.#serve(message, response));

  constructor(
    private readonly parts: Parts,
    private readonly options: WireOptions = {},
  ) {}

  /** Rejects with Node's EADDRINUSE when the port is taken. The URL has no trailing slash. */
  async start(): Promise<{ url: string }> {
    await this.#server.listen(this.options.port);
    return { url: this.#server.url };
  }

  stop(): Promise<void> {
    return this.#server.close();
  }

  async #serve(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const requestId = randomUUID();
    let service: AwsService | undefined;
    let answer: HttpResponse;
    let request: WireRequest | undefined;
    try {
      if (this.options.ready) await this.options.ready;
      request = readHead(message, response);
      const signature = readSignature(request);
      service = this.#serviceOf(request, signature);
      request.body = await readBody(message, largestRequest(service));
      answer = await dispatch(this.parts, this.#admit(request, signature, service), request, requestId);
    } catch (error) {
      if (isGone(response)) return;
      const refusal = error instanceof AwsError ? error : internalFailure(error);
      answer = formatError(refusal, service, requestId, request ?? { url: ROOT, headers: headersOf(message) });
    }
    const { date } = dateHeader(message.headers['x-amz-date']?.toString(), this.parts.clock.now());
    if (date !== undefined) response.setHeader('date', date);
    send(message, response, answer, requestId);
  }

  /** The service that answers; throws for who may not call it, and where it is not run. */
  #admit(request: HttpRequest, signature: Signature | undefined, service: AwsService | undefined): AwsService {
    const { identity, clock } = this.parts;
    const verdict = this.options.anyKey
      ? hasAuthorization(request, signature)
      : verifySignature(request, identity, { now: clock.now(), signature });
    if (verdict !== true) throw authenticationError(verdict, service);
    if (service) return service;
    const name = signature?.scope.service;
    throw new AwsError('UnknownService', `The local cloud does not run the service '${name}'.`, 501);
  }

  /** The service that the request is signed for; of an unsigned one, what its form tells, so that it can be refused in that form. */
  #serviceOf(request: HttpRequest, signature: Signature | undefined): AwsService | undefined {
    if (signature) return this.parts.aws.bySigningName(signature.scope.service);
    const prefix = request.headers['x-amz-target']?.split('.')[0];
    return this.parts.aws.list().find(({ protocol }) => protocol.kind === 'json' && protocol.targetPrefix === prefix);
  }
}

/** As much as DynamoDB, the most generous of them, takes. */
const LARGEST_CALL = 16 * 1024 * 1024;
/** For REST services, S3 above all. */
const LARGEST_UPLOAD = 256 * 1024 * 1024;

/** Of the URLs that services get: which of the loopback's names was called makes no difference to them. */
const ORIGIN = 'http://127.0.0.1';
const ROOT = new URL(ORIGIN);

function largestRequest(service: AwsService | undefined): number {
  return service?.largestRequest ?? (service?.protocol.kind === 'http' ? LARGEST_UPLOAD : LARGEST_CALL);
}

/** A request as services get it. Few operations ask for the signal that tells that the client has gone, so only those have one made. */
class WireRequest implements HttpRequest {
  body: Uint8Array = NO_BODY;
  #leaving: AbortController | undefined;

  constructor(
    readonly method: string,
    readonly url: URL,
    readonly target: string,
    readonly headers: Record<string, string>,
    private readonly response: ServerResponse,
  ) {}

  get signal(): AbortSignal {
    if (!this.#leaving) {
      const leaving = new AbortController();
      this.#leaving = leaving;
      if (isGone(this.response)) leaving.abort();
      else this.response.once('close', () => isGone(this.response) && leaving.abort());
    }
    return this.#leaving.signal;
  }
}

const NO_BODY = new Uint8Array();

/** Whether nobody waits for the answer any more. */
function isGone(response: ServerResponse): boolean {
  return response.destroyed && !response.writableFinished;
}

function readHead(message: IncomingMessage, response: ServerResponse): WireRequest {
  const { host } = message.headers;
  if (!isLoopbackHost(host)) throw new AwsError('AccessDeniedException', 'Only requests to 127.0.0.1 are served.', 403);
  const target = message.url ?? '/';
  if (target !== '/' && !(target.startsWith('/') && URL.canParse(`${ORIGIN}${target}`))) {
    throw new AwsError('InvalidRequest', 'The request target is not a path.', 400);
  }
  // Of most services' requests it is '/'.
  const url = target === '/' ? ROOT : new URL(`${ORIGIN}${target}`);
  return new WireRequest(message.method ?? 'GET', url, target, headersOf(message), response);
}

function headersOf({ headers }: IncomingMessage): Record<string, string> {
  // The one header of which Node makes a list.
  const cookies = headers['set-cookie'];
  const texts = cookies ? { ...headers, 'set-cookie': cookies.join(', ') } : headers;
  return texts as Record<string, string>;
}

function send(message: IncomingMessage, response: ServerResponse, answer: HttpResponse, requestId: string): void {
  // What was not read (a body that is too large) would be taken for the next request.
  if (!message.complete) response.setHeader('connection', 'close');
  failPoint?.('before-acknowledgement');
  const { status, body } = answer;
  const bytes = Buffer.byteLength(body);
  const length = status === 204 || status === 304 ? {} : { 'content-length': bytes };
  response.writeHead(status, { 'x-amzn-RequestId': requestId, ...length, ...answer.headers });
  // Text of ASCII alone, as most is, is written quicker as Latin-1.
  const encoding = body.length === bytes ? 'latin1' : 'utf8';
  response.end(body, encoding, failPoint && (() => failPoint?.('after-acknowledgement')));
}
