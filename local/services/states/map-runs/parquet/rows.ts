import type { Json } from '../../../../asl/json';
import { type Column, readColumn } from './column';
import type { Value } from './encodings';
import { type Meaning, type Node, readFooter } from './schema';

/**
 * Owns the rows of a Parquet file as JSON: an object for each, lists as arrays, maps as objects, dates and times as text in
 * ISO 8601, bytes that are no text in Base64, and null for what is absent.
 *
 * @throws Error that says what is wrong with the file
 */
export function* parquetRows(file: Buffer): Generator<Json> {
  const { root, groups } = readFooter(file);
  for (const { rows, chunks } of groups) {
    const cursors = new Map<string, Cursor>();
    for (const leaf of leavesOf(root)) {
      const chunk = chunks.find(({ path }) => path === leaf.path);
      if (!chunk) throw new Error(`The column ${leaf.path} is missing.`);
      cursors.set(leaf.path, new Cursor(readColumn(chunk, leaf), leaf));
    }
    for (const { rows: found } of cursors.values()) {
      if (found !== rows) throw new Error(`A column has ${found} rows instead of ${rows}.`);
    }
    const assembler = new Assembler(cursors);
    for (let row = 0; row < rows; row++) yield assembler.content(root);
  }
}

function leavesOf(node: Node): Node[] {
  return node.children.length === 0 ? [node] : node.children.flatMap(leavesOf);
}

/** Where a column is read. */
class Cursor {
  #entry = 0;
  #value = 0;

  constructor(
    private readonly column: Column,
    readonly leaf: Node,
  ) {}

  get definition(): number {
    return this.column.definitions[this.#entry] ?? 0;
  }

  get rows(): number {
    return this.column.repetitions.filter((level) => level === 0).length;
  }

  /** Undefined at the end. */
  get repetition(): number | undefined {
    return this.column.repetitions[this.#entry];
  }

  next(): Json {
    const isThere = this.definition === this.leaf.maxDefinition;
    this.#entry += 1;
    return isThere ? jsonOf(this.column.values[this.#value++] as Value, this.leaf) : null;
  }
}

/** Puts values together that stand in columns, by their levels. */
class Assembler {
  readonly #first = new Map<Node, readonly Cursor[]>();

  constructor(private readonly cursors: ReadonlyMap<string, Cursor>) {}

  /** What a node holds once it is known to be there. */
  content(node: Node): Json {
    if (node.children.length === 0) return this.#cursors(node)[0]?.next() ?? null;
    const members = node.children.map((child) => [child.name, this.#value(child)] as const);
    return Object.fromEntries(members);
  }

  #value(node: Node): Json {
    const [guide] = this.#cursors(node);
    const isAbsent = (guide?.definition ?? 0) < node.maxDefinition;
    if (node.repetition === 'REPEATED') {
      if (isAbsent) return this.#skip(node, []);
      const items: Json[] = [];
      do items.push(this.content(node));
      while (guide?.repetition === node.maxRepetition);
      return items;
    }
    if (node.repetition === 'OPTIONAL' && isAbsent) return this.#skip(node, null);
    const content = this.content(node);
    if (node.meaning === 'LIST') return listOf(node, content);
    return node.meaning === 'MAP' ? mapOf(content) : content;
  }

  #skip(node: Node, value: Json): Json {
    for (const cursor of this.#cursors(node)) cursor.next();
    return value;
  }

  /** Those of all leaves below a node. */
  #cursors(node: Node): readonly Cursor[] {
    let found = this.#first.get(node);
    if (!found) {
      found = leavesOf(node).map(({ path }) => this.cursors.get(path) as Cursor);
      this.#first.set(node, found);
    }
    return found;
  }
}

/** A list is a group with one repeated member, whose items are mostly groups with one member more. */
function listOf(node: Node, content: Json): Json {
  const [repeated] = node.children;
  const items = Object.values(content as Record<string, Json>)[0];
  if (!repeated || !Array.isArray(items)) return content;
  const [element] = repeated.children;
  const isWrapped = repeated.children.length === 1 && repeated.name !== 'array' && !repeated.name.endsWith('_tuple');
  return element && isWrapped ? items.map((item) => (item as Record<string, Json>)[element.name] ?? null) : items;
}

function mapOf(content: Json): Json {
  const entries = Object.values(content as Record<string, Json>)[0];
  if (!Array.isArray(entries)) return content;
  return Object.fromEntries(
    entries.map((entry) => {
      const [key = null, value = null] = Object.values(entry as Record<string, Json>);
      return [typeof key === 'string' ? key : JSON.stringify(key), value];
    }),
  );
}

function jsonOf(value: Value, { type, meaning, scale }: Node): Json {
  if (typeof value === 'boolean') return value;
  if (Buffer.isBuffer(value)) {
    if (type === 'INT96') return instantOf(value);
    return bytesOf(value, meaning, scale);
  }
  switch (meaning) {
    case 'DECIMAL':
      return decimal(BigInt(value), scale);
    case 'UNSIGNED':
      return Number(BigInt.asUintN(type === 'INT64' ? 64 : 32, BigInt(value)));
    case 'DATE':
      return isoText(Number(value) * 86_400_000).slice(0, 10);
    case 'TIME_MILLIS':
    case 'TIME_MICROS':
    case 'TIME_NANOS':
      return isoText(milliseconds(value, meaning)).slice(11, -1);
    case 'TIMESTAMP_MILLIS':
    case 'TIMESTAMP_MICROS':
    case 'TIMESTAMP_NANOS':
      return isoText(milliseconds(value, meaning));
    default:
      return Number.isFinite(Number(value)) ? Number(value) : null;
  }
}

function bytesOf(value: Buffer, meaning: Meaning, scale: number): Json {
  switch (meaning) {
    case 'TEXT':
      return value.toString('utf8');
    case 'JSON':
      return JSON.parse(value.toString('utf8'));
    case 'UUID':
      return value.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
    case 'DECIMAL':
      return decimal(BigInt.asIntN(value.length * 8, BigInt(`0x${value.toString('hex') || '0'}`)), scale);
    default:
      return value.toString('base64');
  }
}

function decimal(unscaled: bigint, scale: number): number {
  return Number(`${unscaled}e-${scale}`);
}

const PER_MILLISECOND = { MILLIS: 1, MICROS: 1e3, NANOS: 1e6 };

function milliseconds(value: number | bigint, meaning: string): number {
  return Number(value) / PER_MILLISECOND[meaning.replace(/^.*_/, '') as keyof typeof PER_MILLISECOND];
}

/** Nanoseconds of the day and the Julian day. */
function instantOf(value: Buffer): string {
  return isoText((value.readUInt32LE(8) - 2_440_588) * 86_400_000 + Number(value.readBigUInt64LE(0)) / 1e6);
}

/** @throws RangeError for what no calendar has */
function isoText(ms: number): string {
  return new Date(Math.floor(ms)).toISOString();
}
