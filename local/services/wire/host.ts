/**
 * Whether a Host header names this machine's loopback ('127.0.0.1', 'localhost' or '[::1]', any port). Anything else
 * is a web page that had its own name resolve to 127.0.0.1 (DNS rebinding), or nonsense, and is refused.
 */
export function isLoopbackHost(host: string | undefined): boolean {
  return host !== undefined && /^(127\.0\.0\.1|localhost|\[::1\])(:\d{1,5})?$/i.test(host);
}
