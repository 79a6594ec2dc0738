import { all, any, type Lookup, matches, not, type PatternOptions, type Truth } from './patterns';

/**
 * Owns condition operators (docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html): String,
 * Numeric, Date, Bool, IpAddress, Arn and Null, `…IfExists`, ForAllValues and ForAnyValue. Pure.
 *
 * C1  A key that is not known here, or an operator, makes a condition 'unknown', never false.
 */
export interface Condition {
  /** 'ForAllValues:StringLikeIfExists' */
  readonly operator: string;
  readonly key: string;
  readonly values: readonly string[];
}

/** Whether all conditions hold. */
export function conditionsHold(conditions: readonly Condition[], variables: boolean, lookup: Lookup): Truth {
  return all(conditions.map((condition) => holds(condition, variables, lookup)));
}

const OPERATOR = /^(?:(ForAllValues|ForAnyValue):)?(\w+?)(IfExists)?$/;

function holds({ operator, key, values }: Condition, variables: boolean, lookup: Lookup): Truth {
  const [, quantifier, name = '', ifExists] = OPERATOR.exec(operator) ?? [];
  const given = lookup(key);
  if (given === 'unknown') return 'unknown';
  if (name === 'Null') return values.some((value) => (value === 'true') === (given === undefined));
  const { base, negated } = baseOf(name);
  const compare = COMPARISONS[base];
  if (!compare) return 'unknown';
  if (given === undefined || given.length === 0) {
    return ifExists !== undefined || quantifier === 'ForAllValues' || (negated && quantifier === undefined);
  }
  const one = (value: string): Truth => {
    const found = any(values.map((wanted) => compare(wanted, value, variables, lookup)));
    return negated ? not(found) : found;
  };
  // Of several values, without a word on it: any that matches; and none that does, where the operator says 'not'.
  const every = quantifier === 'ForAllValues' || (negated && quantifier === undefined);
  return every ? all(given.map(one)) : any(given.map(one));
}

/** Whether AWS has an operator by this name, be it compared here or not. No document says that their case counts. */
export function isOperator(operator: string): boolean {
  const [, name = ''] = /^(?:ForAllValues:|ForAnyValue:)?(\w+?)(?:(?<!Null)IfExists)?$/i.exec(operator) ?? [];
  const all = [...Object.keys(COMPARISONS), ...OTHERS];
  return all.some((one) => one.toLowerCase() === name.toLowerCase());
}

/** Those that are no comparison of their own. */
const OTHERS = [
  'Null',
  'BinaryEquals',
  'StringNotEquals',
  'StringNotEqualsIgnoreCase',
  'StringNotLike',
  'NumericNotEquals',
  'DateNotEquals',
  'NotIpAddress',
  'ArnNotEquals',
  'ArnNotLike',
];

function baseOf(name: string): { base: string; negated: boolean } {
  if (name === 'NotIpAddress') return { base: 'IpAddress', negated: true };
  const [, kind, rest] = /^(String|Numeric|Date|Arn|Binary)Not(\w+)$/.exec(name) ?? [];
  return kind === undefined ? { base: name, negated: false } : { base: `${kind}${rest}`, negated: true };
}

type Comparison = (wanted: string, value: string, variables: boolean, lookup: Lookup) => Truth;

const text =
  (options: Omit<PatternOptions, 'variables'>): Comparison =>
  (wanted, value, variables, lookup) =>
    matches(wanted, value, { ...options, variables }, lookup);

const ordered =
  (read: (text: string) => number, holds: (value: number, wanted: number) => boolean): Comparison =>
  (wanted, value) => {
    const [one, other] = [read(value), read(wanted)];
    return Number.isNaN(one) || Number.isNaN(other) ? false : holds(one, other);
  };

const equal = (a: number, b: number) => a === b;
const less = (a: number, b: number) => a < b;
const atMost = (a: number, b: number) => a <= b;
const greater = (a: number, b: number) => a > b;
const atLeast = (a: number, b: number) => a >= b;

const COMPARISONS: Readonly<Record<string, Comparison>> = {
  StringEquals: text({ wildcards: false }),
  StringEqualsIgnoreCase: text({ wildcards: false, ignoreCase: true }),
  StringLike: text({ wildcards: true }),
  // Both are the same, each of an ARN's six parts for itself.
  ArnEquals: arnLike,
  ArnLike: arnLike,
  Bool: (wanted, value) => wanted.toLowerCase() === value.toLowerCase(),
  IpAddress: inRange,
  NumericEquals: ordered(Number, equal),
  NumericLessThan: ordered(Number, less),
  NumericLessThanEquals: ordered(Number, atMost),
  NumericGreaterThan: ordered(Number, greater),
  NumericGreaterThanEquals: ordered(Number, atLeast),
  DateEquals: ordered(instant, equal),
  DateLessThan: ordered(instant, less),
  DateLessThanEquals: ordered(instant, atMost),
  DateGreaterThan: ordered(instant, greater),
  DateGreaterThanEquals: ordered(instant, atLeast),
};

function arnLike(wanted: string, value: string, variables: boolean, lookup: Lookup): Truth {
  const [pattern, arn] = [partsOf(wanted), partsOf(value)];
  if (wanted === '*') return true;
  if (pattern.length !== arn.length) return false;
  return all(pattern.map((part, index) => matches(part, arn[index] as string, { wildcards: true, variables }, lookup)));
}

/** The six parts of an ARN, the last with whatever colons it has; variables have colons of their own. */
function partsOf(arn: string): string[] {
  const parts: string[] = [''];
  let depth = 0;
  for (const [index, letter] of [...arn].entries()) {
    if (letter === '{' && arn[index - 1] === '$') depth += 1;
    if (letter === '}' && depth > 0) depth -= 1;
    if (letter === ':' && depth === 0 && parts.length < 6) parts.push('');
    else parts[parts.length - 1] += letter;
  }
  return parts;
}

/** ISO 8601, or seconds since the epoch; in ms. */
function instant(text: string): number {
  return /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text);
}

/** IPv4 in CIDR notation. Whether an IPv6 address is in a range is not known here. */
function inRange(range: string, address: string): Truth {
  const [base = '', bits = '32'] = range.split('/');
  const [network, host] = [ipv4(base), ipv4(address)];
  if (network === undefined || host === undefined) return 'unknown';
  const size = 2 ** (32 - Number(bits));
  return Math.floor(network / size) === Math.floor(host / size);
}

function ipv4(text: string): number | undefined {
  const parts = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text)?.slice(1).map(Number);
  return parts?.reduce((sum, part) => sum * 256 + part, 0);
}
