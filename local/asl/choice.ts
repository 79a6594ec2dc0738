import { comparatorOf } from './choice/comparators';
import { StatesError } from './errors';
import type { Json, JsonObject } from './json';
import { findPath } from './jsonpath';
import type { Scope } from './scope';

/**
 * Whether a rule of a JSONPath Choice state applies: a data test (`Variable` with one comparison operator) or And, Or,
 * Not of such. A value of another type than the operator compares is no error: it does not match.
 *
 * @throws StatesError States.Runtime if `Variable` or a `…Path` leads nowhere (except under IsPresent)
 * @see https://states-language.net/#choice-state
 */
export function matchesRule(rule: JsonObject, scope: Scope): boolean {
  if (Array.isArray(rule.And)) return rule.And.every((part) => matchesRule(part as JsonObject, scope));
  if (Array.isArray(rule.Or)) return rule.Or.some((part) => matchesRule(part as JsonObject, scope));
  if (rule.Not !== undefined) return !matchesRule(rule.Not as JsonObject, scope);
  const [operator, compare] = comparatorOf(rule);
  const operand = rule[operator] as Json;
  const variable = rule.Variable as string;
  if (operator === 'IsPresent') return (findPath(variable, scope) !== undefined) === operand;
  const value = read(variable, scope);
  return compare(value, operator.endsWith('Path') ? read(operand as string, scope) : operand);
}

function read(path: string, scope: Scope): Json {
  const value = findPath(path, scope);
  if (value !== undefined) return value;
  throw new StatesError(
    'States.Runtime',
    `Invalid path '${path}': The choice state's condition path references an invalid value.`,
  );
}
