import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { AwsError } from '../aws';
import type { Parts } from '../parts';
import { verifySignature } from '../sigv4';
import { readBody } from '../wire/body';
import { isLoopbackHost } from '../wire/host';
import { LoopbackServer } from '../wire/loopback-server';
import { onPort } from '../wire/port';
import { type CorsConfiguration, preflightAnswer, withCors } from './cors';
import type { ReceivedRequest } from './event';
import { requestValue } from './identity-sources';
import { type Admitted, integrate } from './integration';
import { IssuerKeys } from './issuer-keys';
import { authorizeJwt } from './jwt';
import { LambdaAuthorizer } from './lambda-authorizer';
import { type HttpAnswer, INTERNAL_SERVER_ERROR, messageAnswer } from './response';
import { type Match, Router } from './router';
import type { HttpApiSpec } from './spec';

/** API Gateway's limit: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html */
const BODY_LIMIT_BYTES = 10 * 1024 * 1024;
const NOT_FOUND = messageAnswer(404, 'Not Found');

/** A request that has found its route. */
interface Arrived {
  readonly request: ReceivedRequest;
  readonly match: Match;
  readonly stage: string | undefined;
  readonly requestId: string;
  readonly waits: () => void;
}

/**
 * Owns the server of one HTTP API: from a request on its port to its route's integration and back.
 *
 * A request is counted as work from when it has been read to its answer, or until its integration waits for time.
 */
export class ApiServer {
  readonly router = new Router();
  /** Named stages: their requests may have the name in front of the path. */
  readonly stages = new Set<string>();
  cors: CorsConfiguration | undefined;
  readonly #issuers = new Map<string, IssuerKeys>();
  readonly #authorizers = new Map<string, LambdaAuthorizer>();
  readonly #server = new LoopbackServer((message, response) => this.#serve(message, response));

  constructor(
    readonly spec: HttpApiSpec,
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
    await onPort(port, `the HTTP API '${this.spec.name}'`, () => this.#server.listen(port));
  }

  close(): Promise<void> {
    return this.#server.close();
  }

  async #serve(message: IncomingMessage, response: ServerResponse): Promise<void> {
    if (this.ready) await this.ready;
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
    const waits = this.parts.work.begin();
    try {
      const request: ReceivedRequest = {
        method: message.method ?? 'GET',
        url,
        headers: headersOf(message),
        body,
        protocol: `HTTP/${message.httpVersion}`,
        sourceIp: message.socket.remoteAddress ?? '127.0.0.1',
      };
      const stage = this.#stageOf(url);
      const path = stage === undefined ? url.pathname : url.pathname.slice(stage.length + 1) || '/';
      const match = this.router.match(request.method, path);
      if (!match && this.cors && request.method === 'OPTIONS') return preflightAnswer(this.cors, request.headers);
      const answer = match ? await this.#visit({ request, match, stage, requestId, waits }) : NOT_FOUND;
      return this.cors ? withCors(this.cors, request.headers.origin, answer) : answer;
    } finally {
      waits();
    }
  }

  async #visit({ request, match, stage, requestId, waits }: Arrived): Promise<HttpAnswer> {
    const { identity, clock, aws } = this.parts;
    const about = { apiId: this.spec.id, identity, requestId, now: clock.now() };
    const context = { ...about, ...(stage !== undefined && { stage }) };
    const trace = aws.meter?.open();
    try {
      return await this.#authorize({ request, match, context, trace, waits });
    } finally {
      if (trace !== undefined) aws.meter?.close(trace);
    }
  }

  /** Lets the caller through to the route's integration, or says why not. */
  async #authorize(visit: Admitted): Promise<HttpAnswer> {
    const { request, match, context, trace } = visit;
    const { authorization } = match.route;
    const { identity, clock } = this.parts;
    const admit = (authorizer?: object) =>
      integrate(this.parts, { ...visit, context: { ...context, ...(authorizer && { authorizer }) } });
    switch (authorization.type) {
      case 'NONE':
        return admit();
      case 'AWS_IAM': {
        const verdict = verifySignature(request, identity, { service: 'execute-api', now: clock.now() });
        return verdict === true ? admit() : messageAnswer(403, 'Forbidden');
      }
      case 'JWT': {
        const token = requestValue(authorization.identitySource, request);
        const verdict = await authorizeJwt(token, authorization, this.#keysOf(authorization.issuer), clock.now());
        if ('claims' in verdict) return admit({ jwt: verdict });
        const refused = refusal(verdict.status);
        return { ...refused, headers: { ...refused.headers, 'www-authenticate': verdict.challenge } };
      }
      case 'CUSTOM': {
        const authorizer = this.#authorizerOf(authorization.authorizerId);
        const verdict = await authorizer.authorize(authorization, request, match, context, trace);
        return 'context' in verdict ? admit({ lambda: verdict.context }) : refusal(verdict.status);
      }
    }
  }

  /** Undefined where the path begins with no stage's name: every stage serves the same routes at the root. */
  #stageOf({ pathname }: URL): string | undefined {
    const [, first = ''] = pathname.split('/');
    return this.stages.has(first) ? first : undefined;
  }

  #keysOf(issuer: string): IssuerKeys {
    const keys = this.#issuers.get(issuer) ?? new IssuerKeys(issuer, () => this.parts.clock.now());
    this.#issuers.set(issuer, keys);
    return keys;
  }

  #authorizerOf(id: string): LambdaAuthorizer {
    const authorizer = this.#authorizers.get(id) ?? new LambdaAuthorizer(this.parts);
    this.#authorizers.set(id, authorizer);
    return authorizer;
  }
}

function refusal(status: 401 | 403 | 500): HttpAnswer {
  if (status === 500) return INTERNAL_SERVER_ERROR;
  return messageAnswer(status, status === 401 ? 'Unauthorized' : 'Forbidden');
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
  if (answer.status !== 204) response.setHeader('content-length', answer.body.length);
  response.end(isHead ? undefined : answer.body);
}
