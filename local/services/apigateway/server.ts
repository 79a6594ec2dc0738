import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { AwsError } from '../aws';
import type { Parts } from '../parts';
import { readBody } from '../wire/body';
import { isLoopbackHost } from '../wire/host';
import { LoopbackServer } from '../wire/loopback-server';
import { onPort } from '../wire/port';
import type { ReceivedRequest } from './event';
import type { HttpAnswer } from './response';
import type { ApiSpec } from './spec';

/** API Gateway's limit: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html */
const BODY_LIMIT_BYTES = 10 * 1024 * 1024;

/** What an API of either kind answers, which does not know of ports and connections. */
export interface Api {
  readonly spec: ApiSpec;
  /** 'HTTP API' */
  readonly kind: string;
  /** What stands between the server's URL and the API's resources: '/prod', or nothing. */
  readonly path: string;
  /** To requests that do not come to it. */
  readonly refusals: Readonly<Record<'foreignHost' | 'badTarget' | 'tooLarge' | 'failure', HttpAnswer>>;
  answer(request: ReceivedRequest, visitor: Visitor): Promise<HttpAnswer>;
  /** Of every answer. */
  headers(requestId: string): Readonly<Record<string, string>>;
}

/** Who sends a request. */
export interface Visitor {
  readonly requestId: string;
  /** What the request's calls are a part of. */
  readonly trace: string | undefined;
  /** Ends its being counted as work, since from now on it waits for time. */
  readonly waits: () => void;
}

/**
 * Owns the server of one API: from a request on its port to the API and back.
 *
 * A request is counted as work from when it has been read to its answer, or until its integration waits for time.
 */
export class ApiServer {
  readonly #server = new LoopbackServer((message, response) => this.#serve(message, response));

  constructor(
    readonly api: Api,
    private readonly parts: Parts,
    private readonly ready?: Promise<void>,
  ) {}

  get port(): number {
    return this.#server.port;
  }

  get url(): string {
    return this.#server.url;
  }

  /** Port 0 is any free one. Rejects with a `PortInUseError` when it is taken. */
  async listen(port: number): Promise<void> {
    await onPort(port, `the ${this.#name}`, () => this.#server.listen(port));
  }

  close(): Promise<void> {
    return this.#server.close();
  }

  get #name(): string {
    return `${this.api.kind} '${this.api.spec.name}'`;
  }

  async #serve(message: IncomingMessage, response: ServerResponse): Promise<void> {
    if (this.ready) await this.ready;
    const requestId = randomUUID();
    const answer = await this.#answer(message, requestId).catch((error) => {
      if (!message.destroyed) process.emitWarning(`${this.#name}: ${error}`);
      return this.api.refusals.failure;
    });
    // What was not read of a refused body must not be taken for the connection's next request.
    if (!message.complete) response.setHeader('connection', 'close');
    send(response, answer, this.api.headers(requestId), message.method === 'HEAD');
  }

  async #answer(message: IncomingMessage, requestId: string): Promise<HttpAnswer> {
    const { refusals } = this.api;
    if (!isLoopbackHost(message.headers.host)) return refusals.foreignHost;
    const url = urlOf(message);
    if (!url) return refusals.badTarget;
    const body = await readBody(message, BODY_LIMIT_BYTES).catch((error) => {
      if (error instanceof AwsError && error.status === 413) return undefined;
      throw error;
    });
    if (!body) return refusals.tooLarge;
    const { work, aws } = this.parts;
    const waits = work.begin();
    const trace = aws.meter?.open();
    try {
      return await this.api.answer(requestOf(message, url, body), { requestId, trace, waits });
    } finally {
      if (trace !== undefined) aws.meter?.close(trace);
      waits();
    }
  }
}

/** Undefined when the request's target is not a path of this server. */
function urlOf(message: IncomingMessage): URL | undefined {
  const target = message.url ?? '/';
  if (!target.startsWith('/')) return undefined;
  const text = `http://${message.headers.host}${target}`;
  return URL.canParse(text) ? new URL(text) : undefined;
}

function requestOf(message: IncomingMessage, url: URL, body: Uint8Array): ReceivedRequest {
  return {
    method: message.method ?? 'GET',
    url,
    headers: headersOf(message),
    rawHeaders: message.rawHeaders,
    body,
    protocol: `HTTP/${message.httpVersion}`,
    sourceIp: message.socket.remoteAddress ?? '127.0.0.1',
  };
}

function headersOf(message: IncomingMessage): Record<string, string> {
  return Object.fromEntries(
    Object.entries(message.headersDistinct).map(([name, values = []]) => [
      name,
      values.join(name === 'cookie' ? '; ' : ','),
    ]),
  );
}

/** Headers that a function must not set: they belong to the connection. */
const CONNECTION_HEADERS = new Set(['connection', 'content-length', 'transfer-encoding', 'keep-alive', 'upgrade']);

function send(
  response: ServerResponse,
  answer: HttpAnswer,
  own: Readonly<Record<string, string>>,
  isHead: boolean,
): void {
  response.statusCode = answer.status;
  for (const [name, value] of Object.entries(answer.headers)) {
    if (!CONNECTION_HEADERS.has(name)) response.setHeader(name, value);
  }
  if (answer.cookies.length > 0) response.setHeader('set-cookie', answer.cookies);
  for (const [name, value] of Object.entries(own)) response.setHeader(name, value);
  if (answer.status !== 204) response.setHeader('content-length', answer.body.length);
  response.end(isHead ? undefined : answer.body);
}
