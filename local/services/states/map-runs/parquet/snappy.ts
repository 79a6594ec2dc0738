/**
 * Owns the reading of Snappy's raw format.
 *
 * @param size bytes that come of it
 * @throws RangeError when the bytes are not what they should be
 * @see https://github.com/google/snappy/blob/main/format_description.txt
 */
export function unsnap(packed: Buffer, size: number): Buffer {
  const out = Buffer.alloc(size);
  let at = 0;
  let filled = 0;
  // The size stands before, as a number of up to five bytes.
  while (packed.readUInt8(at++) >= 128);
  while (at < packed.length) {
    const tag = packed.readUInt8(at++);
    const kind = tag & 3;
    if (kind === 0) {
      let length = (tag >> 2) + 1;
      if (length > 60) {
        const bytes = length - 60;
        length = packed.readUIntLE(at, bytes) + 1;
        at += bytes;
      }
      if (at + length > packed.length || filled + length > size)
        throw new RangeError('The compressed bytes are broken.');
      packed.copy(out, filled, at, at + length);
      at += length;
      filled += length;
      continue;
    }
    const length = kind === 1 ? ((tag >> 2) & 7) + 4 : (tag >> 2) + 1;
    let distance: number;
    if (kind === 1) distance = ((tag >> 5) << 8) | packed.readUInt8(at++);
    else {
      const bytes = kind === 2 ? 2 : 4;
      distance = packed.readUIntLE(at, bytes);
      at += bytes;
    }
    if (distance === 0 || distance > filled || filled + length > size) {
      throw new RangeError('The compressed bytes are broken.');
    }
    // It may reach into what it writes itself.
    for (let i = 0; i < length; i++) out[filled + i] = out[filled + i - distance] as number;
    filled += length;
  }
  return out;
}
