import { StatesError } from './errors';
import type { Json, JsonObject } from './json';
import { watch } from './jsonata/bounds';
import { parseExpression } from './jsonata/expression';
import { functionsFor, registerFunctions } from './jsonata/functions';
import { matchersOf, takePatterns } from './jsonata/patterns';
import { plain, UnsupportedResult } from './jsonata/result';
import { Memo } from './memo';
import type { Scope } from './scope';

/**
 * JSONata as Step Functions speaks it: JSONata 2.0.6, the variables `$states` and those assigned, AWS's own functions,
 * no `$eval`. Expressions are compiled once and kept. All that varies (time, randomness, ids) comes with the scope.
 *
 * J1  No expression runs for ever or takes the process down: see `jsonata/bounds.ts` and `jsonata/patterns.ts`.
 * J2  A result is plain JSON: no functions, no marks that JSONata leaves on arrays.
 *
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/transforming-data.html
 */
export interface JsonataScope extends Scope {
  /** `$states`: `input`, `context` and, where there are, `result` or `errorOutput`. */
  readonly states: JsonObject;
  /** What `$now()` and `$millis()` tell: virtual ms since the epoch. */
  readonly now: number;
}

/** An expression failed. `location` is the field that it stands in, like `Output/total`. */
export class QueryEvaluationError extends StatesError {
  constructor(
    message: string,
    readonly location?: string,
  ) {
    super('States.QueryEvaluationError', message);
  }
}

/** The text between `{%` and `%}` if the whole string is an expression. */
export function expressionIn(text: string): string | undefined {
  return text.startsWith('{%') && text.endsWith('%}') && text.length >= 4 ? text.slice(2, -2).trim() : undefined;
}

/**
 * The value of an expression (without `{% %}`).
 *
 * @param field where it stands, for the error's text: `Arguments`, `Output/total`, `Choices[0]/Condition`
 * @throws QueryEvaluationError if it raises an error, exceeds its bounds, finds nothing or gives what is no JSON
 */
export async function evaluateExpression(source: string, scope: JsonataScope, field: string): Promise<Json> {
  const fail = (what: string) =>
    new QueryEvaluationError(`The JSONata expression '${source}' specified for the field '${field}' ${what}`, field);
  let result: unknown;
  try {
    const { expression, patterns } = compiled.get(source);
    result = await expression.evaluate(undefined, { ...bindings(scope), ...matchersOf(patterns) });
  } catch (error) {
    throw fail(`threw an error during evaluation. ${describe(error)}`);
  }
  if (result === undefined) throw fail('returned nothing (undefined).');
  try {
    return plain(result);
  } catch (error) {
    if (error instanceof UnsupportedResult) throw fail('returned an unsupported result type.');
    throw fail(`threw an error during evaluation. ${describe(error)}`);
  }
}

/**
 * As evaluateExpression, for fields that take one type only.
 *
 * @param expected 'array', 'number', 'string', 'boolean', 'object' or 'null'
 */
export async function evaluateTyped(
  source: string,
  scope: JsonataScope,
  field: string,
  expected: string,
): Promise<Json> {
  const value = await evaluateExpression(source, scope, field);
  const type = typeOf(value);
  if (type === expected) return value;
  throw new QueryEvaluationError(
    `The JSONata expression '${source}' specified for the field '${field}' returned an unexpected result type. Expected '${expected}', but was '${type}' for value: ${JSON.stringify(value)}`,
    field,
  );
}

function typeOf(value: Json): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}

const compiled = new Memo((source) => {
  const expression = parseExpression(source);
  registerFunctions(expression);
  watch(expression);
  return { expression, patterns: takePatterns(expression.ast()) };
}, 1024);

function bindings(scope: JsonataScope): Record<string, unknown> {
  return { ...scope.variables, ...functionsFor(scope), states: scope.states };
}

/** JSONata's errors are `{code, message}`; what its own code trips over (a string too long) is an Error. */
function describe(error: unknown): string {
  const { code, message } = error as { code?: string; message?: string };
  return code ? `${code}: ${message}` : String(message);
}
