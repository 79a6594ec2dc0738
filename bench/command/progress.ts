/** Says on standard error what is being measured, after how long: `1:05 W2 Parallel of 3, 16 callers`. */
export function progress(what: string): void {
  const seconds = Math.floor(performance.now() / 1000);
  const rest = String(seconds % 60).padStart(2, '0');
  process.stderr.write(`${Math.floor(seconds / 60)}:${rest} ${what}\n`);
}
