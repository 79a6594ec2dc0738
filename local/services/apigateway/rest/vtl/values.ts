import type { Effort } from './effort';
import { Fraction, TemplateError } from './nodes';

/**
 * Owns what a template calculates with, which is Java's: texts, numbers, flags, lists, maps, and objects of API Gateway's own. Undefined is a
 * reference that leads nowhere; null is JSON's, of which nothing is printed.
 *
 * T1  Nothing of JavaScript's own can be reached: members of maps are entries of a `Map`, and methods are those of `methods.ts`.
 */
export type Value =
  | string
  /** Java's Integer or Long if it is whole, else its Double. */
  | number
  | bigint
  | Fraction
  | boolean
  | null
  | undefined
  | Value[]
  | VtlMap
  | VtlObject
  | Block;

export class VtlMap extends Map<string, Value> {
  constructor(
    entries: Iterable<readonly [string, Value]> = [],
    /** What a member is that is not there. */
    private readonly missing?: (name: string) => Value,
  ) {
    super(entries);
  }

  override get(name: string): Value {
    return this.has(name) ? super.get(name) : this.missing?.(name);
  }
}

/** A list as JSON has it, which is printed as JSON. */
export class JsonList extends Array<Value> {}

/** What a template reaches of API Gateway's. */
export abstract class VtlObject {
  property(_name: string): Value {
    return undefined;
  }

  /** @throws TemplateError */
  call(_name: string, _parameters: readonly Value[]): Value {
    return undefined;
  }

  abstract toString(): string;
}

/** What '#define' names: it is run where it is printed. */
export class Block {
  constructor(readonly print: () => string) {}
}

export function isNumber(value: Value): value is number | bigint | Fraction {
  return typeof value === 'number' || typeof value === 'bigint' || value instanceof Fraction;
}

/** In conditions everything is true but false and nothing: zero and the empty text are, too. */
export function isTrue(value: Value): boolean {
  return value !== undefined && value !== null && value !== false;
}

/** As Java writes it. */
export function textOf(value: Value, effort: Effort): string {
  if (typeof value === 'string') return value;
  if (value instanceof JsonList) return jsonOf(value, effort);
  if (Array.isArray(value)) {
    return effort.nested(() => `[${value.map((item) => textOf(item, effort)).join(', ')}]`);
  }
  if (value instanceof VtlMap) {
    const members = () => [...value].map(([name, member]) => `${name}=${textOf(member, effort)}`);
    return isAbsent(value) ? '' : effort.nested(() => `{${members().join(', ')}}`);
  }
  if (value instanceof Block) return value.print();
  return scalarText(value);
}

function isAbsent(value: VtlMap): boolean {
  return value instanceof AbsentMap && value.size === 0;
}

/**
 * A member of one of API Gateway's maps that is not there: an empty text where it is printed, and a map that comes to be where something is
 * set in it.
 */
export class AbsentMap extends VtlMap {
  constructor(private readonly appear: (map: VtlMap) => void) {
    super([], undefined);
  }

  override get(name: string): Value {
    return this.has(name) ? super.get(name) : new AbsentMap((map) => this.set(name, map));
  }

  override set(name: string, value: Value): this {
    // Its base class fills it before it is made.
    this.appear?.(this);
    return super.set(name, value);
  }
}

function scalarText(value: string | number | bigint | Fraction | boolean | null | undefined | VtlObject): string {
  if (typeof value === 'number') return Number.isInteger(value) ? String(value) : doubleText(value);
  if (value instanceof Fraction) return doubleText(value.value);
  return String(value ?? 'null');
}

/** As Java writes a Double. */
function doubleText(value: number): string {
  const size = Math.abs(value);
  if (!Number.isFinite(value)) return String(value);
  if (size === 0 || (size >= 1e-3 && size < 1e7)) return Number.isInteger(value) ? `${value}.0` : String(value);
  const [digits = '', exponent] = value.toExponential().split('e');
  return `${digits.includes('.') ? digits : `${digits}.0`}E${Number(exponent)}`;
}

export function jsonOf(value: Value, effort: Effort): string {
  if (value === undefined || value === null) return 'null';
  if (typeof value === 'string') return JSON.stringify(value);
  if (Array.isArray(value)) {
    return effort.nested(() => `[${value.map((item) => jsonOf(item, effort)).join(',')}]`);
  }
  if (value instanceof VtlMap) {
    const members = () => [...value].map(([name, member]) => `${JSON.stringify(name)}:${jsonOf(member, effort)}`);
    return effort.nested(() => `{${members().join(',')}}`);
  }
  return isNumber(value) || typeof value === 'boolean' ? scalarText(value) : JSON.stringify(textOf(value, effort));
}

/** Numbers are equal by what they are worth, others as their texts where they are not of one kind. */
export function areEqual(left: Value, right: Value, effort: Effort): boolean {
  if (left === undefined || left === null || right === undefined || right === null) {
    return (left ?? undefined) === (right ?? undefined);
  }
  if (isNumber(left) && isNumber(right)) return compared(left, right) === 0;
  return textOf(left, effort) === textOf(right, effort);
}

function worth(value: number | bigint | Fraction): number | bigint {
  return value instanceof Fraction ? value.value : value;
}

/** Undefined for what is not two numbers. */
export function compared(left: Value, right: Value): -1 | 0 | 1 | undefined {
  if (!isNumber(left) || !isNumber(right)) return undefined;
  const [a, b] = [worth(left), worth(right)];
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Undefined for what is not two numbers, and for a division by zero. */
export function calculated(operator: '+' | '-' | '*' | '/' | '%', left: Value, right: Value): Value {
  if (!isNumber(left) || !isNumber(right)) return undefined;
  if ((operator === '/' || operator === '%') && Number(worth(right)) === 0) return undefined;
  if (isWhole(left) && isWhole(right)) return whole(operator, BigInt(left), BigInt(right));
  return double(fractional(operator, Number(worth(left)), Number(worth(right))));
}

export function isWhole(value: Value): value is number | bigint {
  return typeof value === 'bigint' || Number.isInteger(value);
}

export function double(value: number): number | Fraction {
  return Number.isInteger(value) || !Number.isFinite(value) ? new Fraction(value) : value;
}

/** As a number where JavaScript's are exact. */
export function integer(value: bigint): number | bigint {
  return Number.isSafeInteger(Number(value)) ? Number(value) : value;
}

const MOST_BITS = 4096n;

function whole(operator: '+' | '-' | '*' | '/' | '%', a: bigint, b: bigint): Value {
  switch (operator) {
    case '+':
      return integer(a + b);
    case '-':
      return integer(a - b);
    case '*': {
      const product = a * b;
      if (product >> MOST_BITS > 0n || -product >> MOST_BITS > 0n) throw new TemplateError('A number is too large.');
      return integer(product);
    }
    case '/':
      return integer(a / b);
    case '%':
      return integer(a % b);
  }
}

function fractional(operator: '+' | '-' | '*' | '/' | '%', a: number, b: number): number {
  switch (operator) {
    case '+':
      return a + b;
    case '-':
      return a - b;
    case '*':
      return a * b;
    case '/':
      return a / b;
    case '%':
      return a % b;
  }
}
