import { isObject } from '../../asl/json';
import { AwsError } from '../aws';
import type { Parts } from '../parts';
import { authorizerEvent } from './authorizer-event';
import type { EventContext, ReceivedRequest } from './event';
import { identityValue } from './identity-sources';
import { invokeFunction } from './invocation';
import { PolicyError, readPolicy } from './policy';
import type { Match } from './router';
import type { HttpRouteSpec } from './spec';
import { TimeLimit } from './time-limit';

export type LambdaAuthorization = Extract<HttpRouteSpec['authorization'], { type: 'CUSTOM' }>;

/** The caller is let in, and the route's function told the context; or it is answered with a status. */
export type LambdaVerdict = { readonly context: object | null } | { readonly status: 401 | 403 | 500 };

interface Kept {
  readonly answer: Answer;
  /** Virtual ms. */
  readonly until: number;
}

/** Who may be let in where. */
interface Answer {
  mayCall(arn: string): boolean;
  readonly context: object | null;
}

/** API Gateway's limit: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html */
const LONGEST_TIMEOUT_MS = 10_000;
const MOST_KEPT = 1000;

/**
 * Owns one Lambda authorizer of an HTTP API
 * (docs.aws.amazon.com/apigateway/latest/developerguide/http-api-lambda-authorizer.html).
 *
 * A1  A request that lacks one of the identity sources is not authorized, and the function is not asked.
 * A2  An answer is kept under the values of the identity sources for its time, and holds for all routes then: a policy is held
 *     against each request's ARN. Failures are not kept.
 * A3  What is not a clear yes keeps the caller out.
 */
export class LambdaAuthorizer {
  readonly #kept = new Map<string, Kept>();

  constructor(private readonly parts: Parts) {}

  async authorize(
    authorization: LambdaAuthorization,
    request: ReceivedRequest,
    match: Match,
    context: EventContext,
    trace: string | undefined,
  ): Promise<LambdaVerdict> {
    const sources = authorization.identitySources.map((source) => identityValue(source, request, match, context));
    if (sources.some((value) => value === undefined || value === '')) return { status: 401 };
    const arn = requestArn(request, context);
    try {
      const answer = await this.#answer(authorization, sources as string[], () => {
        const event = authorizerEvent(request, match, { ...context, arn, sources: sources as string[] }, authorization);
        return this.#ask(authorization, event, trace);
      });
      if (answer === 'Unauthorized') return { status: 401 };
      return answer.mayCall(arn) ? { context: answer.context } : { status: 403 };
    } catch (error) {
      if (!(error instanceof AwsError || error instanceof PolicyError)) throw error;
      process.emitWarning(`The authorizer ${authorization.functionArn} lets nobody in: ${error.message}`);
      return { status: 500 };
    }
  }

  async #answer(
    { ttlSeconds }: LambdaAuthorization,
    sources: readonly string[],
    ask: () => Promise<Answer | 'Unauthorized'>,
  ): Promise<Answer | 'Unauthorized'> {
    const now = () => this.parts.clock.now();
    const key = JSON.stringify(sources);
    const kept = this.#kept.get(key);
    if (kept && now() < kept.until) return kept.answer;
    const answer = await ask();
    if (answer !== 'Unauthorized' && ttlSeconds > 0 && sources.length > 0) {
      this.#kept.delete(key);
      const [oldest] = this.#kept.keys();
      if (oldest !== undefined && this.#kept.size >= MOST_KEPT) this.#kept.delete(oldest);
      this.#kept.set(key, { answer, until: now() + ttlSeconds * 1000 });
    }
    return answer;
  }

  async #ask(
    { functionArn, simpleResponses }: LambdaAuthorization,
    event: object,
    trace: string | undefined,
  ): Promise<Answer | 'Unauthorized'> {
    const timeLimit = new TimeLimit(LONGEST_TIMEOUT_MS);
    try {
      const invoked = await invokeFunction(this.parts.aws, { functionArn, event, trace, timeLimit });
      if (!invoked) throw new PolicyError('It took more than 10 seconds.');
      const { said, hasFailed } = invoked;
      if (!hasFailed) return readAnswer(said, simpleResponses);
      const message = isObject(said) ? said.errorMessage : undefined;
      if (message === 'Unauthorized') return message;
      throw new PolicyError('It failed.');
    } finally {
      timeLimit.cancel();
    }
  }
}

function readAnswer(said: unknown, isSimple: boolean): Answer {
  if (!isObject(said)) throw new PolicyError('Its answer is not an object.');
  const context = isObject(said.context) ? said.context : null;
  if (isSimple) {
    const { isAuthorized } = said;
    if (typeof isAuthorized !== 'boolean') throw new PolicyError('Its answer has no isAuthorized.');
    return { mayCall: () => isAuthorized, context };
  }
  if (typeof said.principalId !== 'string') throw new PolicyError('Its answer has no principalId.');
  return { mayCall: readPolicy(said.policyDocument), context };
}

function requestArn({ method, url }: ReceivedRequest, { apiId, identity, stage }: EventContext): string {
  const path = stage === undefined ? url.pathname : url.pathname.slice(stage.length + 1);
  const { region, accountId } = identity;
  return `arn:aws:execute-api:${region}:${accountId}:${apiId}/${stage ?? '$default'}/${method}${path || '/'}`;
}
