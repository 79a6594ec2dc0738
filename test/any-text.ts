import fc, { type StringConstraints } from 'fast-check';

/**
 * Texts of all code points but half surrogates, what fast-check calls `unit: 'binary'`: it knows them again by a map of a
 * million of them, which takes each test file a second to make.
 */
export function anyText(constraints: Omit<StringConstraints, 'unit'> = {}) {
  return fc.string({ ...constraints, unit: codePoint });
}

const SURROGATES = { from: 0xd800, count: 0x800 };

const codePoint = fc.nat(0x10ffff - SURROGATES.count).map(
  (index) => String.fromCodePoint(index < SURROGATES.from ? index : index + SURROGATES.count),
  (text) => {
    const point = typeof text === 'string' ? text.codePointAt(0) : undefined;
    if (point === undefined || String.fromCodePoint(point) !== text) throw new Error('It is not one code point.');
    if (point < SURROGATES.from) return point;
    if (point < SURROGATES.from + SURROGATES.count) throw new Error('It is half a surrogate pair.');
    return point - SURROGATES.count;
  },
);
