import { closeSync, openSync, readSync } from 'node:fs';
import { brotliDecompressSync } from 'node:zlib';
import { packageFile } from '../package-file';
import { type Spelling, spelledName } from './member-name';

/**
 * Owns what AWS's models say that the operations of its services are asked with. They are generated (`generate.mjs`,
 * which describes the file) for every service that the `aws-sdk:` integrations reach, and a service is read when its
 * name is first asked for; see docs/decisions/0006.
 */
export type MemberType =
  | { readonly kind: 'structure'; readonly shape: string }
  | { readonly kind: 'list' | 'map'; readonly of: MemberType }
  | { readonly kind: 'string' | 'blob' | 'timestamp' | 'boolean' | 'any' | NumberKind };

type NumberKind = 'integer' | 'long' | 'float' | 'double';

export interface Member {
  readonly type: MemberType;
  readonly required: boolean;
}

/** The members of a structure by the API's own names. */
export type Shape = ReadonlyMap<string, Member>;

/** The members of a structure as state machines spell them. */
export type SpelledShape = ReadonlyMap<string, Member & { readonly name: string }>;

export class RequestModel {
  readonly #operations = new Map<string, string>();
  readonly #lines = new Map<string, string>();
  readonly #shapes = new Map<string, Shape>();
  readonly #spelled = { 'aws-sdk': new Map<string, SpelledShape>(), optimized: new Map<string, SpelledShape>() };

  private constructor(
    readonly service: string,
    text: string,
  ) {
    const [operations = '', shapes = ''] = text.split('\n\n', 2);
    for (const [name, shape] of entries(operations)) this.#operations.set(name, shape);
    for (const [name, members] of entries(shapes)) this.#lines.set(name, members);
  }

  /**
   * @param service as in `arn:aws:states:::aws-sdk:<service>:…`
   * @returns undefined if there is no such service, null if there is one of which there is no model
   */
  static of(service: string): RequestModel | null | undefined {
    let model = models.get(service);
    if (model !== undefined) return model;
    index ??= readIndex();
    const section = Object.hasOwn(index.sections, service) ? index.sections[service] : undefined;
    if (!section) return section;
    const [at, length] = section;
    model = new RequestModel(service, brotliDecompressSync(readBytes(index.end + at, length)).toString());
    models.set(service, model);
    return model;
  }

  operations(): IterableIterator<string> {
    return this.#operations.keys();
  }

  /** @param name 'SendMessage' */
  has(name: string): boolean {
    return this.#operations.has(name);
  }

  /** The name of the shape that an operation is asked with; undefined if it takes nothing, or there is no such operation. */
  request(operation: string): string | undefined {
    return this.#operations.get(operation) || undefined;
  }

  shape(name: string): Shape {
    let shape = this.#shapes.get(name);
    if (!shape) {
      const members = this.#lines.get(name) ?? '';
      shape = new Map(members === '' ? [] : members.split(',').map(readMember));
      this.#shapes.set(name, shape);
    }
    return shape;
  }

  /** A shape by the names that state machines use; `name` is the API's own. */
  spelled(shape: string, spelling: Spelling): SpelledShape {
    let spelled = this.#spelled[spelling].get(shape);
    if (!spelled) {
      spelled = new Map(
        [...this.shape(shape)].map(([name, member]) => [
          spelledName(spelling, this.service, shape, name),
          { ...member, name },
        ]),
      );
      this.#spelled[spelling].set(shape, spelled);
    }
    return spelled;
  }
}

const models = new Map<string, RequestModel>();

interface Index {
  readonly sections: Readonly<Record<string, readonly [at: number, length: number] | null>>;
  /** Where the sections begin. */
  readonly end: number;
}

let index: Index | undefined;

/** Longer than the index is. */
const FIRST_BYTES = 32_768;

function readIndex(): Index {
  const bytes = readBytes(0, FIRST_BYTES);
  const end = bytes.indexOf('\n') + 1;
  return { sections: JSON.parse(bytes.toString('utf8', 0, end)), end };
}

function readBytes(at: number, length: number): Buffer {
  const file = openSync(packageFile('local/asl/integrations/requests.bin', __dirname), 'r');
  try {
    const bytes = Buffer.alloc(length);
    return bytes.subarray(0, readSync(file, bytes, 0, length, at));
  } finally {
    closeSync(file);
  }
}

function entries(lines: string): Array<[name: string, rest: string]> {
  return lines.split('\n').map((line) => {
    const [name = '', rest = ''] = line.split(' ', 2);
    return [name, rest];
  });
}

function readMember(text: string): [string, Member] {
  const at = text.search(/[!:]/);
  return [text.slice(0, at), { type: readType(text.slice(at + 1)), required: text[at] === '!' }];
}

const SIMPLE = new Set(['string', 'blob', 'timestamp', 'boolean', 'any', 'integer', 'long', 'float', 'double']);

function readType(text: string): MemberType {
  if (text.startsWith('[')) return { kind: 'list', of: readType(text.slice(1)) };
  if (text.startsWith('{')) return { kind: 'map', of: readType(text.slice(1)) };
  return SIMPLE.has(text) ? ({ kind: text } as MemberType) : { kind: 'structure', shape: text };
}
