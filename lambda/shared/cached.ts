import { createHash } from 'node:crypto';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { json, type Response } from './http';

/**
 * An answer that the caller may keep for `seconds`, and then ask for again by its ETag: 304, without a body, if it is
 * still the same. Private: what an authorised caller was answered is not for a cache that others share.
 */
export function cached(event: APIGatewayProxyEventV2, body: object, seconds: number): Response {
  const response = json(200, body);
  const etag = `"${createHash('sha256')
    .update(response.body ?? '')
    .digest('base64url')
    .slice(0, 22)}"`;
  const headers = { 'cache-control': `private, max-age=${seconds}`, etag };
  if (namesTag(event.headers['if-none-match'], etag)) return { statusCode: 304, headers };
  return { ...response, headers: { ...response.headers, ...headers } };
}

/** Weak comparison, as RFC 9110 wants it of If-None-Match. */
function namesTag(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  const tags = header.split(',').map((tag) => tag.trim().replace(/^W\//, ''));
  return tags.includes('*') || tags.includes(etag);
}
