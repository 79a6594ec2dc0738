import type { Json } from '../json';
import { syntaxTree } from '../jsonata/expression';
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
    checkReferences(syntaxTree(text.slice(2, -2)), place);
  } catch (error) {
    const { message, position } = error as { message: string; position?: number };
    place.error(message, 'INVALID_JSONATA_EXPRESSION', position === undefined ? {} : { position });
  }
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
