import { failures, type Input } from './errors';

/**
 * Owns `nextToken`: where a listing goes on, bound to the listing that it came from.
 *
 * @param listing names the operation and its filters: a token of another listing is refused.
 */
export function readPosition(input: Input, listing: string): number | undefined {
  const token: unknown = input.nextToken;
  if (token === undefined || token === null) return undefined;
  try {
    const [of, position] = JSON.parse(Buffer.from(String(token), 'base64').toString());
    if (of === listing && Number.isSafeInteger(position) && position >= 0) return position;
  } catch {
    // Not one of ours.
  }
  throw failures.invalidToken();
}

export function positionToken(listing: string, position: number): string {
  return Buffer.from(JSON.stringify([listing, position])).toString('base64');
}

/** A page of a list that is in memory, and the token of the next. */
export function page<T>(input: Input, listing: string, size: number, all: T[]): { items: T[]; nextToken?: string } {
  const from = readPosition(input, listing) ?? 0;
  const items = all.slice(from, from + size);
  return from + size < all.length ? { items, nextToken: positionToken(listing, from + size) } : { items };
}

/** How long a caller may take from one page to the next, in virtual ms. */
const TOKEN_LIFETIME = 24 * 60 * 60 * 1000;

/** An answer's token as callers get it, with its date. */
export function dateToken(output: Input, now: number): Input {
  return typeof output.nextToken === 'string'
    ? { ...output, nextToken: `${now.toString(36)}.${output.nextToken}` }
    : output;
}

/** A request's token without its date; throws InvalidToken for one that has none or has expired. */
export function undateToken(input: Input, now: number): Input {
  if (input.nextToken === undefined || input.nextToken === null) return input;
  const [date = '', nextToken] = String(input.nextToken).split('.', 2);
  const age = now - Number.parseInt(date, 36);
  if (nextToken === undefined || !(age >= 0 && age <= TOKEN_LIFETIME)) throw failures.invalidToken();
  return { ...input, nextToken };
}
