import { domainToASCII } from 'node:url';
import * as v from 'valibot';

/**
 * Owns which mail addresses there are: the one parser for the configuration and the desk's API.
 *
 * A1  One plain address, RFC 5321 without quoted strings, address literals and comments: dot-atom, `@`, host name. No
 *     display name, no list, no white space, no control character.
 * A2  At most 254 characters, 64 of them before the `@`; each label of the domain at most 63, the last one no number.
 * A3  ASCII alone, as SES takes it: an internationalized domain is written as `xn--…` (docs/decisions/0005).
 */
const mostCharacters = 254;
const mostBeforeAt = 64;
const atom = "[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+";
const local = new RegExp(`^${atom}(?:\\.${atom})*$`);
const label = '[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?';
const domain = new RegExp(`^(?:${label}\\.)+(?:[A-Za-z]{2,63}|[Xx][Nn]--[A-Za-z0-9-]{1,59})$`);

export type ReadAddress = { readonly address: string } | { readonly problem: string };

/** Reads an address; its domain comes back in lower case. `problem` completes the sentence "The address …". */
export function readMailAddress(text: string): ReadAddress {
  if (text.length > mostCharacters) return { problem: `is longer than ${mostCharacters} characters` };
  const at = text.lastIndexOf('@');
  if (at < 0) return { problem: 'is not one plain mail address' };
  const [before, after] = [text.slice(0, at), text.slice(at + 1)];
  if (before.length > mostBeforeAt) return { problem: `has more than ${mostBeforeAt} characters before the @` };
  if (!local.test(before)) {
    const foreign = local.test(before.replace(/\p{L}/gu, 'x'));
    return { problem: foreign ? 'has letters beyond ASCII before the @' : 'is not one plain mail address' };
  }
  // The ASCII form of what follows the @; '' when it has none, as when something begins with xn-- and is no such form.
  const ascii = domainToASCII(after);
  if (ascii !== '' && domain.test(after)) return { address: `${before}@${after.toLowerCase()}` };
  const suggestion = /^[\p{L}\p{N}.-]+$/u.test(after) && domain.test(ascii) ? `: ${ascii}` : undefined;
  return { problem: suggestion ? `needs its domain in ASCII${suggestion}` : 'is not one plain mail address' };
}

/** A mail address, as part of a schema. */
export const mailAddress = v.pipe(
  v.string(),
  v.rawTransform(({ dataset, addIssue, NEVER }) => {
    const read = readMailAddress(dataset.value);
    if ('address' in read) return read.address;
    addIssue({ message: read.problem });
    return NEVER;
  }),
);
