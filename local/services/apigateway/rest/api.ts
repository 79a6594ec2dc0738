import type { JsonObject } from '../../../asl/json';
import { AwsError } from '../../aws';
import type { Parts } from '../../parts';
import { verifySignature } from '../../sigv4';
import { authenticationError } from '../../wire/errors';
import type { ReceivedRequest } from '../event';
import { invokeFunction } from '../invocation';
import { LambdaAuthorizer } from '../lambda-authorizer';
import type { HttpAnswer } from '../response';
import type { Api, Visitor } from '../server';
import { TimeLimit } from '../time-limit';
import { admission, questionOf } from './authorizer';
import { sessionFor, withStageVariables } from './backend';
import { proxyEvent, type RestVisit } from './event';
import { isBinary } from './media-types';
import type { RequestValidator } from './request-validation';
import { answerOf, errorAnswer, gatewayError } from './response';
import { RestRouter } from './router';
import type { CustomAuthorization, FunctionProxy, RestApiSpec, RestMethodSpec, RestStage } from './spec';

const DEFAULT_MODELS: Readonly<Record<string, JsonObject>> = {
  Empty: {},
  Error: { type: 'object', properties: { message: { type: 'string' } } },
};

type RunIntegration = Exclude<RestMethodSpec['integration'], { readonly type: 'NOT_RUN' }>;

/**
 * Owns what one REST API answers: from a request to its stage and method, past its authorization, to its integration and back.
 *
 * Errors are API Gateway's: https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html
 */
export class RestApi implements Api {
  readonly kind = 'REST API';
  readonly refusals = {
    foreignHost: gatewayError('Forbidden'),
    badTarget: gatewayError('BadRequest'),
    tooLarge: gatewayError('RequestTooLong'),
    failure: gatewayError('InternalServerError'),
  };
  readonly router: RestRouter;
  /** JSON schemas by name, with those that every API has. */
  readonly models = new Map<string, JsonObject>(Object.entries(DEFAULT_MODELS));
  #validator: RequestValidator | undefined;
  readonly #stages = new Map<string, RestStage>();
  readonly #authorizers = new Map<string, LambdaAuthorizer>();

  constructor(
    readonly spec: RestApiSpec,
    private readonly parts: Parts,
  ) {
    this.router = new RestRouter(spec.rootResourceId);
  }

  /** That of its stage, if it has one only. */
  get path(): string {
    const [first, ...others] = this.#stages.keys();
    return first === undefined || others.length > 0 ? '' : `/${first}`;
  }

  putStage(stage: RestStage): void {
    this.#stages.set(stage.name, stage);
  }

  headers(requestId: string): Record<string, string> {
    return { 'x-amzn-requestid': requestId, 'x-amz-apigw-id': requestId };
  }

  async answer(request: ReceivedRequest, { requestId, trace, waits }: Visitor): Promise<HttpAnswer> {
    const { pathname } = request.url;
    const stage = this.#stages.get(pathname.split('/')[1] as string);
    if (!stage) return gatewayError('Forbidden');
    const match = this.router.match(request.method, pathname.slice(stage.name.length + 1) || '/');
    if (!match) return gatewayError('MissingAuthenticationToken');
    const { identity, clock } = this.parts;
    const visit = { api: this.spec, request, match, stage, requestId, trace, waits, identity, now: clock.now() };
    return this.#authorize(visit);
  }

  /** Lets the caller through to the method's integration, or says why not. */
  async #authorize(visit: RestVisit): Promise<HttpAnswer> {
    const { request, match, identity, now } = visit;
    const { integration, authorization } = match.method;
    if (integration.type === 'NOT_RUN') {
      return errorAnswer(501, 'NotImplemented', `The local cloud does not run this method: ${integration.reason}.`);
    }
    switch (authorization.type) {
      case 'NONE':
        return this.#integrate(integration, visit);
      case 'AWS_IAM': {
        const verdict = verifySignature(request, identity, { service: 'execute-api', now });
        if (verdict === true) return this.#integrate(integration, visit);
        const { code, message } = authenticationError(verdict, undefined);
        return errorAnswer(403, code, message);
      }
      case 'CUSTOM': {
        const verdict = await this.#authorizer(visit, authorization).authorize(questionOf(authorization, visit));
        const admitted = admission(verdict, this.parts.clock.now() - now);
        if ('refused' in admitted) return admitted.refused;
        return this.#integrate(integration, { ...visit, ...admitted });
      }
    }
  }

  /** What it answers is kept for each stage. */
  #authorizer({ stage }: RestVisit, { authorizerId }: CustomAuthorization): LambdaAuthorizer {
    const key = `${stage.name}/${authorizerId}`;
    const authorizer = this.#authorizers.get(key) ?? new LambdaAuthorizer(this.parts);
    this.#authorizers.set(key, authorizer);
    return authorizer;
  }

  async #integrate(integration: RunIntegration, visit: RestVisit): Promise<HttpAnswer> {
    this.parts.aws.meter?.use(visit.trace, { 'api.rest': 1 });
    const refused = this.#refusal(visit);
    if (refused) return refused;
    if (integration.type === 'AWS_PROXY') return this.#invoke(integration, visit);
    const { mappedIntegration } = require('./mapped-integration') as typeof import('./mapped-integration');
    return mappedIntegration(this.parts, integration, visit);
  }

  #refusal(visit: RestVisit): HttpAnswer | undefined {
    const { validation } = visit.match.method;
    if (!validation) return undefined;
    if (!this.#validator) {
      const { RequestValidator } = require('./request-validation') as typeof import('./request-validation');
      this.#validator = new RequestValidator(this.spec.id, this.models);
    }
    return this.#validator.refusal(validation, visit);
  }

  async #invoke(proxy: FunctionProxy, visit: RestVisit): Promise<HttpAnswer> {
    const functionArn = withStageVariables(proxy.functionArn, visit.stage.variables);
    const timeLimit = new TimeLimit(proxy.timeoutMs);
    try {
      const { aws } = this.parts;
      const invoked = await invokeFunction(aws, {
        functionArn,
        event: proxyEvent(visit),
        trace: visit.trace,
        timeLimit,
        role: sessionFor(proxy, visit),
      });
      if (!invoked) return gatewayError('TimedOut');
      if (invoked.hasFailed) return gatewayError('BadGateway');
      const acceptsBinary = isBinary(visit.request.headers.accept, this.spec.binaryMediaTypes);
      return answerOf(invoked.said, { acceptsBinary }) ?? this.#malformed(visit);
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      return gatewayError(error.code === 'RequestTooLargeException' ? 'RequestTooLong' : 'InternalServerError');
    } finally {
      timeLimit.cancel();
    }
  }

  #malformed({ request, match }: RestVisit): HttpAnswer {
    process.emitWarning(
      `REST API '${this.spec.name}', ${request.method} ${match.resourcePath}: Execution failed due to configuration error: ` +
        'Malformed Lambda proxy response',
    );
    return gatewayError('BadGateway');
  }
}
