import { isTooDeep, MAX_DEPTH } from '../../asl/depth';
import type { Json } from '../../asl/json';
import { scanJson } from '../../asl/validate/json';
import type { AwsError } from '../aws';
import { failures, type Input } from './errors';

/** Owns what is checked of single members beyond the model's constraints. Each function throws what AWS answers. */

/** Bytes of UTF-8: input, output, result. */
const LARGEST_PAYLOAD = 262_144;

/** A resource's name: without white space, wildcards, brackets, quotes, slashes or control characters. */
export function requireName({ name }: Input): string {
  if (FORBIDDEN_IN_NAMES.test(name)) throw failures.invalidName(name);
  return name;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for.
const FORBIDDEN_IN_NAMES = /[\s<>{}[\]?*"#%\\^|~`$&,;:/\u0000-\u001f\u007f-\u009f\ufffe\uffff\ud800-\udfff]/;

/** `maxResults`: 0 and nothing mean the default, 100. */
export function pageSize(input: Input): number {
  return input.maxResults || 100;
}

/** The value of JSON text of at most 256 KiB; `refuse` makes the error for text that is not JSON. */
export function parsePayload(text: string, member: string, refuse: (problem: string) => AwsError): Json {
  if (Buffer.byteLength(text) > LARGEST_PAYLOAD) {
    throw failures.validation(
      `Value at '${member}' failed to satisfy constraint: Member must have length less than or equal to ${LARGEST_PAYLOAD}`,
    );
  }
  let value: Json;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw refuse(scanJson(text).problem?.message ?? (error as Error).message);
  }
  const endless = endlessNumber(text);
  if (endless) throw refuse(`Numeric value (${endless}) out of range`);
  // The scan knows AWS's words for it.
  if (text.length > 2 * MAX_DEPTH && isTooDeep(value))
    throw refuse(scanJson(text).problem?.message ?? 'The document is nested too deeply');
  return value;
}

/** A number beyond what a double holds, which could not be written down again. */
function endlessNumber(text: string): string | undefined {
  if (!/\d{309}|\d[eE]\+?\d{3}/.test(text)) return undefined;
  let found: string | undefined;
  const outsideText = text.replace(/"(?:[^"\\]|\\.)*"/g, '""');
  for (const [number] of outsideText.matchAll(/-?\d[\d.eE+-]*/g)) if (!Number.isFinite(Number(number))) found = number;
  return found?.slice(0, 100);
}
