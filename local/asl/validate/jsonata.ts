import jsonata from 'jsonata';
import type { Json } from '../json';
import type { Place } from './place';
import { findReferences } from './references';

/** Whether a string means to be a JSONata expression: `{% … %}`. */
export function isExpression(value: Json): boolean {
  return typeof value === 'string' && value.startsWith('{%');
}

/** Parses `{% … %}` and checks what it refers to; it is not evaluated. */
export function checkExpression(text: string, place: Place): void {
  if (!text.endsWith('%}') || text.length < 4) {
    place.error('JSONata string must start with {% and end with %}');
    return;
  }
  try {
    checkReferences(jsonata(text.slice(2, -2)).ast(), place);
  } catch (error) {
    const { message, position } = problemOf(error);
    place.error(message, 'INVALID_JSONATA_EXPRESSION', position === undefined ? {} : { position });
  }
}

/** The parser throws plain objects, and a RangeError for an expression that is nested beyond the stack. */
function problemOf(error: unknown): { message: string; position?: number } {
  if (error instanceof RangeError) return { message: 'The expression is nested too deeply' };
  return error as { message: string; position?: number };
}

function checkReferences(tree: unknown, place: Place): void {
  const { names, statesFields, usesRoot } = findReferences(tree);
  const refuse = (message: string): void => place.error(message, 'UNSUPPORTED_JSONATA_EXPRESSION');
  for (const name of names) refuse(`Reference to '${name}' at the top level is not supported.`);
  if (usesRoot) refuse("Reference to '$$' is not supported.");
  const known = new Set(['input', 'context', ...place.statesFields]);
  for (const field of statesFields) if (!known.has(field)) refuse(`Field '$states.${field}' does not exist.`);
}

/** Every expression in a template of objects, arrays and strings. */
export function checkJsonataTemplate(value: Json, place: Place): void {
  if (typeof value === 'string') {
    if (isExpression(value)) checkExpression(value, place);
  } else if (Array.isArray(value)) {
    for (const [i, item] of value.entries()) checkJsonataTemplate(item, place.item(i));
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, field] of Object.entries(value)) checkJsonataTemplate(field, place.field(key));
  }
}
