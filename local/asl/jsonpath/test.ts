import { equal } from '../equal';
import { isObject, type Json } from '../json';
import { bounded, MatchTimeout } from '../regexp';
import { spend, spendTime } from './effort';
import type { Operand, Operator, Path, Test } from './path';
import { select } from './select';

/** Whether a node passes a filter's condition. What cannot be compared does not pass; nothing here raises an error. */
export function passes(test: Test, node: Json, root: Json): boolean {
  switch (test.kind) {
    case 'and':
      return test.tests.every((part) => passes(part, node, root));
    case 'or':
      return test.tests.some((part) => passes(part, node, root));
    case 'not':
      return !passes(test.test, node, root);
    case 'exists':
      return exists(test.path, node, root);
    case 'compare':
      return compare(test.operator, test.left, test.right, (operand) => operandValue(operand, node, root));
  }
}

function exists(path: Path, node: Json, root: Json): boolean {
  const found = select(path, path.root.kind === 'current' ? node : root, root);
  return path.definite ? found !== undefined : Array.isArray(found) && found.length > 0;
}

function operandValue(operand: Operand, node: Json, root: Json): Json | undefined {
  if (operand.kind === 'path') return select(operand.path, operand.path.root.kind === 'current' ? node : root, root);
  return operand.kind === 'value' ? operand.value : undefined;
}

function compare(
  operator: Operator,
  left: Operand,
  right: Operand,
  read: (operand: Operand) => Json | undefined,
): boolean {
  if (operator === '=~') return right.kind === 'pattern' && matches(read(left), right.pattern);
  return COMPARISONS[operator](read(left), read(right));
}

type Comparison = (left: Json | undefined, right: Json | undefined) => boolean;

const COMPARISONS: Record<Exclude<Operator, '=~'>, Comparison> = {
  '==': same,
  '===': same,
  '!=': (left, right) => !same(left, right),
  '!==': (left, right) => !same(left, right),
  '<': (left, right) => order(left, right) < 0,
  '<=': (left, right) => order(left, right) <= 0,
  '>': (left, right) => order(left, right) > 0,
  '>=': (left, right) => order(left, right) >= 0,
  in: includes,
  nin: (left, right) => !includes(left, right),
  subsetof: (left, right) => Array.isArray(left) && left.every((item) => includes(item, right)),
  anyof: (left, right) => Array.isArray(left) && left.some((item) => includes(item, right)),
  noneof: (left, right) => Array.isArray(left) && !left.some((item) => includes(item, right)),
  all: (left, right) => Array.isArray(right) && right.every((item) => includes(item, left)),
  contains: (left, right) =>
    typeof left === 'string' ? typeof right === 'string' && left.includes(right) : includes(right, left),
  size: (left, right) => sizeOf(left) === right,
  empty: (left, right) => (sizeOf(left) === 0) === right && sizeOf(left) !== undefined,
};

function same(left: Json | undefined, right: Json | undefined): boolean {
  return left === undefined || right === undefined ? left === right : equal(left, right, spend);
}

/** Negative, 0 or positive; NaN, which passes no comparison, if the two cannot be ordered. */
function order(left: Json | undefined, right: Json | undefined): number {
  if (typeof left === 'number' && typeof right === 'number') return left - right;
  const comparable = [left, right].every((side) => typeof side === 'number' || typeof side === 'string');
  if (!comparable) return Number.NaN;
  const [a, b] = [String(left), String(right)];
  return a < b ? -1 : a > b ? 1 : 0;
}

function includes(item: Json | undefined, list: Json | undefined): boolean {
  return Array.isArray(list) && item !== undefined && list.some((other) => equal(item, other, spend));
}

function sizeOf(value: Json | undefined): number | undefined {
  if (typeof value === 'string' || Array.isArray(value)) return value.length;
  return isObject(value) ? Object.keys(value).length : undefined;
}

function matches(value: Json | undefined, pattern: RegExp): boolean {
  if (Array.isArray(value)) return value.some((item) => matches(item, pattern));
  return value !== undefined && value !== null && !isObject(value) && test(pattern, String(value));
}

function test(pattern: RegExp, text: string): boolean {
  const begin = performance.now();
  try {
    return bounded(pattern, text.length, () => pattern.test(text));
  } catch (error) {
    if (error instanceof MatchTimeout) spend(Number.POSITIVE_INFINITY);
    throw error;
  } finally {
    spendTime(performance.now() - begin);
  }
}
