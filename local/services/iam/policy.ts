import { isObject, type Json, type JsonObject } from '../../asl/json';
import type { Condition } from './conditions';

/**
 * Owns the reading of policy documents (docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html): what may be one or
 * a list becomes a list. Pure. What AWS would refuse as no policy at all is left out (malformed.ts tells of it).
 */
export interface Statement {
  readonly effect: 'Allow' | 'Deny';
  /** Patterns of actions; `negated`: NotAction. */
  readonly actions: Patterns;
  /** Patterns of ARNs; `negated`: NotResource. Of a policy on a resource that names none: that resource. */
  readonly resources: Patterns;
  /** Of policies on resources. */
  readonly principals: Principals | undefined;
  readonly conditions: readonly Condition[];
  /** Whether `${…}` in it are variables. */
  readonly variables: boolean;
}

export interface Patterns {
  readonly negated: boolean;
  readonly values: readonly string[];
}

export interface Principals {
  readonly negated: boolean;
  /** ARNs and account ids; '*' for everybody. */
  readonly aws: readonly string[];
  /** 'events.amazonaws.com' */
  readonly services: readonly string[];
}

/** @param own what a statement without a Resource is about */
export function readPolicy(given: Json | undefined, own = '*'): Statement[] {
  const document = documentOf(given);
  if (!isObject(document)) return [];
  const variables = document.Version === '2012-10-17';
  return listOf(document.Statement)
    .filter(isObject)
    .filter(({ Effect }) => Effect === 'Allow' || Effect === 'Deny')
    .map((statement) => ({
      effect: statement.Effect as 'Allow' | 'Deny',
      actions: patterns(statement, 'Action', []),
      resources: patterns(statement, 'Resource', [own]),
      principals: principalsOf(statement),
      conditions: conditionsOf(statement.Condition),
      variables,
    }));
}

/** CloudFormation takes a document as JSON text too; any other text stays as it is. */
export function documentOf(given: Json | undefined): Json | undefined {
  if (typeof given !== 'string') return given;
  try {
    return JSON.parse(given) as Json;
  } catch {
    return given;
  }
}

function patterns(statement: JsonObject, name: string, otherwise: readonly string[]): Patterns {
  const not = statement[`Not${name}`];
  if (not !== undefined) return { negated: true, values: texts(not) };
  return { negated: false, values: statement[name] === undefined ? otherwise : texts(statement[name]) };
}

function principalsOf({ Principal, NotPrincipal }: JsonObject): Principals | undefined {
  const given = NotPrincipal ?? Principal;
  if (given === undefined) return undefined;
  const negated = NotPrincipal !== undefined;
  if (!isObject(given)) return { negated, aws: texts(given), services: texts(given).filter((text) => text === '*') };
  return { negated, aws: texts(given.AWS), services: texts(given.Service) };
}

function conditionsOf(block: Json | undefined): Condition[] {
  if (!isObject(block)) return [];
  return Object.entries(block).flatMap(([operator, keys]) =>
    isObject(keys) ? Object.entries(keys).map(([key, values]) => ({ operator, key, values: texts(values) })) : [],
  );
}

function listOf(value: Json | undefined): Json[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value : [value];
}

/** CloudFormation leaves numbers and booleans as they are. */
function texts(value: Json | undefined): string[] {
  return listOf(value).map((item) => (typeof item === 'object' ? JSON.stringify(item) : String(item)));
}
