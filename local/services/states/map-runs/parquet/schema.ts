import { TYPES, type Type } from './encodings';
import { type Field, type Fields, ThriftReader } from './thrift';

/**
 * Owns what a Parquet file says of itself at its end: its columns as a tree, and where their values are.
 *
 * @see https://github.com/apache/parquet-format/blob/master/src/main/thrift/parquet.thrift
 */
export interface Node {
  readonly name: string;
  readonly repetition: 'REQUIRED' | 'OPTIONAL' | 'REPEATED';
  readonly children: readonly Node[];
  /** Of a leaf. */
  readonly type?: Type;
  readonly length: number;
  readonly meaning: Meaning;
  readonly scale: number;
  /** How deep it is among what may be absent or repeated, and among what is repeated. */
  readonly maxDefinition: number;
  readonly maxRepetition: number;
  /** 'a.b.c' */
  readonly path: string;
}

/** What a value is, beyond its type. */
export type Meaning =
  | 'TEXT'
  | 'JSON'
  | 'UUID'
  | 'LIST'
  | 'MAP'
  | 'DECIMAL'
  | 'DATE'
  | 'UNSIGNED'
  | 'TIME_MILLIS'
  | 'TIME_MICROS'
  | 'TIME_NANOS'
  | 'TIMESTAMP_MILLIS'
  | 'TIMESTAMP_MICROS'
  | 'TIMESTAMP_NANOS'
  | undefined;

export interface Chunk {
  readonly path: string;
  readonly codec: number;
  readonly values: number;
  readonly bytes: Buffer;
}

export interface RowGroup {
  readonly rows: number;
  readonly chunks: readonly Chunk[];
}

/** @throws Error when the bytes are no Parquet file */
export function readFooter(file: Buffer): { root: Node; groups: RowGroup[] } {
  const isParquet =
    file.length >= 12 && [file.subarray(0, 4), file.subarray(-4)].every((mark) => mark.toString() === 'PAR1');
  if (!isParquet) throw new Error('It does not begin and end with PAR1.');
  const size = file.readUInt32LE(file.length - 8);
  if (size > file.length - 12) throw new Error('Its footer is longer than the file.');
  const footer = new ThriftReader(file.subarray(file.length - 8 - size, file.length - 8)).structure();
  const elements = list(footer, 2).map((element) => element as Fields);
  const root = treeOf(elements);
  const groups = list(footer, 4).map((group) => ({
    rows: number(group as Fields, 3),
    chunks: list(group as Fields, 1).map((column) => chunkOf(file, structure(column as Fields, 3))),
  }));
  return { root, groups };
}

function chunkOf(file: Buffer, column: Fields): Chunk {
  const dictionary = number(column, 11, 0);
  const from = dictionary > 0 ? Math.min(dictionary, number(column, 9)) : number(column, 9);
  return {
    path: list(column, 3).map(String).join('.'),
    codec: number(column, 4),
    values: number(column, 5),
    bytes: file.subarray(from, from + number(column, 7)),
  };
}

/** Elements stand depth first, each with the number of its children. */
function treeOf(elements: readonly Fields[]): Node {
  let at = 0;
  const next = (parent: Pick<Node, 'path' | 'maxDefinition' | 'maxRepetition'> | undefined, depth: number): Node => {
    const element = elements[at++];
    if (!element || depth > DEEPEST) throw new Error('Its schema is broken.');
    const name = String(element.get(4));
    const repetition = parent ? (REPETITIONS[number(element, 3, 0)] ?? 'REQUIRED') : 'REQUIRED';
    const levels = {
      path: parent?.path ? `${parent.path}.${name}` : parent ? name : '',
      maxDefinition: (parent?.maxDefinition ?? 0) + (repetition === 'REQUIRED' ? 0 : 1),
      maxRepetition: (parent?.maxRepetition ?? 0) + (repetition === 'REPEATED' ? 1 : 0),
    };
    const children = Array.from({ length: number(element, 5, 0) }, () => next(levels, depth + 1));
    const type = TYPES[number(element, 1, -1)];
    return {
      ...levels,
      name,
      repetition,
      children,
      ...(children.length === 0 && type && { type }),
      length: number(element, 2, 0),
      meaning: meaningOf(element),
      scale: number(element, 7, 0),
    };
  };
  return next(undefined, 0);
}

const REPETITIONS = ['REQUIRED', 'OPTIONAL', 'REPEATED'] as const;
const DEEPEST = 100;

function meaningOf(element: Fields): Meaning {
  const logical = element.get(10);
  if (logical instanceof Map) {
    const [kind, details] = [...(logical as Fields)][0] ?? [];
    if (kind === LOGICAL_TIME || kind === LOGICAL_TIMESTAMP) {
      const unit = [...structure(details as Fields, 2).keys()][0] ?? 1;
      return `${kind === LOGICAL_TIME ? 'TIME' : 'TIMESTAMP'}_${(['MILLIS', 'MICROS', 'NANOS'] as const)[unit - 1] ?? 'MILLIS'}`;
    }
    if (kind === LOGICAL_INTEGER) return (details as Fields).get(2) === false ? 'UNSIGNED' : undefined;
    const known = LOGICAL[kind ?? 0];
    if (known) return known;
  }
  return CONVERTED[number(element, 6, -1)];
}

const LOGICAL_TIME = 7;
const LOGICAL_TIMESTAMP = 8;
const LOGICAL_INTEGER = 10;
const LOGICAL: Readonly<Record<number, Meaning>> = {
  1: 'TEXT',
  2: 'MAP',
  3: 'LIST',
  4: 'TEXT',
  5: 'DECIMAL',
  6: 'DATE',
  12: 'JSON',
  14: 'UUID',
};

/** As older writers say it. */
const CONVERTED: Readonly<Record<number, Meaning>> = {
  0: 'TEXT',
  1: 'MAP',
  2: 'MAP',
  3: 'LIST',
  4: 'TEXT',
  5: 'DECIMAL',
  6: 'DATE',
  7: 'TIME_MILLIS',
  8: 'TIME_MICROS',
  9: 'TIMESTAMP_MILLIS',
  10: 'TIMESTAMP_MICROS',
  11: 'UNSIGNED',
  12: 'UNSIGNED',
  13: 'UNSIGNED',
  14: 'UNSIGNED',
  19: 'JSON',
};

/** @throws Error when there is no such number */
export function number(fields: Fields, id: number, otherwise?: number): number {
  const value = fields.get(id) ?? otherwise;
  if (typeof value !== 'number') throw new Error('Its description is broken.');
  return value;
}

/** @throws Error when there is no such structure */
export function structure(fields: Fields, id: number): Fields {
  const value = fields.get(id);
  if (!(value instanceof Map)) throw new Error('Its description is broken.');
  return value;
}

function list(fields: Fields, id: number): readonly Field[] {
  const value = fields.get(id);
  if (!Array.isArray(value)) throw new Error('Its description is broken.');
  return value;
}
