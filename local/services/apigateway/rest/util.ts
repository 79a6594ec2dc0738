import { jsonValue, NotJson } from './json-values';
import { Effort } from './vtl/effort';
import { TemplateError } from './vtl/nodes';
import { textOf, type Value, VtlObject } from './vtl/values';

/**
 * Owns '$util'. See https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-mapping-template-reference.html
 */
export class Util extends VtlObject {
  override call(name: string, [value]: readonly Value[]): Value {
    if (value === undefined || value === null || !Object.hasOwn(FUNCTIONS, name)) return undefined;
    return FUNCTIONS[name]?.(textOf(value, new Effort()));
  }

  override toString(): string {
    return 'util';
  }
}

const FUNCTIONS: Readonly<Record<string, (text: string) => Value>> = {
  escapeJavaScript,
  parseJson,
  urlEncode,
  urlDecode,
  base64Encode: (text) => Buffer.from(text).toString('base64'),
  base64Decode: (text) => Buffer.from(text, 'base64').toString(),
};

const ESCAPES: Readonly<Record<string, string>> = {
  '\b': '\\b',
  '\t': '\\t',
  '\n': '\\n',
  '\f': '\\f',
  '\r': '\\r',
  '"': '\\"',
  "'": "\\'",
  '\\': '\\\\',
  '/': '\\/',
};

/** As Java's StringEscapeUtils: what is not printable ASCII, too. */
function escapeJavaScript(text: string): string {
  return text.replace(/["'\\/]|[^ -~]/g, (character) => {
    return ESCAPES[character] ?? `\\u${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`;
  });
}

function parseJson(text: string): Value {
  try {
    return jsonValue(text);
  } catch (error) {
    if (error instanceof NotJson) throw new TemplateError(`$util.parseJson: ${error.message}`);
    throw error;
  }
}

/** As forms are encoded. */
function urlEncode(text: string): string {
  return new URLSearchParams([['', text]]).toString().slice(1);
}

function urlDecode(text: string): string {
  const bytes = text.replaceAll('+', ' ');
  if (/%(?![0-9a-fA-F]{2})/.test(bytes)) throw new TemplateError('$util.urlDecode: an escape is incomplete.');
  return Buffer.from(
    bytes.replace(/(?:%[0-9a-fA-F]{2})+/g, (escapes) => Buffer.from(escapes.replaceAll('%', ''), 'hex').toString()),
  ).toString();
}
