import { StatesError } from './errors';
import { evaluateIntrinsic } from './intrinsics';
import type { Json, JsonObject } from './json';
import { isObject } from './json';
import { evaluateExpression, expressionIn, type JsonataScope } from './jsonata';
import { evaluatePath, PathNotFound } from './jsonpath';
import type { Scope } from './scope';

/**
 * Payload templates: `Parameters`, `ResultSelector`, `ItemSelector`, `Assign` in JSONPath states, `Arguments`, `Output`,
 * `Assign` and their like in JSONata states. Constant parts of a template are shared with the result, never copied.
 */

/**
 * A JSONPath template: the value of a field whose name ends in `.$` is a path or an intrinsic function.
 *
 * @throws StatesError as AWS words it for the field
 */
export function fillTemplate(template: Json, scope: Scope): Json {
  if (Array.isArray(template)) return mapShared(template, (item) => fillTemplate(item, scope));
  if (!isObject(template)) return template;
  let filled: JsonObject | undefined;
  for (const [key, value] of Object.entries(template)) {
    const dynamic = key.endsWith('.$');
    const result = dynamic ? evaluateField(key, value, scope) : fillTemplate(value, scope);
    if (!filled && !dynamic && result === value) continue;
    filled ??= entriesBefore(template, key);
    set(filled, dynamic ? key.slice(0, -2) : key, result);
  }
  return filled ?? template;
}

/** A JSONata template: strings that are `{% … %}` as a whole are expressions. Synchronous when there are none. */
export function fillExpressions(template: Json, scope: JsonataScope, field: string): Json | Promise<Json> {
  return hasExpressions(template) ? evaluateAll(template, scope, field) : template;
}

async function evaluateAll(template: Json, scope: JsonataScope, field: string): Promise<Json> {
  if (typeof template === 'string') {
    const source = expressionIn(template);
    return source === undefined ? template : evaluateExpression(source, scope, field);
  }
  if (Array.isArray(template)) {
    const items: Json[] = [];
    for (const [i, item] of template.entries()) items.push(await evaluateAll(item, scope, `${field}[${i}]`));
    return items;
  }
  if (!isObject(template)) return template;
  const filled: JsonObject = {};
  for (const [key, value] of Object.entries(template)) {
    set(filled, key, await evaluateAll(value, scope, `${field}/${key}`));
  }
  return filled;
}

const expressionsFound = new WeakMap<object, boolean>();

function hasExpressions(template: Json): boolean {
  if (typeof template === 'string') return expressionIn(template) !== undefined;
  if (typeof template !== 'object' || template === null) return false;
  let found = expressionsFound.get(template);
  if (found === undefined) {
    found = Object.values(template).some(hasExpressions);
    expressionsFound.set(template, found);
  }
  return found;
}

function evaluateField(key: string, value: Json | undefined, scope: Scope): Json {
  if (typeof value !== 'string') {
    throw new StatesError('States.Runtime', `The value for the field '${key}' must be a valid JSONPath expression`);
  }
  try {
    return value.startsWith('$') ? evaluatePath(value, scope) : evaluateIntrinsic(value, scope);
  } catch (error) {
    if (error instanceof PathNotFound) throw new StatesError(error.error, error.messageFor(key));
    throw error;
  }
}

function mapShared(items: Json[], change: (item: Json) => Json): Json[] {
  const changed = items.map(change);
  return changed.some((item, i) => item !== items[i]) ? changed : items;
}

function entriesBefore(template: JsonObject, key: string): JsonObject {
  const entries = Object.entries(template);
  return Object.fromEntries(
    entries.slice(
      0,
      entries.findIndex(([name]) => name === key),
    ),
  );
}

/** As `object[key] = value`, also for `__proto__`. */
function set(object: JsonObject, key: string, value: Json): void {
  if (key === '__proto__') {
    Object.defineProperty(object, key, { value, enumerable: true, writable: true, configurable: true });
  } else object[key] = value;
}
