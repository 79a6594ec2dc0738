import jsonata, { type Expression } from 'jsonata';
import { Memo } from '../memo';

/** What walks a syntax tree by recursion must never exhaust the stack. */
const MOST_LEVELS = 2_000;

const TOO_DEEP = { message: 'The expression is nested too deeply' };

/**
 * Parses an expression: the one door to JSONata's parser.
 *
 * @throws JSONata's own errors, `{code, message, position}`; one without code for an expression that is nested too deeply
 */
export function parseExpression(source: string): Expression {
  let expression: Expression;
  try {
    expression = jsonata(source);
  } catch (error) {
    throw error instanceof RangeError ? TOO_DEEP : error;
  }
  if (isTooDeep(expression.ast())) throw TOO_DEEP;
  return expression;
}

/**
 * The syntax tree of an expression, never to be changed: those who check a definition read each several times.
 *
 * @throws as `parseExpression`
 */
export function syntaxTree(source: string): object {
  return trees.get(source);
}

const trees = new Memo((source): object => parseExpression(source).ast(), 256);

function isTooDeep(tree: object): boolean {
  const seen = new Set<object>();
  let level = [tree];
  for (let depth = 1; level.length > 0; depth++) {
    if (depth > MOST_LEVELS) return true;
    const next: object[] = [];
    for (const part of level) {
      if (seen.has(part)) continue;
      seen.add(part);
      for (const child of Object.values(part)) if (typeof child === 'object' && child !== null) next.push(child);
    }
    level = next;
  }
  return false;
}
