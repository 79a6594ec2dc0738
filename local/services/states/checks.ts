import type { Json } from '../../asl/json';
import { scanJson } from '../../asl/validate/json';
import { AwsError } from '../aws';
import { failures, type Input } from './errors';

/** Owns the constraints that the model of the API puts on members, with AWS's texts. Each throws what AWS answers. */

/** Bytes of UTF-8: input, output, result. */
export const LARGEST_PAYLOAD = 262_144;

export function requireText(input: Input, member: string, limits: { least?: number; most?: number } = {}): string {
  const value = optionalText(input, member, limits);
  if (value === undefined) throw failures.missing(member);
  return value;
}

export function optionalText(
  input: Input,
  member: string,
  { least = 1, most = Number.POSITIVE_INFINITY }: { least?: number; most?: number } = {},
): string | undefined {
  const value: unknown = input[member];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'string') throw new AwsError('SerializationException', `${member} must be a string.`);
  if (value.length < least) {
    throw failures.constraint(member, value, `Member must have length greater than or equal to ${least}`);
  }
  if (value.length > most) {
    throw failures.constraint(member, value, `Member must have length less than or equal to ${most}`);
  }
  return value;
}

/** A resource's name: 1 to 80 characters without white space, wildcards, brackets, quotes, slashes or control characters. */
export function requireName(input: Input, member = 'name'): string {
  const name = requireText(input, member, { most: 80 });
  if (FORBIDDEN_IN_NAMES.test(name)) throw failures.invalidName(name);
  return name;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for.
const FORBIDDEN_IN_NAMES = /[\s<>{}[\]?*"#%\\^|~`$&,;:/\u0000-\u001f\u007f-\u009f\ufffe\uffff\ud800-\udfff]/;

/** `maxResults`: 0 and nothing mean the default, 100. */
export function pageSize(input: Input): number {
  return input.maxResults || 100;
}

export function oneOf<T extends string>(input: Input, member: string, allowed: readonly T[]): T | undefined {
  const value = optionalText(input, member, { least: 0 });
  if (value === undefined || allowed.includes(value as T)) return value as T | undefined;
  throw failures.constraint(member, value, `Member must satisfy enum value set: [${allowed.join(', ')}]`);
}

/** The value of JSON text of at most 256 KiB; `refuse` makes the error for text that is not JSON. */
export function parsePayload(text: string, member: string, refuse: (problem: string) => AwsError): Json {
  if (Buffer.byteLength(text) > LARGEST_PAYLOAD) {
    throw failures.validation(
      `Value at '${member}' failed to satisfy constraint: Member must have length less than or equal to ${LARGEST_PAYLOAD}`,
    );
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    throw refuse(scanJson(text).problem?.message ?? (error as Error).message);
  }
}
