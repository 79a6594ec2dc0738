import { bounded, MatchTimeout } from '../regexp';

/**
 * The regular expressions of an expression, as JSONata's functions call them: as matchers. JSONata's own would run
 * without bounds; so each literal in the tree becomes a variable, and each evaluation binds matchers of its own to them.
 */
export interface Pattern {
  /** A variable that no expression can name: the lexer ends a name at a blank. */
  readonly variable: string;
  readonly pattern: RegExp;
  readonly position: number | undefined;
}

interface Node {
  type?: string;
  value?: unknown;
  position?: number;
}

/** Takes the regular expressions out of a syntax tree. */
export function takePatterns(tree: unknown): Pattern[] {
  const found: Pattern[] = [];
  const rest = [tree];
  const seen = new Set<unknown>();
  for (let part = rest.pop(); part !== undefined; part = rest.pop()) {
    if (typeof part !== 'object' || part === null || seen.has(part)) continue;
    seen.add(part);
    const node = part as Node;
    if (node.type === 'regex') {
      const variable = ` pattern ${found.length}`;
      found.push({ variable, pattern: node.value as RegExp, position: node.position });
      node.type = 'variable';
      node.value = variable;
    } else rest.push(...Object.values(node));
  }
  return found;
}

/** For so long (real ms) all the slow searches of one evaluation may take. */
const LONGEST_MS = 1_000;

/** The matchers of one evaluation, by their variables; they share its time. */
export function matchersOf(patterns: readonly Pattern[]): Record<string, Matcher> {
  const time = { left: LONGEST_MS };
  return Object.fromEntries(patterns.map((pattern) => [pattern.variable, matcher(pattern, time)]));
}

/** @see https://docs.jsonata.org/regex */
export type Matcher = (text: unknown, from: unknown) => Match | undefined | Promise<Match | undefined>;

interface Match {
  match: string;
  start: number;
  end: number;
  groups: Array<string | undefined>;
  next: () => Match | undefined | Promise<Match | undefined>;
}

function matcher({ pattern, position }: Pattern, time: { left: number }): Matcher {
  return (text, from) => {
    const search = new Search(new RegExp(pattern), String(text), Number(from) || 0, time);
    return answer(search, 0);
  };

  function answer(search: Search, index: number): Match | undefined | Promise<Match | undefined> {
    const slow = search.find(index);
    const found = search.found[index];
    const made = found && {
      match: found[0],
      start: found.index,
      end: found.index + found[0].length,
      groups: found.slice(1),
      next: () => next(search, index),
    };
    // Others get the thread before such a search goes on.
    return slow ? new Promise((resolve) => setImmediate(() => resolve(made))) : made;
  }

  async function refuseEmpty(following: Match | undefined | Promise<Match | undefined>): Promise<Match | undefined> {
    const found = await following;
    if (found?.match === '') throw { code: 'D1004', position, value: pattern.source };
    return found;
  }

  function next(search: Search, index: number) {
    const { 0: text, index: start } = search.found[index] as RegExpExecArray;
    if (start + text.length >= search.text.length) return undefined;
    return refuseEmpty(answer(search, text === '' ? index : index + 1));
  }
}

/** All matches in a text, found by and by, more at a time the more are asked for. */
class Search {
  readonly found: RegExpExecArray[] = [];
  #done = false;
  #batch = 1;
  /** Where the next search begins. */
  #from: number;

  constructor(
    private readonly pattern: RegExp,
    readonly text: string,
    from: number,
    private readonly time: { left: number },
  ) {
    this.#from = from;
  }

  /** Finds the match of that index, if there is one. Answers whether that took long. */
  find(index: number): boolean {
    if (this.#done || index < this.found.length) return false;
    const begin = performance.now();
    const more = bounded(this.pattern, this.text.length, () => this.#more());
    for (const match of more) this.found.push(match);
    this.#from = this.pattern.lastIndex;
    // An empty match would be found again and again.
    this.#done = more.length < this.#batch || more.at(-1)?.[0] === '';
    this.#batch = Math.min(this.#batch * 8, 4096);
    const took = performance.now() - begin;
    if (took < 5) return false;
    this.time.left -= took;
    if (this.time.left < 0) throw new MatchTimeout();
    return true;
  }

  /** The next batch of matches; it ends at an empty one. */
  #more(): RegExpExecArray[] {
    const more: RegExpExecArray[] = [];
    this.pattern.lastIndex = this.#from;
    while (more.length < this.#batch) {
      const match = this.pattern.exec(this.text);
      if (!match) break;
      more.push(match);
      if (match[0] === '') break;
    }
    return more;
  }
}
