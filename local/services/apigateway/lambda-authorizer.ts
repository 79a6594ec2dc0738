import { isObject, type JsonObject } from '../../asl/json';
import { AwsError } from '../aws';
import type { Parts } from '../parts';
import { invokeFunction } from './invocation';
import { type Judgement, PolicyError, readPolicy } from './policy';
import { TimeLimit } from './time-limit';

/** What an authorizer is asked about one request. */
export interface Question {
  readonly functionArn: string;
  /** Whether the function answers `isAuthorized` instead of a policy. */
  readonly simpleResponses: boolean;
  /** For how long its answers are kept; 0: they are not. */
  readonly ttlSeconds: number;
  /** Where the caller's identity is: what the request has there. */
  readonly sources: ReadonlyArray<string | undefined>;
  /** The request's, as policies name it. */
  readonly arn: string;
  readonly event: (sources: readonly string[]) => object;
  readonly trace: string | undefined;
}

/**
 * The caller is let in, as whom the function says and with its context; or not, which `judgement` tells about a policy's reason; or has
 * not said who they are; or the function is at fault.
 */
export type Verdict =
  | { readonly type: 'ADMITTED'; readonly principalId: string | undefined; readonly context: JsonObject | null }
  | { readonly type: 'FORBIDDEN'; readonly judgement: Judgement }
  | { readonly type: 'UNAUTHORIZED' }
  | { readonly type: 'FAILED' };

interface Kept {
  readonly answer: Answer;
  /** Virtual ms. */
  readonly until: number;
}

/** Who may be let in where. */
interface Answer {
  judge(arn: string): Judgement;
  readonly principalId: string | undefined;
  readonly context: JsonObject | null;
}

/** API Gateway's limit: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html */
const LONGEST_TIMEOUT_MS = 10_000;
const MOST_KEPT = 1000;

/**
 * Owns one Lambda authorizer, of an HTTP or a REST API
 * (docs.aws.amazon.com/apigateway/latest/developerguide/http-api-lambda-authorizer.html, …/apigateway-use-lambda-authorizer.html).
 *
 * A1  A request that lacks one of the identity sources is not authorized, and the function is not asked.
 * A2  An answer is kept under the values of the identity sources for its time, and holds for all routes then: a policy is held
 *     against each request's ARN. Failures are not kept.
 * A3  What is not a clear yes keeps the caller out.
 */
export class LambdaAuthorizer {
  readonly #kept = new Map<string, Kept>();

  constructor(private readonly parts: Parts) {}

  async authorize(question: Question): Promise<Verdict> {
    const sources = question.sources.filter((value) => value !== undefined && value !== '') as string[];
    if (sources.length < question.sources.length) return { type: 'UNAUTHORIZED' };
    try {
      const answer = await this.#answer(question, sources);
      if (answer === 'Unauthorized') return { type: 'UNAUTHORIZED' };
      const judgement = answer.judge(question.arn);
      if (judgement !== 'ALLOWED') return { type: 'FORBIDDEN', judgement };
      const { principalId, context } = answer;
      return { type: 'ADMITTED', principalId, context };
    } catch (error) {
      if (!(error instanceof AwsError || error instanceof PolicyError)) throw error;
      process.emitWarning(`The authorizer ${question.functionArn} lets nobody in: ${error.message}`);
      return { type: 'FAILED' };
    }
  }

  async #answer(question: Question, sources: readonly string[]): Promise<Answer | 'Unauthorized'> {
    const { ttlSeconds } = question;
    const now = () => this.parts.clock.now();
    const key = JSON.stringify(sources);
    const kept = this.#kept.get(key);
    if (kept && now() < kept.until) return kept.answer;
    const answer = await this.#ask(question, sources);
    if (answer !== 'Unauthorized' && ttlSeconds > 0 && sources.length > 0) {
      this.#kept.delete(key);
      const [oldest] = this.#kept.keys();
      if (oldest !== undefined && this.#kept.size >= MOST_KEPT) this.#kept.delete(oldest);
      this.#kept.set(key, { answer, until: now() + ttlSeconds * 1000 });
    }
    return answer;
  }

  async #ask(
    { functionArn, simpleResponses, event, trace }: Question,
    sources: readonly string[],
  ): Promise<Answer | 'Unauthorized'> {
    const timeLimit = new TimeLimit(LONGEST_TIMEOUT_MS);
    try {
      const invoked = await invokeFunction(this.parts.aws, {
        functionArn,
        event: event(sources),
        trace,
        timeLimit,
      });
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
    return { judge: () => (isAuthorized ? 'ALLOWED' : 'DENIED'), principalId: undefined, context };
  }
  if (typeof said.principalId !== 'string') throw new PolicyError('Its answer has no principalId.');
  return { judge: readPolicy(said.policyDocument), principalId: said.principalId, context };
}
