import type { Json } from './json';
import { assign } from './jsonpath/assign';
import { beginPath } from './jsonpath/effort';
import { InvalidPath, PathNotFound } from './jsonpath/errors';
import { explain } from './jsonpath/explain';
import { parsePath } from './jsonpath/parse';
import type { Path } from './jsonpath/path';
import { select } from './jsonpath/select';
import { Memo } from './memo';
import type { Scope } from './scope';

/**
 * JSONPath as Step Functions speaks it: what the engine, the intrinsic functions and Choice rules read data with.
 * Paths are parsed once and kept; evaluation allocates nothing for a definite path.
 */
export { InvalidPath, PathNotFound };

const parsed = new Memo(parsePath);

/**
 * The value that a path finds: `$…` in the state's input, `$$…` in the context object, `$name…` in a variable. A
 * definite path answers the value itself, any other an array of all it finds.
 *
 * @throws PathNotFound if a definite path leads nowhere
 * @throws InvalidPath if the text is no path
 */
export function evaluatePath(path: string, scope: Scope): Json {
  const compiled = parsed.get(path);
  beginPath();
  const start = startOf(compiled, scope);
  const found = start === undefined ? undefined : select(compiled, start, start);
  if (found !== undefined) return found;
  if (start !== undefined) throw new PathNotFound(path, start, explain(compiled, start));
  throw new PathNotFound(path, scope.variables, `No results for path: ${path}`);
}

/** As evaluatePath, but undefined where a definite path leads nowhere. */
export function findPath(path: string, scope: Scope): Json | undefined {
  const compiled = parsed.get(path);
  beginPath();
  const start = startOf(compiled, scope);
  return start === undefined ? undefined : select(compiled, start, start);
}

/** Whether the text is a JSONPath at all. */
export function isPath(text: string): boolean {
  return tryParse(text) !== undefined;
}

/** Whether the text is a path to exactly one node of the input or of a variable: only fields and indexes. */
export function isReferencePath(text: string): boolean {
  const path = tryParse(text);
  if (!path?.definite || path.fn !== undefined || path.root.kind === 'context') return false;
  return !path.segments.some((segment) => segment.kind === 'index' && segment.index < 0);
}

/**
 * A copy of `document` with `value` at the reference path `path`, which begins with `$`: what ResultPath does. Missing
 * objects are made; the argument is never changed.
 *
 * @throws StatesError States.ResultPathMatchFailure if the path does not fit the document
 */
export function assignPath(document: Json, path: string, value: Json): Json {
  return assign(document, parsed.get(path), value);
}

function startOf(path: Path, scope: Scope): Json | undefined {
  switch (path.root.kind) {
    case 'context':
      return scope.context;
    case 'variable':
      return Object.hasOwn(scope.variables, path.root.name) ? scope.variables[path.root.name] : undefined;
    default:
      return scope.input;
  }
}

function tryParse(text: string): Path | undefined {
  try {
    return parsed.get(text);
  } catch (error) {
    if (error instanceof InvalidPath) return undefined;
    throw error;
  }
}
