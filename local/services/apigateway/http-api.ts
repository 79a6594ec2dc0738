import type { Parts } from '../parts';
import { verifySignature } from '../sigv4';
import { questionOf } from './authorizer-event';
import { type CorsConfiguration, preflightAnswer, withCors } from './cors';
import type { ReceivedRequest } from './event';
import { requestValue } from './identity-sources';
import { type Admitted, integrate } from './integration';
import { IssuerKeys } from './issuer-keys';
import { authorizeJwt } from './jwt';
import { LambdaAuthorizer } from './lambda-authorizer';
import { type HttpAnswer, INTERNAL_SERVER_ERROR, messageAnswer } from './response';
import { Router } from './router';
import type { Api, Visitor } from './server';
import type { ApiSpec } from './spec';

const NOT_FOUND = messageAnswer(404, 'Not Found');
const REFUSED = { UNAUTHORIZED: 401, FORBIDDEN: 403, FAILED: 500 } as const;

/** Owns what one HTTP API answers: from a request to its route, past its authorizer, to its integration and back. */
export class HttpApi implements Api {
  readonly kind = 'HTTP API';
  readonly path = '';
  readonly refusals = {
    foreignHost: messageAnswer(403, 'Forbidden'),
    badTarget: messageAnswer(400, 'Bad Request'),
    tooLarge: messageAnswer(413, 'Request Entity Too Large'),
    failure: INTERNAL_SERVER_ERROR,
  };
  readonly router = new Router();
  /** Named stages: their requests may have the name in front of the path. */
  readonly stages = new Set<string>();
  cors: CorsConfiguration | undefined;
  readonly #issuers = new Map<string, IssuerKeys>();
  readonly #authorizers = new Map<string, LambdaAuthorizer>();

  constructor(
    readonly spec: ApiSpec,
    private readonly parts: Parts,
  ) {}

  headers(requestId: string): Record<string, string> {
    return { 'apigw-requestid': requestId };
  }

  async answer(request: ReceivedRequest, visitor: Visitor): Promise<HttpAnswer> {
    const stage = this.#stageOf(request.url);
    const { pathname } = request.url;
    const path = stage === undefined ? pathname : pathname.slice(stage.length + 1) || '/';
    const match = this.router.match(request.method, path);
    if (!match && this.cors && request.method === 'OPTIONS') return preflightAnswer(this.cors, request.headers);
    const { requestId, trace, waits } = visitor;
    const about = { apiId: this.spec.id, identity: this.parts.identity, requestId, now: this.parts.clock.now() };
    const context = { ...about, ...(stage !== undefined && { stage }) };
    const answer = match ? await this.#authorize({ request, match, context, trace, waits }) : NOT_FOUND;
    return this.cors ? withCors(this.cors, request.headers.origin, answer) : answer;
  }

  /** Lets the caller through to the route's integration, or says why not. */
  async #authorize(visit: Admitted): Promise<HttpAnswer> {
    const { request, match, context } = visit;
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
        const verdict = await authorizer.authorize(questionOf(authorization, visit));
        if (verdict.type === 'ADMITTED') return admit({ lambda: verdict.context });
        return refusal(REFUSED[verdict.type]);
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
