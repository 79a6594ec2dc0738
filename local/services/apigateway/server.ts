import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { AwsError } from '../aws';
import { apiRequests } from '../metering/units';
import type { Parts } from '../parts';
import { verifySignature } from '../sigv4';
import { readBody } from '../wire/body';
import { isLoopbackHost } from '../wire/host';
import { LoopbackServer } from '../wire/loopback-server';
import { eventOf, type ReceivedRequest } from './event';
import { answerOf, type HttpAnswer, INTERNAL_SERVER_ERROR, messageAnswer } from './response';
import { type Match, Router } from './router';
import type { HttpApiSpec } from './spec';

/** API Gateway's limits: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html */
const BODY_LIMIT_BYTES = 10 * 1024 * 1024;
const LONGEST_TIMEOUT_MS = 30_000;

/**
 * Owns the server of one HTTP API: from a request on its port to the function of its route and back.
 *
 * A request is counted as work from when it has been read to its answer. An integration's time limit is real time,
 * as a function's is.
 */
export class ApiServer {
  readonly router = new Router();
  readonly #server = new LoopbackServer((message, response) => this.#serve(message, response));

  constructor(
    readonly spec: HttpApiSpec,
    private readonly parts: Parts,
  ) {}

  get port(): number {
    return this.#server.port;
  }

  get url(): string {
    return this.#server.url;
  }

  /** Port 0 is any free one. Rejects with a message that names the port when it is taken. */
  async listen(port: number): Promise<void> {
    try {
      await this.#server.listen(port);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
      const message = `Port ${port}, which the HTTP API '${this.spec.name}' listens on, is in use by another program.`;
      throw new Error(message, { cause: error });
    }
  }

  close(): Promise<void> {
    return this.#server.close();
  }

  async #serve(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const requestId = randomUUID();
    const answer = await this.#answer(message, requestId).catch((error) => {
      if (!message.destroyed) process.emitWarning(`HTTP API '${this.spec.name}': ${error}`);
      return INTERNAL_SERVER_ERROR;
    });
    // What was not read of a refused body must not be taken for the connection's next request.
    if (!message.complete) response.setHeader('connection', 'close');
    send(response, answer, requestId, message.method === 'HEAD');
  }

  async #answer(message: IncomingMessage, requestId: string): Promise<HttpAnswer> {
    if (!isLoopbackHost(message.headers.host)) return messageAnswer(403, 'Forbidden');
    const url = urlOf(message);
    if (!url) return messageAnswer(400, 'Bad Request');
    const body = await readBody(message, BODY_LIMIT_BYTES).catch((error) => {
      if (error instanceof AwsError && error.status === 413) return undefined;
      throw error;
    });
    if (!body) return messageAnswer(413, 'Request Entity Too Large');
    return this.parts.work.track(async () => {
      const request: ReceivedRequest = {
        method: message.method ?? 'GET',
        url,
        headers: headersOf(message),
        body,
        protocol: `HTTP/${message.httpVersion}`,
        sourceIp: message.socket.remoteAddress ?? '127.0.0.1',
      };
      const match = this.router.match(request.method, url.pathname);
      if (!match) return messageAnswer(404, 'Not Found');
      return (await this.#refusal(request, match)) ?? this.#integrate(request, match, requestId);
    });
  }

  /** Why the caller may not use the route, if so. */
  async #refusal(request: ReceivedRequest, { route }: Match): Promise<HttpAnswer | undefined> {
    if (route.authorization.type === 'NONE') return undefined;
    // There is no issuer to ask yet: nobody gets in, rather than everybody.
    if (route.authorization.type === 'JWT') return messageAnswer(401, 'Unauthorized');
    const { identity, clock } = this.parts;
    const verdict = await verifySignature(request, identity, { service: 'execute-api', now: clock.now() });
    return verdict === true ? undefined : messageAnswer(403, 'Forbidden');
  }

  async #integrate(request: ReceivedRequest, match: Match, requestId: string): Promise<HttpAnswer> {
    const { parts, spec } = this;
    const event = eventOf(request, match, {
      apiId: spec.id,
      identity: parts.identity,
      requestId,
      now: parts.clock.now(),
    });
    const input = { FunctionName: match.route.functionArn, Payload: Buffer.from(JSON.stringify(event)) };
    const { meter } = parts.aws;
    const trace = meter?.open();
    meter?.use(trace, { 'api.requests': apiRequests(request.body.length) });
    const timeLimit = deadline(Math.min(match.route.timeoutMs, LONGEST_TIMEOUT_MS));
    try {
      const invoked = parts.aws.call('lambda', 'Invoke', input, { via: 'apigateway', trace });
      const output = await Promise.race([invoked, timeLimit.passed]);
      if (output === undefined) return messageAnswer(503, 'Service Unavailable');
      if (output.FunctionError !== undefined) return INTERNAL_SERVER_ERROR;
      return answerOf(JSON.parse(Buffer.from(output.Payload).toString()));
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      if (error.code === 'RequestTooLargeException') return messageAnswer(413, 'Request Entity Too Large');
      return INTERNAL_SERVER_ERROR;
    } finally {
      timeLimit.cancel();
      if (trace !== undefined) meter?.close(trace);
    }
  }
}

function deadline(ms: number): { passed: Promise<undefined>; cancel(): void } {
  let timer: NodeJS.Timeout | undefined;
  const passed = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), ms);
  });
  return { passed, cancel: () => clearTimeout(timer) };
}

/** Undefined when the request's target is not a path of this server. */
function urlOf(message: IncomingMessage): URL | undefined {
  const target = message.url ?? '/';
  if (!target.startsWith('/')) return undefined;
  const text = `http://${message.headers.host}${target}`;
  return URL.canParse(text) ? new URL(text) : undefined;
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

function send(response: ServerResponse, answer: HttpAnswer, requestId: string, isHead: boolean): void {
  response.statusCode = answer.status;
  for (const [name, value] of Object.entries(answer.headers)) {
    if (!CONNECTION_HEADERS.has(name)) response.setHeader(name, value);
  }
  if (answer.cookies.length > 0) response.setHeader('set-cookie', answer.cookies);
  response.setHeader('apigw-requestid', requestId);
  response.setHeader('content-length', answer.body.length);
  response.end(isHead ? undefined : answer.body);
}
