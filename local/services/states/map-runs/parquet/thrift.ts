/**
 * Owns the reading of Thrift's compact protocol, in which Parquet writes what it says of itself. A structure becomes its
 * fields by number; names are for those who know the structure.
 *
 * @see https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md
 */
export type Fields = ReadonlyMap<number, Field>;
export type Field = boolean | number | bigint | Buffer | readonly Field[] | Fields;

const STOP = 0;
const TRUE = 1;
const FALSE = 2;
const BYTE = 3;
const I16 = 4;
const I32 = 5;
const I64 = 6;
const DOUBLE = 7;
const BINARY = 8;
const LIST = 9;
const SET = 10;
const STRUCT = 12;

export class ThriftReader {
  constructor(
    private readonly bytes: Buffer,
    public at = 0,
  ) {}

  /** @throws RangeError when the bytes end before it does, Error when they are no structure */
  structure(depth = 0): Fields {
    if (depth > DEEPEST) throw new Error('A structure is nested too deeply.');
    const fields = new Map<number, Field>();
    let id = 0;
    for (;;) {
      const head = this.bytes.readUInt8(this.at++);
      const type = head & 15;
      if (type === STOP) return fields;
      id = head >> 4 === 0 ? this.#zigzag() : id + (head >> 4);
      fields.set(id, type === TRUE || type === FALSE ? type === TRUE : this.#value(type, depth));
    }
  }

  #value(type: number, depth: number): Field {
    switch (type) {
      case TRUE:
      case FALSE:
        return this.bytes.readUInt8(this.at++) === TRUE;
      case BYTE:
        return this.bytes.readInt8(this.at++);
      case I16:
      case I32:
        return this.#zigzag();
      case I64:
        return Number(this.#zigzagLong());
      case DOUBLE:
        this.at += 8;
        return this.bytes.readDoubleLE(this.at - 8);
      case BINARY: {
        const length = this.#varint();
        if (this.at + length > this.bytes.length) throw new RangeError('The bytes end too soon.');
        this.at += length;
        return this.bytes.subarray(this.at - length, this.at);
      }
      case LIST:
      case SET:
        return this.#list(depth);
      case STRUCT:
        return this.structure(depth + 1);
      default:
        throw new Error(`There is a field of the unknown type ${type}.`);
    }
  }

  #list(depth: number): Field[] {
    const head = this.bytes.readUInt8(this.at++);
    const size = head >> 4 === 15 ? this.#varint() : head >> 4;
    if (size > this.bytes.length) throw new RangeError('The bytes end too soon.');
    return Array.from({ length: size }, () => this.#value(head & 15, depth + 1));
  }

  #varint(): number {
    return Number(this.#varlong());
  }

  #varlong(): bigint {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = this.bytes.readUInt8(this.at++);
      value |= BigInt(byte & 127) << shift;
      if (byte < 128) return value;
    }
    throw new Error('A number is too long.');
  }

  #zigzag(): number {
    return Number(this.#zigzagLong());
  }

  #zigzagLong(): bigint {
    const value = this.#varlong();
    return (value >> 1n) ^ -(value & 1n);
  }
}

/** Parquet's own structures are five deep. */
const DEEPEST = 32;
