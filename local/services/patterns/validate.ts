import { isIP } from 'node:net';
import { isObject, type Json, type JsonObject } from '../../asl/json';
import { wildcardParts } from './match';

/** Why a pattern is none; the service that was given it answers in its own error's form. */
export class PatternError extends Error {
  override readonly name = 'PatternError';
}

/** Reads a pattern from its JSON text and checks all of it. Throws PatternError. */
export function parsePattern(text: string): JsonObject {
  let pattern: unknown;
  try {
    pattern = JSON.parse(text);
  } catch {
    throw new PatternError('Filter is not valid JSON');
  }
  validatePattern(pattern);
  return pattern;
}

/** Checks everything that `matchesPattern` relies on. Throws PatternError. */
export function validatePattern(pattern: unknown, depth = 0): asserts pattern is JsonObject {
  if (!isObject(pattern)) throw new PatternError('Filter is not an object');
  if (depth > DEEPEST) throw new PatternError('Filter is nested too deeply');
  const entries = Object.entries(pattern);
  if (entries.length === 0) throw new PatternError('Empty objects are not allowed');
  for (const [key, wanted] of entries) {
    if (key === '$or') {
      if (!Array.isArray(wanted) || wanted.length < 2)
        throw new PatternError('"$or" must be an array of at least two objects');
      for (const one of wanted) validatePattern(one, depth + 1);
    } else if (Array.isArray(wanted)) {
      if (wanted.length === 0) throw new PatternError('Empty arrays are not allowed');
      for (const item of wanted) validateItem(item);
    } else if (isObject(wanted)) {
      validatePattern(wanted, depth + 1);
    } else {
      throw new PatternError(`"${key}" must be an object or an array`);
    }
  }
}

const DEEPEST = 100;

function validateItem(item: Json): void {
  if (Array.isArray(item)) throw new PatternError('Match value must be String, number, true, false, or null');
  if (!isObject(item)) return;
  const entries = Object.entries(item);
  if (entries.length !== 1) throw new PatternError('Only one key allowed in match expression');
  const [name, operand] = entries[0] as [string, Json];
  const validate = Object.hasOwn(OPERATORS, name) && OPERATORS[name];
  if (!validate) throw new PatternError(`Unrecognized match type ${name}`);
  validate(operand, name);
}

const OPERATORS: Record<string, (operand: Json, name: string) => void> = {
  exists: (operand) => {
    if (typeof operand !== 'boolean') throw new PatternError('exists match pattern must be either true or false.');
  },
  numeric: validateNumeric,
  cidr: validateCidr,
  'anything-but': validateAnythingBut,
  prefix: validateAffix,
  suffix: validateAffix,
  'equals-ignore-case': requireText,
  wildcard: validateWildcard,
};

function validateAffix(operand: Json, name: string): void {
  const folds = isObject(operand) && Object.keys(operand).join() === 'equals-ignore-case';
  requireText(folds ? operand['equals-ignore-case'] : operand, name);
}

function validateAnythingBut(operand: Json): void {
  if (isObject(operand)) {
    const [kind, texts] = Object.entries(operand)[0] ?? ['', null];
    if (!['prefix', 'suffix', 'equals-ignore-case', 'wildcard'].includes(kind) || Object.keys(operand).length !== 1) {
      throw new PatternError(`Unsupported anything-but pattern: ${kind}`);
    }
    for (const text of nonEmpty(texts)) validateItem({ [kind]: text });
    return;
  }
  for (const value of nonEmpty(operand)) {
    if (typeof value !== 'string' && typeof value !== 'number') {
      throw new PatternError('Inside anything but list, start|null|boolean is not supported.');
    }
  }
}

function validateNumeric(operand: Json): void {
  if (!Array.isArray(operand) || operand.length === 0) throw new PatternError('Value of numeric must be an array.');
  const operators = operand.filter((_, index) => index % 2 === 0);
  const bounds = operand.filter((_, index) => index % 2 === 1);
  if (!operators.every((one) => ['=', '<', '<=', '>', '>='].includes(one as string))) {
    throw new PatternError('Unrecognized numeric range operator');
  }
  if (bounds.length !== operators.length || !bounds.every((one) => typeof one === 'number')) {
    throw new PatternError('Value of a numeric range operator must be numeric');
  }
  if (operators.length > 2) throw new PatternError('Too many elements in numeric expression');
}

function validateCidr(operand: Json): void {
  const [network = '', bits = ''] = typeof operand === 'string' ? operand.split('/') : [];
  const most = isIP(network) === 6 ? 128 : 32;
  if (isIP(network) === 0 || !/^\d{1,3}$/.test(bits) || Number(bits) > most) throw new PatternError('Malformed CIDR');
}

function validateWildcard(pattern: Json): void {
  requireText(pattern, 'wildcard');
  if (wildcardParts(pattern).slice(1, -1).includes('')) {
    throw new PatternError('Consecutive wildcard characters are not allowed');
  }
  if (/(^|[^\\])(\\\\)*\\([^*\\]|$)/.test(pattern)) throw new PatternError('Invalid escape character');
}

function requireText(operand: Json | undefined, name: string): asserts operand is string {
  if (typeof operand !== 'string') throw new PatternError(`${name} match pattern must be a string`);
  if (operand === '' && name !== 'equals-ignore-case') throw new PatternError(`Null ${name} not allowed`);
}

function nonEmpty(value: Json): Json[] {
  const list = Array.isArray(value) ? value : [value];
  if (list.length === 0) throw new PatternError('Empty arrays are not allowed');
  return list;
}
