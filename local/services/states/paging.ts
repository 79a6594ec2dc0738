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
