import { isObject } from '../../../asl/json';
import type { Question, Verdict } from '../lambda-authorizer';
import type { HttpAnswer } from '../response';
import { pathOf, type RestVisit, requestContext, requestHead } from './event';
import { errorAnswer, gatewayError } from './response';
import type { CustomAuthorization } from './spec';
import { matchesWhole } from './vtl/java-patterns';

/**
 * Owns what is special to Lambda authorizers of REST APIs: their events, where they look for who calls, and what callers are told who are
 * not let in. See https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-use-lambda-authorizer.html
 */
export function questionOf(authorization: CustomAuthorization, visit: RestVisit): Question {
  const { kind, functionArn, ttlSeconds, identitySources, validation } = authorization;
  const isValid = (value: string) => validation === undefined || matchesWhole(value, validation);
  const sources = identitySources.map((source) => identityValue(source, visit));
  const arn = methodArn(visit);
  return {
    functionArn,
    simpleResponses: false,
    ttlSeconds,
    // A token that is not valid is none.
    sources: sources.map((value) => (value !== undefined && isValid(value) ? value : undefined)),
    arn,
    event: ([token]) =>
      kind === 'TOKEN'
        ? { type: 'TOKEN', methodArn: arn, authorizationToken: token }
        : { type: 'REQUEST', methodArn: arn, ...requestEvent(visit) },
    trace: visit.trace,
  };
}

/** Here, other than for a function behind it, what a request has not is empty. */
function requestEvent(visit: RestVisit): object {
  const head = Object.entries(requestHead(visit));
  return Object.fromEntries(head.map(([name, value]) => [name, value ?? {}]));
}

const SOURCE =
  /^(?:method\.request\.(?<place>header|querystring)\.|(?<other>stageVariables|context)\.)(?<name>[\w$.-]+)$/;

/** 'method.request.header.Authorization', 'method.request.querystring.q', 'stageVariables.table', 'context.httpMethod' */
export function isIdentitySource(source: string): boolean {
  return SOURCE.test(source);
}

function identityValue(source: string, visit: RestVisit): string | undefined {
  const { place, other, name = '' } = SOURCE.exec(source)?.groups ?? {};
  const { request, stage } = visit;
  if (place === 'header') return request.headers[name.toLowerCase()];
  if (place === 'querystring') return request.url.searchParams.get(name) ?? undefined;
  return member(other === 'context' ? requestContext(visit) : stage.variables, name.split('.'));
}

function member(of: unknown, [name, ...below]: readonly string[]): string | undefined {
  if (name === undefined) return of === null || typeof of === 'object' ? undefined : String(of);
  return isObject(of) && Object.hasOwn(of, name) ? member(of[name], below) : undefined;
}

function methodArn(visit: RestVisit): string {
  const { api, request, stage, identity } = visit;
  const { region, accountId } = identity;
  return `arn:aws:execute-api:${region}:${accountId}:${api.id}/${stage.name}/${request.method}${pathOf(visit)}`;
}

/**
 * What the method's function is told of the caller, as texts; or the answer to who is not let in. The context must be flat.
 * @param latency of the authorizer, in ms
 */
export function admission(
  verdict: Verdict,
  latency: number,
): { readonly authorizer: Readonly<Record<string, unknown>> } | { readonly refused: HttpAnswer } {
  if (verdict.type === 'UNAUTHORIZED') return { refused: gatewayError('Unauthorized') };
  if (verdict.type === 'FORBIDDEN') return { refused: accessDenied(verdict.judgement === 'DENIED') };
  const members = Object.entries((verdict.type === 'ADMITTED' && verdict.context) || {});
  if (verdict.type === 'FAILED' || members.some(([, value]) => typeof value === 'object' && value !== null)) {
    return { refused: errorAnswer(500, 'AuthorizerConfigurationException', null) };
  }
  const texts = members.map(([name, value]) => [name, value === null ? null : String(value)]);
  return {
    authorizer: { ...Object.fromEntries(texts), principalId: verdict.principalId, integrationLatency: latency },
  };
}

/** AWS writes this message with a capital. */
function accessDenied(isExplicit: boolean): HttpAnswer {
  const Message = `User is not authorized to access this resource${isExplicit ? ' with an explicit deny' : ''}`;
  return { ...errorAnswer(403, 'AccessDeniedException', ''), body: Buffer.from(JSON.stringify({ Message })) };
}
