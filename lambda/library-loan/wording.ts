import * as v from 'valibot';
import type { Customer } from './loan';

/**
 * Owns how names and titles, which come from outside and may hold any letters, get into the library's sentences. None of
 * it escapes: that is done where the sentence is put into HTML.
 *
 * W1  A name stays within its line: no control character, and so no line break, gets in.
 * W2  A name keeps its direction to itself: written from right to left, or holding marks that turn the text around, it
 *     does not turn the sentence.
 */

/** Marks that set the direction of what follows, up to a mark that ends them. */
const turning = /[\u202a-\u202e\u2066-\u2069]/g;
const rightToLeft =
  /[\u200f\u061c\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}\p{Script=Adlam}]/u;
const breaking = /[\p{Cc}\u2028\u2029]+/gu;

/** A text from outside, as the desk's API and the configuration take it: 1 to `most` characters in one line. */
export const oneLineOf = (most: number) =>
  v.pipe(
    v.string(),
    v.trim(),
    v.minLength(1),
    v.maxLength(most),
    v.check((text) => !/[\p{Cc}\p{Cs}\u2028\u2029]/u.test(text), 'holds a control character'),
  );

/** The text in one line (W1). */
function oneLine(text: string): string {
  return text.replace(breaking, ' ');
}

/** A name within a sentence (W1, W2). */
export function named(name: string): string {
  const plain = oneLine(name).replace(turning, '');
  return rightToLeft.test(plain) ? `\u2068${plain}\u2069` : plain;
}

/** A loan, or an item for its reader: its names and texts as they may stand within a sentence. */
export function wordsOf<T extends { title: string; customer: Customer; note?: string }>(loan: T): T {
  return {
    ...loan,
    title: named(loan.title),
    customer: { ...loan.customer, name: named(loan.customer.name) },
    ...(loan.note !== undefined && { note: named(loan.note) }),
  };
}

const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** A name for a line that is cut off where it gets too long: what follows it must still be seen. */
export function shortName(name: string, most = 60): string {
  const letters = [...segmenter.segment(oneLine(name))].map(({ segment }) => segment);
  return named(
    letters.length > most
      ? `${letters
          .slice(0, most - 1)
          .join('')
          .trimEnd()}…`
      : name,
  );
}
