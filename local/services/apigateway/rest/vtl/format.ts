import type { Effort } from './effort';
import { Fraction, TemplateError } from './nodes';
import { isNumber, isTrue, textOf, type Value } from './values';

const WIDEST = 1000;

/** Owns `String.format` of Java, as far as its plainest conversions go: %s, %d, %x, %f, %b, %% with width, flags and precision. */
export function format(pattern: string, values: readonly Value[], effort: Effort): string {
  let next = 0;
  const text = pattern.replace(
    /%(?:(\d+)\$)?([-0+,]*)(\d+)?(?:\.(\d+))?([a-zA-Z%n])/g,
    (all, place?: string, flags = '', width = '0', precision?: string, conversion = '') => {
      if (conversion === '%' || conversion === 'n') return conversion === 'n' ? '\n' : '%';
      const at = place === undefined ? next++ : Number(place) - 1;
      if (at >= values.length) throw new TemplateError(`The format '${all}' has no value.`);
      const size = Math.min(Number(width), WIDEST);
      const written = converted(conversion, values[at], precision, effort);
      const signed = flags.includes('+') && /^\d/.test(written) ? `+${written}` : written;
      if (flags.includes('-')) return signed.padEnd(size);
      if (!flags.includes('0')) return signed.padStart(size);
      const [, sign = '', digits = ''] = /^([+-]?)(.*)$/s.exec(signed) ?? [];
      return sign + digits.padStart(size - sign.length, '0');
    },
  );
  return effort.text(text);
}

function converted(conversion: string, value: Value, precision: string | undefined, effort: Effort): string {
  switch (conversion.toLowerCase()) {
    case 's': {
      const text = textOf(value, effort).slice(0, precision === undefined ? undefined : Number(precision));
      return conversion === 'S' ? text.toUpperCase() : text;
    }
    case 'b':
      return String(isTrue(value));
    case 'd':
      if (isNumber(value) && !(value instanceof Fraction)) return String(value);
      break;
    case 'x':
      if (typeof value === 'number' || typeof value === 'bigint') return value.toString(16);
      break;
    case 'f': {
      const number = value instanceof Fraction ? value.value : value;
      if (typeof number === 'number') return rounded(number, Math.min(Number(precision ?? 6), 100));
      break;
    }
  }
  throw new TemplateError(`The format %${conversion} is not for this value, or is not run here.`);
}

/** Halves away from zero, by the digits as they are written: 1.005 is 1.01. */
function rounded(number: number, precision: number): string {
  const shifted = Math.round(Number(`${Math.abs(number)}e${precision}`));
  const exact = Number(`${shifted}e-${precision}`) * Math.sign(number);
  return (Number.isFinite(exact) ? exact : number).toFixed(precision);
}
