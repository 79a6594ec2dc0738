import { AwsError } from '../aws';

/**
 * Owns what SES takes for an address: `local@domain` or `Name <local@domain>` in ASCII (names may be encoded words),
 * refused with SES's own words (docs.aws.amazon.com/ses/latest/dg/send-email-raw.html, RFC 5321).
 */

/** The bare address of `text`, its domain in lower case. Throws BadRequestException when it is none. */
export function parseAddress(text: unknown): string {
  if (typeof text !== 'string' || text.trim() === '') throw invalid('Illegal address');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are exactly what is refused.
  if (/[\u0000-\u001f\u007f]/.test(text)) throw invalid('Local address contains control or whitespace');
  const named = /^\s*(?:"(?:[^"\\]|\\.)*"|[^"<>]*?)\s*<([^<>]*)>\s*$/.exec(text);
  const address = named?.[1] ?? text.trim();
  const at = address.lastIndexOf('@');
  if (at < 0) throw invalid("Missing final '@domain'");
  const [local, domain] = [address.slice(0, at), address.slice(at + 1)];
  if (local === '') throw invalid('Missing local address');
  if (
    local.length > 64 ||
    !/^(?:"[^"\\]+"|[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*)$/.test(local)
  ) {
    throw invalid(/\s/.test(local) ? 'Local address contains control or whitespace' : 'Illegal local address');
  }
  if (domain.startsWith('.')) throw invalid('Domain starts with dot');
  if (/\s/.test(domain)) throw invalid('Domain contains control or whitespace');
  if (
    domain.length > 255 ||
    !/^[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*$/.test(domain)
  ) {
    throw invalid('Domain contains illegal character');
  }
  return `${local}@${domain.toLowerCase()}`;
}

/** Throws BadRequestException when a header's value would break the header. */
export function requireOneLine(value: unknown, name: string): void {
  if (typeof value !== 'string') throw invalid(`${name} must be text.`);
  if (/[\r\n\0]/.test(value)) throw invalid(`${name} must not contain line breaks.`);
}

function invalid(message: string): AwsError {
  return new AwsError('BadRequestException', message);
}
