import { createContext, Script } from 'node:vm';

/**
 * Keeps regular expressions from backtracking for ever. Most cannot on their text, as a look at the pattern tells, and
 * run as they are; the others run under V8's own watchdog, which interrupts them.
 */

/** For so long (real ms) one search may keep the thread; a sound pattern on a payload's text needs a hundredth. */
const LONGEST_MS = 150;

/** V8's watchdog also counts while the thread waits for a processor, which on a busy machine can be as long: not twice. */
const TRIES = 2;

/** So many steps cost a few ms. */
const QUICK_STEPS = 2_000_000;

/** A search that backtracked for too long. */
export class MatchTimeout extends Error {
  constructor() {
    super('A regular expression takes too long to match');
  }
}

/**
 * What `search` answers, which applies `pattern` to a text of `length` characters. It may be interrupted anywhere and
 * begun once more, so it changes nothing that it does not set anew.
 *
 * @throws MatchTimeout
 */
export function bounded<T>(pattern: RegExp, length: number, search: () => T): T {
  return isQuick(pattern, length) ? search() : interruptible(search);
}

/** As `bounded`, for what is not a pattern's. @throws MatchTimeout when `run` took `LONGEST_MS`, `TRIES` times. */
export function interruptible<T>(run: () => T): T {
  const outer = slot.run;
  slot.run = run;
  try {
    for (let tries = 1; ; tries += 1) {
      try {
        return CALL.runInContext(slot, { timeout: LONGEST_MS }) as T;
      } catch (error) {
        if ((error as { code?: string }).code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw error;
        if (tries === TRIES) throw new MatchTimeout();
      }
    }
  } finally {
    slot.run = outer;
  }
}

const slot = createContext({ run: undefined as unknown }) as { run: unknown };
const CALL = new Script('run()');

/** Whether a search stays within `QUICK_STEPS` however the text looks: an upper bound, without regard to what the parts match. */
function isQuick(pattern: RegExp, length: number): boolean {
  let shape = shapes.get(pattern);
  if (!shape) {
    shape = shapeOf(pattern.source);
    shapes.set(pattern, shape);
  }
  // A match that may begin anywhere is one behind something that is repeated.
  const repeats = shape.anchored && !pattern.multiline ? shape.repeats : shape.repeats + 1;
  return !shape.nested && ways(length, repeats) * 2 ** shape.choices <= QUICK_STEPS;
}

/** In how many ways so many characters fall to so many repeats. */
export function ways(characters: number, repeats: number): number {
  let count = 1;
  for (let i = 1; i <= repeats; i++) count *= (characters + i) / i;
  return count;
}

interface Shape {
  repeats: number;
  choices: number;
  /** A group is repeated that has repeats or choices itself. */
  nested: boolean;
  /** Matches begin where the text does. */
  anchored: boolean;
}

const shapes = new WeakMap<RegExp, Shape>();

const TOKENS =
  /\\[1-9k]|\\[\s\S]|\[(?:\\[\s\S]|[^\]\\])*\]|\(\?(?:<?[=!]|:|<[^>]*>)|[*+?]\??|\{\d+(?:,\d*)?\}\??|[()|]/g;

function shapeOf(source: string): Shape {
  const shape: Shape = { repeats: 0, choices: 0, nested: false, anchored: source.startsWith('^') };
  /** For each open group, the weight before it. */
  const open: number[] = [];
  let lastGroup: { end: number; complex: boolean } | undefined;
  const weight = () => shape.repeats + shape.choices;
  for (const { 0: token, index } of source.matchAll(TOKENS)) {
    const end = index + token.length;
    if (token.startsWith('(')) open.push(weight());
    else if (token === ')') lastGroup = { end, complex: weight() > (open.pop() ?? 0) };
    else if (token === '|' || token.startsWith('?')) {
      shape.choices++;
      if (token === '|' && open.length === 0) shape.anchored = false;
    } else if (/^(?:[*+{]|\\[1-9k])/.test(token)) {
      if (lastGroup?.end === index && lastGroup.complex) shape.nested = true;
      shape.repeats++;
    }
  }
  return shape;
}
