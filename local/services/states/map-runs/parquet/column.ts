import { gunzipSync } from 'node:zlib';
import { deltas, hybrid, lengthsAndBytes, plain, prefixesAndSuffixes, type Value } from './encodings';
import { type Chunk, type Node, number, structure } from './schema';
import { unsnap } from './snappy';
import { type Fields, ThriftReader } from './thrift';

/** Owns the values of one column in a group of rows, with the levels that say what they belong to, read page by page. */
export interface Column {
  readonly definitions: readonly number[];
  readonly repetitions: readonly number[];
  /** Those that are there: one for each definition level that is the column's highest. */
  readonly values: readonly Value[];
}

const DATA_PAGE = 0;
const DICTIONARY_PAGE = 2;
const DATA_PAGE_V2 = 3;

/** @throws Error when its pages are broken or compressed or encoded in a way that is not read */
export function readColumn(chunk: Chunk, leaf: Node): Column {
  const definitions: number[] = [];
  const repetitions: number[] = [];
  const values: Value[] = [];
  let dictionary: Value[] | undefined;
  let at = 0;
  while (definitions.length < chunk.values) {
    const reader = new ThriftReader(chunk.bytes, at);
    const header = reader.structure();
    at = reader.at + number(header, 3);
    const page = chunk.bytes.subarray(reader.at, at);
    const size = number(header, 2);
    if (size > LARGEST_PAGE) throw new Error('One of its pages is too large.');
    const type = number(header, 1);
    if (type === DICTIONARY_PAGE) {
      const about = structure(header, 7);
      dictionary = plain(unpacked(page, chunk.codec, size), leaf.type ?? 'INT32', leaf.length, countOf(about));
    } else if (type === DATA_PAGE || type === DATA_PAGE_V2) {
      const read = type === DATA_PAGE ? firstVersion : secondVersion;
      const found = read(page, header, chunk, leaf, size);
      for (const level of found.definitions) definitions.push(level);
      for (const level of found.repetitions) repetitions.push(level);
      const present = found.definitions.filter((level) => level === leaf.maxDefinition).length;
      for (const value of valuesIn(found.data, found.encoding, leaf, present, dictionary)) values.push(value);
    }
  }
  return { definitions, repetitions, values };
}

/** Far above what writers make, so that a broken file takes no memory that there is not. */
const LARGEST_PAGE = 256 * 1024 * 1024;
const MOST_VALUES = 2 ** 25;

/** Of all kinds of pages. */
function countOf(about: Fields): number {
  const count = number(about, 1);
  if (count < 0 || count > MOST_VALUES) throw new Error('One of its pages has too many values.');
  return count;
}

/** All is compressed together, and levels tell their own length. */
function firstVersion(page: Buffer, header: Fields, { codec }: Chunk, leaf: Node, size: number) {
  const about = structure(header, 5);
  const count = countOf(about);
  let data = unpacked(page, codec, size);
  const levels = (highest: number): number[] => {
    if (highest === 0) return new Array(count).fill(0);
    const length = data.readUInt32LE(0);
    const found = hybrid(data.subarray(4, 4 + length), widthOf(highest), count);
    data = data.subarray(4 + length);
    return found;
  };
  const repetitions = levels(leaf.maxRepetition);
  const definitions = levels(leaf.maxDefinition);
  return { repetitions, definitions, data, encoding: number(about, 2) };
}

/** Levels stand before what is compressed. */
function secondVersion(page: Buffer, header: Fields, { codec }: Chunk, leaf: Node, size: number) {
  const about = structure(header, 8);
  const count = countOf(about);
  const [ofDefinitions, ofRepetitions] = [number(about, 5), number(about, 6)];
  const levels = (highest: number, from: number, length: number): number[] =>
    highest === 0 ? new Array(count).fill(0) : hybrid(page.subarray(from, from + length), widthOf(highest), count);
  const rest = page.subarray(ofRepetitions + ofDefinitions);
  return {
    repetitions: levels(leaf.maxRepetition, 0, ofRepetitions),
    definitions: levels(leaf.maxDefinition, ofRepetitions, ofDefinitions),
    data: about.get(7) === false ? rest : unpacked(rest, codec, size - ofRepetitions - ofDefinitions),
    encoding: number(about, 4),
  };
}

function valuesIn(
  data: Buffer,
  encoding: number,
  { type = 'INT32', length }: Node,
  count: number,
  dictionary: readonly Value[] | undefined,
): readonly Value[] {
  if (count === 0) return [];
  switch (encoding) {
    case 0:
      return plain(data, type, length, count);
    case 2:
    case 8:
      return hybrid(data.subarray(1), data.readUInt8(0), count).map((index) => {
        const value = dictionary?.[index];
        if (value === undefined) throw new Error('A value is missing in its dictionary.');
        return value;
      });
    case 3:
      return hybrid(data.subarray(4), 1, count).map((bit) => bit === 1);
    case 5:
      return deltas(data, count).values.map((value) => (type === 'INT32' ? Number(BigInt.asIntN(32, value)) : value));
    case 6:
      return lengthsAndBytes(data, count);
    case 7:
      return prefixesAndSuffixes(data, count);
    default:
      throw new Error(`Its encoding ${encoding} is not read.`);
  }
}

/** Step Functions reads files that are compressed by Snappy or gzip, or not at all. */
function unpacked(bytes: Buffer, codec: number, size: number): Buffer {
  if (codec === 0) return bytes;
  if (codec === 1) return unsnap(bytes, size);
  if (codec === 2) return gunzipSync(bytes, { maxOutputLength: Math.max(size, 1) });
  throw new Error('It is compressed neither by Snappy nor by gzip.');
}

function widthOf(highest: number): number {
  return 32 - Math.clz32(highest);
}
