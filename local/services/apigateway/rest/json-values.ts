import { randomUUID } from 'node:crypto';
import { isObject, type Json } from '../../../asl/json';
import { findPath, InvalidPath } from '../../../asl/jsonpath';
import { Fraction, TemplateError } from './vtl/nodes';
import { JsonList, type Value, VtlMap } from './vtl/values';

/** A body is no JSON, where it should be; the message says where. */
export class NotJson extends Error {
  override readonly name = 'NotJson';
}

/** A request's body is no JSON, and its template or its function reads it: the caller is told. */
export class BadRequestBody extends Error {
  override readonly name = 'BadRequestBody';
}

/**
 * Owns JSON as templates and mappings see it: paths into it, and its numbers as they were written, since Java tells 1.0 from 1.
 */
export class JsonBody {
  #root: Json | undefined;
  readonly #values = new WeakMap<object, Value>();

  constructor(private readonly text: string) {}

  /**
   * What a path finds; undefined for nothing.
   * @param path '$.order.items[0]', or without '$.'
   * @throws NotJson, and TemplateError for what is no path
   */
  find(path: string): Value {
    this.#root ??= parsed(this.text);
    return this.#valueOf(this.#found(path, this.#root));
  }

  #found(path: string, input: Json): Json | undefined {
    const whole = path.startsWith('$') ? path : `$.${path}`;
    try {
      return findPath(whole, { input, context: {}, variables: {}, random: () => 0, uuid: () => '' });
    } catch (error) {
      if (error instanceof InvalidPath) throw new TemplateError(`Invalid JSONPath: ${path}`);
      throw error;
    }
  }

  /** The same object for the same part, however often it is found. */
  #valueOf(json: Json | undefined): Value {
    if (typeof json !== 'object' || json === null) return json;
    if (json instanceof WrittenNumber) return json.value;
    const known = this.#values.get(json);
    if (known !== undefined) return known;
    const value = Array.isArray(json) ? this.#listOf(json) : this.#mapOf(json);
    this.#values.set(json, value);
    return value;
  }

  #listOf(items: readonly Json[]): Value {
    const list = new JsonList();
    for (const item of items) list.push(this.#valueOf(item));
    return list;
  }

  /** What an object has not is an empty text. */
  #mapOf(members: { readonly [name: string]: Json }): Value {
    const entries = Object.entries(members).map(([name, member]) => [name, this.#valueOf(member)] as const);
    return new VtlMap(entries, () => '');
  }
}

/** @throws NotJson */
export function jsonValue(text: string): Value {
  return new JsonBody(text).find('$');
}

/** A number that JavaScript would write another way. It is no Json of its own, and is nothing but passed through by paths. */
class WrittenNumber {
  constructor(readonly value: bigint | Fraction) {}
}

const NUMBER = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;
/** Numbers to look at: with more digits than are exact, or whole ones with a fraction or an exponent. */
const SUSPECT = /\d{16}|\d\.0*[^\d]|\d[eE]/;
/** A member's name that nobody else knows. */
const MARK = `number ${randomUUID()}`;

function parsed(text: string): Json {
  const plain = parse(text);
  if (!SUSPECT.test(`${text} `)) return plain;
  const marked = text.replace(NUMBER, (token) => {
    return token.startsWith('"') || writtenNumber(token) === undefined ? token : `{"${MARK}":"${token}"}`;
  });
  return JSON.parse(marked, (_name, value) => {
    const token = isObject(value) && Object.hasOwn(value, MARK) ? value[MARK] : undefined;
    return typeof token === 'string' ? new WrittenNumber(writtenNumber(token) as bigint | Fraction) : value;
  });
}

function parse(text: string): Json {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new NotJson((error as Error).message);
  }
}

/** Undefined for one that JavaScript keeps as it is. */
function writtenNumber(token: string): bigint | Fraction | undefined {
  const value = Number(token);
  if (/[.eE]/.test(token)) return Number.isInteger(value) ? new Fraction(value) : undefined;
  return Number.isSafeInteger(value) ? undefined : BigInt(token);
}
