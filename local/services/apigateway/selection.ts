import type { Json } from '../../asl/json';
import { findPath, isPath } from '../../asl/jsonpath';
import { Memo } from '../../asl/memo';
import { NotRunHere } from '../aws';
import { contextVariable, isContextVariable } from './context-variables';
import { type EventContext, queryParameters, type ReceivedRequest } from './event';
import type { Match } from './router';

/**
 * Owns the expressions by which an integration's parameters take values from a request: `$request.body.order`,
 * `order-${request.path.id}`, or a text as it is. Pure.
 * See https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-aws-services.html
 */
export interface Visit {
  readonly request: ReceivedRequest;
  readonly match: Match;
  readonly context: EventContext;
}

/** What a source finds; undefined where there is nothing. */
type Source = (visit: Visit) => Json | undefined;

/** The expression is none of API Gateway's. */
export class SelectionError extends Error {
  override readonly name = 'SelectionError';
}

/** A JSONPath sees so much of the body, as on AWS. */
const BODY_SEEN_BYTES = 100 * 1024;

const expressions = new Memo(parse);

/** @throws SelectionError, or NotRunHere for a source of AWS's that has no value here */
export function checkSelection(expression: string): void {
  expressions.get(expression);
}

/**
 * The value of an expression: JSON where it is one source, else a text. Undefined where any of its sources has no value, or an
 * empty one.
 */
export function selected(expression: string, visit: Visit): Json | undefined {
  return expressions.get(expression)(visit);
}

function parse(expression: string): Source {
  if (/^\$[a-zA-Z]/.test(expression)) return sourceOf(expression.slice(1), expression);
  if (/^\$(?!\{)/.test(expression)) throw new SelectionError(expression);
  // What is between the sources, and they at the odd places.
  const parts = expression.split(/\$\{([^}]*)\}/).map((part, at) => (at % 2 === 0 ? part : sourceOf(part, expression)));
  return (visit) => {
    const texts = parts.map((part) => (typeof part === 'string' ? part : textOf(part(visit))));
    return texts.includes(undefined) ? undefined : texts.join('') || undefined;
  };
}

/** @param path 'request.header.x-name' */
function sourceOf(path: string, expression: string): Source {
  const [, place, name] = /^(request\.[a-z]+|context|stageVariables)(?:\.?(.+))?$/.exec(path) ?? [];
  const find = name === undefined ? whole(place) : named(place, name);
  if (!find) throw new SelectionError(expression);
  return (visit) => {
    const value = find(visit);
    return value === '' || value === null ? undefined : value;
  };
}

function whole(place: string | undefined): Source | undefined {
  if (place === 'request.body') return ({ request }) => Buffer.from(request.body).toString();
  if (place === 'request.path') return ({ request, context }) => pathBelowStage(request, context);
  return undefined;
}

function named(place: string | undefined, name: string): Source | undefined {
  switch (place) {
    case 'request.header':
      return ({ request }) => request.headers[name.toLowerCase()];
    case 'request.querystring':
      return ({ request }) => own(queryParameters(request.url) ?? {}, name);
    case 'request.path':
      return ({ match }) => own(match.pathParameters, name);
    case 'request.body':
      return inBody(name);
    case 'context':
      if (!isContextVariable(name)) throw new NotRunHere(`the source $context.${name}`);
      return ({ request, match, context }) => contextVariable(name, request, match, context);
    case 'stageVariables':
      throw new NotRunHere('stage variables');
    default:
      return undefined;
  }
}

function inBody(rest: string): Source | undefined {
  const path = rest.startsWith('[') ? `$${rest}` : `$.${rest}`;
  if (/\.\.|\?\s*\(/.test(path) || !isPath(path)) return undefined;
  return ({ request }) => {
    const input = parsed(Buffer.from(request.body.subarray(0, BODY_SEEN_BYTES)).toString());
    if (input === undefined) return undefined;
    return findPath(path, { input, context: {}, variables: {}, random: () => 0, uuid: () => '' });
  };
}

function parsed(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

function own(values: Readonly<Record<string, string>>, name: string): string | undefined {
  return Object.hasOwn(values, name) ? values[name] : undefined;
}

function pathBelowStage({ url }: ReceivedRequest, { stage }: EventContext): string {
  return stage === undefined ? url.pathname : url.pathname.slice(stage.length + 1) || '/';
}

/** As a text for a service or in the middle of one. */
export function textOf(value: Json | undefined): string | undefined {
  if (value === undefined || typeof value === 'string') return value;
  return JSON.stringify(value);
}
