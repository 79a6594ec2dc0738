import { randomUUID } from 'node:crypto';
import type { JsonObject } from '../../../asl/json';

/** What an optimised integration adds to a service's answer: the HTTP response as the SDK for Java tells it. */
export function sdkMetadata(now: number, status = 200): JsonObject {
  const requestId = randomUUID();
  const headers: Record<string, string> = {
    'Content-Type': 'application/json',
    Date: new Date(now).toUTCString(),
    'x-amzn-RequestId': requestId,
  };
  return {
    SdkHttpMetadata: {
      AllHttpHeaders: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]])),
      HttpHeaders: headers,
      HttpStatusCode: status,
    },
    SdkResponseMetadata: { RequestId: requestId },
  };
}
