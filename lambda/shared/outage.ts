const connection = new Set(['ECONNRESET', 'ECONNREFUSED', 'EPIPE', 'ETIMEDOUT', 'EAI_AGAIN']);

/** Whether a service is not there for the moment: its own fault, silence, or a broken connection. Trying again later helps. */
export function isOutage(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { $fault, code } = error as Error & { $fault?: string; code?: string };
  return $fault === 'server' || error.name === 'TimeoutError' || (code !== undefined && connection.has(code));
}
