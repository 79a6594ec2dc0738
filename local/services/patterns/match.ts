import { BlockList, isIP } from 'node:net';
import type { Json, JsonObject } from '../../asl/json';
import { isObject } from '../../asl/json';

/**
 * Owns EventBridge's event patterns, which SNS filter policies share
 * (docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html). Pure. `validatePattern` must
 * have accepted a pattern before it is matched.
 *
 * P1  Every key of a pattern must match; `$or` matches when one of its patterns does.
 * P2  A leaf is a list of which one item must match; when the event has a list there, one element must.
 * P3  In a list of objects one and the same element must match the whole of a nested pattern.
 * P4  Text compares with its case, numbers by value (300 is 3.0e2), and neither is ever the other.
 */
export function matchesPattern(pattern: JsonObject, event: Json | undefined): boolean {
  return Object.entries(pattern).every(([key, wanted]) => {
    if (key === '$or') return (wanted as JsonObject[]).some((one) => matchesPattern(one, event));
    const value = isObject(event) && Object.hasOwn(event, key) ? event[key] : undefined;
    if (isObject(wanted)) {
      return Array.isArray(value) && value.length > 0
        ? value.some((element) => matchesPattern(wanted, element))
        : matchesPattern(wanted, value);
    }
    return matchesLeaf(wanted as Json[], value);
  });
}

function matchesLeaf(wanted: Json[], value: Json | undefined): boolean {
  // Only leaves count: an object under the key is as good as nothing.
  const values = (Array.isArray(value) ? flatten(value) : [value]) as Array<Json | undefined>;
  const leaves = values.filter((one) => one !== undefined && !isObject(one)) as Json[];
  return wanted.some((item) => {
    if (isObject(item) && 'exists' in item) return item.exists === leaves.length > 0;
    return leaves.some((leaf) => (isObject(item) ? applyOperator(item, leaf) : item === leaf));
  });
}

function flatten(values: Json[]): Json[] {
  return values.flatMap((value) => (Array.isArray(value) ? flatten(value) : [value]));
}

function applyOperator(operator: JsonObject, value: Json): boolean {
  const [name, operand] = Object.entries(operator)[0] as [string, Json];
  switch (name) {
    case 'anything-but':
      if (isObject(operand)) {
        const [kind, texts] = Object.entries(operand)[0] as [string, Json];
        return !listed(texts).some((text) => applyOperator({ [kind]: text }, value));
      }
      return !listed(operand).includes(value);
    case 'numeric':
      return typeof value === 'number' && inRange(operand as Array<string | number>, value);
    case 'cidr':
      return typeof value === 'string' && inBlock(operand as string, value);
    default:
      return typeof value === 'string' && applyTextOperator(name, operand, value);
  }
}

function applyTextOperator(name: string, operand: Json, value: string): boolean {
  const folded = isObject(operand) ? (operand['equals-ignore-case'] as string).toLowerCase() : undefined;
  const subject = folded === undefined ? value : value.toLowerCase();
  const text = folded ?? (operand as string);
  switch (name) {
    case 'prefix':
      return subject.startsWith(text);
    case 'suffix':
      return subject.endsWith(text);
    case 'equals-ignore-case':
      return value.toLowerCase() === text.toLowerCase();
    default:
      return matchesWildcard(wildcardParts(text), value);
  }
}

function inRange(conditions: Array<string | number>, value: number): boolean {
  for (let i = 0; i < conditions.length; i += 2) {
    const bound = conditions[i + 1] as number;
    const holds = {
      '=': value === bound,
      '<': value < bound,
      '<=': value <= bound,
      '>': value > bound,
      '>=': value >= bound,
    };
    if (!holds[conditions[i] as keyof typeof holds]) return false;
  }
  return true;
}

function inBlock(cidr: string, address: string): boolean {
  const [network = '', bits = ''] = cidr.split('/');
  const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
  if (isIP(address) === 0 || isIP(address) !== isIP(network)) return false;
  const block = new BlockList();
  block.addSubnet(network, Number(bits), family);
  return block.check(address, family);
}

/** The literal texts between the stars; `\*` and `\\` are literal. */
export function wildcardParts(pattern: string): string[] {
  const parts = [''];
  for (let i = 0; i < pattern.length; i++) {
    if (pattern[i] === '*') parts.push('');
    else {
      if (pattern[i] === '\\') i += 1;
      parts[parts.length - 1] += pattern[i] ?? '';
    }
  }
  return parts;
}

/** Takes each part at its first possible place, which is enough, and linear. */
function matchesWildcard(parts: string[], value: string): boolean {
  const [first = '', ...rest] = parts;
  const last = rest.pop();
  if (last === undefined) return value === first;
  if (!value.startsWith(first)) return false;
  let at = first.length;
  for (const part of rest) {
    const found = value.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return value.length - last.length >= at && value.endsWith(last);
}

function listed(value: Json): Json[] {
  return Array.isArray(value) ? value : [value];
}
