import { AwsError } from '../aws';

/**
 * Whether a target may succeed later: throttling, a server's fault, a bug. Missing or refusing targets never will
 * (docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-retry-policy.html).
 */
export function isRetryable(error: unknown): boolean {
  if (!(error instanceof AwsError)) return true;
  if (error.status === 501) return false;
  return (
    error.status >= 500 || error.status === 429 || /Throttl|TooManyRequests|LimitExceeded|SlowDown/.test(error.code)
  );
}

/** An error as the attributes ERROR_CODE and ERROR_MESSAGE of a dead letter. */
export function explain(error: unknown): { code: string; message: string } {
  if (error instanceof AwsError) return { code: error.code, message: error.message };
  return { code: 'INTERNAL_ERROR', message: error instanceof Error ? error.message : String(error) };
}
