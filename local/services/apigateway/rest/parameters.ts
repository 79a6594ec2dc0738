import { isObject } from '../../../asl/json';
import { type RestVisit, requestContext, requestHead } from './event';
import { JsonBody, NotJson } from './json-values';
import type { BodySource, RequestSource, ResponseSource } from './spec';
import { Effort } from './vtl/effort';
import { TemplateError } from './vtl/nodes';
import { textOf } from './vtl/values';

/**
 * Owns the expressions by which single parameters of a request to an integration, and headers of its response, take their values.
 * See https://docs.aws.amazon.com/apigateway/latest/developerguide/request-response-data-mappings.html
 */
const REQUEST = /^method\.request\.(path|querystring|header|multivaluequerystring|multivalueheader)\.(.+)$/;
const RESPONSE = /^integration\.response\.(header|multivalueheader)\.(.+)$/;

/** Undefined for what is no expression of API Gateway's. */
export function requestSource(text: string): RequestSource | undefined {
  const [, place, name] = REQUEST.exec(text) ?? [];
  if (name !== undefined) return { kind: place as 'path', name };
  return bodySource(text, 'method.request.body') ?? otherSource(text);
}

export function responseSource(text: string): ResponseSource | undefined {
  const [, , name] = RESPONSE.exec(text) ?? [];
  if (name !== undefined) return { kind: 'header', name };
  return bodySource(text, 'integration.response.body') ?? otherSource(text);
}

function bodySource(text: string, prefix: string): BodySource | undefined {
  if (text === prefix) return { kind: 'body' };
  if (!text.startsWith(`${prefix}.`) && !text.startsWith(`${prefix}[`)) return undefined;
  return { kind: 'body', path: `$${text.slice(prefix.length)}` };
}

function otherSource(text: string) {
  const literal = /^'(.*)'$/s.exec(text)?.[1];
  if (literal !== undefined) return { kind: 'literal', text: literal } as const;
  const [, kind, name = ''] = /^(stageVariables|context)\.(.+)$/.exec(text) ?? [];
  return kind === undefined ? undefined : ({ kind: kind as 'context', name } as const);
}

/** Of a request, decoded; of what was sent several times the last. */
export interface Parameters {
  readonly path: Readonly<Record<string, string>>;
  readonly querystring: Readonly<Record<string, string>>;
  /** By names as they were sent. */
  readonly header: Readonly<Record<string, string>>;
}

const known = new WeakMap<RestVisit, Parameters>();

export function parametersOf(visit: RestVisit): Parameters {
  const before = known.get(visit);
  if (before) return before;
  const { headers, queryStringParameters } = requestHead(visit);
  const path = Object.entries(visit.match.pathParameters).map(([name, value]) => [name, decoded(value)]);
  const parameters = {
    path: Object.fromEntries(path),
    querystring: (queryStringParameters ?? {}) as Record<string, string>,
    header: headers as Record<string, string>,
  };
  known.set(visit, parameters);
  return parameters;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** What a source finds in a request: nothing, or one value, or of several all. */
export function requestValues(source: RequestSource, visit: RestVisit): string[] {
  const { request } = visit;
  switch (source.kind) {
    case 'path':
      return listed(own(parametersOf(visit).path, source.name));
    case 'querystring':
      return listed(own(parametersOf(visit).querystring, source.name));
    case 'multivaluequerystring':
      return request.url.searchParams.getAll(source.name);
    case 'header':
      return listed(headersNamed(visit, source.name).at(-1));
    case 'multivalueheader':
      return headersNamed(visit, source.name);
    case 'body':
      return listed(inBody(source, Buffer.from(request.body).toString()));
    default:
      return listed(otherValue(source, visit));
  }
}

export interface IntegrationAnswer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

export function responseValue(source: ResponseSource, answer: IntegrationAnswer, visit: RestVisit): string | undefined {
  if (source.kind === 'header') return own(answer.headers, source.name.toLowerCase());
  return source.kind === 'body' ? inBody(source, answer.body.toString()) : otherValue(source, visit);
}

/** Of a body that is no JSON, no part is found. */
function inBody({ path }: BodySource, body: string): string | undefined {
  if (path === undefined) return body;
  try {
    const found = new JsonBody(body).find(path);
    return found === undefined || found === null ? undefined : textOf(found, new Effort());
  } catch (error) {
    if (error instanceof NotJson || error instanceof TemplateError) return undefined;
    throw error;
  }
}

function otherValue(
  source: Extract<RequestSource, { kind: 'literal' | 'stageVariables' | 'context' }>,
  visit: RestVisit,
): string | undefined {
  if (source.kind === 'literal') return source.text;
  if (source.kind === 'stageVariables') return own(visit.stage.variables, source.name);
  return contextValue(requestContext(visit), source.name.split('.'));
}

function contextValue(of: unknown, [name, ...below]: readonly string[]): string | undefined {
  if (name === undefined) return of === null || of === undefined || typeof of === 'object' ? undefined : String(of);
  return isObject(of) && Object.hasOwn(of, name) ? contextValue(of[name], below) : undefined;
}

/** However they are spelled. */
function headersNamed({ request: { rawHeaders } }: RestVisit, name: string): string[] {
  const values = rawHeaders.filter((_, at) => at % 2 === 1 && rawHeaders[at - 1]?.toLowerCase() === name.toLowerCase());
  return [...values];
}

function own(values: Readonly<Record<string, string>>, name: string): string | undefined {
  return Object.hasOwn(values, name) ? values[name] : undefined;
}

function listed(value: string | undefined): string[] {
  return value === undefined ? [] : [value];
}
