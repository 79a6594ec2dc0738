import { AwsError, type AwsShape } from '../aws';
import { readXml, type XmlElement } from '../wire/xml-reader';
import type { Answer } from './http';
import type { ClientProtocol } from './protocol';

/** What a form cannot tell by itself: the members that are maps, and what key and value of their entries are called. */
export type QueryMaps = Readonly<Record<string, readonly [key: string, value: string]>>;

/** AWS Query from the client's side: a form out, XML in. */
export function queryProtocol(version: string, maps: QueryMaps): ClientProtocol {
  return {
    write(operation, input) {
      const form = new URLSearchParams({ Action: operation, Version: version });
      for (const [name, value] of Object.entries(input)) append(form, name, name, value, maps);
      return {
        method: 'POST',
        target: '/',
        headers: { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' },
        body: Buffer.from(form.toString()),
      };
    },
    read(operation, { body }) {
      const result = document(body)?.children.find(({ name }) => name === `${operation}Result`);
      return result ? structure(result) : {};
    },
    readError: readXmlError,
  };
}

/** The error in an answer of XML: `<ErrorResponse><Error>…` of Query, `<Error>…` of S3. */
export function readXmlError({ status, body }: Answer): AwsError {
  const root = document(body);
  const error = root?.name === 'Error' ? root : root?.children.find(({ name }) => name === 'Error');
  const text = (name: string) => error?.children.find((child) => child.name === name)?.text;
  // An answer to HEAD has no body.
  const code = text('Code') ?? (status === 404 ? 'NotFound' : 'UnknownError');
  return new AwsError(code, text('Message') ?? body.toString('utf8').slice(0, 1000), status);
}

function document(body: Buffer): XmlElement | undefined {
  try {
    return readXml(body.toString('utf8'));
  } catch {
    return undefined;
  }
}

function append(form: URLSearchParams, path: string, name: string, value: unknown, maps: QueryMaps): void {
  if (value === undefined || value === null) return;
  const map = Object.hasOwn(maps, name) ? maps[name] : undefined;
  if (value instanceof Date) form.append(path, value.toISOString());
  else if (value instanceof Uint8Array) form.append(path, Buffer.from(value).toString('base64'));
  else if (typeof value !== 'object') form.append(path, String(value));
  else if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) append(form, `${path}.member.${index + 1}`, '', item, maps);
  } else if (map) {
    for (const [index, [key, item]] of Object.entries(value).entries()) {
      const entry = `${path}.entry.${index + 1}`;
      form.append(`${entry}.${map[0]}`, key);
      append(form, `${entry}.${map[1]}`, '', item, maps);
    }
  } else for (const [member, item] of Object.entries(value)) append(form, `${path}.${member}`, member, item, maps);
}

function structure({ children }: XmlElement): AwsShape {
  return Object.fromEntries(children.map((child) => [child.name, convert(child)]));
}

function convert(element: XmlElement): unknown {
  const { children, text } = element;
  if (children.length === 0) return text;
  if (children.every(({ name }) => name === 'member')) return children.map(convert);
  if (!children.every(({ name }) => name === 'entry')) return structure(element);
  return Object.fromEntries(
    children.map(({ children: [key, value] }) => [key?.text ?? '', value ? convert(value) : '']),
  );
}
