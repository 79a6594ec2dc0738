/**
 * Owns the check of a test's options, since what runs tests need not check types: one that is mistyped would change nothing, and nobody
 * would notice.
 *
 * @throws Error that names the option, and those that there are
 */
export function requireOptions(call: string, options: unknown, known: readonly string[]): void {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    throw new Error(`${call} takes its options as an object with ${listed(known)}, not ${shown(options)}.`);
  }
  const unknown = Object.keys(options).filter((name) => !known.includes(name));
  if (unknown.length === 0) return;
  const are = known.length === 1 ? 'option is' : 'options are';
  throw new Error(`${call} has no option ${unknown.join(', ')}; its ${are} ${listed(known)}.`);
}

function listed(names: readonly string[]): string {
  return names.length > 1 ? `${names.slice(0, -1).join(', ')} and ${names.at(-1)}` : names.join();
}

function shown(value: unknown): string {
  return typeof value === 'string' ? `'${value}'` : String(value);
}
