import { Memo } from '../../asl/memo';

/**
 * Owns how a text of a policy is compared with one of a request: `*` and `?`, and policy variables `${aws:username}`,
 * `${key, 'default'}`, `${*}` (docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html). Pure.
 */

/** `unknown`: it hangs on something of the request that is not known here. */
export type Truth = boolean | 'unknown';

/** What a request has under a condition key; undefined if it has nothing there, 'unknown' if nobody can tell here. */
export type Lookup = (key: string) => readonly string[] | undefined | 'unknown';

export interface PatternOptions {
  /** `*` and `?` stand for others; without it only those of variables do. */
  readonly wildcards: boolean;
  readonly ignoreCase?: boolean;
  /** Policies of 2008 know no variables. */
  readonly variables: boolean;
}

/** Whether a text of a policy stands for `value`. */
export function matches(pattern: string, value: string, options: PatternOptions, lookup: Lookup): Truth {
  if (!options.variables || !pattern.includes('${')) return matchesText(pattern, value, options);
  const filled = fill(pattern, options, lookup);
  return typeof filled === 'object' ? new RegExp(`^${filled.source}$`, flags(options)).test(value) : filled;
}

/** The source of a regular expression; or why there is none: a variable without a value stands for no text. */
function fill(pattern: string, options: PatternOptions, lookup: Lookup): { source: string } | Truth {
  const parts = pattern.split(/\$\{([^}]*)\}/);
  let filled = '';
  for (const [index, part] of parts.entries()) {
    if (index % 2 === 0) {
      filled += source(part, options);
      continue;
    }
    if (part === '*' || part === '?' || part === '$') {
      filled += escaped(part);
      continue;
    }
    const [, key = '', otherwise] = /^\s*([^,\s]+)\s*(?:,\s*'([^']*)'\s*)?$/.exec(part) ?? [];
    const values = lookup(key);
    if (values === 'unknown') return 'unknown';
    const value = values?.[0] ?? otherwise;
    if (value === undefined) return false;
    filled += escaped(value);
  }
  return { source: filled };
}

function source(text: string, { wildcards }: PatternOptions): string {
  return wildcards ? escaped(text).replaceAll('\\*', '.*').replaceAll('\\?', '.') : escaped(text);
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}

function flags({ ignoreCase }: PatternOptions): string {
  return ignoreCase ? 'isu' : 'su';
}

const wild = { wildcards: true, variables: false };
const like = new Memo((pattern) => new RegExp(`^${source(pattern, wild)}$`, 'su'));
const likeInAnyCase = new Memo((pattern) => new RegExp(`^${source(pattern, wild)}$`, 'isu'));

function matchesText(pattern: string, value: string, { wildcards, ignoreCase }: PatternOptions): boolean {
  if (wildcards) return pattern === '*' || (ignoreCase ? likeInAnyCase : like).get(pattern).test(value);
  return ignoreCase ? pattern.toLowerCase() === value.toLowerCase() : pattern === value;
}

/** Whether any is true; 'unknown' if none is, and one may be. */
export function any(truths: Iterable<Truth>): Truth {
  let found: Truth = false;
  for (const truth of truths) {
    if (truth === true) return true;
    if (truth === 'unknown') found = 'unknown';
  }
  return found;
}

/** Whether all are true; 'unknown' if none is false, and one may be. */
export function all(truths: Iterable<Truth>): Truth {
  let found: Truth = true;
  for (const truth of truths) {
    if (truth === false) return false;
    if (truth === 'unknown') found = 'unknown';
  }
  return found;
}

export function not(truth: Truth): Truth {
  return truth === 'unknown' ? 'unknown' : !truth;
}
