/**
 * Whether a Host header names this machine's loopback ('127.0.0.1', 'localhost' or '[::1]', any port), bare or behind
 * the prefix 'sync-' that SDKs put there for StartSyncExecution. Anything else is a web page that had its own name
 * resolve to 127.0.0.1 (DNS rebinding), or nonsense, and is refused.
 */
export function isLoopbackHost(host: string | undefined): boolean {
  return host !== undefined && /^(?:sync-)?(127\.0\.0\.1|localhost|\[::1\])(:\d{1,5})?$/i.test(host);
}
