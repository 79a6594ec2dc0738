import type { ExecutionType } from '../engine/types';

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
  if (unknown.length > 0) {
    const are = known.length === 1 ? 'option is' : 'options are';
    throw new Error(`${call} has no option ${unknown.join(', ')}; its ${are} ${listed(known)}.`);
  }
  const { tasks, type } = options as { tasks?: unknown; type?: unknown };
  if (tasks !== undefined && (typeof tasks !== 'object' || tasks === null || Array.isArray(tasks))) {
    throw new Error(`The tasks of ${call} are an object of mocks by the names of states, not ${shown(tasks)}.`);
  }
  if (type !== undefined && !TYPES.includes(type as ExecutionType)) {
    throw new Error(`A state machine's type is ${TYPES.join(' or ')}, not ${shown(type)}.`);
  }
}

const TYPES: readonly ExecutionType[] = ['STANDARD', 'EXPRESS'];

function listed(names: readonly string[]): string {
  return names.length > 1 ? `${names.slice(0, -1).join(', ')} and ${names.at(-1)}` : names.join();
}

function shown(value: unknown): string {
  return typeof value === 'string' ? `'${value}'` : String(value);
}
