import { AwsError, type AwsShape } from '../aws';
import { element, escapeXml } from './xml';

/**
 * Owns the AWS Query protocol (smithy.io/2.0/aws/protocols/aws-query-protocol.html): a form in, XML out.
 *
 * A request's scalars all reach the service as text: a form does not say what is a number; the service knows.
 */
export function parseQuery(body: Uint8Array): { operation: string; input: AwsShape } {
  const form = new URLSearchParams(Buffer.from(body).toString('utf8'));
  const root: FormNode = { children: new Map() };
  let operation = '';
  for (const [path, value] of form) {
    if (path === 'Action') operation = value;
    else if (path !== 'Version') insert(root, path.split('.'), value);
  }
  if (!operation) throw new AwsError('MissingAction', 'The request is missing an action or a required parameter.');
  return { operation, input: structure(root) };
}

/** The XML of an answer; `maps` names the members that are maps rather than structures. */
export function formatQuery(
  operation: string,
  output: AwsShape,
  namespace: string,
  requestId: string,
  maps: ReadonlySet<string> = new Set(),
): string {
  const members = Object.entries(output).map(([name, value]) => member(name, value, maps));
  return `<${operation}Response xmlns="${escapeXml(namespace)}">${
    members.length > 0 ? `<${operation}Result>${members.join('')}</${operation}Result>` : `<${operation}Result/>`
  }<ResponseMetadata>${element('RequestId', requestId)}</ResponseMetadata></${operation}Response>`;
}

interface FormNode {
  children: Map<string, FormNode>;
  value?: string;
}

/** AWS nests at most a handful of levels; deeper names are an attack on the stack. */
const DEEPEST = 16;

function insert(root: FormNode, path: string[], value: string): void {
  if (path.length > DEEPEST) throw new AwsError('MalformedInput', 'The request is nested too deeply.');
  let node = root;
  for (const name of path) {
    let next = node.children.get(name);
    if (!next) {
      next = { children: new Map() };
      node.children.set(name, next);
    }
    node = next;
  }
  node.value = value;
}

/** A node as the service sees it: text, a list ('member.N'), a map ('entry.N.key' or 'entry.N.Name') or a structure. */
function convert(node: FormNode): unknown {
  if (node.children.size === 0) return node.value;
  const list = numbered(node.children.get('member'));
  if (list) return list.map(convert);
  const entries = numbered(node.children.get('entry'));
  if (!entries) return structure(node);
  return Object.fromEntries(
    entries.map(({ children }) => {
      const value = children.get('value') ?? children.get('Value');
      return [(children.get('key') ?? children.get('Name'))?.value ?? '', value && convert(value)];
    }),
  );
}

function structure(node: FormNode): AwsShape {
  return Object.fromEntries([...node.children].map(([name, child]) => [name, convert(child)]));
}

/** The children '1', '2', … in their order; undefined when there are none of the kind. */
function numbered(node: FormNode | undefined): FormNode[] | undefined {
  if (!node) return undefined;
  if (![...node.children.keys()].every((name) => /^\d+$/.test(name))) return undefined;
  return [...node.children].sort(([a], [b]) => Number(a) - Number(b)).map(([, child]) => child);
}

function member(name: string, value: unknown, maps: ReadonlySet<string>): string {
  if (value === undefined || value === null) return '';
  if (Array.isArray(value)) return `<${name}>${value.map((item) => member('member', item, maps)).join('')}</${name}>`;
  if (value instanceof Date) return element(name, value.toISOString());
  if (value instanceof Uint8Array) return element(name, Buffer.from(value).toString('base64'));
  if (typeof value !== 'object') return element(name, String(value));
  const entries = Object.entries(value);
  if (maps.has(name)) {
    const items = entries.map(([key, item]) => `<entry>${element('key', key)}${member('value', item, maps)}</entry>`);
    return `<${name}>${items.join('')}</${name}>`;
  }
  return `<${name}>${entries.map(([key, item]) => member(key, item, maps)).join('')}</${name}>`;
}
