/**
 * Owns Parquet's encodings of numbers and of runs of values.
 *
 * @see https://parquet.apache.org/docs/file-format/data-pages/encodings/
 */
export type Value = boolean | number | bigint | Buffer;

export const TYPES = [
  'BOOLEAN',
  'INT32',
  'INT64',
  'INT96',
  'FLOAT',
  'DOUBLE',
  'BYTE_ARRAY',
  'FIXED_LEN_BYTE_ARRAY',
] as const;
export type Type = (typeof TYPES)[number];

/** The next `count` values, one after the other. */
export function plain(bytes: Buffer, type: Type, length: number, count: number): Value[] {
  let at = 0;
  const take = (size: number) => {
    at += size;
    if (at > bytes.length) throw new RangeError('The bytes end too soon.');
    return bytes.subarray(at - size, at);
  };
  const next: Record<Type, (i: number) => Value> = {
    BOOLEAN: (i) => ((bytes.readUInt8(i >> 3) >> (i & 7)) & 1) === 1,
    INT32: () => take(4).readInt32LE(),
    INT64: () => take(8).readBigInt64LE(),
    INT96: () => take(12),
    FLOAT: () => take(4).readFloatLE(),
    DOUBLE: () => take(8).readDoubleLE(),
    BYTE_ARRAY: () => take(take(4).readUInt32LE()),
    FIXED_LEN_BYTE_ARRAY: () => take(length),
  };
  return Array.from({ length: count }, (_, i) => next[type](i));
}

/** Runs of one value and groups of packed ones, mixed; each value has `width` bits. */
export function hybrid(bytes: Buffer, width: number, count: number): number[] {
  const reader = new VarintReader(bytes);
  const values: number[] = [];
  const size = Math.ceil(width / 8);
  while (values.length < count) {
    const head = Number(reader.next());
    if (head & 1) {
      const groups = head >>> 1;
      const packed = reader.take(groups * width);
      const taken = Math.min(groups * 8, count - values.length);
      for (let i = 0; i < taken; i++) values.push(fewBits(packed, i * width, width));
    } else {
      const value = size === 0 ? 0 : reader.take(size).readUIntLE(0, size);
      for (let left = Math.min(head >>> 1, count - values.length); left > 0; left--) values.push(value);
    }
  }
  return values;
}

/** Differences in blocks, `most` of them, and how many bytes they took. */
export function deltas(bytes: Buffer, most: number): { values: bigint[]; end: number } {
  const reader = new VarintReader(bytes);
  const blockSize = Number(reader.next());
  const miniBlocks = Number(reader.next());
  const count = Number(reader.next());
  if (count > most) throw new RangeError('There are more values than there should be.');
  const perMiniBlock = blockSize / miniBlocks;
  if (!Number.isInteger(perMiniBlock) || perMiniBlock % 8 !== 0) throw new RangeError('The blocks have no size.');
  let value = unzigzag(reader.next());
  const values = count > 0 ? [value] : [];
  while (values.length < count) {
    const least = unzigzag(reader.next());
    const widths = [...reader.take(miniBlocks)];
    for (const width of widths) {
      if (values.length >= count) break;
      const packed = reader.take((perMiniBlock * width) / 8);
      for (let i = 0; i < perMiniBlock && values.length < count; i++) {
        value = BigInt.asIntN(64, value + least + bits(packed, i * width, width));
        values.push(value);
      }
    }
  }
  return { values, end: reader.at };
}

/** Lengths, and then all texts in a row. */
export function lengthsAndBytes(bytes: Buffer, most: number): Buffer[] {
  const { values: lengths, end } = deltas(bytes, most);
  let at = end;
  return lengths.map((length) => {
    at += Number(length);
    if (at > bytes.length) throw new RangeError('The bytes end too soon.');
    return bytes.subarray(at - Number(length), at);
  });
}

/** How much each text has in common with the one before, and how it goes on. */
export function prefixesAndSuffixes(bytes: Buffer, most: number): Buffer[] {
  const { values: prefixes, end } = deltas(bytes, most);
  const suffixes = lengthsAndBytes(bytes.subarray(end), most);
  let last: Buffer = Buffer.alloc(0);
  return suffixes.map((suffix, i) => {
    last = Buffer.concat([last.subarray(0, Number(prefixes[i])), suffix]);
    return last;
  });
}

class VarintReader {
  at = 0;
  constructor(private readonly bytes: Buffer) {}

  next(): bigint {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = this.bytes.readUInt8(this.at++);
      value |= BigInt(byte & 127) << shift;
      if (byte < 128) return value;
    }
    throw new RangeError('A number is too long.');
  }

  take(size: number): Buffer {
    this.at += size;
    if (this.at > this.bytes.length) throw new RangeError('The bytes end too soon.');
    return this.bytes.subarray(this.at - size, this.at);
  }
}

/** The number of `width` bits, 32 at most, that begins at a bit; the lowest bit of a byte comes first. */
function fewBits(bytes: Buffer, from: number, width: number): number {
  let value = 0;
  for (let got = 0; got < width; ) {
    const at = from + got;
    const taken = Math.min(8 - (at & 7), width - got);
    value += (((bytes[at >> 3] as number) >> (at & 7)) & ((1 << taken) - 1)) * 2 ** got;
    got += taken;
  }
  return value;
}

/** As many as 64. */
function bits(bytes: Buffer, from: number, width: number): bigint {
  let value = 0n;
  for (let got = 0; got < width; ) {
    const at = from + got;
    const taken = Math.min(8 - (at & 7), width - got);
    const part = (bytes.readUInt8(at >> 3) >> (at & 7)) & ((1 << taken) - 1);
    value |= BigInt(part) << BigInt(got);
    got += taken;
  }
  return value;
}

function unzigzag(value: bigint): bigint {
  return (value >> 1n) ^ -(value & 1n);
}
