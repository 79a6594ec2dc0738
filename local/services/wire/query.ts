import { AwsError, type AwsShape, type FlatName, type FlatNames, type HttpRequest, type HttpResponse } from '../aws';
import { formatJson } from './json';
import { element, escapeXml } from './xml';

/**
 * Owns the AWS Query protocol (smithy.io/2.0/aws/protocols/aws-query-protocol.html): a form in, XML out, or JSON for who accepts
 * nothing else, as API Gateway does.
 *
 * A request's scalars all reach the service as text: a form does not say what is a number; the service knows.
 */
export function parseQuery(request: HttpRequest, flat?: FlatNames): { operation: string; input: AwsShape } {
  const root: FormNode = { children: new Map() };
  let operation = '';
  for (const [path, value] of formOf(request)) {
    if (path === 'Action') operation = value;
    else if (path !== 'Version' && !path.startsWith('X-Amz-')) insert(root, path.split('.'), value);
  }
  if (!operation) throw new AwsError('MissingAction', 'The request is missing an action or a required parameter.');
  return { operation, input: structure(root, flat) };
}

export type RequestHead = Pick<HttpRequest, 'url' | 'headers'>;

/** Whether a request speaks Query to a service that speaks JSON, too. */
export function isQuery({ url, headers }: RequestHead): boolean {
  if (headers['x-amz-target'] !== undefined) return false;
  return url.searchParams.has('Action') || FORM.test(headers['content-type'] ?? '');
}

/** The operation's answer as the caller accepts it; `maps` names the members that are maps rather than structures. */
export function queryAnswer(
  operation: string,
  output: AwsShape,
  { request, requestId, xmlNamespace, maps, flat }: QueryAnswer,
): HttpResponse {
  if (acceptsJsonAlone(request.headers)) {
    const result = {
      [`${operation}Result`]: flat ? listed(output, flat) : output,
      ResponseMetadata: { RequestId: requestId },
    };
    return {
      status: 200,
      headers: { 'content-type': 'application/json' },
      body: formatJson({ [`${operation}Response`]: result }),
    };
  }
  const body = formatQuery(output, operation, requestId, { operation, xmlNamespace, maps, flat });
  return { status: 200, headers: { 'content-type': 'text/xml' }, body };
}

export interface QueryAnswer {
  readonly request: HttpRequest;
  readonly requestId: string;
  readonly xmlNamespace: string;
  readonly maps?: ReadonlySet<string> | undefined;
  readonly flat?: FlatNames | undefined;
}

/** In JSON, a flat map is a list of its entries. */
function listed(value: unknown, flat: FlatNames): unknown {
  if (Array.isArray(value)) return value.map((item) => listed(item, flat));
  if (typeof value !== 'object' || value === null || value instanceof Date || value instanceof Uint8Array) return value;
  const members = Object.entries(value).map(([name, member]) => {
    const known = flat.get(name);
    if (known?.kind !== 'map' || typeof member !== 'object') return [known?.json ?? name, listed(member, flat)];
    const entries = Object.entries(member ?? {}).map(([key, each]) => ({ [known.key ?? 'Name']: key, Value: each }));
    return [name, entries];
  });
  return Object.fromEntries(members);
}

export function acceptsJsonAlone(headers: Readonly<Record<string, string>>): boolean {
  return headers.accept === 'application/json';
}

function* formOf(request: HttpRequest): Iterable<[string, string]> {
  yield* request.url.searchParams;
  if (isForm(request)) yield* new URLSearchParams(Buffer.from(request.body).toString('utf8'));
}

/** A body that does not say what it is is one. */
function isForm({ headers, body }: HttpRequest): boolean {
  const type = headers['content-type'] ?? '';
  return body.length > 0 && (type === '' || FORM.test(type));
}

const FORM = /^application\/x-www-form-urlencoded/i;

function formatQuery(output: AwsShape, operation: string, requestId: string, spelling: Spelling): string {
  const members = Object.entries(output).map(([name, value]) => member(name, value, spelling));
  const result =
    members.length > 0 ? `<${operation}Result>${members.join('')}</${operation}Result>` : `<${operation}Result/>`;
  const metadata = `<ResponseMetadata>${element('RequestId', requestId)}</ResponseMetadata>`;
  return `<${operation}Response xmlns="${escapeXml(spelling.xmlNamespace)}">${result}${metadata}</${operation}Response>`;
}

interface Spelling {
  readonly operation: string;
  readonly xmlNamespace: string;
  readonly maps?: ReadonlySet<string> | undefined;
  readonly flat?: FlatNames | undefined;
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

function structure(node: FormNode, flat?: FlatNames): AwsShape {
  return Object.fromEntries(
    [...node.children].map(([name, child]) => flatMember(name, child, flat) ?? [name, convert(child)]),
  );
}

/** 'Attribute.1.Name', 'AttributeName.1': a list or a map without a name of its own around it, by its member's name. */
function flatMember(name: string, node: FormNode, flat?: FlatNames): [string, unknown] | undefined {
  const items = node.children.size > 0 ? numbered(node) : undefined;
  if (!items || !flat) return undefined;
  const found = [...flat].find(([, { item }]) => item.includes(name));
  if (!found) return undefined;
  const [member, { kind }] = found;
  if (kind === 'list')
    return [member, items.map((item) => (item.children.size > 0 ? structure(item, flat) : item.value))];
  return [
    member,
    Object.fromEntries(
      items.map(({ children }) => {
        const value = children.get('Value');
        return [(children.get('Name') ?? children.get('Key'))?.value ?? '', value && convert(value)];
      }),
    ),
  ];
}

/** The children '1', '2', … in their order; undefined when there are none of the kind. */
function numbered(node: FormNode | undefined): FormNode[] | undefined {
  if (!node) return undefined;
  if (![...node.children.keys()].every((name) => /^\d+$/.test(name))) return undefined;
  return [...node.children].sort(([a], [b]) => Number(a) - Number(b)).map(([, child]) => child);
}

function member(name: string, value: unknown, spelling: Spelling): string {
  if (value === undefined || value === null) return '';
  const plain = typeof value === 'object' ? spelling.flat?.get(name) : undefined;
  if (plain) return flatMembers(plain, value as object, spelling);
  if (Array.isArray(value))
    return `<${name}>${value.map((item) => member('member', item, spelling)).join('')}</${name}>`;
  if (value instanceof Date) return element(name, value.toISOString());
  if (value instanceof Uint8Array) return element(name, Buffer.from(value).toString('base64'));
  if (typeof value !== 'object') return element(name, String(value));
  const entries = Object.entries(value);
  if (spelling.maps?.has(name)) {
    const items = entries.map(
      ([key, item]) => `<entry>${element('key', key)}${member('value', item, spelling)}</entry>`,
    );
    return `<${name}>${items.join('')}</${name}>`;
  }
  return `<${name}>${entries.map(([key, item]) => member(key, item, spelling)).join('')}</${name}>`;
}

function flatMembers({ item, key = 'Name' }: FlatName, value: object, spelling: Spelling): string {
  const name = item.find((each) => each.startsWith(spelling.operation)) ?? (item[0] as string);
  if (Array.isArray(value)) return value.map((each) => member(name, each, spelling)).join('');
  const entry = ([of, each]: [string, unknown]) =>
    `<${name}>${element(key, of)}${member('Value', each, spelling)}</${name}>`;
  return Object.entries(value).map(entry).join('');
}
