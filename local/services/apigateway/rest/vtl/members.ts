import type { Effort } from './effort';
import { LIST_METHODS } from './list-methods';
import { MAP_METHODS } from './map-methods';
import { Fraction, TemplateError } from './nodes';
import { FLAG_METHODS, NUMBER_METHODS } from './number-methods';
import { TEXT_METHODS } from './text-methods';
import { areEqual, isNumber, JsonList, textOf, type Value, VtlMap, VtlObject } from './values';

/**
 * Owns what templates reach of a value: properties, elements and methods, by the names that Java gives them. What a value has not leads
 * nowhere; a call that would throw in Java is a TemplateError.
 */
export function property(value: Value, name: string): Value {
  if (value instanceof VtlObject) return value.property(name);
  if (name === 'class') return value === undefined || value === null ? undefined : new JavaClass(value);
  if (value instanceof VtlMap) return value.get(name);
  if (name === 'empty' && typeof value === 'string') return value === '';
  if (name === 'empty' && Array.isArray(value)) return value.length === 0;
  return undefined;
}

export function index(value: Value, at: Value): Value {
  if (value instanceof VtlMap) return at === undefined ? undefined : value.get(String(at));
  if (!Array.isArray(value) || typeof at !== 'number') return undefined;
  return value[place(at < 0 ? value.length + at : at, value.length)];
}

/** Sets a member of a map or an element of a list; other values have none. */
export function put(holder: Value, at: Value, value: Value): void {
  if (holder instanceof VtlMap && at !== undefined) holder.set(String(at), value);
  else if (Array.isArray(holder) && typeof at === 'number') holder[place(at, holder.length)] = value;
}

/** @throws TemplateError where a list or a text does not go so far */
export function place(at: number, length: number): number {
  if (Number.isInteger(at) && at >= 0 && at < length) return at;
  throw new TemplateError(`The index ${at} is out of bounds for a length of ${length}.`);
}

export function call(value: Value, name: string, parameters: readonly Value[], effort: Effort): Value {
  if (value instanceof VtlObject) return value.call(name, parameters);
  const ofAll = commonCall(value, name, parameters, effort);
  if (ofAll !== undefined) return ofAll;
  if (typeof value === 'string') return method(TEXT_METHODS, name)?.(value, parameters, effort);
  if (Array.isArray(value)) return method(LIST_METHODS, name)?.(value, parameters, effort);
  if (value instanceof VtlMap) return method(MAP_METHODS, name)?.(value, parameters, effort);
  if (isNumber(value)) return method(NUMBER_METHODS, name)?.(value, parameters, effort);
  if (typeof value === 'boolean') return method(FLAG_METHODS, name)?.(value, parameters, effort);
  return undefined;
}

/** Those that every value has. */
function commonCall(value: Value, name: string, parameters: readonly Value[], effort: Effort): Value {
  if (name === 'toString' && parameters.length === 0) return textOf(value, effort);
  if (name === 'equals' && parameters.length === 1) {
    return kindOf(value) === kindOf(parameters[0]) && areEqual(value, parameters[0], effort);
  }
  if (name === 'getClass') return property(value, 'class');
  return undefined;
}

export type Method<T> = (value: T, parameters: readonly Value[], effort: Effort) => Value;

function method<T>(methods: Readonly<Record<string, Method<T>>>, name: string): Method<T> | undefined {
  return Object.hasOwn(methods, name) ? methods[name] : undefined;
}

/** '$x.class.name' */
class JavaClass extends VtlObject {
  readonly #name: string;

  constructor(value: Value) {
    super();
    this.#name = kindOf(value);
  }

  override property(name: string): Value {
    if (name === 'name') return this.#name;
    return name === 'simpleName' ? this.#name.split('.').at(-1) : undefined;
  }

  override call(name: string): Value {
    if (name === 'getName') return this.property('name');
    return name === 'getSimpleName' ? this.property('simpleName') : undefined;
  }

  override toString(): string {
    return `class ${this.#name}`;
  }
}

function kindOf(value: Value): string {
  if (typeof value === 'string') return 'java.lang.String';
  if (typeof value === 'boolean') return 'java.lang.Boolean';
  if (typeof value === 'bigint') return 'java.math.BigInteger';
  if (value instanceof Fraction) return 'java.lang.Double';
  if (typeof value === 'number') {
    if (!Number.isInteger(value)) return 'java.lang.Double';
    return value === (value | 0) ? 'java.lang.Integer' : 'java.lang.Long';
  }
  if (value instanceof JsonList) return 'net.minidev.json.JSONArray';
  return Array.isArray(value) ? 'java.util.ArrayList' : 'java.util.LinkedHashMap';
}
