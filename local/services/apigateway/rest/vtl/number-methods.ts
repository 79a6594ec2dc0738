import type { Method } from './members';
import { Fraction, TemplateError } from './nodes';
import { compared, double, integer, type Value } from './values';

type Numeric = number | bigint | Fraction;

/** Owns the methods of Java's numbers, with the static ones by which templates read numbers: `#set($Integer = 0)$Integer.parseInt("5")`. */
export const NUMBER_METHODS: Readonly<Record<string, Method<Numeric>>> = {
  intValue: (value) => Number(BigInt.asIntN(32, BigInt(toWhole(value)))),
  longValue: toWhole,
  doubleValue: (value) => double(worth(value)),
  floatValue: (value) => double(worth(value)),
  compareTo: (value, [other]) => {
    const order = compared(value, other);
    if (order === undefined) throw new TemplateError(`A number cannot be compared with ${String(other)}.`);
    return order;
  },
  parseInt: (_value, [text]) => wholeIn(text),
  parseLong: (_value, [text]) => wholeIn(text),
  parseDouble: (_value, [text]) => fractionIn(text),
  parseFloat: (_value, [text]) => fractionIn(text),
  valueOf: (value: Numeric, [text]: readonly Value[]) => (isDouble(value) ? fractionIn(text) : wholeIn(text)),
  max: (_value, [a, b]) => ((compared(a, b) ?? 0) < 0 ? b : a),
  min: (_value, [a, b]) => ((compared(a, b) ?? 0) > 0 ? b : a),
};

/** Of Java's Boolean. */
export const FLAG_METHODS: Readonly<Record<string, Method<boolean>>> = {
  booleanValue: (value) => value,
  parseBoolean: (_value, [text]) => String(text).toLowerCase() === 'true',
  valueOf: (_value: boolean, [text]: readonly Value[]) => String(text).toLowerCase() === 'true',
};

function worth(value: Numeric): number {
  return value instanceof Fraction ? value.value : Number(value);
}

function isDouble(value: Numeric): boolean {
  return value instanceof Fraction || (typeof value === 'number' && !Number.isInteger(value));
}

function toWhole(value: Numeric): number | bigint {
  return isDouble(value) ? Math.trunc(worth(value)) : (value as number | bigint);
}

function wholeIn(text: Value): number | bigint {
  if (!/^[+-]?\d{1,19}$/.test(String(text))) throw notANumber(text);
  return integer(BigInt(String(text).replace('+', '')));
}

function fractionIn(text: Value): number | Fraction {
  const value = Number(String(text).trim() || 'none');
  if (Number.isNaN(value)) throw notANumber(text);
  return double(value);
}

function notANumber(text: Value): TemplateError {
  return new TemplateError(`NumberFormatException: For input string: "${String(text)}"`);
}
